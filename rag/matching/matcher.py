"""Late matching over word vectors: every lemma of a question against every lemma of some passages.

ColBERT's MaxSim (Khattab & Zaharia 2020) on static vectors: a question lemma's match in a stretch of text
is the best of `max(cosine, 0)²` over its lemmas, where the same lemma counts 1, the same word in the other
alphabet (YouTube / ютуб) 0.9, the same five-letter beginning at least 0.8 (полёт / полетел, руководит /
руководитель) and a synonym at least 0.7. Matches are weighted by IDF, so a share of 1 means that every
lemma of the question stands there. The other way round, a passage's topic is matched by the question.
Retrieval ranks passages with it, the extractive writer ranks sentences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.matching.lexicon import BITS, KEPT, Lemmas, Lexicon, Numbers, Page, WordVectors
from rag.matching.outlines import Outlines, outlined
from rag.text.question_words import salience
from rag.text.synonyms import synonyms
from rag.types import MatchKind, Passage, Vectors

TermWeights = Callable[[Sequence[str]], NDArray[np.float64]]
Floats = NDArray[np.float64]
Places = NDArray[np.intp]

SAME_PREFIX = 0.8
SYNONYM = 0.7
SAME_SOUND = 0.9
SAME_CONSONANTS = 0.8
# The least similarity that is told as «близкое по смыслу»; below it words have little in common.
CLOSE = 0.2
# Passages of background text that the library's own counts are mixed with. 300 changed nothing on sets of
# 300 to 17,000 passages (nDCG@10 within 0.1); it is there for libraries of a few articles.
_PRIOR_PASSAGES = 300
_WORDS_PER_PASSAGE = 110


@dataclass(frozen=True, slots=True)
class Matches:
    """How well each question lemma is matched, by IDF `weights` (lemmas,).

    `sentences` is (lemmas, all sentences of all passages); `first[i]` is the column of passage i's first
    sentence; `titles` is (lemmas, passages). `topics` (passages,) is the share of the weight of a passage's
    topic that the question matches: 1 where a passage is about nothing else, 0 where it has no topic.
    `sketches` (passages, 16), uint64, has a bit set for every longer word of a passage's sentences.
    """

    weights: Floats
    sentences: Floats
    titles: Floats
    first: NDArray[np.intp]
    topics: Floats
    sketches: NDArray[np.uint64]

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

    def __init__(self, vectors: WordVectors, weights: TermWeights, lemmas: Lemmas | None = None) -> None:
        """`vectors(lemmas)` gives unit rows (zero: unknown); `weights(lemmas)` gives IDFs.

        `lemmas(numbers)` tells the words of the numbers that outlines of the library hold.
        """
        self._lexicon = Lexicon(vectors, lemmas=lemmas)
        self._idfs = weights
        self._is_salient = False

    def by_salience(self) -> Matcher:
        """A matcher that knows the same words and weighs each by its salience as well."""
        other = copy(self)
        other._is_salient = True
        return other

    def prepare(self, numbers: Sequence[int]) -> None:
        """Look up now what is known of the library's words of these numbers; questions wait for less."""
        for lemmas in self._lexicon.prepare(numbers):
            self._idfs(lemmas)

    def matches(self, lemmas: Sequence[str], passages: Sequence[Passage]) -> Matches:
        """Match every distinct lemma against every sentence and title of `passages`."""
        return self.matched(lemmas, outlined(passages))

    def matched(self, lemmas: Sequence[str], there: Outlines) -> Matches:
        """Match every distinct lemma against every sentence and title of the outlined passages."""
        asked, page = list(dict.fromkeys(lemmas)), self._lexicon.page()
        numbers = page.numbers_of(there.words, there.lemmas)
        words = _Words(page, numbers, asked)
        similarities = _similarities(asked, words)
        table = _best(similarities[:, words.columns], there.lengths)
        titles = np.cumsum(there.sizes) - there.sizes
        is_sentence = np.ones(len(there.lengths), bool)
        is_sentence[titles] = False
        return Matches(
            weights=self._weights(asked),
            sentences=table[:, is_sentence],
            titles=table[:, titles],
            first=titles - np.arange(len(there.sizes)),
            topics=self._topics(similarities.max(axis=0, initial=0.0), words, there),
            sketches=_sketches(page.bits(numbers), there, is_sentence),
        )

    def _topics(self, matched: Floats, words: _Words, there: Outlines) -> Floats:
        """The matched share of each passage's topic; `matched` by place in `words`, by any asked lemma."""
        shares = np.zeros(len(there.sizes))
        if not len(there.topics):
            return shares
        numbers = words.page.numbers_of(there.topics, there.lemmas)
        named, place = np.unique(numbers, return_inverse=True)
        weights = self._idfs(words.page.lemmas(named))[place]
        weights = weights * there.saliences if self._is_salient else weights
        gained = weights * matched[words.places(numbers)]
        owner = np.repeat(np.arange(len(shares)), there.topic_sizes)
        whole = np.bincount(owner, weights, len(shares))
        return np.divide(np.bincount(owner, gained, len(shares)), whole, out=shares, where=whole > 0)

    def _weights(self, lemmas: Sequence[str]) -> Floats:
        weights = self._idfs(lemmas)
        return weights * np.array([salience(lemma) for lemma in lemmas]) if self._is_salient else weights

    def kinds(self, lemmas: Sequence[str], there: Sequence[str]) -> list[LemmaMatch]:
        """For every distinct asked lemma the best of those that stand `there`, and the kind of the match."""
        asked, others = list(dict.fromkeys(lemmas)), list(dict.fromkeys(there))
        weights = self._weights(asked)
        shares = [float(share) for share in weights / weights.sum()] if asked else []
        if not others:
            return [LemmaMatch(lemma, share) for lemma, share in zip(asked, shares, strict=True)]
        page = self._lexicon.page()
        held = _Words(page, page.numbers(others), asked)
        cosines, table = (
            found[:, held.columns] for found in (held.cosines(asked), _similarities(asked, held))
        )
        found = []
        for row, lemma in enumerate(asked):
            best = int(np.lexsort((cosines[row], table[row]))[-1])
            similarity, cosine = float(table[row, best]), float(cosines[row, best])
            kind = _kind(lemma, held, int(held.columns[best])) or (
                "meaning" if similarity >= CLOSE else "none"
            )
            found.append(LemmaMatch(lemma, shares[row], others[best], similarity, cosine, kind))
        return found


