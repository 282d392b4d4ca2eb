"""Whether confidence means what it says: of the answers given with 80 % confidence, 80 % should be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval import metrics, tables

TENTHS = 10
_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Sure:
    """One answer that was given: the confidence (0 to 1) shown with it, and whether it was right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Tenth:
    """The answers whose confidence lies in one tenth of the scale, from `low` up to `low` + 0.1.

    `confidence` is their mean, `right` the share of right ones with its 95 % Wilson interval.
    """

    low: float
    count: int
    confidence: float
    right: metrics.Interval


@dataclass(frozen=True, slots=True)
class Reliability:
    """The tenths that hold an answer, in order, and how far confidence is from the share of right ones.

    `error` is the expected calibration error (Naeini et al., 2015): the mean distance of confidence and
    share, each tenth counting by its answers. `by_chance` is what it comes to on average with so many
    answers where confidence is exact, since few answers never hit their share.
    """

    tenths: tuple[Tenth, ...]
    error: float
    by_chance: float

    @property
    def count(self) -> int:
        return sum(tenth.count for tenth in self.tenths)


def reliability(given: Sequence[Sure]) -> Reliability | None:
    """How well the confidence of the answers `given` fits them; None where there is none."""
    if not given:
        return None
    sure = np.array([each.confidence for each in given])
    right = np.array([each.right for each in given], dtype=float)
    places = np.minimum((sure * TENTHS).astype(int), TENTHS - 1)
    tenths = tuple(
        _tenth(place, sure[places == place], right[places == place]) for place in np.unique(places)
    )
    drawn = np.random.default_rng(metrics.SEED).random((_DRAWS, len(sure))) < sure
    by_chance = float(np.mean([_error(places, sure, each) for each in drawn.astype(float)]))
    return Reliability(tenths, _error(places, sure, right), by_chance)


_Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_Places = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def _tenth(place: int, sure: _Floats, right: _Floats) -> Tenth:
    share = metrics.wilson(int(right.sum()), len(right))
    return Tenth(round(float(place) / TENTHS, 1), len(sure), float(sure.mean()), share)


def _error(places: _Places, sure: _Floats, right: _Floats) -> float:
    """Expected calibration error: |Σ (confidence − right)| of each tenth, over all answers."""
    return float(np.abs(np.bincount(places, sure - right, TENTHS)).sum() / len(sure))


def numbers(found: Reliability) -> dict[str, dict[str, float]]:
    """The errors and, by the lower end of each tenth, its answers, for eval/results."""
    by_low = {f"{tenth.low:.1f}": tenth for tenth in found.tenths}
    return {
        "reliability": {
            "answers": float(found.count),
            "error": round(found.error, 4),
            "error_by_chance": round(found.by_chance, 4),
        },
        "reliability_answers": {low: float(tenth.count) for low, tenth in by_low.items()},
        "reliability_confidence": {low: round(tenth.confidence, 4) for low, tenth in by_low.items()},
        "reliability_right": {low: round(tenth.right.value, 4) for low, tenth in by_low.items()},
    }


def table(found: Reliability) -> str:
    """A row a tenth: what was claimed and what came of it."""
    rows = [
        [span(tenth), str(tenth.count), tables.percent(tenth.confidence), tables.interval(tenth.right)]
        for tenth in found.tenths
    ]
    return tables.markdown(["Уверенность, %", "Ответов", "в среднем", "верных, % [интервал 95 %]"], rows)


def span(tenth: Tenth) -> str:
    """«60–70»: the tenth in per cent."""
    low = round(100 * tenth.low)
    return f"{low}–{low + 100 // TENTHS}"


def verdict(found: Reliability) -> str:
    """The calibration error in words."""
    return (
        f"Ошибка калибровки: {tables.percent(found.error)} %; "
        f"при точной уверенности и стольких ответах вышло бы {tables.percent(found.by_chance)} %."
    )
