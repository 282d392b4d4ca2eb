"""Late matching over word vectors: every lemma of a question against every lemma of some passages.

ColBERT's MaxSim (Khattab & Zaharia 2020) on static vectors: a question lemma's match in a stretch of text
is the best of `max(cosine, 0)²` over its lemmas, where the same lemma counts 1, the same word in the other
alphabet (YouTube / ютуб) 0.9, the same five-letter beginning at least 0.8 (полёт / полетел, руководит /
руководитель) and a synonym at least 0.7. Matches are weighted by IDF, so a share of 1 means that every
lemma of the question stands there. The other way round, a passage's topic is matched by the question.
Retrieval ranks passages with it, the extractive writer ranks sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from rag.text.spelling import consonants, sound_key
from rag.text.synonyms import synonyms
from rag.text.topics import topic
from rag.types import MatchKind, Passage, Vectors

WordVectors = Callable[[Sequence[str]], Vectors]
TermWeights = Callable[[Sequence[str]], NDArray[np.float64]]
Floats = NDArray[np.float64]

PREFIX = 5
SAME_PREFIX = 0.8
SYNONYM = 0.7
SAME_SOUND = 0.9
SAME_CONSONANTS = 0.8
_SHORTEST_SOUND = 3  # letters
# The least similarity that is told as «близкое по смыслу»; below it words have little in common.
CLOSE = 0.2


@dataclass(frozen=True, slots=True)
class Matches:
    """How well each question lemma is matched, by IDF `weights` (lemmas,).

    `sentences` is (lemmas, all sentences of all passages); `first[i]` is the column of passage i's first
    sentence; `titles` is (lemmas, passages). `topics` (passages,) is the share of the weight of a passage's
    topic that the question matches: 1 where a passage is about nothing else, 0 where it has no topic.
    """

    weights: Floats
    sentences: Floats
    titles: Floats
    first: NDArray[np.intp]
    topics: Floats

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


@dataclass(frozen=True, slots=True)
class LemmaMatch:
    """The best match of one asked lemma among others: how much it counts, and why.

    `weight` is the asked lemma's share of the question's weight; `lemma` is None where nothing is like it.
    """

    asked: str
    weight: float
    lemma: str | None = None
    similarity: float = 0.0
    cosine: float = 0.0
    kind: MatchKind = "none"


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
        numbers: dict[str, int] = {}
        columns = np.fromiter(
            (numbers.setdefault(lemma, len(numbers)) for lemma in chain.from_iterable(stretches)), np.intp
        )
        similarities = self._similarities(asked, list(numbers))
        table = _best(similarities[:, columns], np.array([len(stretch) for stretch in stretches]))
        sizes = np.array([1 + len(passage.sentences) for passage in passages])
        titles = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        is_sentence = np.ones(len(stretches), bool)
        is_sentence[titles] = False
        return Matches(
            weights=self._weights(asked),
            sentences=table[:, is_sentence],
            titles=table[:, titles],
            first=titles - np.arange(len(passages)),
            topics=self._topics(similarities.max(axis=0, initial=0.0), numbers, passages),
        )

    def _topics(self, matched: Floats, numbers: dict[str, int], passages: Sequence[Passage]) -> Floats:
        """The matched share of each passage's topic; `matched` by lemma number, whatever asked lemma did."""
        topics = [topic(passage) for passage in passages]
        named = list(dict.fromkeys(chain.from_iterable(topics)))
        weights = dict(zip(named, self._weights(named), strict=True)) if named else {}
        shares = np.zeros(len(passages))
        for place, lemmas in enumerate(topics):
            whole = sum(weights[lemma] for lemma in lemmas)
            if whole:
                shares[place] = sum(weights[lemma] * matched[numbers[lemma]] for lemma in lemmas) / whole
        return shares

    def kinds(self, lemmas: Sequence[str], there: Sequence[str]) -> list[LemmaMatch]:
        """For every distinct asked lemma the best of those that stand `there`, and the kind of the match."""
        asked, others = list(dict.fromkeys(lemmas)), list(dict.fromkeys(there))
        weights = self._weights(asked)
        shares = [float(share) for share in weights / weights.sum()] if asked else []
        if not others:
            return [LemmaMatch(lemma, share) for lemma, share in zip(asked, shares, strict=True)]
        cosines = self._cosines(asked, others)
        table, kinships = self._similarities(asked, others), _Kinships(asked, others)
        found = []
        for row, lemma in enumerate(asked):
            best = int(np.lexsort((cosines[row], table[row]))[-1])
            similarity, cosine = float(table[row, best]), float(cosines[row, best])
            kind = kinships.kind(lemma, best) or ("meaning" if similarity >= CLOSE else "none")
            found.append(LemmaMatch(lemma, shares[row], others[best], similarity, cosine, kind))
        return found

    def _similarities(self, asked: list[str], lemmas: list[str]) -> Floats:
        """How well each lemma answers each asked one, (asked, lemmas)."""
        table = np.square(np.clip(self._cosines(asked, lemmas), 0.0, 1.0)).astype(np.float64)
        kinships = _Kinships(asked, lemmas)
        for row, lemma in enumerate(asked):
            for _, places, least in kinships.of(lemma):
                _raise(table, row, places, least)
        return np.asarray(table)

    def _cosines(self, asked: list[str], lemmas: list[str]) -> Vectors:
        return np.asarray(self._vectors(asked) @ self._vectors(lemmas).T)


