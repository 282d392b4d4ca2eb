"""The regressions over questions that were read: the order of sentences, confidence, the short answer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from eval.answering_questions import Group
from eval.fitting import FOLDS, Floats, listwise, without_fold
from eval.train_answering import DOUBTS, EVIDENCE
from rag.answering import evidence, rereading

_PENALTY = 1e-4
ANSWERED_RIGHT = 0.96
_LENGTHS = (
    "lemmas",
)  # long questions are no surer: those of one set are, and all of that set are answerable
_WORTH = 1 / 3  # the F1 from which on a short answer is better than none
NAMES = (*evidence.CONFIDENCE_FEATURES, *rereading.CONFIDENCE_FEATURES)


def fit_order(groups: Sequence[Group], polar: bool) -> dict[str, float]:
    """The weights that order sentences, of polar questions or of the others."""
    listings = [
        [a.listing for a in group.asked if a.listing is not None and a.polar == polar]
        for group in groups
        if group.answerable
    ]
    names = [group.name for group in groups if group.answerable]
    kept = [place for place, each in enumerate(listings) if any(one.right.any() for one in each)]
    listings, names = [listings[p] for p in kept], [names[p] for p in kept]
    if not listings:
        return {}
    for place, name in enumerate(names):
        before = [one.right[0] for one in listings[place]], [one.right[:3].any() for one in listings[place]]
        first, three, top = [], [], [one.right.any() for one in listings[place]]
        for fold in range(FOLDS):
            weights = listwise(without_fold(listings, fold))
            for each in listings[place][fold::FOLDS]:
                order = np.argsort(-(each.rows @ weights), kind="stable")
                first.append(each.right[order[0]])
                three.append(each.right[order[:3]].any())
        print(
            f"{name}: first {_percent(before[0])} → {_percent(first)}, three {_percent(before[1])} → "
            f"{_percent(three)}, among those read {_percent(top)}",
            file=sys.stderr,
        )
    found = listwise(listings)
    return {name: round(float(value), 3) for name, value in zip(rereading.FEATURES, found, strict=True)}


def _percent(shares: Any) -> str:
    return f"{100 * float(np.mean(shares)):.1f}"


def fit_confidence(groups: Sequence[Group]) -> dict[str, float]:
    """The weights of confidence."""
    rows = {group.name: np.array([a.confidence for a in group.asked if a.confidence]) for group in groups}
    held = {name: np.zeros(len(each)) for name, each in rows.items()}
    for fold in range(FOLDS):
        weights = _logistic(groups, rows, fold)
        for name, each in rows.items():
            held[name][fold::FOLDS] = _probabilities(weights, each[fold::FOLDS])
    threshold = _threshold(groups, held)
    answerable = np.concatenate([held[g.name] for g in groups if g.answerable])
    for group in groups:
        scores = held[group.name]
        area = 0.0
        if not group.answerable:
            area = roc_auc_score(
                [1] * len(answerable) + [0] * len(scores), np.concatenate([answerable, scores])
            )
        print(
            f"{group.name}: answered {_percent(scores >= threshold)} of {len(scores)}, AUC {area:.3f}",
            file=sys.stderr,
        )
    fitted = dict(zip((*NAMES, "intercept"), _logistic(groups, rows, None), strict=True))
    return {name: round(float(v), 3) for name, v in (fitted | {"threshold": threshold}).items()}


def _threshold(groups: Sequence[Group], held: dict[str, Floats]) -> float:
    """The confidence that ANSWERED_RIGHT of the questions have whose best sentence is right, all kinds of
    questions counting the same.
    """
    kinds = [
        np.sort(held[group.name][[a.right for a in group.asked if a.confidence]])
        for group in groups
        if group.answerable
    ]
    steps = np.unique(np.concatenate(kinds))
    shares = np.mean([1 - np.searchsorted(each, steps) / len(each) for each in kinds if len(each)], axis=0)
    return float(steps[np.flatnonzero(shares >= ANSWERED_RIGHT)[-1]])


def _logistic(groups: Sequence[Group], rows: dict[str, Floats], left_out: int | None) -> Floats:
    given, signs, shares = [], [], []
    for group in groups:
        each = rows[group.name]
        # An answerable question whose best sentence is a wrong one is no example of either.
        sure = [a.right or not group.answerable for a in group.asked if a.confidence]
        chosen = [i for i in range(len(each)) if i % FOLDS != left_out and sure[i]]
        given.append(each[chosen])
        signs += [1.0 if group.answerable else -1.0] * len(chosen)
        shares += [group.share / len(chosen)] * len(chosen)
    table = np.column_stack([np.vstack(given), np.ones(len(signs))])
    sign, share = np.array(signs), np.array(shares)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = sign * (table @ weights)
        slope = -(share * sign / (1 + np.exp(margins))) @ table
        return (
            float(share @ np.logaddexp(0, -margins)) + _PENALTY * float(weights @ weights),
            slope + 2 * _PENALTY * weights,
        )

    bounds = [*(bounds_of(name) for name in NAMES), (None, None)]
    start = np.zeros(table.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def bounds_of(feature: str) -> tuple[float | None, float | None]:
    """More evidence never makes an answer less sure, nor do doubts make it surer."""
    if feature in _LENGTHS:
        return 0.0, 0.0
    if feature in DOUBTS:
        return None, 0.0
    is_evidence = feature in EVIDENCE or feature in rereading.CONFIDENCE_FEATURES
    return (0.0 if is_evidence or feature == "passage_score" else None), None


def _probabilities(weights: Floats, rows: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(rows @ weights[:-1] + weights[-1]))))


def fit_span(groups: Sequence[Group]) -> float:
    """The least log-odds at which a short answer is shown: what those below it would add to F1, less a third
    each, is the least.

    Single lucky ones among the least likely don't open the door to all.
    """
    shown = sorted(each.span for group in groups for each in group.asked if each.span is not None)
    odds, shares = np.array(shown).T
    worth = np.concatenate([[0.0], np.cumsum(shares - _WORTH)])
    first = min(int(worth.argmin()), len(odds) - 1)
    print(
        f"short answers from log-odds {odds[first]:.2f} on: {_percent(odds >= odds[first])}", file=sys.stderr
    )
    return round(float(odds[first]), 2)
