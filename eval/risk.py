"""Risk and coverage: how many of the surest answers are wrong, however many are given.

Geifman and El-Yaniv, "Selective classification for deep neural networks", 2017; the area under the curve as
in Geifman, Uziel and El-Yaniv, "Bias-reduced uncertainty estimation for deep neural classifiers", 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval import metrics, refusal, tables
from eval.reliability import Sure
from eval.runs import Record


@dataclass(frozen=True, slots=True)
class Point:
    """Of all questions the share `coverage` is answered, and `risk` of those answers are wrong."""

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Risk:
    """A point for every answer, the surest first; `best` is the area that the right order would have.

    `area` is the mean risk over the answers (AURC), with a bootstrap interval.
    """

    points: tuple[Point, ...]
    area: metrics.Interval
    best: float


def of_answers(given: Sequence[Sure], asked: int) -> Risk | None:
    """The curve of the answers `given` to `asked` questions; None where there is none."""
    if not given:
        return None
    ordered = sorted(given, key=lambda each: -each.confidence)
    wrong = np.array([not each.right for each in ordered], dtype=float)
    risks = _risks(wrong)
    points = tuple(Point((place + 1) / asked, float(risk)) for place, risk in enumerate(risks))
    return Risk(
        points, _interval(np.array([each.confidence for each in given]), given), _area(np.sort(wrong))
    )


_Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def _risks(wrong: _Floats) -> _Floats:
    return np.asarray(np.cumsum(wrong) / np.arange(1, len(wrong) + 1))


def _area(wrong: _Floats) -> float:
    return float(_risks(wrong).mean())


def _interval(sure: _Floats, given: Sequence[Sure]) -> metrics.Interval:
    wrong = np.array([not each.right for each in given], dtype=float)

    def area(chosen: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> float:
        return _area(wrong[chosen][np.argsort(-sure[chosen], kind="stable")])

    random = np.random.default_rng(metrics.SEED)
    drawn = [area(random.integers(0, len(given), len(given))) for _ in range(metrics.RESAMPLES // 4)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return metrics.Interval(area(np.arange(len(given))), float(low), float(high))


def of_run(records: Sequence[Record]) -> Risk | None:
    """The curve of a run; None where nothing was answered."""
    curve = refusal.of_run(records)
    found = [each for each in (*curve.answerable, *curve.unanswerable) if each.found]
    return of_answers([Sure(each.confidence, bool(each.right)) for each in found], len(records))


def verdict(found: Risk) -> str:
    """The area in words."""
    return (
        f"Площадь под кривой (AURC): {tables.interval(found.area)} %; при лучшем порядке уверенности "
        f"вышло бы {tables.percent(found.best)} %."
    )
