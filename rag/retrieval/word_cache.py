"""Vectors of the words met lately: a search needs some two thousand, most of them again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np

from rag.types import Vectors

KEPT = 25_000  # words: 30 MB of 300 numbers


class WordCache:
    """Keeps what `read(lemmas)` gives, shape (len(lemmas), dimension); all is dropped after `most` words."""

    def __init__(self, read: Callable[[Sequence[str]], Vectors], dimension: int, most: int = KEPT) -> None:
        self._read = read
        self._most = most
        self._guard = threading.Lock()
        self._places: dict[str, int] = {}
        self._kept = np.empty((0, dimension), np.float32)

    def vectors(self, lemmas: Sequence[str]) -> Vectors:
        """What `read` would give."""
        with self._guard:
            if len(self._places) > self._most:
                self._places, self._kept = {}, self._kept[:0].copy()
            if new := [lemma for lemma in dict.fromkeys(lemmas) if lemma not in self._places]:
                self._add(new)
            places = np.fromiter(map(self._places.__getitem__, lemmas), np.intp, len(lemmas))
            return np.asarray(self._kept[places])

    def _add(self, lemmas: list[str]) -> None:
        first, last = len(self._places), len(self._places) + len(lemmas)
        if last > len(self._kept):
            larger = np.empty((max(last, 2 * first), self._kept.shape[1]), np.float32)
            larger[:first] = self._kept[:first]
            self._kept = larger
        self._kept[first:last] = self._read(lemmas)
        self._places.update((lemma, first + place) for place, lemma in enumerate(lemmas))
