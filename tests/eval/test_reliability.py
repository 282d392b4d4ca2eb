"""Whether confidence means what it says, by hand."""

from __future__ import annotations

import json

import pytest

from eval import metrics, reliability
from eval.refusal import Curve, Outcome, numbers
from eval.reliability import Sure


def given(*rows: tuple[float, int, int]) -> list[Sure]:
    """So many answers of one confidence, so many of them right."""
    return [Sure(sure, place < right) for sure, count, right in rows for place in range(count)]


def test_tenths_hold_what_was_claimed_and_what_came_of_it() -> None:
    found = reliability.reliability(given((0.42, 2, 1), (0.48, 2, 1), (0.91, 4, 4), (1.0, 1, 0)))
    assert found is not None
    assert [(each.low, each.count) for each in found.tenths] == [(0.4, 4), (0.9, 5)]
    assert found.tenths[0].confidence == pytest.approx(0.45)
    assert [each.right.value for each in found.tenths] == [0.5, 0.8]
    assert [reliability.span(each) for each in found.tenths] == ["40–50", "90–100"]


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([(0.5, 10, 5)], 0.0),
        ([(0.8, 10, 6)], 0.2),
        ([(0.8, 10, 6), (0.3, 10, 5)], 0.2),  # too sure and not sure enough don't make up for each other
        ([(0.9, 30, 27), (0.5, 10, 1)], 0.1),  # each tenth counts by its answers
        ([(0.72, 5, 5), (0.78, 5, 2)], 0.05),  # within a tenth they do
    ],
)
def test_the_error_is_the_mean_distance(rows: list[tuple[float, int, int]], error: float) -> None:
    found = reliability.reliability(given(*rows))
    assert found is not None
    assert found.error == pytest.approx(error)


def test_few_answers_miss_their_share_by_chance() -> None:
    few, many = reliability.reliability(given((0.5, 10, 5))), reliability.reliability(given((0.5, 1000, 500)))
    assert few is not None and many is not None
    # The mean distance of a binomial share from its chance: sqrt(2 / π · p · (1 − p) / n)
    assert few.by_chance == pytest.approx(0.126, abs=0.01)
    assert many.by_chance == pytest.approx(0.0126, abs=0.001)


def test_no_answer_no_reliability() -> None:
    assert reliability.reliability([]) is None


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [(5, 10, 0.2366, 0.7634), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0)],
)
def test_wilson(right: int, count: int, low: float, high: float) -> None:
    """The values of Newcombe's tables (1998)."""
    found = metrics.wilson(right, count)
    assert (found.value, found.low, found.high) == pytest.approx((right / count, low, high), abs=1e-4)


def test_a_curve_counts_answers_alone() -> None:
    curve = Curve(
        (Outcome(0.9, True, True), Outcome(0.9, True, False), Outcome(0.2, False)),
        (Outcome(0.7, True, False), Outcome(0.1, False)),
    )
    found = curve.reliability
    assert found is not None
    assert [(each.low, each.count, each.right.value) for each in found.tenths] == [
        (0.7, 1, 0.0),
        (0.9, 2, 0.5),
    ]
    saved = numbers(curve)
    assert saved["reliability"]["answers"] == 3.0
    assert saved["reliability"]["error"] == pytest.approx((0.7 + 0.8) / 3, abs=1e-4)
    assert saved["reliability_right"] == {"0.7": 0.0, "0.9": 0.5}
    assert json.dumps(saved)


def test_without_gold_nothing_is_claimed() -> None:
    curve = Curve((Outcome(0.9, True), Outcome(0.8, True, True)), (Outcome(0.1, False),))
    assert curve.reliability is None
    assert "reliability" not in numbers(curve)
