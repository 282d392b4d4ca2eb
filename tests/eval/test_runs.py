"""Runs: written as they come, read back whole, summed up right."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from eval import report, runs, score, summary
from eval.errors import EvaluationError
from rag import stages
from tests.eval.records import DECLINED, HEADER, RIGHT, WRONG, record

RECORDS = (
    record("a", RIGHT, tags=("place",)),
    record("b", WRONG, tags=("place", "noisy")),
    record("c", DECLINED),
    record("d", None),
    record("e", DECLINED, refuse=True),
    record("f", RIGHT, refuse=True),
)


def test_a_run_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path, seen = tmp_path / "new" / "run.jsonl", list[str]()
    written = runs.write(path, HEADER, RECORDS, lambda one: seen.append(one.id))
    assert seen == ["a", "b", "c", "d", "e", "f"]
    assert runs.read(path) == written == runs.Run(HEADER, RECORDS)


def test_lines_have_the_shape_of_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    runs.write(path, HEADER, RECORDS[:1], lambda _: None)
    header, first = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert header["kind"] == "run"
    assert {"commit", "dirty", "settings", "versions"} <= header.keys()
    assert {"id", "question", "answer", "error", "elapsed_ms"} <= first.keys()
    assert (first["question"], first["error"]) == ("Где завод?", None)


@pytest.mark.parametrize("content", ["", "{}", "не JSON", '{"id": "a"}', "[1]"])
def test_a_file_that_is_not_a_run(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"other\.jsonl — не прогон"):
        runs.read(path)


def test_a_run_without_questions(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    runs.write(path, HEADER, [], lambda _: None)
    with pytest.raises(EvaluationError, match="нет ни одного вопроса"):
        runs.read(path)


def test_scores() -> None:
    found = score.values(runs.judgements(RECORDS))
    assert found == {
        "right": pytest.approx(2 / 6, abs=1e-4),
        "answered_right": 0.25,
        "refusal_precision": 0.5,
        "refusal_recall": 0.5,
        "false_refusals": 0.25,
        "failed": pytest.approx(1 / 6, abs=1e-4),
        "in_text": 0.5,
        "in_quotes": 0.0,
    }


def test_score_table_says_how_many_questions_each_number_is_of() -> None:
    table = score.table(runs.judgements(RECORDS))
    row = next(line for line in table.splitlines() if "верных ответов" in line)
    assert row.split("|")[2].strip() == "4"
    assert row.split("|")[3].strip().startswith("25,0 [")


def test_summary_by_tag() -> None:
    table = summary.table(RECORDS)
    cells = {row.split("|")[1].strip(): row.split("|")[2:5] for row in table.splitlines()[2:]}
    assert [cell.strip() for cell in cells["place"]] == ["2", "1", "50,0"]
    assert [cell.strip() for cell in cells["noisy"]] == ["1", "0", "0,0"]
    assert [cell.strip() for cell in cells["все вопросы"]] == ["6", "2", "33,3"]


def test_summary_lines() -> None:
    lines = summary.lines(RECORDS)
    assert "Верных отказов: 1 из 2" in lines
    assert "ложных отказов: 1 из 4" in lines
    assert "ошибок: 1" in lines
    assert "медиана 10,0 мс" in lines


def test_stages_are_timed_where_a_question_is_answered_here() -> None:
    def answer(question: str, history: object) -> dict[str, object]:
        for name in ("search", "verify", "verify"):
            with stages.stage(name):
                time.sleep(0.002)
        return RIGHT

    first, second = runs.ask_all(answer, [record("a", None).gold, record("b", None).gold], jobs=2)
    for each in (first, second):
        assert set(each.stages_ms) == {"search", "verify"}
        assert each.stages_ms["verify"] > 2 <= each.stages_ms["search"] <= each.elapsed_ms
    assert "По ступеням, медиана, мс: поиск " in summary.lines([first, second])
    assert summary.numbers([first, second])["ms"]["search_p50"] >= 2
    assert "По ступеням" not in summary.lines(RECORDS)
    assert "По ступеням" in report.page(runs.Run(HEADER, (first, second)))


def test_mistakes_are_listed_with_their_kind() -> None:
    kinds = [line.split(":")[1].split(".")[0].strip() for line in summary.mistakes(RECORDS).splitlines()]
    assert kinds == ["неверный ответ", "ложный отказ", "ошибка", "ответ вместо отказа"]


def test_numbers_hold_no_text() -> None:
    text = json.dumps(summary.numbers(RECORDS), ensure_ascii=False)
    assert "завод" not in text.lower()
    assert summary.numbers(RECORDS)["tags"] == {"noisy": 0.0, "place": 0.5}
