"""The risk–coverage curve and the citations' precision and recall, against numbers computed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval import citing, plots, risk
from eval.reliability import Sure
from tests.eval.records import DECLINED, RIGHT, WRONG, record


def test_the_surest_come_first() -> None:
    found = risk.of_answers([Sure(0.2, False), Sure(0.9, True), Sure(0.5, True)], asked=4)
    assert found is not None
    assert [(each.coverage, each.risk) for each in found.points] == [
        (0.25, 0.0),
        (0.5, 0.0),
        (0.75, pytest.approx(1 / 3)),
    ]
    assert found.area.value == found.best == pytest.approx(1 / 9)
    assert found.area.low <= found.area.value <= found.area.high


def test_a_wrong_order_costs() -> None:
    found = risk.of_answers([Sure(0.9, False), Sure(0.5, True), Sure(0.2, True)], asked=3)
    assert found is not None
    assert found.area.value == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert found.best == pytest.approx(1 / 9)
    assert "AURC" in risk.verdict(found)


def test_of_a_run() -> None:
    records = [record("a", RIGHT), record("b", WRONG), record("c", DECLINED), record("d", RIGHT, refuse=True)]
    found = risk.of_run(records)
    assert found is not None
    last = found.points[-1]
    assert last.coverage == 0.75 and last.risk == pytest.approx(2 / 3)
    assert "<polyline" in plots.risk(found)
    assert risk.of_run([record("c", DECLINED)]) is None


def answer(sentences: Sequence[tuple[str, list[int]]], quotes: Sequence[str]) -> dict[str, object]:
    return {
        "found": True,
        "sentences": [{"text": text, "citations": own, "support": "supported"} for text, own in sentences],
        "citations": [{"number": place, "quote": quote} for place, quote in enumerate(quotes, 1)],
    }


def letters(claim: str, quotes: Sequence[str]) -> bool:
    """A claim is borne out where all of its letters stand in the quotes."""
    return set(claim) <= set("".join(quotes))


@pytest.mark.parametrize(
    ("sentences", "quotes", "recall", "precision"),
    [
        ([("ab", [1])], ["abc"], (1, 1), (1, 1)),
        ([("ab", [1])], ["a"], (0, 1), (0, 1)),
        ([("ab", [1, 2])], ["a", "b"], (1, 1), (2, 2)),  # both are needed
        ([("ab", [1, 2])], ["ab", "z"], (1, 1), (1, 2)),  # the second proves nothing
        ([("ab", [1, 2])], ["ab", "ba"], (1, 1), (2, 2)),
        ([("ab", [])], ["ab"], (0, 1), (0, 0)),
        ([("a", [1]), ("b", [2])], ["a", "c"], (1, 2), (1, 2)),
        ([], [], (0, 0), (0, 0)),
    ],
)
def test_citations(
    sentences: list[tuple[str, list[int]]],
    quotes: list[str],
    recall: tuple[int, int],
    precision: tuple[int, int],
) -> None:
    assert citing.of_answer(answer(sentences, quotes), letters) == (recall, precision)


def test_the_table_of_citations() -> None:
    said = answer([("a", [1]), ("b", [2])], ["a", "c"]) | {"text": "", "short_answer": None, "confidence": 1}
    told = citing.table([record("x", said), record("y", DECLINED)], letters)
    assert told.count("50,0 [50,0; 50,0]") == 2 and "100,0 [100,0; 100,0]" in told
