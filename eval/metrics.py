"""The measures, as pure functions over plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from math import log2, sqrt

import numpy as np

from rag.judging.chance import NORMAL, Interval, sign_test, wilson

__all__ = [
    "Interval",
    "average_precision",
    "difference",
    "hit",
    "kappa",
    "least_losses",
    "mean",
    "ndcg",
    "percentile",
    "recall",
    "reciprocal_rank",
    "separation",
    "share",
    "sign_test",
    "token_f1",
    "wilson",
]

SEED = 20260101
RESAMPLES = 2000


def ndcg(ranked: Sequence[str], grades: Mapping[str, float], k: int) -> float:
    """Normalised discounted cumulative gain at `k` (Järvelin and Kekäläinen, 2002).

    With linear gains, as in trec_eval and BEIR.
    """
    gains = [grades.get(item, 0.0) for item in ranked[:k]]
    ideal = sorted(grades.values(), reverse=True)[:k]
    best = _discounted(ideal)
    return _discounted(gains) / best if best else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / log2(place + 2) for place, gain in enumerate(gains))


def reciprocal_rank(ranked: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """1 / rank of the first relevant item among the first `k`, else 0 (Voorhees, TREC-8, 1999)."""
    return next((1 / rank for rank, item in enumerate(ranked[:k], 1) if item in relevant), 0.0)


def hit(ranked: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """1 where any relevant item is among the first `k`, else 0 (`success` of trec_eval)."""
    return float(not relevant.isdisjoint(ranked[:k]))


def recall(ranked: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """Share of the relevant items that are among the first `k` (`recall` of trec_eval)."""
    return len(relevant.intersection(ranked[:k])) / len(relevant) if relevant else 0.0


def average_precision(ranked: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """Mean over the relevant items of the precision at the rank of each, 0 for those not among the first `k`.

    As in trec_eval (`map_cut`); its mean over queries is MAP.
    """
    found = [rank for rank, item in enumerate(ranked[:k], 1) if item in relevant]
    precisions = (place / rank for place, rank in enumerate(found, 1))
    return sum(precisions) / len(relevant) if relevant else 0.0


def token_f1(found: Sequence[str], gold: Sequence[str]) -> float:
    """Harmonic mean of precision and recall over the two bags of tokens (Rajpurkar et al., SQuAD, 2016)."""
    if not found or not gold:
        return float(list(found) == list(gold))
    common = (Counter(found) & Counter(gold)).total()
    return 2 * common / (len(found) + len(gold))


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 100) per cent of `values` lie, interpolated; 0 of nothing."""
    return float(np.percentile(values, share)) if values else 0.0


def share(parts: Sequence[tuple[float, float]]) -> Interval | None:
    """Sum of numerators over sum of denominators, one pair a question, with a percentile bootstrap.

    Questions are resampled (with a fixed seed); a question outside the share has denominator 0. Where all
    samples are alike (none of 20 right) the bootstrap is blind, and the interval is Wilson's.
    None where every denominator is 0.
    """
    pairs = np.asarray(parts, dtype=float).reshape(-1, 2)
    if not pairs[:, 1].any():
        return None
    chosen = np.random.default_rng(SEED).integers(0, len(pairs), size=(RESAMPLES, len(pairs)))
    sums = pairs[chosen].sum(axis=1)
    sums = sums[sums[:, 1] > 0]
    low, high = np.percentile(sums[:, 0] / sums[:, 1], [2.5, 97.5])
    numerator, denominator = pairs.sum(axis=0)
    if low == high and np.isin(pairs, (0.0, 1.0)).all():
        return wilson(int(numerator), int(denominator))
    return Interval(float(numerator / denominator), float(low), float(high))


def least_losses(gained: int, level: float) -> int:
    """How many losses beside `gained` gains the sign test calls significant at `level`, at least."""
    return next(lost for lost in count(gained + 1) if sign_test(gained, lost) <= level)


def difference(gained: int, lost: int, total: int) -> Interval:
    """The change of a share of `total` paired questions, with its 95 % interval.

    Wald's interval for matched pairs with half a pair added to each cell (Agresti and Min, 2005).
    """
    more, less, size = gained + 0.5, lost + 0.5, total + 2
    middle = (more - less) / size
    half = NORMAL * sqrt(more + less - (more - less) ** 2 / size) / size
    return Interval((gained - lost) / total, max(-1.0, middle - half), min(1.0, middle + half))


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """How far two judges agree beyond chance (Cohen, 1960): 1 wholly, 0 no more than by chance.

    None where both always say the same one thing, so that chance alone would agree.
    """
    agreed = sum(one == other for one, other in pairs) / len(pairs)
    ones, others = (sum(pair[place] for pair in pairs) / len(pairs) for place in (0, 1))
    by_chance = ones * others + (1 - ones) * (1 - others)
    return None if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def separation(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative; ties count half."""
    if not positive or not negative:
        return 0.0
    above = np.subtract.outer(np.asarray(positive), np.asarray(negative))
    return float(((above > 0) + 0.5 * (above == 0)).mean())
