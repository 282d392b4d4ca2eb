"""The documentation's topics, and `snoska help` over them."""

from __future__ import annotations

import pytest

from rag import docs
from rag.__main__ import main


def test_a_topic_begins_with_its_title_and_a_line() -> None:
    for each in docs.topics():
        assert each.text.startswith(f"# {each.title}\n\n{each.about}\n\n"), each.name
        assert each.about.endswith(".") and "\n" not in each.about and len(each.about) < 110
    titles = [each.title for each in docs.topics()]
    assert len({*titles}) == len(titles)


def test_help_lists_the_topics(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(docs.NAMES)]] == list(docs.NAMES)
    assert "settings    Настройки. Каждая" in lines[docs.NAMES.index("settings")]


@pytest.mark.parametrize(
    ("typed", "title"),
    [("settings", "Настройки"), ("Свои статьи", "Свои статьи"), ("  ФОРМАТЫ", "Форматы"), ("api", "API")],
)
def test_help_prints_a_topic(typed: str, title: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", *typed.split()]) == 0
    found = docs.find(title)
    assert found and capsys.readouterr().out == found.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("setings", "settings"), ("настройка", "settings"), ("scalling", "scaling"), ("формат", "formats")],
)
def test_an_unknown_topic_names_the_nearest(
    typed: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["help", typed]) == 1
    told = capsys.readouterr()
    assert told.out == "" and f"snoska help {meant}. Все темы: snoska help" in told.err


def test_where_nothing_is_alike_nothing_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "qqqq"]) == 1
    assert capsys.readouterr().err == "Темы «qqqq» в справке нет. Все темы: snoska help\n"
