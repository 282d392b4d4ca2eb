"""How the command line is used: help, what is typed wrongly, what goes wrong inside."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from rag.__main__ import main
from rag.commands import articles
from tests.command_line import Typist, one_line
from tests.processes import ROOT, run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typist:
    return Typist(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", "не хватает аргументов: КОМАНДА"),
        ("fly", "нет команды «fly»; есть index, example, ask, search, articles, serve, mcp, backup, restore, "
                "deploy, bundle, keys, move, train, tune, doctor, help. Справка"),
        ("articles burn", "нет действия «burn»; есть list, show, set, remove, restore. Справка"),
        ("ask", "не хватает аргументов: ВОПРОС"),
        ("ask что? --from вчера", "«вчера» — не дата; нужна дата вида 2026-02-23"),
        ("ask что? --from", "нужно одно значение"),
        ("ask что? --fast", "неизвестные аргументы: --fast"),
        ("search что -k 0", "нужно целое число от 1 до 100"),
        ("search что -k ²", "нужно целое число от 1 до 100"),
        ("serve --port 70000", "нужно целое число от 0 до 65535"),
        ("articles", "не хватает аргументов: ДЕЙСТВИЕ"),
        ("articles show", "не хватает аргументов: ID"),
        ("index --prune=1", "лишнее значение «1»"),
        ("ask что? --from 2026-03-01 --to 2026-02-01", "дата --from (2026-03-01) позже даты"),
        ("search что --from 2026-03-01 --to 2026-02-01", "Справка: snoska search --help"),
        ("tune --set x --at-most-wrong 200%", "нужна доля вида 5%"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_russian_line_and_exit_2(
    typed: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(typed.split()) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert expected in one_line(output.err)
    assert "--help" in output.err


COMMANDS = ",index,example,ask,search,articles,articles list,serve,keys add,doctor".split(",")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_russian(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("использование: snoska")
    assert not re.findall(r"\b(usage|options|positional|show this|required|optional)\b", text)


def test_a_wrong_setting_is_one_line(here: Typist) -> None:
    done = here("ask", "Какова длина канала?", RAG_PORRT="1")
    assert done.returncode == 1
    assert "RAG_PORRT" in one_line(done.stderr)


def test_an_unexpected_error_leaves_one_line_and_a_log(
    here: Typist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(articles, "load", crash)
    done = here("articles", "list", RAG_DATA=str(tmp_path))
    assert done.returncode == 1
    assert str(tmp_path / "error.log") in one_line(done.stderr)
    assert "RuntimeError: boom" in (tmp_path / "error.log").read_text(encoding="utf-8")


def test_help_comes_without_heavy_imports() -> None:
    code = "import sys; from rag.__main__ import main; main(['--help'])\nprint(*sys.modules, file=sys.stderr)"
    loaded = run([sys.executable, "-c", code], ROOT).stderr.split()
    heavy = {"gradio", "fastapi", "chromadb", "llama_index", "torch", "tantivy", "sqlite3"}
    assert "rag.__main__" in loaded and not heavy & set(loaded)
