"""Lemmas of a library as arrays, so that those near a mistyped word are found in a millisecond.

One edit away: symmetric deletion (Garbe's SymSpell): a stem and a beginning of the word that are one edit
apart become the same string when each loses at most one letter. Strings are kept as 64-bit hashes; whoever
asks compares the words themselves. Two edits away: a look at every lemma's letters, a bit each, and the
edit distance of what is left, all lemmas at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

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
