"""A claim with a gap: each of its words that a text has, too, is asked for in turn.

«Завод купил банк» held against «Завод купил банк, а порт — фонд» asks «что купил банк» and «Завод купил
что»: where the text tells the claim, the reader finds the very word; where the word is there but belongs to
somebody else, it finds another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.text.words import Word, analyzer, is_function_word, lemma, words

Span = tuple[int, int]
_ASKS = {
    "NOUN": "что",
    "ADJF": "какой",
    "PRTF": "какой",
    "NUMR": "сколько",
}  # by part of speech (OpenCorpora)


@dataclass(frozen=True, slots=True)
class Gap:
    """A claim that asks for one of its words, and where the text has that word: `(start, stop)` each."""

    question: str
    places: tuple[Span, ...]


def gaps(claim: str, text: str) -> list[Gap]:
    """Every gap of `claim` that a word of `text` fills."""
    held: dict[str, list[Span]] = {}
    for word in words(text):
        held.setdefault(lemma(word.text), []).append((word.start, word.stop))
    return [
        Gap(claim[: word.start] + asks + claim[word.stop :], tuple(held[lemma(word.text)]))
        for word, asks in _askable(claim)
        if lemma(word.text) in held
    ]


def _askable(claim: str) -> Iterator[tuple[Word, str]]:
    """Words of `claim` that can be asked for, with the question word."""
    for number, word in enumerate(words(claim)):
        if word.is_number:
            yield word, "сколько"
        elif number and claim[word.start].isupper():
            yield word, "кто"
        elif not is_function_word(word.text):
            asks = _ASKS.get(str(analyzer().parse(word.text)[0].tag.POS))
            if asks:
                yield word, asks
