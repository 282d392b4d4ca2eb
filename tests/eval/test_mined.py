"""Examples mined from what the search brings: none of them may hold an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.answering_questions import joined, own_groups
from eval.reader.mined import mined
from rag import assemble
from rag.answering import evidence
from rag.answering.extractive import ExtractiveWriter
from rag.bot import Bot
from rag.config import Config

BRIDGE: dict[str, Any] = {
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
OTHER: dict[str, Any] = {
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


def test_several_texts_stand_under_their_titles_in_one_article() -> None:
    row = {**OTHER, "id": "t-003", "title": "Цены", "sentences": ["Товар: соль; Цена: 30", "Чай бесплатный."]}
    texts = [BRIDGE, OTHER, row]
    article, places = joined(texts)
    for each in texts:
        place = places[str(each["id"])]
        assert place.article == article.info.id
        for start, sentence in zip(place.starts, each["sentences"], strict=True):
            assert article.text[start:].startswith(str(sentence))
        assert f"## {each['title']}" in article.text[: place.starts[0]].splitlines()
    assert "Цена: 30\nЧай" in article.text  # a row ends its line


def test_only_the_sentence_that_answers_holds_the_answer(tmp_path: Path, models: Path) -> None:
    (tmp_path / "t.jsonl").write_text(
        "\n".join(json.dumps({**each, "id": f"t-{6 * n:03}"}) for n, each in enumerate((BRIDGE, OTHER)))
    )
    with assemble.open_bot(
        Config(data=tmp_path / "data", models=models, reader="off"), command="eval"
    ) as bot:
        known, missing = own_groups(tmp_path, bot, together=2)[:2]
        assert isinstance(bot.writer, ExtractiveWriter)
        first = evidence.read(known.asked[0].query, known.asked[0].hits, bot.writer.matcher).evidence
    held = [each.text for each in first if known.asked[0].holds(each)]
    assert held == ["Мост через Вязь открыл инженер Лавров."]
    assert (len(known.asked), len(missing.asked)) == (2, 1)
