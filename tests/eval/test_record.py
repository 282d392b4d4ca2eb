"""The record of every set at a commit: what is found, kept, told, and when it is a regression."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from eval import record, sets
from eval.errors import EvaluationError
from eval.record import Measured
from rag.types import Turn
from tests.eval.records import DECLINED, PROVENANCE


def declining(question: str, history: Sequence[Turn]) -> dict[str, Any]:
    return DECLINED


def measured(right: str, **origin: Any) -> Measured:
    """A record of questions by number: + came out right."""
    outcomes = {str(number): mark == "+" for number, mark in enumerate(right)}
    share = sum(outcomes.values()) / len(outcomes)
    numbers = {"shipped": {"size": {"questions": float(len(right))}, "score": {"right": share}}}
    return Measured(**(PROVENANCE.model_dump() | {"sets": numbers, "right": outcomes} | origin))


def test_sets_beside_their_articles_are_found(tmp_path: Path) -> None:
    for folder in ("one/articles", "two/corpus", "three"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("one/questions.jsonl", "one/spare.jsonl", "two/set-a.csv", "three/questions.jsonl"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "beir").mkdir()
    for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
        (tmp_path / "beir" / name).write_text("", encoding="utf-8")
    found = {each.name: (each.is_beir, each.corpus.name) for each in record.found_in([tmp_path])}
    assert found == {
        "beir": (True, "beir"),
        "one-questions": (False, "articles"),
        "two-set-a": (False, "corpus"),
    }
    with pytest.raises(EvaluationError, match="Нет такой папки"):
        record.found_in([tmp_path / "gone"])


def test_every_shipped_set_is_asked_and_counted() -> None:
    articles = {article: "" for each in sets.load(sets.shipped()) for article in each.articles}
    found = record.shipped(declining, articles, lambda questions: questions)
    assert set(found.sets) == {"shipped", *(f"shipped/{path.stem}" for path in sets.shipped())}
    assert found.sets["shipped/refusals"]["score"]["right"] == 1.0
    assert found.sets["shipped/facts"]["score"]["right"] == 0.0
    assert len(found.right) == found.sets["shipped"]["size"]["questions"]


def test_a_file_a_commit_and_a_table_of_all(tmp_path: Path) -> None:
    record.save(measured("++", commit="a" * 40, date="2026-03-01T00:00:00Z"), tmp_path)
    record.save(measured("+-", commit="b" * 40, date="2026-03-02T00:00:00Z", dirty=True), tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.json")) == [
        "aaaaaaaaaaaa.json",
        "bbbbbbbbbbbb-dirty.json",
    ]
    assert [each.date[:10] for each in record.load(tmp_path)] == ["2026-03-01", "2026-03-02"]
    *_, newest, oldest = (tmp_path / record.TABLE).read_text(encoding="utf-8").splitlines()
    assert newest.split() == "| 2026-03-02 | bbbbbbbbbbbb* | auto | 50.0 |".split()
    assert oldest.split() == "| 2026-03-01 | aaaaaaaaaaaa | auto | 100.0 |".split()


def test_a_record_is_held_against_one_of_the_same_reader(tmp_path: Path) -> None:
    """Without the network everything is worse: that is no regression."""
    read = measured("+", commit="a" * 40, date="2026-03-01T00:00:00Z")
    ruled = measured("-", commit="a" * 40, date="2026-03-02T00:00:00Z", settings={"reader": "off"})
    for each in (read, ruled):
        record.save(each, tmp_path)
    assert record.newest("auto", tmp_path) == read
    assert record.newest("off", tmp_path) == ruled
    assert record.newest("off", tmp_path, but=ruled.file_name) is None


@pytest.mark.parametrize(
    ("before", "after", "is_regression", "told"),
    [
        ("++--", "++--", False, "вышло то же"),
        ("+++++", "----+", False, "потеряно 4, приобретено 0. Это может быть и случайно"),
        ("+++++", "-----", True, "Это регрессия. Потеряны: 0, 1, 2, 3, 4."),
        ("+++++-----", "-----+++++", False, "потеряно 5, приобретено 5"),
        ("-----", "+++++", False, "потеряно 0, приобретено 5"),
        ("+++++", "----", False, "потеряно 4"),  # a question that is gone was not lost
    ],
)
def test_when_the_shipped_sets_got_worse(before: str, after: str, is_regression: bool, told: str) -> None:
    found = record.lost(measured(before), measured(after))
    assert found.is_regression is is_regression
    assert told in found.verdict


def test_numbers_stand_beside_those_of_before() -> None:
    table = record.told(measured("+-"), measured("++"))
    assert table.splitlines()[-1].split() == "| shipped | 2 | верно, % | 50,0 | 100,0 |".split()
    assert "—" in record.told(measured("+-"), None)
