"""What library and language know of words: which there are, and how common they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from rag.text.lemma_index import stem
from rag.text.words import analyzer, fold, lemma

Background = Callable[[str], float]

_FETCHED = 2_000  # library words looked at per prefix
_CACHED = 20_000
_LIKELY = 0.1  # probability of a parse
_NAME_STEM = 4  # letters that two forms of a name share at least
_ENDING = 3  # letters that a form of it may have beyond them
_BACKGROUND_PASSAGES = 300  # as in `rag.retrieval.weights`: the language's word counts as so many passages
_WORDS_PER_PASSAGE = 110


class Vocabulary(Protocol):
    """The library's lemmas (folded, as `rag.text.words.lemma` gives them)."""

    def frequencies(self, lemmas: Sequence[str]) -> list[int]:
        """In how many passages each lemma occurs, in the order asked; 0 where in none."""

    def with_prefix(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """At most `limit` lemmas that start with `prefix`, with frequencies, the most frequent first."""

    def together(self, lemma: str, others: Sequence[str]) -> float:
        """The best share (0 to about 1) of `others` by weight that a passage holds beside `lemma`."""


class KnownWords:
    """The words of one state of a library, and of the language. Words are folded."""

    def __init__(self, vocabulary: Vocabulary, background: Background) -> None:
        """`background(lemma)` is a lemma's share of running words in the language."""
        self._vocabulary = vocabulary
        self.background = background
        self.holds = lru_cache(_CACHED)(self._holds)
        self.starting = lru_cache(_CACHED)(self._starting)
        self.is_right = lru_cache(_CACHED)(self._is_right)

    def _holds(self, lemma: str) -> bool:
        """True where the library has that lemma."""
        return self._vocabulary.frequencies([lemma])[0] > 0

    def _starting(self, prefix: str) -> list[str]:
        """Lemmas of the library that start so, the most frequent first."""
        return [held for held, _ in self._vocabulary.with_prefix(prefix, _FETCHED)]

    def all(self) -> list[str]:
        """Every lemma of the library."""
        return [held for held, _ in self._vocabulary.with_prefix("", 1_000_000)]

    def _is_right(self, word: str) -> bool:
        """True for a form of a word that the library has."""
        return any(map(self.holds, bases(word))) or self._is_held_name(word)

    def _is_held_name(self, word: str) -> bool:
        """True for a form of a word that no dictionary has but the library, with a lemma of its own."""
        start = stem(word)
        if len(start) < _NAME_STEM or analyzer().word_is_known(word):
            return False
        return any(
            len(held) <= len(start) + _ENDING and not analyzer().word_is_known(held)
            for held in self.starting(start)
        )

    def passages(self, lemma: str) -> float:
        """In how many passages the lemma is to be expected, as library and language tell."""
        expected = 1 - math.exp(-_WORDS_PER_PASSAGE * self.background(lemma))
        return self._vocabulary.frequencies([lemma])[0] + _BACKGROUND_PASSAGES * expected

    def together(self, lemma: str, others: Sequence[str]) -> float:
        """The best share (0 to about 1) of `others` that a passage holds beside `lemma`."""
        return self._vocabulary.together(lemma, others) if others and self.holds(lemma) else 0.0


def in_dictionary(word: str) -> bool:
    """True for a form of a word that pymorphy3's dictionary has."""
    return bool(analyzer().word_is_known(word))


def is_russian(word: str) -> bool:
    return "а" <= word[0] <= "я"


@lru_cache(_CACHED)
def bases(form: str) -> tuple[str, ...]:
    """All that is likely the lemma of a form, the likeliest first; the form itself last.

    The library may have met it in a form that reads otherwise.
    """
    if not is_russian(form):
        return (form,)
    likely = [parse for parse in analyzer().parse(form) if parse.score >= _LIKELY]
    return tuple(dict.fromkeys([lemma(form), *(fold(parse.normal_form) for parse in likely), form]))
