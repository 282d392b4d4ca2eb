"""Examples mined from what the search brings: none of them may hold an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.answering_questions import joined
from eval.reader.mined import mined
from rag import assemble
from rag.bot import Bot
from rag.config import Config

BRIDGE = {
    "id": "t-001",
    "title": "Мост через Вязь",
    "published": "",
    "sentences": ["Мост через Вязь открыл инженер Лавров.", "Построил его трест.", "Лавров открыл и музей."],
    "questions": [
        {"q": "Кто открыл мост через Вязь?", "s": 0, "a": "инженер Лавров"},
        {"q": "Кто открыл мост?", "s": 0, "a": "инженер Лавров"},
        {"q": "Кто закрыл мост через Вязь?", "s": None, "a": None},
    ],
    "claims": [],
}
OTHER = {
    "id": "t-002",
    "title": "Мост через Тавлу",
    "published": "",
    "sentences": ["Мост через Тавлу открыл прораб Усов.", "Паром открыл инженер Лавров."],
    "questions": [],
    "claims": [],
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    settings = Config(data=tmp_path_factory.mktemp("data"), models=models, reader="off")
    with assemble.open_bot(settings, command="eval") as bot:
        bot.library.add([joined([each])[0] for each in (BRIDGE, OTHER)])
        yield bot


@pytest.fixture(scope="module")
def texts(bot: Bot) -> dict[str, set[str]]:
    """What was mined for each question."""
    found: dict[str, set[str]] = {}
    for each in mined(bot, [BRIDGE], seed=1):
        assert each.span is None and each.label is None and each.article == "own/t-001"
        found.setdefault(each.question, set()).add(each.text)
    return found


def test_neighbours_and_what_tells_of_another_name_are_kept(texts: dict[str, set[str]]) -> None:
    asked = texts["Кто открыл мост через Вязь?"]
    assert {"Построил его трест.", "Лавров открыл и музей.", "Мост через Тавлу открыл прораб Усов."} >= asked
    assert "Мост через Тавлу открыл прораб Усов." in asked


def test_what_holds_the_answer_is_not(texts: dict[str, set[str]]) -> None:
    assert "Паром открыл инженер Лавров." not in texts["Кто открыл мост через Вязь?"]
    assert not any("Мост через Вязь" in each for each in texts["Кто открыл мост?"])


def test_without_a_name_another_text_may_answer(texts: dict[str, set[str]]) -> None:
    assert texts["Кто открыл мост?"] <= {"Построил его трест.", "Лавров открыл и музей."}


def test_of_a_question_that_nothing_answers_all_sentences_are_wrong(texts: dict[str, set[str]]) -> None:
    assert len(texts["Кто закрыл мост через Вязь?"]) == 2  # of five
