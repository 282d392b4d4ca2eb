"""Example questions come from the articles that are there, and are answered."""

from __future__ import annotations

from pathlib import Path

from rag import assemble
from rag.config import Config
from rag.types import Article, ArticleInfo
from rag.web.examples import Examples
from tests.patience import becomes

MADE = ("Какова длина канала через пустыню?", "Кто выиграл матч?")


def article(name: str, text: str) -> Article:
    return Article(ArticleInfo(name, f"Статья о том, что такое {name}"), text)


def test_examples_are_answered_and_follow_the_library(tmp_path: Path) -> None:
    with assemble.open_bot(Config(data=tmp_path)) as bot:
        assert Examples(bot, MADE).current() == ()
        bot.library.add([article("канал", "Длина канала через пустыню составляет 127 км. Он новый.")])
        examples = Examples(bot, MADE)
        becomes(examples.current, MADE[:1])  # an opened page waits a second at most
        bot.library.add(
            [article("мост", "Длина моста через Ишим составляет 312 метров. Его открыли в июле.")]
        )
        becomes(examples.current, (MADE[0], "Какова длина моста через Ишим?"))  # they are worked out aside
        assert all(bot.ask(question).found for question in examples.current())
