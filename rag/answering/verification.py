"""Does a source support a sentence? Checked by words, numbers and names; no language model.

Every number and every name of the sentence must occur in the sources, what it denies must be denied there
and what it doesn't deny must not be. Then a sentence that stands in a source word for word is supported,
and any other one when most of its content lemmas stand there. Claims are compared, not meanings, so this
errs towards "not supported".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.text.number_words import SIGNS, UNITS
from rag.text.numbers import Number, values
from rag.text.spelling import same_but_ending
from rag.text.words import Word, is_function_word, lemma, lemmas, words
from rag.types import Draft, Sentence, Support, Verdict

# Shares of the sentence's content lemmas that must stand in the sources.
_SUPPORTED = 0.8
_PARTIAL = 0.5
_FOOTNOTE = re.compile(r"\s*\[\d+\]")
_NEGATION = frozenset({"не", "нет", "ни", "без", "никогда", "нельзя"})
_MEASURES = frozenset({*SIGNS.values(), *UNITS.values()})


def verified(draft: Draft) -> Draft:
    """`draft` with every sentence's support decided anew against the quotes it cites."""
    quotes = {citation.number: citation.quote for citation in draft.citations}
    return replace(draft, sentences=tuple(_checked(sentence, quotes) for sentence in draft.sentences))


def verify(sentence: str, sources: Sequence[str]) -> Verdict:
    """How well the source texts support `sentence`; reasons are Russian and name what differs."""
    claim = _FOOTNOTE.sub("", sentence)
    sources = [_FOOTNOTE.sub("", source) for source in sources]
    asked = [word.text for word in words(claim)]
    if not asked:
        return Verdict("unsupported", ("в предложении нет слов",))
    if claim in sources:
        return Verdict("supported")
    wrong = tuple(_claims_that_differ(claim, sources))
    if not wrong and any(_stands_in(asked, [word.text for word in words(source)]) for source in sources):
        return Verdict("supported")
    share = _share_of_lemmas(claim, sources)
    if wrong or share < _PARTIAL:
        return Verdict("unsupported", wrong or ("в источнике говорится о другом",))
    if share < _SUPPORTED:
        return Verdict("partial", (f"в источнике нет слов: {', '.join(_missing_words(claim, sources))}",))
    return Verdict("supported")


def _checked(sentence: Sentence, quotes: dict[int, str]) -> Sentence:
    cited = [quotes[number] for number in sentence.citations if number in quotes]
    support: Support = verify(sentence.text, cited).support if cited else "unsupported"
    return replace(sentence, support=support)


def _stands_in(asked: list[str], source: list[str]) -> bool:
    """True when the words of `asked` are a run of the words of `source`."""
    joined = f" {' '.join(source)} "
    return f" {' '.join(asked)} " in joined


def _claims_that_differ(claim: str, sources: Sequence[str]) -> Iterator[str]:
    yield from _numbers_that_differ(claim, sources)
    yield from _names_that_differ(claim, sources)
    yield from _denials_that_differ(claim, sources)


def _numbers_that_differ(claim: str, sources: Sequence[str]) -> Iterator[str]:
    held = [number for source in sources for number in values(source)]
    for number in values(claim):
        if any(_same(number, other) for other in held):
            continue
        asked = _shown(claim, number)
        alike = next((other for other in held if number.unit and other.unit == number.unit), None)
        if alike is None:
            yield f"в источнике нет числа «{asked}»"
        else:
            source = next(text for text in sources if alike in values(text))
            yield f"в источнике «{_shown(source, alike)}», в ответе «{asked}»"


def _shown(text: str, number: Number) -> str:
    return ("−" if number.value < 0 else "") + text[number.start : number.stop]


def _same(first: Number, second: Number) -> bool:
    """The same value, and not of two measures: 2 roubles are not 2 dollars."""
    units = {first.unit, second.unit}
    if len(units) > 1 and units <= _MEASURES:
        return False
    return abs(first.value - second.value) <= 1e-6 * max(abs(first.value), 1.0)


def _names_that_differ(claim: str, sources: Sequence[str]) -> Iterator[str]:
    held = {each for source in sources for each in lemmas(source)}
    for place, word in enumerate(words(claim)):
        is_name = place > 0 and claim[word.start].isupper() and not is_function_word(word.text)
        if is_name and lemma(word.text) not in held and not _stands_in_other_case(word.text, sources):
            yield f"в источнике нет имени «{claim[word.start : word.stop]}»"


def _stands_in_other_case(name: str, sources: Sequence[str]) -> bool:
    """True for names the dictionary doesn't know: «Пашиняном» and «Пашинян» have two lemmas."""
    return any(same_but_ending(name, word.text) for source in sources for word in words(source))


def _denials_that_differ(claim: str, sources: Sequence[str]) -> Iterator[str]:
    """Words denied on one side only: «не построен» and «построен»."""
    denied, affirmed = _polarity([claim])
    denied_there, affirmed_there = _polarity(sources)
    if (_is_negative(claim) and not any(map(_is_negative, sources))) or (
        denied & affirmed_there - denied_there
    ):
        yield "в источнике нет отрицания"
    for word in words(claim):
        if lemma(word.text) in affirmed & denied_there - affirmed_there:
            yield f"в источнике отрицается «{claim[word.start : word.stop]}»"


def _polarity(texts: Sequence[str]) -> tuple[set[str], set[str]]:
    """Content lemmas that stand right behind a negation, and the others."""
    denied: set[str] = set()
    affirmed: set[str] = set()
    for text in texts:
        is_denied = False
        for word in words(text):
            if word.text in _NEGATION:
                is_denied = True
            elif not is_function_word(word.text):
                (denied if is_denied else affirmed).add(lemma(word.text))
                is_denied = False
    return denied, affirmed


def _is_negative(text: str) -> bool:
    return any(word.text in _NEGATION for word in words(text))


def _share_of_lemmas(claim: str, sources: Sequence[str]) -> float:
    wanted = {lemma(word.text) for word in _compared_words(claim)}
    held = {each for source in sources for each in lemmas(source)}
    return len(wanted & held) / len(wanted) if wanted else 1.0


def _missing_words(claim: str, sources: Sequence[str]) -> list[str]:
    held = {each for source in sources for each in lemmas(source)}
    missing = [word for word in _compared_words(claim) if lemma(word.text) not in held]
    return [claim[word.start : word.stop] for word in missing[:5]]


def _compared_words(claim: str) -> list[Word]:
    """Content words (all, where there are none) but those of numbers, which are compared by value."""
    numbers = values(claim)
    left = [word for word in words(claim) if not any(_is_part(word, number) for number in numbers)]
    return [word for word in left if not is_function_word(word.text)] or left


def _is_part(word: Word, number: Number) -> bool:
    """True for a word of the number or of its measure; what is counted («видов») is a word as any other."""
    is_inside = number.start <= word.start and word.stop <= number.stop
    return is_inside and (number.unit in _MEASURES or lemma(word.text) != number.unit)
