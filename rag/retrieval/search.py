"""From a question to ranked passages: keyword and dense search → score fusion → reranking → reprints."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np

from rag.matching.lexicon import COMMON
from rag.matching.outlines import Outlines
from rag.retrieval import dating, reprints
from rag.retrieval.fusion import STATIC, WeightsOf
from rag.retrieval.rerank import Floats, LateInteraction, Sketches
from rag.text.periods import times
from rag.text.words import content_lemmas
from rag.types import Filters, Hit, PassageSource, Query, Reranker, Retriever, Scored

# How many candidates each leg brings before reranking.
KEYWORD_CANDIDATES = 150
DENSE_CANDIDATES = 50
# How many of them are reranked: 64 cost at most 0.4 nDCG@10 against all 200, and two thirds less time.
RERANKED = 64
# Where so much is reprinted that too few hits are left, so many times more are weighed.
DEEPER = (4, 16)
# Of the candidates, how many a costly reranker (a cross-encoder) weighs again: 30 passages of 100 words take
# a small one about a second on two cores, and what the stages before put further down is seldom right.
FINALISTS = 30
LEGS = ("keyword", "dense")


class Source(PassageSource, Protocol):
    """Where ranking gets its outlines from, and hits their texts."""

    def outlines(self, ids: Sequence[str]) -> Outlines:
        """Outlines of the passages in the order of `ids`; unknown ids are left out."""

    def first_words(self, most: int) -> Sequence[int]:
        """The numbers of the words that outlines met first, `most` at most."""


@dataclass(slots=True)
class _Candidate:
    """A passage on its way to a hit: its score, and its ranks and scores so far, by stage.

    The key of its `article` and the `sketch` of its words are known once it was reranked.
    """

    passage_id: str
    score: float
    ranks: dict[str, int]
    scores: dict[str, float]
    article: int = 0
    sketch: Sketches | None = None


class Searcher:
    """Hybrid search over one library."""

    def __init__(
        self,
        keyword: Retriever,
        dense: Retriever,
        source: Source,
        reranker: Reranker | None,
        weights: WeightsOf = lambda: STATIC,
        finalist: Reranker | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        """`finalist` weighs the best of what `reranker` has ordered; `weights` are the dense encoder's.

        «На прошлой неделе» is counted from `today()`.
        """
        self.keyword = keyword
        self.dense = dense
        self._source = source
        self.reranker = reranker
        self.weights = weights
        self.finalist = finalist
        self._today = today

    def prepare(self) -> None:
        """Look up common words now (half a second for 60,000), so that the first questions wait for less."""
        if isinstance(self.reranker, LateInteraction):
            self.reranker.prepare(self._source.first_words(COMMON))

    def query(self, text: str) -> Query:
        """`text` with the times it names and the lemmas of its content words."""
        asked = times(text, self._today())
        return Query(text, tuple(content_lemmas(asked.topic or text)), asked)

    def search(self, query: Query, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The best `k` passages, best first; each knows its reprints, its rank and score at every stage."""
        if k < 1:
            return []
        hits: list[Hit] = []
        for depth in (k, *(more * max(k, RERANKED) for more in DEEPER)):
            found = self._ranked(query, depth, filters)
            hits = self._collapsed(found, k)
            if len(hits) >= k or len(found) < max(depth, RERANKED):
                break
        return hits[:k]

    def _ranked(self, query: Query, k: int, filters: Filters | None) -> list[_Candidate]:
        """At least the best `k` passages, reprints among them, in their final order."""
        wish = self._wish(query, filters)
        found = self._fused(query, k, filters, max(k, RERANKED))
        for limited in wish.within:
            found = _joined(found, self._fused(query, dating.EXTRA, limited, dating.EXTRA))
        if self.reranker is not None and found:
            found = self._reranked(self.reranker, query, found)
            found = self._final(self.finalist, query, found) if self.finalist else found
        return self._dated(wish, found) if wish else found

    def _reranked(self, reranker: Reranker, query: Query, found: Sequence[_Candidate]) -> list[_Candidate]:
        if not isinstance(reranker, LateInteraction):
            hits, found = self._read(found)
            return _ranked("rerank", found, list(reranker.score(query, hits)))
        there = self._source.outlines([each.passage_id for each in found])
        place_of = {id_: place for place, id_ in enumerate(there.ids)}
        found = [each for each in found if each.passage_id in place_of]  # others were removed meanwhile
        if not found:
            return []
        keyword, dense = (np.array([each.scores.get(leg, 0.0) for each in found]) for leg in LEGS)
        scores, sketches = reranker.weigh(query, there, keyword, dense)
        for each, article, sketch in zip(found, there.articles.tolist(), sketches, strict=True):
            each.article, each.sketch = article, sketch
        return _ranked("rerank", found, scores.tolist())

    def _final(self, finalist: Reranker, query: Query, found: Sequence[_Candidate]) -> list[_Candidate]:
        """The best FINALISTS in the finalist's order; below them the others as they were."""
        hits, best = self._read(found[:FINALISTS])
        scores = [float(score) for score in finalist.score(query, hits)]
        # Scores of two stages can't be compared: what was not weighed again stays below what was.
        least = min(scores, default=math.inf)
        others = [replace(each, score=min(each.score, least)) for each in found[FINALISTS:]]
        return _ranked("final", best, scores) + others

    def _dated(self, wish: dating.Wish, found: Sequence[_Candidate]) -> list[_Candidate]:
        """What fits the times of the question a little before what does not."""
        hits, found = self._read(found)
        losses = dating.losses(wish, hits)
        if not any(losses):
            return found
        return _ranked("dates", found, [one.score - loss for one, loss in zip(found, losses, strict=True)])

    def _collapsed(self, found: Sequence[_Candidate], k: int) -> list[Hit]:
        """The best hits without reprints, `k` of them at least where there are so many.

        Texts are read of those alone that are shown or may be somebody's reprint.
        """
        sketches = [each.sketch for each in found if each.sketch is not None]
        if not found or len(sketches) < len(found):
            return reprints.collapsed(self._read(found)[0])
        needed = reprints.needed(np.stack(sketches), [each.article for each in found], k)
        hits, held = self._read([found[place] for place in needed])
        numbers = [reprints.number(each.sketch) for each in held if each.sketch is not None]
        return reprints.collapsed(hits, numbers)

    def notes(self, query: Query, filters: Filters | None = None) -> tuple[str, ...]:
        """What is told of the times that `query` names."""
        return self._wish(query, filters).notes

    def _wish(self, query: Query, filters: Filters | None) -> dating.Wish:
        return dating.wish(query.times, filters, self._source, self._today())

    def fused(self, query: Query, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The candidates of both legs in the order of their fused score."""
        return self._read(self._fused(query, k, filters))[0]

    def _fused(
        self, query: Query, k: int, filters: Filters | None, most: int | None = None
    ) -> list[_Candidate]:
        """The candidates of both legs by their fused score: the best `most`, or all."""
        within = self._source.allowed(filters) if filters else None
        if (within is not None and not len(within)) or not query.lemmas:
            return []
        keyword = self.keyword.search(query, max(k, KEYWORD_CANDIDATES), within)
        dense = self.dense.search(query, max(k, DENSE_CANDIDATES), within)
        return self._candidates(query, keyword, dense, most)

    def _candidates(
        self, query: Query, keyword: Sequence[Scored], dense: Sequence[Scored], most: int | None
    ) -> list[_Candidate]:
        """The best `most` (None: all) of what the legs found, with ranks and scores, the best fused first."""
        found = [{each.passage_id: each.score for each in leg} for leg in (keyword, dense)]
        places = [{id_: rank for rank, id_ in enumerate(leg, 1)} for leg in found]
        ids = list(found[0] | found[1])
        for leg, scores in zip((self.keyword, self.dense), found, strict=True):
            scores |= leg.scores(query, [id_ for id_ in ids if id_ not in scores])
        fused = self.weights().fused(*(np.array([scores.get(id_, 0.0) for id_ in ids]) for scores in found))
        candidates = []
        for rank, place in enumerate(_order(fused)[:most], 1):
            id_, score = ids[place], float(fused[place])
            ranks = {leg: held[id_] for leg, held in zip(LEGS, places, strict=True) if id_ in held}
            scores = {leg: held[id_] for leg, held in zip(LEGS, found, strict=True) if id_ in held}
            ranks["fused"], scores["fused"] = rank, score
            candidates.append(_Candidate(id_, score, ranks, scores))
        return candidates

    def _read(self, candidates: Sequence[_Candidate]) -> tuple[list[Hit], list[_Candidate]]:
        """Candidates with their passages, and without; one that was removed meanwhile is left out."""
        passages = {each.id: each for each in self._source.passages([one.passage_id for one in candidates])}
        infos = self._source.infos(list({passage.article_id for passage in passages.values()}))
        held = [
            one
            for one in candidates
            if (passage := passages.get(one.passage_id)) and passage.article_id in infos
        ]
        hits = [
            Hit(
                passage := passages[one.passage_id],
                infos[passage.article_id],
                one.score,
                one.ranks,
                one.scores,
            )
            for one in held
        ]
        return hits, held


def _ranked(stage: str, found: Sequence[_Candidate], scores: Sequence[float]) -> list[_Candidate]:
    """`found` by these scores, the highest first, with their rank and score at `stage`."""
    ranked = []
    for rank, place in enumerate(_order(np.array(scores)), 1):
        one = found[place]
        one.score = one.scores[stage] = scores[place]
        one.ranks[stage] = rank
        ranked.append(one)
    return ranked


def _joined(found: list[_Candidate], extra: Sequence[_Candidate]) -> list[_Candidate]:
    """`found`, then what is new in `extra`; ranks in a part of the library are dropped."""
    known = {each.passage_id for each in found}
    return found + [replace(each, ranks={}) for each in extra if each.passage_id not in known]


def _order(scores: Floats) -> list[int]:
    """Places from the highest score to the lowest, equal ones as they stand."""
    order: list[int] = np.argsort(-scores, kind="stable").tolist()
    return order
