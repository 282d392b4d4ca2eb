"""Does a source support a sentence? Checked by words, numbers and names; no language model.

A sentence that stands in a source word for word is supported. Otherwise every number and every name of
the sentence must occur in the sources, and most of its content lemmas must: claims are compared, not
meanings, so this errs towards "not supported".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.text.numbers import Number, values
from rag.text.words import content_lemmas, fold, is_function_word, lemma, lemmas, words
from rag.types import Draft, Sentence, Support, Verdict

# Shares of the sentence's content lemmas that must stand in the sources.
_SUPPORTED = 0.8
_PARTIAL = 0.5
_FOOTNOTE = re.compile(r"\s*\[\d+\]")
_NEGATION = frozenset({"не", "нет", "ни", "без", "никогда", "нельзя"})


def verified(draft: Draft) -> Draft:
    """`draft` with every sentence's support decided anew against the quotes it cites."""
    quotes = {citation.number: citation.quote for citation in draft.citations}
    return replace(draft, sentences=tuple(_checked(sentence, quotes) for sentence in draft.sentences))


def verify(sentence: str, sources: Sequence[str]) -> Verdict:
    """How well the source texts support `sentence`; reasons are Russian and name what differs."""
    claim = _FOOTNOTE.sub("", sentence)
    asked = [word.text for word in words(claim)]
    if not asked:
        return Verdict("unsupported", ("в предложении нет слов",))
    if any(_stands_in(asked, [word.text for word in words(source)]) for source in sources):
        return Verdict("supported")
    wrong = tuple(_claims_that_differ(claim, sources))
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
    if _negated(claim) and not any(_negated(source) for source in sources):
        yield "в источнике нет отрицания"


def _numbers_that_differ(claim: str, sources: Sequence[str]) -> Iterator[str]:
    held = [number for source in sources for number in values(source)]
    for number in values(claim):
        if any(_same(number, other) for other in held):
            continue
        asked = claim[number.start : number.stop]
        alike = next((other for other in held if number.unit and other.unit == number.unit), None)
        if alike is None:
            yield f"в источнике нет числа «{asked}»"
        else:
            source = next(text for text in sources if alike in values(text))
            yield f"в источнике «{source[alike.start : alike.stop]}», в ответе «{asked}»"


def _same(first: Number, second: Number) -> bool:
    return abs(first.value - second.value) <= 1e-6 * max(abs(first.value), 1.0)


def _names_that_differ(claim: str, sources: Sequence[str]) -> Iterator[str]:
    held = {each for source in sources for each in lemmas(source)}
    for place, word in enumerate(words(claim)):
        is_name = place > 0 and claim[word.start].isupper() and not is_function_word(word.text)
        if is_name and lemma(word.text) not in held:
            yield f"в источнике нет имени «{claim[word.start : word.stop]}»"


def _share_of_lemmas(claim: str, sources: Sequence[str]) -> float:
    held = {each for source in sources for each in lemmas(source)}
    wanted = set(content_lemmas(claim))
    return len(wanted & held) / len(wanted)


def _missing_words(claim: str, sources: Sequence[str]) -> list[str]:
    held = {each for source in sources for each in lemmas(source)}
    missing = [word for word in words(claim) if lemma(word.text) not in held and not is_function_word(word.text)]
    return [claim[word.start : word.stop] for word in missing[:5]]


def _negated(text: str) -> bool:
    return any(word in _NEGATION for word in fold(text).split())
