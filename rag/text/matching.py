"""Late matching over word vectors: every lemma of a question against every lemma of some passages.

ColBERT's MaxSim (Khattab & Zaharia 2020) on static vectors: a question lemma's match in a stretch of text
is the best of `max(cosine, 0)²` over its lemmas, where the same lemma counts 1, the same five-letter
beginning at least 0.8 (полёт / полетел, руководит / руководитель) and a synonym at least 0.6. Matches are
weighted by IDF, so a share of 1 means that every lemma of the question stands there. Retrieval ranks
passages with it, the extractive writer ranks sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from rag.text.synonyms import synonyms
from rag.types import Passage, Vectors

WordVectors = Callable[[Sequence[str]], Vectors]
TermWeights = Callable[[Sequence[str]], NDArray[np.float64]]
Floats = NDArray[np.float64]

PREFIX = 5
SAME_PREFIX = 0.8
SYNONYM = 0.6


@dataclass(frozen=True, slots=True)
class Matches:
    """How well each question lemma is matched, by IDF `weights` (lemmas,).

    `sentences` is (lemmas, all sentences of all passages); `first[i]` is the column of passage i's first
    sentence; `titles` is (lemmas, passages).
    """

    weights: Floats
    sentences: Floats
    titles: Floats
    first: NDArray[np.intp]

    @property
    def best_sentence(self) -> Floats:
        """Per passage, the best sentence's share of the question's weight, 0 to 1."""
        return np.maximum.reduceat(self.share(self.sentences), self.first)

    @property
    def passage(self) -> Floats:
        """Per passage, the share of the question's weight in the passage and its title together."""
        whole = np.maximum.reduceat(self.sentences, self.first, axis=1)
        return self.share(np.maximum(whole, self.titles))

    @property
    def title(self) -> Floats:
        return self.share(self.titles)

    def share(self, matches: Floats) -> Floats:
        """Weighted mean of (lemmas, columns) matches over the lemmas."""
        return np.asarray(self.weights @ matches / self.weights.sum())


class Matcher:
    """Matches questions and passages with given word vectors and term weights."""

    def __init__(self, vectors: WordVectors, weights: TermWeights) -> None:
        """`vectors(lemmas)` gives unit rows (zero: unknown); `weights(lemmas)` gives IDFs."""
        self._vectors = vectors
        self._weights = weights

    def matches(self, lemmas: Sequence[str], passages: Sequence[Passage]) -> Matches:
        """Match every distinct lemma against every sentence and title of `passages`."""
        asked = list(dict.fromkeys(lemmas))
        stretches = [
            stretch
            for passage in passages
            for stretch in (passage.title_lemmas, *(sentence.lemmas for sentence in passage.sentences))
        ]
        table = self._best(asked, stretches)
        sizes = np.array([1 + len(passage.sentences) for passage in passages])
        titles = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        is_sentence = np.ones(len(stretches), bool)
        is_sentence[titles] = False
        first = titles - np.arange(len(passages))
        return Matches(self._weights(asked), table[:, is_sentence], table[:, titles], first)

    def _best(self, asked: list[str], stretches: Sequence[Sequence[str]]) -> Floats:
        """The best match of each asked lemma in each stretch of lemmas, (asked, stretches)."""
        numbers: dict[str, int] = {}
        columns = np.fromiter(
            (numbers.setdefault(lemma, len(numbers)) for lemma in chain.from_iterable(stretches)), np.intp
        )
        best = np.zeros((len(asked), len(stretches)))
        lengths = np.array([len(stretch) for stretch in stretches])
        filled = np.flatnonzero(lengths)
        if filled.size:
            starts = (np.cumsum(lengths) - lengths)[filled]
            table = self._similarities(asked, list(numbers))[:, columns]
            best[:, filled] = np.maximum.reduceat(table, starts, axis=1)
        return best

    def _similarities(self, asked: list[str], lemmas: list[str]) -> Floats:
        cosines = self._vectors(asked) @ self._vectors(lemmas).T
        table = np.square(np.maximum(cosines, 0.0)).astype(np.float64)
        places = {lemma: place for place, lemma in enumerate(lemmas)}
        related: dict[str, list[int]] = {
            lemma[:PREFIX]: [] for lemma in asked if len(lemma) >= PREFIX and not lemma[0].isdigit()
        }
        for lemma, place in places.items():
            if lemma[:PREFIX] in related:
                related[lemma[:PREFIX]].append(place)
        for row, lemma in enumerate(asked):
            same = related.get(lemma[:PREFIX], [])
            table[row, same] = np.maximum(table[row, same], SAME_PREFIX)
            kin = [places[other] for other in synonyms(lemma) if other in places]
            table[row, kin] = np.maximum(table[row, kin], SYNONYM)
            if lemma in places:
                table[row, places[lemma]] = 1.0
        return np.asarray(table)