class _Kinships:
    """Which lemmas are like an asked one for a better reason than their vectors, and at least how much."""

    def __init__(self, asked: Sequence[str], lemmas: Sequence[str]) -> None:
        self._places = {lemma: place for place, lemma in enumerate(lemmas)}
        self._related: dict[str, list[int]] = {
            lemma[:PREFIX]: [] for lemma in asked if len(lemma) >= PREFIX and not lemma[0].isdigit()
        }
        for lemma, place in self._places.items():
            if lemma[:PREFIX] in self._related:
                self._related[lemma[:PREFIX]].append(place)
        self._sounds = _Sounds(lemmas, any(map(_is_latin, asked)))

    def of(self, lemma: str) -> tuple[tuple[MatchKind, list[int], float], ...]:
        """Kinds of likeness to `lemma`, the surest last: which lemmas have it, and what it is worth."""
        places = self._places
        return (
            ("synonym", [places[other] for other in synonyms(lemma) if other in places], SYNONYM),
            ("kin", self._related.get(lemma[:PREFIX], []), SAME_PREFIX),
            ("spelling", self._sounds.alike(lemma), SAME_CONSONANTS),
            ("spelling", self._sounds.same(lemma), SAME_SOUND),
            ("same", [places[lemma]] if lemma in places else [], 1.0),
        )

    def kind(self, lemma: str, place: int) -> MatchKind | None:
        """The surest kind that the lemma at `place` has, if any."""
        return next((kind for kind, places, _ in reversed(self.of(lemma)) if place in places), None)


class _Sounds:
    """Lemmas by how they sound, for finding a word in the other alphabet: wabtec and «вабтек»."""

    def __init__(self, lemmas: Sequence[str], latin_asked: bool) -> None:
        """Cyrillic lemmas, of which there are many, are listed only if a Latin one is asked."""
        self._same: dict[tuple[bool, str], list[int]] = {}
        self._alike: dict[tuple[bool, str], list[int]] = {}
        for place, lemma in enumerate(lemmas):
            latin = _is_latin(lemma)
            if (latin or (latin_asked and _is_cyrillic(lemma))) and len(lemma) >= _SHORTEST_SOUND:
                self._same.setdefault((latin, sound_key(lemma)), []).append(place)
                if frame := consonants(lemma):
                    self._alike.setdefault((latin, frame), []).append(place)

    def same(self, lemma: str) -> list[int]:
        """Places of the lemmas of the other alphabet that are spelled as `lemma` sounds."""
        if len(lemma) < _SHORTEST_SOUND or not self._same:
            return []
        return self._same.get((_is_cyrillic(lemma), sound_key(lemma)), [])

    def alike(self, lemma: str) -> list[int]:
        """The same with any vowels."""
        if len(lemma) < _SHORTEST_SOUND or not self._alike:
            return []
        return self._alike.get((_is_cyrillic(lemma), consonants(lemma)), [])


def _is_latin(lemma: str) -> bool:
    return "a" <= lemma[0] <= "z"


def _is_cyrillic(lemma: str) -> bool:
    return "а" <= lemma[0] <= "я"


def _raise(table: Floats, row: int, places: list[int], least: float) -> None:
    if places:
        table[row, places] = np.maximum(table[row, places], least)


def _best(table: Floats, lengths: NDArray[np.intp]) -> Floats:
    """The best of each stretch of columns, (rows, stretches); 0 for an empty one."""
    best = np.zeros((len(table), len(lengths)))
    filled = np.flatnonzero(lengths)
    if filled.size:
        starts = (np.cumsum(lengths) - lengths)[filled]
        best[:, filled] = np.maximum.reduceat(table, starts, axis=1)
    return best
