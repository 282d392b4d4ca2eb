"""Thresholds with a promise: the exact bound, what is chosen, and that the promise is kept."""

from __future__ import annotations

from random import Random

import pytest

from rag.judging import tuning
from rag.judging.tuning import Point, Tried, in_reach, needed, point, tune


@pytest.mark.parametrize(
    ("wrong", "of", "chance", "bound"),
    [
        # One-sided exact bounds: the beta quantiles of R's qbeta(level, wrong + 1, of - wrong).
        (0, 59, 0.05, 0.0495),
        (0, 10, 0.05, 0.2589),
        (1, 10, 0.05, 0.3942),
        (5, 100, 0.05, 0.1023),
        (30, 100, 0.1, 0.3664),
        (10, 10, 1.0, 0.5),
        (0, 0, 1.0, 0.5),
    ],
)
def test_the_chance_of_so_few_mistakes(wrong: int, of: int, chance: float, bound: float) -> None:
    assert Point(0.0, of, of, wrong).chance(bound) == pytest.approx(chance, rel=2e-2)


@pytest.mark.parametrize("at_most", [0.01, 0.05, 0.1, 0.3])
def test_so_many_are_needed_and_no_more(at_most: float) -> None:
    enough, fewer = (Point(0.0, count, count, 0) for count in (needed(at_most), needed(at_most) - 1))
    assert enough.chance(at_most) <= 0.05 < fewer.chance(at_most)


def asked(count: int, seed: int = 1) -> list[Tried]:
    """Confidences that mean what they say: of those at 0.8, eight in ten are right."""
    random = Random(seed)
    sure = [random.random() for _ in range(count)]
    return [Tried(each, True, random.random() < each) for each in sure]


def test_the_lowest_threshold_that_is_proven() -> None:
    certain = [Tried(0.5 + number / 1000, True, True) for number in range(200)]
    doubtful = [Tried(number / 1000, True, False) for number in range(200)]
    found = tune([*certain, *doubtful], 0.05)
    assert found.proven is not None
    assert found.proven.chance(0.05) <= 0.05
    assert found.proven.threshold < 0.51  # nearly all that is right is answered
    assert point([*certain, *doubtful], found.proven.threshold).wrong < 10


def test_too_few_questions_prove_nothing() -> None:
    few = [Tried(0.9, True, True)] * 100
    found = tune(few, 0.05)
    assert (found.proven, found.kept, found.needed) == (None, 50, 59)
    assert in_reach(few, 0.05) == 0.06


def test_a_bot_that_is_sure_and_wrong_gets_no_promise() -> None:
    sure = [Tried(0.9, True, number % 3 > 0) for number in range(600)]
    found = tune(sure, 0.05)
    assert found.proven is None and found.kept >= found.needed
    reached = in_reach(sure, 0.05)
    assert reached is not None and 0.3 < reached < 0.45


def test_what_is_not_answered_proves_nothing() -> None:
    assert tune([Tried(0.9, False, True)] * 10, 0.05).proven is None
    assert tune([], 0.05).proven is None and in_reach([], 0.05) is None
    tried = [Tried(0.9, False, True), Tried(0.9, True, False), Tried(0.2, True, True)]
    assert (point(tried, 0.5).answered, point(tried, 0.5).wrong) == (1, 1)  # what declines even so is none


def test_the_promise_is_broken_as_seldom_as_it_says() -> None:
    """Of many libraries' thresholds, at most 1 - LEVEL let more through than promised (here: 20 %)."""
    found = [tune(asked(400, seed), 0.2).proven for seed in range(1, 61)]
    chosen = [each.threshold for each in found if each]
    broken = sum((1 - each) / 2 > 0.2 for each in chosen)  # the mean of 1 - confidence from `each` on
    assert len(chosen) > 30
    assert broken <= 8  # three expected at the very most; eight is three standard deviations more


def test_the_order_of_questions_changes_nothing() -> None:
    several = asked(300)
    assert tune(several, 0.2) == tune(several[::-1], 0.2)
    assert tuning.LEVEL == 0.95
