"""Which saved answers rest on an article that has changed or gone, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.chats.records import Exchange
from rag.web.api import create_app
from rag.web.visitors import COOKIE
from tests.web.sample import CANAL, SampleBot, open_sample
from tests.web.serving import client_of

OWNER = "a" * 43
LENGTH = "Какова длина канала?"


@pytest.fixture()
def bot(tmp_path: Path) -> SampleBot:
    return open_sample(tmp_path)


@pytest.fixture()
def http(bot: SampleBot) -> Iterator[httpx.Client]:
    app = create_app(bot.as_bot)
    with client_of(app) as client:
        client.app = app  # type: ignore[attr-defined]
        yield client


def keep(http: httpx.Client, bot: SampleBot, question: str) -> str:
    """A chat of OWNER with one answer; the answer's id."""
    exchange = Exchange(question, bot.ask(question), state="done")
    http.app.state.kept.chats.save(OWNER, "", 0, exchange)  # type: ignore[attr-defined]
    return exchange.id


def outdated(http: httpx.Client, owner: str = OWNER, **asked: str) -> list[dict[str, Any]]:
    headers = {"Cookie": f"{COOKIE}={owner}"}
    told = http.get("/api/answers/outdated", params=asked, headers=headers).json()
    assert told["total"] == len(told["items"])
    found: list[dict[str, Any]] = told["items"]
    return found


def test_an_answer_over_a_changed_text_is_told_of(http: httpx.Client, bot: SampleBot) -> None:
    answer = keep(http, bot, LENGTH)
    keep(http, bot, "Кто такой Пушкин?")  # a refusal rests on nothing
    assert outdated(http) == []
    bot.library.put(replace(CANAL, info=replace(CANAL.info, title="Иной заголовок")), [], "x", "y")
    assert outdated(http) == []
    bot.library.put(replace(CANAL, text=CANAL.text.replace("127,4 км", "131 км")), [], "x", "y")
    (told,) = outdated(http)
    assert (told["answer_id"], told["question"]) == (answer, LENGTH)
    (article,) = told["articles"]
    assert article == {
        "id": CANAL.id,
        "title": CANAL.info.title,
        "state": "changed",
        "quotes_stand": False,
    }
    assert outdated(http, article=CANAL.id) == [told]
    assert outdated(http, article="kanal-spor") == []


def test_a_quote_that_still_stands_is_told_as_such(http: httpx.Client, bot: SampleBot) -> None:
    keep(http, bot, LENGTH)
    bot.library.put(replace(CANAL, text="Вступление.\n\n" + CANAL.text), [], "x", "y")
    ((article,),) = [told["articles"] for told in outdated(http)]
    assert (article["state"], article["quotes_stand"]) == ("changed", True)
    bot.library.put(CANAL, [], "x", "y")
    assert outdated(http) == []  # the text is what it was


def test_a_removed_article(http: httpx.Client, bot: SampleBot) -> None:
    keep(http, bot, LENGTH)
    bot.library.remove([CANAL.id])
    ((article,),) = [told["articles"] for told in outdated(http)]
    assert (article["title"], article["state"]) == (CANAL.info.title, "removed")


@pytest.mark.parametrize("owner", ["b" * 43, "", "x"])
def test_nobody_sees_the_answers_of_others(http: httpx.Client, bot: SampleBot, owner: str) -> None:
    keep(http, bot, LENGTH)
    bot.library.remove([CANAL.id])
    assert outdated(http, owner) == [] and outdated(http, owner, article=CANAL.id) == []


def test_an_answer_of_the_api_is_asked_for_by_its_id(http: httpx.Client, bot: SampleBot) -> None:
    said = http.post("/api/ask", json={"question": LENGTH}).json()
    before = http.get(f"/api/answers/{said['answer_id']}").json()
    assert before["answer"]["text"] == said["text"] and before["outdated"] is False
    assert [each["state"] for each in before["articles"]] == ["same", "same"]
    bot.library.put(replace(CANAL, text=CANAL.text + " Дописано."), [], "x", "y")
    after = http.get(f"/api/answers/{said['answer_id']}").json()
    assert after["outdated"] is True
    assert [(each["state"], each["quotes_stand"]) for each in after["articles"]] == [
        ("changed", True),
        ("same", True),
    ]
    bot.library.remove([CANAL.id])
    gone = http.get(f"/api/answers/{said['answer_id']}").json()["articles"]
    assert [each["state"] for each in gone] == ["removed", "same"]
    assert http.get("/api/answers/none").status_code == 404