class _Words:
    """The words of some stretches of text, each once; `columns[i]` is the place of the i-th lemma.

    They are compared with the lemmas `asked`.
    """

    def __init__(self, page: Page, numbers: Numbers, asked: Sequence[str]) -> None:
        self.page = page
        self._place_of = np.full(len(page), -1, np.intp)
        self._place_of[numbers] = 0
        self.numbers = np.flatnonzero(self._place_of == 0)
        self._place_of[self.numbers] = np.arange(len(self.numbers))
        self.columns = self._place_of[numbers]
        self._among = page.among(self.numbers, asked)

    def places(self, numbers: Numbers) -> NDArray[np.intp]:
        """Places of words that are all here."""
        return np.asarray(self._place_of[numbers])

    def cosines(self, asked: Sequence[str]) -> Vectors:
        """(asked, words)."""
        return self.page.cosines(self.page.numbers(asked), self.numbers)

    def related(self, lemma: str) -> tuple[tuple[MatchKind, Places, float], ...]:
        """Kinds of likeness to `lemma`, the surest last: which words, and what it is worth at least."""
        same, alike = self._among.sound_like(lemma)
        return (
            ("synonym", self._held(synonyms(lemma)), SYNONYM),
            ("kin", self._among.begin_like(lemma), SAME_PREFIX),
            ("spelling", alike, SAME_CONSONANTS),
            ("spelling", same, SAME_SOUND),
            ("same", self._held((lemma,)), 1.0),
        )

    def _held(self, lemmas: Iterable[str]) -> Places:
        numbers = [self.page.number(lemma) for lemma in lemmas]
        held = [number for number in numbers if number is not None and number < len(self._place_of)]
        places = self._place_of[held] if held else np.empty(0, np.intp)
        return np.asarray(places[places >= 0])


def _similarities(asked: Sequence[str], there: _Words) -> Floats:
    """How well each word answers each asked lemma, (asked, words)."""
    table = np.square(np.clip(there.cosines(asked), 0.0, 1.0)).astype(np.float64)
    for row, lemma in enumerate(asked):
        for _, places, least in there.related(lemma):
            table[row, places] = np.maximum(table[row, places], least)
    return np.asarray(table)


def _kind(lemma: str, there: _Words, place: int) -> MatchKind | None:
    """The surest kind of likeness that the word at `place` has to `lemma`, if any."""
    return next((kind for kind, places, _ in reversed(there.related(lemma)) if place in places), None)


def _sketches(bits: NDArray[np.int16], there: Outlines, is_sentence: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """(passages, BITS / 64); `bits` of every word."""
    owner = np.repeat(np.arange(len(there.sizes)), there.sizes)
    told = np.repeat(is_sentence, there.lengths) & (bits >= 0)
    table = np.zeros((len(there.sizes), BITS), bool)
    table[np.repeat(owner, there.lengths)[told], bits[told]] = True
    return np.packbits(table, axis=1).view(np.uint64)


def _best(table: Floats, lengths: NDArray[np.intp]) -> Floats:
    """The best of each stretch of columns, (rows, stretches); 0 for an empty one."""
    best = np.zeros((len(table), len(lengths)))
    filled = np.flatnonzero(lengths)
    if filled.size:
        starts = (np.cumsum(lengths) - lengths)[filled]
        best[:, filled] = np.maximum.reduceat(table, starts, axis=1)
    return best


# How much a lemma of the question weighs: its IDF in the library, steadied by a billion words of news.


class Frequencies(Protocol):
    """Counts of the library's passages."""

    def frequencies(self, lemmas: Sequence[str]) -> list[int]: ...

    def count(self) -> int: ...


def term_weights(library: Frequencies, background: Callable[[str], float]) -> TermWeights:
    """A function from lemmas to IDFs, shape (len(lemmas),), in nats, above zero.

    `background(lemma)` is the lemma's share of running words. BM25's IDF (Robertson & Spärck Jones) over
    the library's passages plus a prior of background passages.
    """

    @lru_cache(KEPT)
    def expected(lemma: str) -> float:
        return _PRIOR_PASSAGES * (1 - math.exp(-_WORDS_PER_PASSAGE * background(lemma)))

    def weights(lemmas: Sequence[str]) -> NDArray[np.float64]:
        held = np.array(library.frequencies(lemmas)) + np.array([expected(lemma) for lemma in lemmas])
        total = library.count() + _PRIOR_PASSAGES
        return np.asarray(np.log(1 + np.maximum(total - held, 0) / (held + 0.5) + 0.5 / (held + 0.5)))

    return weights
