"""The refusal curve by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import refusal
from eval.errors import EvaluationError
from eval.refusal import Curve, Outcome, Point
from rag.judging.judge import Reply
from tests.eval.records import RIGHT

CURVE = Curve(
    answerable=(Outcome(0.9, True), Outcome(0.6, True), Outcome(0.3, False), Outcome(0.6, True)),
    unanswerable=(Outcome(0.2, False), Outcome(0.7, True)),
)


@pytest.mark.parametrize(
    ("threshold", "answered", "declined"),
    [(0.0, 1.0, 0.0), (0.3, 1.0, 0.5), (0.6, 0.75, 0.5), (0.65, 0.25, 0.5), (0.95, 0.0, 1.0)],
)
def test_points(threshold: float, answered: float, declined: float) -> None:
    assert CURVE.point(threshold) == Point(threshold, answered, declined)


def test_the_shipped_point_is_what_the_bot_did() -> None:
    assert CURVE.shipped == Point(0.6, 0.75, 0.5)
    marked = [line for line in refusal.table(CURVE).splitlines() if "сейчас" in line]
    assert len(marked) == 1
    assert "0,60" in marked[0]


def test_numbers_hold_the_curve_and_no_text() -> None:
    found = refusal.numbers(CURVE)
    # Separation: above 0.2 are all four, above 0.7 one of four.
    assert found["shipped"] == {"threshold": 0.6, "answered": 0.75, "declined": 0.5, "separation": 5 / 8}
    assert (found["answered"]["0.30"], found["declined"]["0.30"]) == (1.0, 0.5)


def test_question_sets_and_queries_are_asked_together(tmp_path: Path) -> None:
    """Of a set those that have an answer or those that have none; of BEIR's queries all."""
    queries, questions = tmp_path / "queries.jsonl", tmp_path / "set.jsonl"
    queries.write_text('{"_id": "a", "text": "Где завод?", "answers": ["тут", ""]}', encoding="utf-8")
    questions.write_text('{"id": "b", "question": "Кто я?", "answers": ["никто"]}', encoding="utf-8")
    asked = refusal.load([queries, questions], refuse=False)
    assert [each.text for each in asked] == ["Где завод?", "Кто я?"]
    assert [each.gold.answers for each in asked if each.gold] == [("тут",), ("никто",)]
    assert [each.text for each in refusal.load([queries], refuse=True)] == ["Где завод?"]
    with pytest.raises(EvaluationError, match=r"set\.jsonl: нет ни одного вопроса без ответа"):
        refusal.load([questions], refuse=True)
    questions.write_text('{"id": "b", "question": "Кто ты?", "refuse": true}', encoding="utf-8")
    assert [each.text for each in refusal.load([questions], refuse=True)] == ["Кто ты?"]


@pytest.mark.parametrize(
    ("query", "refuse", "right"),
    [
        ({"text": "Где завод?", "answers": ["в Орске"]}, False, True),
        ({"text": "Где завод?", "answers": ["в Омске"]}, False, False),
        ({"text": "Где завод?"}, False, None),  # whether that is right isn't known
        ({"text": "Где завод?", "answers": ["в Орске"]}, True, False),
    ],
)
def test_an_answer_is_judged_where_the_gold_is_known(
    query: dict[str, object], refuse: bool, right: bool | None
) -> None:
    gold = refusal.PlainQuery.model_validate(query).question(refuse)
    assert refusal.outcome(gold, Reply.model_validate(RIGHT)) == Outcome(0.5, True, right)
    assert refusal.outcome(gold, None) == Outcome(0.0, False)
