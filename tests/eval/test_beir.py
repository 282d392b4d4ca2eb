"""BEIR folders: read verbatim, checked, with distractors kept apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import beir
from eval.errors import EvaluationError

TEXT = "\ufeffЗавод стоит в Орске. Он построен в 1931 году.\n"


def folder(path: Path, qrels: str = "query-id\tcorpus-id\tscore\nq1\tplant\t2\nq1\tcity\t0\n") -> Path:
    documents = [
        {"_id": "plant", "title": "", "text": TEXT},
        {"_id": "city", "title": "Орск", "text": "Город."},
    ]
    queries = [{"_id": "q1", "text": "Где завод?"}, {"_id": "q2", "text": "Без оценок?"}]
    path.mkdir(exist_ok=True)
    for name, rows in (("corpus.jsonl", documents), ("queries.jsonl", queries)):
        (path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (path / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return path


def test_reads_a_folder_verbatim(tmp_path: Path) -> None:
    found = beir.load(folder(tmp_path / "small"))
    assert found.name == "small"
    assert [query.id for query in found.queries] == ["q1"]
    assert found.grades == {"q1": {"plant": 2.0}}
    first, second = (document.article() for document in found.documents)
    assert (first.id, first.info.title, first.text) == ("plant", "", TEXT)
    assert second.info.title == "Орск"


def test_own_queries_and_grades(tmp_path: Path) -> None:
    queries, qrels = tmp_path / "other.jsonl", tmp_path / "other.tsv"
    queries.write_text(
        '{"_id": "x", "text": "Что за город?", "answers": ["Город"], "starts": [0]}', encoding="utf-8"
    )
    qrels.write_text("x\tcity\t1\n", encoding="utf-8")
    found = beir.load(folder(tmp_path / "small"), queries, qrels)
    assert [query.answers for query in found.queries] == [("Город",)]
    assert found.grades == {"x": {"city": 1.0}}


@pytest.mark.parametrize(
    ("qrels", "message"),
    [
        ("query-id\tcorpus-id\tscore\nq1\tnowhere\t1\n", r"qrels\.tsv:2: документа «nowhere» нет"),
        ("q1\tplant\t1\nq1\tcity\tмного\n", r"qrels\.tsv:2: оценка «много» — не число"),
        ("q1 plant 1\n", r"qrels\.tsv:1: нужны три столбца"),
        ("q9\tplant\t1\n", "ни у одного вопроса нет оценок"),
    ],
)
def test_broken_grades_are_named(tmp_path: Path, qrels: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        beir.load(folder(tmp_path / "small", qrels))


def test_distractors_are_never_the_corpus_itself(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    row = {
        "_id": "plant",
        "title": "Т",
        "text": "Иное.",
        "source": "Вестник",
        "date": "2024-03-01",
        "url": "",
    }
    path.write_text(json.dumps(row), encoding="utf-8")
    (article,) = beir.distractors(path)
    assert article.id != "plant"
    assert (article.info.source, article.info.published, article.info.url) == ("Вестник", "2024-03-01", None)


@pytest.mark.parametrize(
    ("written", "published"),
    [("2024-03-01T10:00:00", "2024-03-01"), ("10:00, 1 марта 2024", None), ("2024", None), ("", None)],
)
def test_only_iso_dates_are_dates(written: str, published: str | None) -> None:
    document = beir.Document.model_validate({"_id": "a", "text": "Т", "date": written})
    assert document.article().info.published == published


@pytest.mark.parametrize(
    ("path", "name"),
    [("news/articles.jsonl", "news"), ("set/corpus.jsonl", "set"), ("more/noise.jsonl", "noise")],
)
def test_name_of_distractors(tmp_path: Path, path: str, name: str) -> None:
    assert beir.distractors_name(tmp_path / path) == name
