"""The measures against numbers computed by hand, and against those of trec_eval."""

from __future__ import annotations

from math import log2

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import AP, RR, Qrel, R, ScoredDoc, nDCG

from eval import metrics

RANKED = ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("grades", "k", "expected"),
    [
        ({"a": 1.0}, 10, 1.0),
        ({"b": 1.0}, 10, 1 / log2(3)),
        ({"b": 1.0}, 1, 0.0),
        ({"z": 1.0}, 10, 0.0),
        ({"a": 1.0, "z": 1.0}, 10, 1 / (1 + 1 / log2(3))),
        ({"a": 1.0, "b": 2.0}, 10, (1 + 2 / log2(3)) / (2 + 1 / log2(3))),
        ({"a": 1.0, "z": 1.0}, 1, 1.0),
    ],
)
def test_ndcg(grades: dict[str, float], k: int, expected: float) -> None:
    assert metrics.ndcg(RANKED, grades, k) == pytest.approx(expected)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 2), min_size=2, max_size=12).filter(any), st.sets(st.integers(0, 14)))
def test_measures_agree_with_trec_eval(grades: list[int], lost: set[int]) -> None:
    """As ir_measures has it compute; `lost` items are relevant or not, and aren't found at all."""
    items = [str(place) for place in range(len(grades))]
    ranked = [item for item in items if int(item) not in lost]
    known = {item: float(grade) for item, grade in zip(items, grades, strict=True) if grade}
    qrels = [Qrel("q", item, grade) for item, grade in zip(items, grades, strict=True)]
    run = [ScoredDoc("q", item, -place) for place, item in enumerate(ranked)]
    wanted = ir_measures.calc_aggregate([AP @ 10, nDCG @ 10, RR @ 10, R @ 10], qrels, run)
    relevant = frozenset(known)
    assert metrics.average_precision(ranked, relevant, 10) == pytest.approx(wanted[AP @ 10])
    assert metrics.ndcg(ranked, known, 10) == pytest.approx(wanted[nDCG @ 10])
    assert metrics.reciprocal_rank(ranked, relevant, 10) == pytest.approx(wanted[RR @ 10])
    assert metrics.recall(ranked, relevant, 10) == pytest.approx(wanted[R @ 10])


@pytest.mark.parametrize(
    ("relevant", "k", "hit", "recall"),
    [({"a"}, 1, 1.0, 1.0), ({"b"}, 1, 0.0, 0.0), ({"a", "d"}, 2, 1.0, 0.5), ({"a", "d", "z"}, 4, 1.0, 2 / 3)],
)
def test_hit_and_recall(relevant: set[str], k: int, hit: float, recall: float) -> None:
    assert metrics.hit(RANKED, frozenset(relevant), k) == hit
    assert metrics.recall(RANKED, frozenset(relevant), k) == pytest.approx(recall)


@pytest.mark.parametrize(
    ("found", "gold", "expected"),
    [
        ("а б", "а б", 1.0),
        ("а б в", "б", 0.5),
        ("а а б", "а б б", 2 / 3),
        ("а", "б", 0.0),
        ("", "б", 0.0),
        ("", "", 1.0),
    ],
)
def test_token_f1(found: str, gold: str, expected: float) -> None:
    assert metrics.token_f1(found.split(), gold.split()) == pytest.approx(expected)


def test_share_is_a_ratio_of_sums_the_same_every_time() -> None:
    parts = [(1, 1), (0, 1), (1, 1), (0, 0)]
    found = metrics.share(parts)
    assert found is not None and found == metrics.share(parts)
    assert found.value == pytest.approx(2 / 3)
    assert 0.0 <= found.low < found.value < found.high <= 1.0
    assert metrics.share([(0, 0), (0, 0)]) is None


def test_share_of_equal_outcomes_stays_open() -> None:
    assert metrics.share([(1, 1)] * 5 + [(0, 0)] * 3) == metrics.wilson(5, 5)
    assert metrics.wilson(0, 20).high == pytest.approx(0.161, abs=1e-3)  # as printed in Newcombe (1998)


def test_share_has_the_width_of_a_binomial() -> None:
    found = metrics.share([(1, 1)] * 50 + [(0, 1)] * 50)
    assert found is not None
    # 1.96 * sqrt(0.5 * 0.5 / 100) = 0.098 on either side
    assert (found.low, found.high) == pytest.approx((0.402, 0.598), abs=0.02)


@pytest.mark.parametrize(
    ("gained", "lost", "chance"), [(0, 0, 1.0), (0, 5, 1 / 32), (5, 0, 1.0), (1, 1, 0.75), (1, 3, 5 / 16)]
)
def test_sign_test(gained: int, lost: int, chance: float) -> None:
    assert metrics.sign_test(gained, lost) == pytest.approx(chance)


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [([0.9, 0.8], [0.1], 1.0), ([0.1], [0.9], 0.0), ([0.5], [0.5], 0.5), ([0.9, 0.2], [0.5, 0.1], 0.75)],
)
def test_separation(positive: list[float], negative: list[float], expected: float) -> None:
    assert metrics.separation(positive, negative) == pytest.approx(expected)


def test_mean_and_percentile() -> None:
    assert metrics.mean([1.0, 2.0, 6.0]) == 3.0
    assert metrics.mean([]) == 0.0
    assert metrics.percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.5
    assert metrics.percentile([], 50) == 0.0
