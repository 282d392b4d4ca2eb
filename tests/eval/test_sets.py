"""Question sets: what is read, and what a broken line is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import sets
from eval.errors import EvaluationError
from rag.types import Turn


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return path


FIRST = {"id": "a", "question": "Где завод?", "answers": ["в Орске"]}


def test_reads_every_field(tmp_path: Path) -> None:
    row = {
        "id": "b",
        "question": "А когда он построен?",
        "answers": ["в 1931 году"],
        "all": ["1931"],
        "articles": ["plant"],
        "refuse": False,
        "history": [{"question": "Где завод?", "answer": "В Орске."}],
        "tags": ["date"],
    }
    (found,) = sets.load([write(tmp_path / "dates.jsonl", "", row, "")])
    assert found.all_of == ("1931",)
    assert found.history == (Turn("Где завод?", "В Орске."),)
    assert found.tags == ("dates", "date")
    assert json.loads(found.model_dump_json())["all"] == ["1931"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{нет", "это не JSON"),
        ("[]", "нужен объект"),
        ({"id": "a", "answers": ["там"]}, "«question»: поле не задано"),
        ({**FIRST, "answer": "там"}, "«answer»: такого поля нет (может быть, answers?)"),
        ({"question": "Где?", "answrs": ["там"]}, "«answrs»: такого поля нет (может быть, answers?)"),
        ({**FIRST, "colour": "red"}, "«colour»: такого поля нет. "),
        ({**FIRST, "verdict": "может быть"}, "«verdict»: нужно «да» или «нет»"),
        ({**FIRST, "must": ["("]}, "неверное регулярное выражение «(»"),
        (
            {"id": "a", "question": "Где?", "refuse": True, "verdict": "yes"},
            "не бывает answers, all, verdict",
        ),
        ({**FIRST, "answers": "там"}, "«answers»: нужен список"),
        ({**FIRST, "answers": [1]}, "«answers.0»: нужна строка"),
        ({**FIRST, "refuse": "нет"}, "«refuse»: нужно true или false"),
        ({**FIRST, "question": " "}, "«question»: пустая строка"),
        ({**FIRST, "history": [{"question": "Где?"}]}, "«history.0.answer»: поле не задано"),
        ({**FIRST, "refuse": True}, "не бывает answers"),
        ({"id": "a", "question": "Где?"}, "нужен answers, all, must, verdict, articles или refuse"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, row: object, reason: str) -> None:
    path = write(tmp_path / "set.jsonl", {**FIRST, "id": "first"}, row)
    with pytest.raises(EvaluationError, match=r"set\.jsonl:2: ") as caught:
        sets.load([path])
    assert reason in str(caught.value)


def test_an_id_is_used_once_over_all_files(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one.jsonl", FIRST), write(tmp_path / "two.jsonl", FIRST)
    with pytest.raises(EvaluationError, match=r"two\.jsonl:1: id «a» уже есть в .*one\.jsonl:1"):
        sets.load([one, two])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.jsonl", None, "такого файла нет"),
        ("cp1251.jsonl", "завод".encode("cp1251"), "cp1251.jsonl:1: это не JSON"),
        ("binary.jsonl", bytes(range(256)), "двоичный"),
        ("empty.jsonl", b"", "Нет ни одного"),
    ],
)
def test_an_unusable_file_is_named(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EvaluationError, match=message) as caught:
        sets.load([path])
    assert name in str(caught.value)
