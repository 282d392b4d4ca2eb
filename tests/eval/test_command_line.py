"""The command line: Russian words, exit codes, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from eval import runs
from eval.__main__ import main
from tests.eval.records import HEADER, RIGHT, record

COMMANDS = "run check score report compare retrieval noisy reading refusal speed table".split()


@pytest.mark.parametrize("words", [[], *([command] for command in COMMANDS)])
def test_help_is_russian(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main([*words, "--help"])
    assert done.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith("использование: python -m eval")
    for english in ("usage", "options", "positional", "show this", "optional"):
        assert english not in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "не хватает аргументов: КОМАНДА"),
        (["fly"], "нет команды «fly»"),
        (["score"], "не хватает аргументов: RUN.jsonl"),
        (["score", "a", "b"], "неизвестные аргументы: b"),
        (["retrieval"], "не хватает аргументов: BEIR_DIR"),
        (["run", "--out"], "нужно одно значение"),
        (["speed", "--passages", "-1"], "нужно целое число от 1"),
        (["compare", "a", "b", "--level", "x"], "не подходит значение «x»"),
        (["refusal", "--answerable", "a"], "не хватает аргументов: --unanswerable"),
    ],
)
def test_wrong_usage_exits_with_two(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        main(words)
    assert done.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["score", "{missing}"],
        ["report", "{missing}", "--html", "page.html"],
        ["compare", "{missing}", "{missing}"],
        ["run", "{missing}"],
        ["retrieval", "{missing}"],
        ["reading", "{missing}"],
        ["refusal", "--answerable", "{missing}", "--unanswerable", "{missing}"],
    ],
)
def test_a_missing_file_is_one_line_and_one(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing.jsonl"
    assert main([word.format(missing=missing) for word in words]) == 1
    said = capsys.readouterr().err
    assert "missing.jsonl" in said
    assert said.count("\n") == 1


def test_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.jsonl"
    runs.write(path, HEADER, [record("a", RIGHT)], lambda _: None)
    assert main(["score", str(path)]) == 0
    assert "100,0 [20,7; 100,0]" in capsys.readouterr().out


def test_a_reader_who_has_enough_sees_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    runs.write(path, HEADER, [record("a", RIGHT)], lambda _: None)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [sys.executable, "-m", "eval", "score", str(path)]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
