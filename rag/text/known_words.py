"""What library and language know of words: which there are, and how common they are."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.text.words import analyzer, fold, lemma

Background = Callable[[str], float]

_FETCHED = 2_000  # library words looked at per prefix
_CACHED = 20_000
_LIKELY = 0.1  # probability of a parse
_NAME_STEM = 4  # letters that two forms of a name share at least
_ENDING = 3  # letters that a form of it may have beyond them
_BACKGROUND_PASSAGES = 300  # as in `rag.matching.matcher`: the language's word counts as so many passages
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


# Lemmas of a library as arrays, so that those near a mistyped word are found in a millisecond.
#
# One edit away: symmetric deletion (Garbe's SymSpell): a stem and a beginning of the word that are one
# edit apart become the same string when each loses at most one letter. Strings are kept as 64-bit hashes;
# whoever asks compares the words themselves. Two edits away: a look at every lemma's letters, a bit each,
# and the edit distance of what is left, all lemmas at once.

_INFLECTED = re.compile(r"(?<=...)(?:[ыиоая][йяе]|[аеиоы]?ть(?:ся)?|[аеиоуыэюяйь])$")
_LONGEST_ENDING = 4  # letters
_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2⁶⁴
_INVERSE = pow(_BASE, -1, 2**64)

Codes = NDArray[np.uint64]


class Listed:
    """Lemmas to look up by what they look like."""

    def __init__(self, lemmas: Sequence[str]) -> None:
        self._lemmas = lemmas
        self._stems = [stem(lemma) for lemma in lemmas]

    def one_edit(self, word: str) -> list[str]:
        """Lemmas whose stem may be one edit away from some beginning of `word`; others too, none missing."""
        if not self._lemmas:
            return []
        shortest = max(2, len(word) - _LONGEST_ENDING)
        beginnings = [word[:length] for length in range(shortest, len(word) + 1)]
        asked = np.unique(_deletions(_codes(beginnings)))
        hashes, places = self._deleted
        first, after = np.searchsorted(hashes, asked, "left"), np.searchsorted(hashes, asked, "right")
        found = {int(place) for a, b in zip(first, after, strict=True) for place in places[a:b]}
        return [self._lemmas[place] for place in sorted(found)]

    def two_edits(self, word: str) -> list[str]:
        """Lemmas that begin as `word` does, their stem at most two edits from some beginning of it."""
        if not self._lemmas:
            return []
        codes, letters, lengths = self._sketched
        start, whole = _letters(_codes([word[:-_LONGEST_ENDING], word]))
        close = np.bitwise_count(letters & ~whole) <= 2
        close &= np.bitwise_count(start & ~letters) <= 2
        close &= (np.abs(lengths - len(word)) <= _LONGEST_ENDING) & (codes[:, 0] == ord(word[0]) & 255)
        near = np.flatnonzero(close)
        distances = _from_beginnings(codes[near], lengths[near], word)
        return [self._lemmas[place] for place in near[distances <= 2]]

    @cached_property
    def _deleted(self) -> tuple[Codes, NDArray[np.intp]]:
        """Hashes of all stems with at most one letter less, sorted, and the lemma each belongs to."""
        hashes = _deletions(_codes(self._stems))
        order = np.argsort(hashes, axis=None)
        return hashes.ravel()[order], order // hashes.shape[1]

    @cached_property
    def _sketched(self) -> tuple[NDArray[np.uint8], Codes, NDArray[np.int64]]:
        codes = _codes(self._stems)
        return (codes & 255).astype(np.uint8), _letters(codes), (codes > 0).sum(axis=1)


def stem(lemma: str) -> str:
    """A lemma without what inflection takes away from it; three letters at least."""
    return _INFLECTED.sub("", lemma)


def _codes(words: Sequence[str]) -> Codes:
    """Character codes, (words, longest); 0 behind a word's end."""
    width = max(map(len, words), default=1)
    return np.array(words, f"U{width}").view(np.uint32).reshape(len(words), width).astype(np.uint64)


def _letters(codes: Codes) -> Codes:
    """Which letters each word has, a bit each."""
    bits = np.where(codes > 0, np.uint64(1) << (codes & np.uint64(63)), np.uint64(0))
    return np.asarray(np.bitwise_or.reduce(bits, axis=1))


def _deletions(codes: Codes) -> Codes:
    """Hashes of each word without its 1st, 2nd, … letter, and whole; (words, longest + 1)."""
    powers = np.cumprod(np.full(codes.shape[1], _BASE, np.uint64))
    terms = np.cumsum(codes * powers, axis=1, dtype=np.uint64)
    before = np.concatenate([np.zeros((len(codes), 1), np.uint64), terms], axis=1)
    behind = (terms[:, -1:] - terms) * np.uint64(_INVERSE)
    return np.concatenate([before[:, :-1] + behind, terms[:, -1:]], axis=1)


def _from_beginnings(stems: NDArray[np.uint8], lengths: NDArray[np.int64], word: str) -> NDArray[np.int64]:
    """Edits (as `spelling.distance`) from each stem to the nearest beginning of `word`."""
    target = [ord(letter) & 255 for letter in word]
    row = np.repeat(np.arange(len(target) + 1, dtype=np.int8)[:, None], len(stems), axis=1)
    older = before = row
    nearest = np.full(len(stems), 99, np.int64)
    for place in range(int(lengths.max(initial=0))):
        older, before, row = before, row, np.empty_like(row)
        row[0] = place + 1
        letter = stems[:, place]
        for j, other in enumerate(target, 1):
            edits = np.minimum(before[j] + 1, row[j - 1] + 1)
            edits = np.minimum(edits, before[j - 1] + (letter != other))
            if place and j > 1:
                swapped = (letter == target[j - 2]) & (stems[:, place - 1] == other)
                edits = np.where(swapped, np.minimum(edits, older[j - 2] + 1), edits)
            row[j] = edits
        done = lengths == place + 1
        nearest[done] = row[:, done].min(axis=0)
    return nearest
