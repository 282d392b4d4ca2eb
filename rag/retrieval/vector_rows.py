"""Rows of a table of vectors, held in memory one byte a number: how near they are to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.matching import lexicon
from rag.text.keys import passage_keys
from rag.types import ArticleSet, Keys, Vectors, article_key

_KEPT = 16  # filters whose rows are remembered: questions under one follow each other
_CHUNK = 512  # rows: as floats they fit into the processor's cache

Floats = NDArray[np.float32]
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows in the order of their numbers: arrays of shape (n,), codes (n, dimension). Never changed.

    A row's code times its step is its vector, but for half a step a number.
    """

    numbers: Keys
    passages: Keys
    articles: Keys
    steps: Floats
    codes: lexicon.Codes

    @classmethod
    def joined(cls, parts: Sequence[Rows]) -> Rows:
        columns = zip(*(part.columns for part in parts), strict=True)
        return cls(*map(np.concatenate, columns))

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        return self.numbers, self.passages, self.articles, self.steps, self.codes

    @cached_property
    def all(self) -> Places:
        return np.arange(len(self))

    @cached_property
    def _by_passage(self) -> tuple[Keys, Places]:
        return _sorted(self.passages)

    @cached_property
    def _by_article(self) -> tuple[Keys, Places]:
        return _sorted(self.articles)

    @cached_property
    def _signs(self) -> NDArray[np.uint64]:
        """The signs of the codes, 64 to a number: shape (dimension / 64, n)."""
        return _packed(self.codes)

    @cached_property
    def _allowed(self) -> dict[ArticleSet, Places]:
        return {}

    def prepare(self) -> None:
        """Sort and pack now what the first search would do, and would be waited for."""
        _ = self._by_passage, self._by_article, self._signs

    def differing(self, vector: Vectors, places: Places) -> NDArray[np.uint16]:
        """How many signs of the rows at `places` differ from `vector`'s."""
        differing = np.zeros(len(self), np.uint16)
        for held, asked in zip(self._signs, _packed(vector[None, :])[:, 0], strict=True):
            differing += np.bitwise_count(held ^ asked)
        return differing if len(places) == len(self) else differing[places]

    def without(self, places: Places) -> Rows:
        keep = np.ones(len(self), bool)
        keep[places] = False
        return Rows(*(column[keep] for column in self.columns))

    def of_passages(self, keys: Keys) -> Places:
        """Where these passages are; those that aren't held are left out."""
        held, places = self._by_passage
        if not len(held):
            return places
        found = np.minimum(np.searchsorted(held, keys), len(held) - 1)
        chosen: Places = places[found[held[found] == keys]]
        return chosen

    def allowed(self, allowed: ArticleSet) -> Places:
        """Where the passages of these articles are; what was asked for lately is remembered."""
        known = self._allowed
        if (found := known.get(allowed)) is None:
            if len(known) >= _KEPT:
                known.clear()
            found = known[allowed] = self.of_articles(allowed)
        return found

    def of_articles(self, allowed: ArticleSet) -> Places:
        """Where the passages of these articles are, sorted."""
        if len(allowed) > len(self):
            return np.flatnonzero(allowed.holds(self.articles))
        held, places = self._by_article
        first = np.searchsorted(held, allowed.keys, "left")
        sizes = np.searchsorted(held, allowed.keys, "right") - first
        starts = np.repeat(first - np.cumsum(sizes) + sizes, sizes)
        chosen: Places = np.sort(places[starts + np.arange(len(starts))])
        return chosen

    def cosines(self, places: Places, vector: Vectors) -> Floats:
        """The cosines of the rows at ascending `places`, 0.0005 from the truth with 300 numbers."""
        found = np.empty(len(places), np.float32)
        floats = np.empty((min(_CHUNK, len(places)), self.codes.shape[1]), np.float32)
        is_whole = len(places) == len(self)
        for start in range(0, len(places), _CHUNK):
            stop = min(start + _CHUNK, len(places))
            part = floats[: stop - start]
            part[:] = self.codes[start:stop] if is_whole else self.codes.take(places[start:stop], axis=0)
            np.dot(part, vector, out=found[start:stop])
        return found * self.steps[places]


def coded(ids: Sequence[str], article_ids: Sequence[str], vectors: Vectors, first: int) -> Rows:
    """Rows of passages, numbered from `first` on."""
    codes, steps = lexicon.coded(vectors)
    articles = np.array(list(map(article_key, article_ids)), np.int64)
    return Rows(np.arange(first, first + len(ids)), passage_keys(ids), articles, steps, codes)


def _packed(numbers: NDArray[Any]) -> NDArray[np.uint64]:
    """Which of `numbers`, shape (n, dimension), are above zero: 64 to a number, shape (dimension / 64, n)."""
    signs = np.packbits(numbers > 0, axis=1)
    whole = np.pad(signs, ((0, 0), (0, -signs.shape[1] % 8)))
    return np.ascontiguousarray(whole.view(np.uint64).T)


def _sorted(keys: Keys) -> tuple[Keys, Places]:
    order = np.argsort(keys, kind="stable")
    return keys[order], order
