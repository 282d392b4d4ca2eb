"""From a question to ranked passages: keyword and dense search → score fusion → reranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.text.words import content_lemmas
from rag.types import Filters, Hit, PassageIndex, PassageSource, Query, Reranker, Scored

# How many candidates each leg brings before reranking.
KEYWORD_CANDIDATES = 150
DENSE_CANDIDATES = 50
# How many of them are reranked: 64 cost at most 0.4 nDCG@10 against all 200, and two thirds less time.
RERANKED = 64
# Weight of the keyword leg in the fused score. Scores are fused, not ranks: with ranks the weak leg
# pulls the strong one down (XQuAD 95.8 → 85.2).
_KEYWORD = 0.6


class Searcher:
    """Hybrid search over one library."""

    def __init__(
        self,
        keyword: PassageIndex,
        dense: PassageIndex,
        source: PassageSource,
        reranker: Reranker | None,
    ) -> None:
        self.keyword = keyword
        self.dense = dense
        self._source = source
        self.reranker = reranker

    def query(self, text: str) -> Query:
        """`text` with the lemmas of its content words."""
        return Query(text, tuple(content_lemmas(text)))

    def search(self, query: Query, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The best `k` passages, best first; each knows its rank and score at every stage."""
        if k < 1:
            return []
        fused = self.fused(query, k, filters)[: max(k, RERANKED)]
        if self.reranker is None or not fused:
            return fused[:k]
        scores = self.reranker.score(query, fused)
        return _ranked("rerank", fused, scores)[:k]

    def fused(self, query: Query, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """All candidates of both legs in the order of their fused score."""
        within = self._source.matching(filters) if filters else None
        if within == [] or not query.lemmas:
            return []
        keyword = self.keyword.search(query, max(k, KEYWORD_CANDIDATES), within)
        dense = self.dense.search(query, max(k, DENSE_CANDIDATES), within)
        hits = self._candidates(query, keyword, dense)
        return _ranked("fused", hits, [_fused_score(hit) for hit in hits])

    def _candidates(self, query: Query, keyword: Sequence[Scored], dense: Sequence[Scored]) -> list[Hit]:
        """Every passage that a leg found, with its rank there and its score on both legs."""
        ranks: dict[str, dict[str, int]] = {}
        scores: dict[str, dict[str, float]] = {}
        for stage, found in (("keyword", keyword), ("dense", dense)):
            for rank, scored in enumerate(found, 1):
                ranks.setdefault(scored.passage_id, {})[stage] = rank
                scores.setdefault(scored.passage_id, {})[stage] = scored.score
        for leg in (self.keyword, self.dense):
            missing = [id_ for id_, known in scores.items() if leg.name not in known]
            for id_, score in leg.scores(query, missing).items():
                scores[id_][leg.name] = score
        passages = self._source.passages(list(ranks))
        infos = self._source.infos(list({passage.article_id for passage in passages}))
        return [
            Hit(passage, infos[passage.article_id], 0.0, ranks[passage.id], scores[passage.id])
            for passage in passages
            if passage.article_id in infos
        ]


def _fused_score(hit: Hit) -> float:
    return _KEYWORD * hit.scores.get("keyword", 0.0) + (1 - _KEYWORD) * hit.scores.get("dense", 0.0)


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
