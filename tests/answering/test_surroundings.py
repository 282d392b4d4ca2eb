"""Tables and headings of articles in answers: from the file to the footnote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import assemble
from rag.answering.surroundings import surrounded
from rag.bot import Bot
from rag.config import Config
from rag.types import Answer

HIRE = """# Прокат «Весло»

Лодочная станция «Весло» работает на озере Глухом с мая по сентябрь.

## Цены

| Лодка | За час | За день |
|---|---|---|
| Каяк | 310 | 940 |
| Плот | 520 | 1610 |
| Катамаран | 450 | 1380 |

## Филиал в Озёрках

Заведует им Рада Лозинская. Открыт по выходным.

## Филиал в Ключах

Заведует им Фрол Тучков. Открыт ежедневно.
"""
LONG = "# Ведомость складов\n\nСклад | Мешки | Бочки\n" + "\n".join(
    f"Амбар {number} | {number * 7 + 11} | {number * 3 + 5}" for number in range(1, 90)
)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "hire.md").write_text(HIRE, encoding="utf-8")
    (folder / "stores.md").write_text(LONG, encoding="utf-8")
    with assemble.open_bot(Config(data=folder / "data", models=models)) as bot:
        assert not bot.library.index([folder]).failed
        yield bot


def is_checked(bot: Bot, answer: Answer) -> bool:
    """True where every footnote is text of its article and every sentence is supported."""
    texts = {each.article_id: bot.library.store.article(each.article_id).text for each in answer.citations}
    return all(
        texts[each.article_id][each.start : each.stop] == each.quote for each in answer.citations
    ) and all(each.support == "supported" for each in answer.sentences)


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Какова цена плота за день на станции «Весло»?", "Лодка: Плот; За час: 520; За день: 1610"),
        ("Какова цена катамарана за час на станции «Весло»?", "Лодка: Катамаран; За час: 450; За день: 1380"),
    ],
)
def test_a_row_is_told_with_its_heads(bot: Bot, question: str, row: str) -> None:
    answer = bot.ask(question)
    assert answer.sentences[0].text == row
    assert answer.citations[0].quote.startswith("| Лодка | За час | За день |")
    assert is_checked(bot, answer)


def test_heads_far_above_have_a_footnote_of_their_own(bot: Bot) -> None:
    answer = bot.ask("Сколько бочек на складе «Амбар 72»?")
    first = answer.sentences[0]
    assert first.text == "Склад: Амбар 72; Мешки: 515; Бочки: 221"
    quotes = [answer.citations[number - 1].quote for number in first.citations]
    assert quotes == ["Амбар 72 | 515 | 221", "Склад | Мешки | Бочки"]
    assert is_checked(bot, answer)


@pytest.mark.parametrize(
    ("question", "name"),
    [("Кто заведует филиалом в Озёрках?", "Лозинская"), ("Кто заведует филиалом в Ключах?", "Тучков")],
)
def test_a_heading_tells_siblings_apart(bot: Bot, question: str, name: str) -> None:
    answer = bot.ask(question)
    assert name in answer.sentences[0].text
    assert is_checked(bot, answer)


def test_an_article_that_is_gone_changes_nothing(bot: Bot) -> None:
    hits = bot.search("Сколько стоит плот?")
    assert surrounded(hits, lambda _: None) == hits
    assert surrounded(hits, lambda _: "другой текст") == hits
