"""Fit the weights of the encoder in use on labelled questions: `python -m eval fit`.

Two stages are fitted, each with cross-validation: the share of the keyword score in the fused one, and the
reranker's weights. A stage that would not get better on questions it was not fitted on keeps its weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from eval import tables
from eval.beir import Grades
from eval.errors import EvaluationError
from eval.fitting import FOLDS, Floats, Listing, listwise, without_fold
from eval.metrics import ndcg
from rag.retrieval.fusion import Weights
from rag.retrieval.rerank import WEIGHTS, LateInteraction
from rag.retrieval.search import RERANKED

if TYPE_CHECKING:
    from rag.bot import Bot

LEAST = 30  # questions; fewer than that fit noise
SHARES = np.linspace(0, 1, 21)
_CUT = 10


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and how relevant articles are to it."""

    text: str
    grades: Grades


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Candidates of one question in the rows of a table, with the articles they come from."""

    listing: Listing
    articles: tuple[str, ...]
    grades: Grades

    def ndcg(self, weights: Floats) -> float:
        """nDCG@10 of the candidates ordered by their weighted features."""
        order = np.argsort(-(self.listing.rows @ weights), kind="stable")
        return ndcg(list(dict.fromkeys(self.articles[place] for place in order)), self.grades, _CUT)


@dataclass(frozen=True, slots=True)
class Seen:
    """One question: all candidates by the scores of the two legs, the first of them by all features."""

    fused: Ranked
    reranked: Ranked


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: nDCG@10 with the weights of before and with fitted ones on questions they never saw."""

    name: str
    before: float
    after: float
    weights: Floats

    @property
    def is_better(self) -> bool:
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class Fitted:
    """The weights to use, and how they came about."""

    weights: Weights
    questions: int
    stages: tuple[Stage, ...]

    def about(self) -> dict[str, object]:
        numbers = {stage.name: [round(stage.before, 4), round(stage.after, 4)] for stage in self.stages}
        return {"questions": self.questions, "ndcg@10 before and after": numbers}

    def table(self) -> str:
        rows = [
            [
                stage.name,
                tables.percent(stage.before),
                tables.percent(stage.after),
                "новые" if stage.is_better else "прежние",
            ]
            for stage in self.stages
        ]
        return tables.markdown(["nDCG@10, перекрёстная проверка", "было", "стало", "веса"], rows)


def look(bot: Bot, questions: Iterable[Labelled]) -> list[Seen]:
    """Candidates of every question as the bot's stages see them; questions without any are left out."""
    reranker = bot.searcher.reranker
    if not isinstance(reranker, LateInteraction):
        raise EvaluationError("Веса подбираются для RAG_RERANKER=late-interaction; уберите другую настройку.")
    seen = []
    for question in questions:
        query = bot.searcher.query(question.text)
        hits = bot.searcher.fused(query, RERANKED)
        if not hits:
            continue
        scores = np.array([[hit.scores.get(leg, 0.0) for leg in ("keyword", "dense")] for hit in hits])
        first = hits[:RERANKED]
        articles = tuple(hit.article.id for hit in hits)
        right = np.array([article in question.grades for article in articles])
        features = reranker.features(query, first)
        seen.append(
            Seen(
                Ranked(Listing(scores, right), articles, question.grades),
                Ranked(Listing(features, right[: len(first)]), articles[: len(first)], question.grades),
            )
        )
    return seen


def fit(seen: Sequence[Seen], now: Weights) -> Fitted:
    """Weights for these questions, starting from those in use now. Raises EvaluationError."""
    usable = [each for each in seen if each.reranked.listing.right.any()]
    if len(usable) < LEAST:
        raise EvaluationError(
            f"Вопросов, для которых нужная статья есть среди кандидатов, {len(usable)}; подбирать веса можно "
            f"хотя бы по {LEAST}. Добавьте вопросов."
        )
    fused = _fused_stage([each.fused for each in seen], now)
    given: Mapping[str, float] = now.rerank or WEIGHTS
    shipped = np.array([given.get(name, 0.0) for name in WEIGHTS])
    reranked = _rerank_stage([each.reranked for each in seen], shipped)
    weights = now
    if fused.is_better:
        weights = replace(weights, keyword=round(float(fused.weights[0]), 2))
    if reranked.is_better:
        weights = replace(weights, rerank=_named(reranked.weights))
    return Fitted(weights, len(usable), (fused, reranked))


def _fused_stage(ranked: Sequence[Ranked], now: Weights) -> Stage:
    gains = np.array([[each.ndcg(legs(share)) for share in SHARES] for each in ranked])
    unseen = []
    for fold in range(FOLDS):
        others = np.delete(gains, np.s_[fold::FOLDS], axis=0).mean(axis=0)
        unseen += gains[fold::FOLDS, int(others.argmax())].tolist()
    before = float(np.mean([each.ndcg(legs(now.keyword)) for each in ranked]))
    best = legs(float(SHARES[int(gains.mean(axis=0).argmax())]))
    return Stage("слияние", before, float(np.mean(unseen)), best)


def _rerank_stage(ranked: Sequence[Ranked], shipped: Floats) -> Stage:
    listings = [[each.listing for each in ranked]]
    unseen = []
    for fold in range(FOLDS):
        weights = usable(listwise(without_fold(listings, fold)))
        unseen += [each.ndcg(weights) for each in ranked[fold::FOLDS]]
    before = float(np.mean([each.ndcg(shipped) for each in ranked]))
    return Stage("переоценка", before, float(np.mean(unseen)), usable(listwise(listings)))


def legs(keyword: float) -> Floats:
    """The weights of the keyword and the dense score in the fused one."""
    return np.array([keyword, 1 - keyword])


def usable(weights: Floats) -> Floats:
    """No feature speaks against a passage; the sum is that of the shipped weights, and so is the scale."""
    positive = np.maximum(weights, 0.0)
    if not positive.any():
        positive = np.ones_like(weights)
    return np.asarray(positive * sum(WEIGHTS.values()) / positive.sum())


def _named(weights: Floats) -> dict[str, float]:
    return {name: round(float(weight), 2) for name, weight in zip(WEIGHTS, weights, strict=True)}
