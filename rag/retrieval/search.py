"""From a question to ranked passages: keyword and dense search → score fusion → reranking → reprints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rag.retrieval import dating, reprints
from rag.retrieval.fusion import STATIC, WeightsOf
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


@dataclass(slots=True)
class _Candidate:
    """A passage on its way to a hit: its ranks and scores so far, by stage."""

    passage_id: str
    ranks: dict[str, int] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)


class Searcher:
    """Hybrid search over one library."""

    def __init__(
        self,
        keyword: Retriever,
        dense: Retriever,
        source: PassageSource,
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
            ranked = self._ranked(query, depth, filters)
            hits = reprints.collapsed(ranked)
            if len(hits) >= k or len(ranked) < max(depth, RERANKED):
                break
        return hits[:k]

    def _ranked(self, query: Query, k: int, filters: Filters | None) -> list[Hit]:
        """At least the best `k` passages, reprints among them, in their final order."""
        wish = self._wish(query, filters)
        hits = self.fused(query, k, filters, most=max(k, RERANKED))
        if wish.within:
            extra = [self.fused(query, dating.EXTRA, limited, dating.EXTRA) for limited in wish.within]
            hits = dating.joined(hits, extra)
        if self.reranker is not None and hits:
            hits = _ranked("rerank", hits, self.reranker.score(query, hits))
            hits = self._final(query, hits) if self.finalist else hits
        losses = dating.losses(wish, hits)
        if any(losses):
            hits = _ranked("dates", hits, [hit.score - loss for hit, loss in zip(hits, losses, strict=True)])
        return hits

    def notes(self, query: Query, filters: Filters | None = None) -> tuple[str, ...]:
        """What is told of the times that `query` names."""
        return self._wish(query, filters).notes

    def _wish(self, query: Query, filters: Filters | None) -> dating.Wish:
        return dating.wish(query.times, filters, self._source, self._today())

    def fused(
        self, query: Query, k: int = 10, filters: Filters | None = None, most: int | None = None
    ) -> list[Hit]:
        """The candidates of both legs in the order of their fused score: the best `most`, or all."""
        within = self._source.allowed(filters) if filters else None
        if (within is not None and not len(within)) or not query.lemmas:
            return []
        keyword = self.keyword.search(query, max(k, KEYWORD_CANDIDATES), within)
        dense = self.dense.search(query, max(k, DENSE_CANDIDATES), within)
        # Texts are read of the best alone: reading all 200 would take longer than finding them.
        return self._hits(self._candidates(query, keyword, dense)[:most])

    def _final(self, query: Query, ranked: Sequence[Hit]) -> list[Hit]:
        """The best FINALISTS in the finalist's order; below them the others as they were."""
        assert self.finalist
        finalists, others = ranked[:FINALISTS], ranked[FINALISTS:]
        best = _ranked("final", finalists, self.finalist.score(query, finalists))
        # Scores of two stages can't be compared: what was not weighed again stays below what was.
        return best + [replace(hit, score=min(hit.score, best[-1].score)) for hit in others]

    def _candidates(
        self, query: Query, keyword: Sequence[Scored], dense: Sequence[Scored]
    ) -> list[_Candidate]:
        """Every passage that a leg found, with its score on both legs, the best fused score first."""
        found: dict[str, _Candidate] = {}
        for stage, scored in (("keyword", keyword), ("dense", dense)):
            for rank, each in enumerate(scored, 1):
                candidate = found.setdefault(each.passage_id, _Candidate(each.passage_id))
                candidate.ranks[stage], candidate.scores[stage] = rank, each.score
        for leg in (self.keyword, self.dense):
            missing = [id_ for id_, candidate in found.items() if leg.name not in candidate.scores]
            for id_, score in leg.scores(query, missing).items():
                found[id_].scores[leg.name] = score
        fused = self.weights().fused
        for candidate in found.values():
            scores = candidate.scores
            scores["fused"] = fused(scores.get("keyword", 0.0), scores.get("dense", 0.0))
        ranked = sorted(found.values(), key=lambda candidate: -candidate.scores["fused"])
        for rank, candidate in enumerate(ranked, 1):
            candidate.ranks["fused"] = rank
        return ranked

    def _hits(self, candidates: Sequence[_Candidate]) -> list[Hit]:
        """Candidates with their passages; one that was removed meanwhile is left out."""
        passages = {each.id: each for each in self._source.passages([one.passage_id for one in candidates])}
        infos = self._source.infos(list({passage.article_id for passage in passages.values()}))
        return [
            Hit(passage, infos[passage.article_id], one.scores["fused"], one.ranks, one.scores)
            for one in candidates
            if (passage := passages.get(one.passage_id)) and passage.article_id in infos
        ]


def _ranked(stage: str, hits: Sequence[Hit], scores: Sequence[float]) -> list[Hit]:
    order = sorted(range(len(hits)), key=lambda place: -scores[place])
    return [
        replace(
            hits[place],
            score=scores[place],
            ranks={**hits[place].ranks, stage: rank},
            scores={**hits[place].scores, stage: scores[place]},
        )
        for rank, place in enumerate(order, 1)
    ]
