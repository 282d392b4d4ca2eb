"""What is kept, over HTTP: links to answers, exports, opinions, question sets."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from markupsafe import escape

from rag.chats.records import Exchange
from rag.web.render import answer_html
from rag.web.render_permalink import permalink_html
from rag.web.visitors import COOKIE as READER
from tests.web.sample import CANAL, HOSTILE, INJECTION, SampleBot
from tests.web.serving import client_of
from tests.web.visiting import with_page

pytestmark = pytest.mark.slow_file

OWNER = "a" * 43


@pytest.fixture(scope="module")
def http(bot: SampleBot) -> Iterator[httpx.Client]:
    app = with_page(bot)
    with client_of(app) as client:
        client.app = app  # type: ignore[attr-defined]
        yield client


def keep(
    http: httpx.Client, bot: SampleBot, question: str, owner: str = OWNER, chat: str = ""
) -> tuple[str, str]:
    """A chat of `owner` with one answer more; the chat's id and the answer's."""
    chats = http.app.state.kept.chats  # type: ignore[attr-defined]
    exchange = Exchange(question, bot.ask(question), state="done")
    exchange = replace(exchange, answer=replace(exchange.answer, answer_id=exchange.id))  # type: ignore[type-var]
    place = len(chats.chat(owner, chat).exchanges) if chat else 0
    return chats.save(owner, chat, place, exchange), exchange.id


def test_a_link_shows_the_answer_with_its_evidence_as_it_was(http: httpx.Client, bot: SampleBot) -> None:
    _, answer = keep(http, bot, "Какова длина канала?")
    before = http.get(f"/answers/{answer}")
    assert before.status_code == 200
    (link,) = set(re.findall(r'<a class="footnote" href="#(quote-1-\d+)">1</a>', before.text))
    assert f'<mark id="{link}">Длина канала составит 127,4 км' in before.text
    assert "<button" not in before.text
    try:
        bot.library.put(replace(CANAL, text="Совсем другой текст."), [], "x", "y")
        assert http.get(f"/answers/{answer}").text == before.text
    finally:
        bot.library.put(CANAL, [], "x", "y")
    missing = http.get("/answers/none")
    assert missing.status_code == 404 and "Такого ответа нет" in missing.json()["detail"]


def test_a_link_offers_nothing_that_needs_a_script(bot: SampleBot) -> None:
    polar = replace(bot.ask("Какова длина канала?"), verdict="yes", short_answer=None, answer_id="x")
    assert "Что решило" in answer_html(polar)
    page = permalink_html(Exchange("Правда?", polar, state="done"), {CANAL.id: CANAL})
    assert "<strong>Да</strong>" in page
    assert "Что решило" not in page and "<button" not in page


def test_a_hostile_answer_behind_a_link_runs_nothing(http: httpx.Client, bot: SampleBot) -> None:
    _, answer = keep(http, bot, "зло <script>window.pwned=1</script>")
    page = http.get(f"/answers/{answer}").text
    assert escape(INJECTION) in page
    assert "<script" not in page and "<img" not in page and 'href="javascript' not in page
    assert HOSTILE.info.id not in page


def test_several_chats_are_exported_each_under_its_own_name(http: httpx.Client, bot: SampleBot) -> None:
    same, other, strange = (keep(http, bot, "Какова длина?")[0] for _ in range(3))
    http.app.state.kept.chats.rename(OWNER, strange, "Длина: 127 / 131 …")  # type: ignore[attr-defined]
    foreign, _ = keep(http, bot, "Какова длина?", owner="b" * 43)
    asked: list[tuple[str, Any]] = [
        ("kind", "md"),
        *(("chat", each) for each in (same, other, strange, same, foreign, "нет")),
    ]
    reply = http.get("/chats/export.zip", params=asked, cookies={READER: OWNER})
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.namelist() == ["Какова длина.md", "Какова длина (2).md", "Длина 127 131.md"]
    assert http.get("/chats/export.zip", params=asked[-2:], cookies={READER: OWNER}).status_code == 422
    asked = [("kind", "md"), ("chat", foreign)]
    assert http.get("/chats/export.zip", params=asked, cookies={READER: OWNER}).status_code == 404


def test_a_chat_is_exported_to_its_owner_alone(http: httpx.Client, bot: SampleBot) -> None:
    chat, _ = keep(http, bot, "Какова длина канала?")
    for kind, start in (("md", b"# "), ("html", b"<!doctype html>"), ("docx", b"PK")):
        own = http.get(f"/chats/{chat}/export.{kind}", headers={"Cookie": f"{READER}={OWNER}"})
        assert own.status_code == 200 and own.content.startswith(start)
        assert own.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        for cookie in ("", f"{READER}={'b' * 43}", f"{READER}=x"):
            assert http.get(f"/chats/{chat}/export.{kind}", headers={"Cookie": cookie}).status_code == 404
    assert http.get(f"/chats/{chat}/export.exe").status_code in (404, 422)


def test_an_answer_of_the_api_can_be_judged(http: httpx.Client) -> None:
    asked = {"question": "Какова длина канала?"}
    assert '"answer_id": "' in http.post("/api/ask", json={**asked, "stream": True}).text
    answer = http.post("/api/ask", json=asked).json()
    given = {"answer_id": answer["answer_id"], "good": True, "note": "верно", "keep": True}
    said = http.post("/api/feedback", json=given)
    assert said.json() == {"answer_id": answer["answer_id"], "good": True, "note": "верно", "kept": True}
    again = http.post("/api/feedback", json={"answer_id": answer["answer_id"], "good": False})
    assert again.json()["kept"] is True
    found = http.get("/api/questions")
    assert found.headers["content-type"].startswith("application/jsonl")
    assert '"question":"Какова длина канала?"' in found.text and '"answers":["верно"]' in found.text


def test_a_kept_follow_up_takes_its_turns_along(http: httpx.Client, bot: SampleBot) -> None:
    chat, _ = keep(http, bot, "Какова длина канала?")
    _, second = keep(http, bot, "Сколько он стоит?", chat=chat)
    http.post("/api/feedback", json={"answer_id": second, "good": True, "keep": True}).raise_for_status()
    line = http.get("/api/questions").text.splitlines()[-1]
    assert '"history":[{"question":"Какова длина канала?"' in line


def test_wrong_feedback_is_told(http: httpx.Client) -> None:
    judged: dict[str, Any] = {"answer_id": "none", "good": True}
    for given, status in (
        (judged, 404),
        ({"answer_id": "x"}, 422),
        (judged | {"other": 1}, 422),
        (judged | {"note": "я" * 2001}, 422),
    ):
        said = http.post("/api/feedback", json=given)
        assert (said.status_code, said.headers["content-type"]) == (status, "application/problem+json")


def test_every_browser_gets_a_secret_that_scripts_cannot_read(http: httpx.Client) -> None:
    cookies = [http.get("/", headers={"Cookie": ""}).headers["set-cookie"] for _ in range(2)]
    assert cookies[0] != cookies[1]
    assert all("HttpOnly" in each and "SameSite=Lax" in each for each in cookies)
    known = http.get("/", headers={"Cookie": f"{READER}={OWNER}"})
    assert "set-cookie" not in known.headers
