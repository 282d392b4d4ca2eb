"""Questions that a text answers, made from its own sentences by rule: an invitation to ask, and to ask on.

Only where the grammar is safe: a phrase keeps the case it stands in. Whether a question is answered in the
end is for a bot to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text.sentences import sentences
from rag.text.time_forms import MONTH
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


# Questions that plain sentences answer: when something was done, and how many of what.
#
# Only sentences of a simple shape, so that the question is made of their own words in their own forms: «31
# июля 2025 года банк одобрил кредит» gives «Когда банк одобрил кредит?», «Завод выпускает 450 тысяч тонн
# стали» gives «Сколько тонн стали завод выпускает?».

_LONGEST_FURTHER = 90  # characters of a question
_WORDS = 9  # of what is asked about
_DATED = re.compile(rf"(?:(?:\d{{1,2}} |[Вв] )?{MONTH}|[Вв])(?: \d{{4}})(?: года| г\.| году)?,? (.+)")
_COUNTED = re.compile(
    r"\A([^\d]+?) (?:(?:около|более|свыше|примерно|почти|порядка|до) )?\d[\d \u00a0.,]{0,20}"
    r"(?:(?:тысяч|миллион|миллиард|триллион)\w*|тыс\.|млн|млрд|трлн)?[ \u00a0]?"
    r"([а-яё][а-яё -]{1,80})(?=[.,;:(—])"
)
_UNPLAIN = re.compile(r"[,;:()«»—–\"\[\]*|]")
_BORDER = re.compile(r",? [—–(]|[,;:.](?: |$)")
_TOLD = re.compile(r":|, (?:что|чтобы|будто|как|ли)\b|,? [—–] [«\"]")
_BACK = frozenset("он она оно они это этот эта эти его её их там тогда здесь тот та те такой себя".split())


def further_questions(text: str) -> Iterator[str]:
    """Questions in the order of their sentences; none of a sentence that leans on others."""
    for start, stop in sentences(text):
        said = " ".join(text[start:stop].split())
        for question in (_when(said), _how_many(said)):
            if question and len(question) <= _LONGEST_FURTHER:
                yield question


def _when(sentence: str) -> str | None:
    found = _DATED.match(sentence)
    clause = _head(found[1]) if found else ""
    if not clause or not _is_plain(clause) or not _begins_with_subject(clause) or not _verb(clause):
        return None
    return f"Когда {clause}?"


def _how_many(sentence: str) -> str | None:
    found = _COUNTED.match(sentence)
    if not found or not _is_plain(f"{found[1]} {found[2]}"):
        return None
    clause, counted = found[1], found[2].strip()
    *_, last = clause.split()
    if not _begins_with_subject(clause) or not _is_verb(last) or not _is_many(counted.split()[0]):
        return None
    return f"Сколько {counted} {_clause_inside(clause)}?"


def _head(sentence: str) -> str:
    """What stands before the first comma, dash or bracket: a clause by itself where it has a verb.

    Nothing where what was said or thought comes next: without it the clause is not whole.
    """
    border = _BORDER.search(sentence)
    if border and _TOLD.match(sentence, border.start()):
        return ""
    return sentence[: border.start() if border else None].strip()


def _is_plain(clause: str) -> bool:
    words = clause.split()
    leans = any(word.lower().strip(".") in _BACK for word in words)
    return 2 < len(words) <= _WORDS + 4 and not leans and not _UNPLAIN.search(clause)


def _begins_with_subject(clause: str) -> bool:
    """A noun, a name or an adjective in the nominative, before any verb."""
    first = clause.split()[0]
    if re.match(r"[A-Z]", first):
        return True
    parse = analyzer().parse(first.lower())[0]
    return parse.tag.POS in ("NOUN", "ADJF") and "nomn" in parse.tag and "Apro" not in parse.tag


def _verb(clause: str) -> bool:
    return any(_is_verb(word) for word in clause.split())


def _is_verb(word: str) -> bool:
    tag = analyzer().parse(word.lower())[0].tag
    return tag.POS == "VERB" and "impr" not in tag


def _is_many(word: str) -> bool:
    """A noun as it stands behind «пять»."""
    return any({"NOUN", "gent", "plur"} <= parse.tag.grammemes for parse in analyzer().parse(word.lower()))


def _clause_inside(clause: str) -> str:
    """A clause that stands no longer at the beginning; names keep their capital."""
    first = clause.split()[0]
    tag = analyzer().parse(first.lower())[0].tag
    is_common = first[1:].islower() and not {"Geox", "Orgn", "Name", "Surn"} & set(tag.grammemes)
    return clause[0].lower() + clause[1:] if is_common else clause
