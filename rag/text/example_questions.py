"""Questions that a text answers, made from its own sentences by rule: an invitation to ask.

Only where the grammar is safe: a phrase keeps the case it stands in. Whether a question is answered in the
end is for a bot to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text.words import analyzer, content_lemmas, is_function_word, word_lemmas

_READ = 6_000  # characters of an article: its beginning says what it is about
_LONGEST = 90  # characters of a question
_ASKED = {"femn": "Какова", "masc": "Каков", "neut": "Каково"}
_QUANTITIES = (
    "длина протяжённость протяженность площадь стоимость численность мощность высота глубина ширина цена "
    "объём объем население бюджет вместимость скорость ёмкость доля"
).split()
# «Длина моста через Ишим составит…», «Площадь парка — …»
_QUANTITY = re.compile(
    rf"(?<![\w-])({'|'.join(_QUANTITIES)}) ((?:[\w«»-]+ ){{1,6}}?)"
    r"(?:— |составля\w+ |составит |составила? |оценива\w+ |достига\w+ |превышает |превысит |равн[аоы] )",
    re.IGNORECASE,
)
# «Офтейк — договорённость…», «TRIPP — это коридор…»
_DEFINITION = re.compile(
    r"(?:^|\n|(?<=[.!?…] ))\W{0,3}?([А-ЯЁA-Z][\w«»-]*(?: [\w«»-]+){0,2})\W{0,2} — (?:это )?([а-яё]+)"
)
_PERSON = re.compile(r"(?<=[а-яё] )([А-ЯЁ][а-яё]+) ([А-ЯЁ][а-яё]+)(?![\w-])")
READ = 300_000  # characters: an article is rarely longer, and looking up its words takes a second


def example_questions(text: str) -> Iterator[str]:
    """Questions in the order of their sentences; none for a text that states nothing so plainly."""
    head = text[:_READ]
    found = [*_quantities(head), *_definitions(head), *_people(head)]
    for _, question in sorted(found):
        if len(question) <= _LONGEST:
            yield question


def _quantities(text: str) -> Iterator[tuple[int, str]]:
    for match in _QUANTITY.finditer(text):
        noun, of = match[1].lower(), match[2].strip()
        gender = analyzer().parse(noun)[0].tag.gender
        if gender in _ASKED and _in_genitive(of):
            yield match.start(), f"{_ASKED[gender]} {noun} {of}?"


def _in_genitive(phrase: str) -> bool:
    """Whether the phrase begins with something that may stand in the genitive, or with a foreign name."""
    first = phrase.split()[0].strip("«»")
    if not re.match(r"[А-ЯЁа-яё]", first):
        return bool(re.match(r"[A-Z]", first))
    return any("gent" in parse.tag for parse in analyzer().parse(first.lower()))


def _definitions(text: str) -> Iterator[tuple[int, str]]:
    for match in _DEFINITION.finditer(text):
        term, said = match[1], match[2]
        says = any(
            parse.tag.POS in ("NOUN", "ADJF", "PRTF") and "nomn" in parse.tag
            for parse in analyzer().parse(said)
        )
        if says and _is_term(term):
            yield match.start(), f"Что такое {_as_inside(term)}?"


def _people(text: str) -> Iterator[tuple[int, str]]:
    """«генеральный директор Пини Алтхаус»: who they are, asked of people named with a role in front."""
    for match in _PERSON.finditer(text):
        first, second = (analyzer().parse(name.lower()) for name in match.groups())
        names = [parse for parse in first if {"Name", "nomn", "sing"} <= parse.tag.grammemes]
        if not names or not any("nomn" in parse.tag for parse in second):
            continue
        who = "такая" if names[0].tag.gender == "femn" else "такой"
        yield match.start(), f"Кто {who} {match[0]}?"


def _is_term(term: str) -> bool:
    """A thing in the nominative; not a person, a pronoun or a bare number."""
    words = [word.strip("«»") for word in term.split()]
    if len(words) > 1 and analyzer().parse(words[-1].lower())[0].tag.POS not in ("NOUN", None):
        return False
    if any(not word or word[0].isdigit() or is_function_word(word.lower()) for word in words):
        return False
    if not re.match(r"[А-ЯЁа-яё]", words[0]):
        return True
    parses = analyzer().parse(words[0].lower())
    if {"Name", "Surn", "Patr"} & set(parses[0].tag.grammemes):
        return False
    return any(parse.tag.POS in ("NOUN", "ADJF") and "nomn" in parse.tag for parse in parses)


def _as_inside(term: str) -> str:
    """«Офтейк» as it stands inside a sentence; names and abbreviations keep their capital."""
    first = term.split()[0]
    known = analyzer().parse(first.lower())[0]
    plain = first[1:].islower() and not {"Geox", "Orgn", "Name"} & set(known.tag.grammemes)
    return term[0].lower() + term[1:] if plain else term


def occurrences(question: str, text: str) -> list[tuple[int, int]]:
    """Spans of `text`, in order, whose words have a lemma of a content word of `question`."""
    wanted = {each for each in content_lemmas(question) if len(each) > 1}
    return [(word.start, word.stop) for word, found in word_lemmas(text[:READ]) if found in wanted]
