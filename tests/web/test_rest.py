"""What a caller of the API may count on: batches, ids of requests, tags, streams that go on."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from tests.web.sample import RIVAL, SampleBot
from tests.web.test_api import events, refused

pytestmark = pytest.mark.slow_file

ASK = {"question": "Какова длина канала?"}


def test_a_batch_is_answered_in_order_and_an_error_stands_in_its_place(http: httpx.Client) -> None:
    asked = [{"question": "Сколько стоит канал?"}, {"question": "?"}, {"question": "Что на Луне?"}]
    answers = http.post("/api/ask", json={"questions": asked}).raise_for_status().json()["answers"]
    assert "84 млрд" in answers[0]["answer"]["text"]
    assert answers[1]["error"]["status"] == 422 and "Вопрос пуст" in answers[1]["error"]["detail"]
    assert answers[2]["answer"]["found"] is False


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"questions": []}, "questions"),
        ({"questions": [{"question": "а"}] * 101}, "questions"),
        ({"questions": [{"question": 5}]}, "questions[0].question"),
        ({"questions": [ASK], "question": "б"}, "question"),
        ({"question": None}, "question"),
    ],
)
def test_a_wrong_batch_is_told_by_its_field(http: httpx.Client, body: object, field: str) -> None:
    assert f"«{field}»" in refused(http.post("/api/ask", json=body), 422)


@pytest.mark.parametrize("sent", ["abc-1:2.3_X", "5" * 100])
def test_the_id_of_a_request_is_given_back(http: httpx.Client, sent: str) -> None:
    said = http.get("/api/nothing", headers={"X-Request-ID": sent})
    assert said.headers["x-request-id"] == sent == said.json()["request_id"]


@pytest.mark.parametrize("sent", ["", "a b", "строка", "x" * 101, '"'])
def test_a_request_without_a_usable_id_gets_one(http: httpx.Client, sent: str) -> None:
    headers = [(b"X-Request-ID", sent.encode())] if sent else []
    ids = {http.get("/api/health", headers=headers).headers["x-request-id"] for _ in range(2)}
    assert len(ids) == 2 and sent not in ids


@pytest.mark.parametrize("path", ["/api/articles", "/api/articles/kanal-2026"])
def test_who_has_an_article_already_is_told_only_that(http: httpx.Client, path: str) -> None:
    tag = http.get(path).headers["etag"]
    for known in (tag, f'"other", {tag}', "*"):
        again = http.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_article_that_has_changed_has_another_tag(http: httpx.Client, bot: SampleBot) -> None:
    known = {"If-None-Match": http.get("/api/articles/kanal-spor").headers["etag"]}
    assert http.get("/api/articles/kanal-spor", headers=known).status_code == 304
    bot.library.put(replace(RIVAL, text=RIVAL.text + "\n\nДополнено."), [], "other", "settings")
    said = http.get("/api/articles/kanal-spor", headers=known)
    assert said.status_code == 200 and said.json()["text"].endswith("Дополнено.")


def test_a_stream_that_was_cut_off_goes_on(http: httpx.Client, bot: SampleBot) -> None:
    told = http.post("/api/ask", json={**ASK, "stream": True})
    ids = [line.removeprefix("id: ") for line in told.text.splitlines() if line.startswith("id: ")]
    assert len(ids) == len(set(ids)) == 3
    assert len({each.partition(":")[0] for each in ids}) == 1
    asked = len(bot.seen)
    again = http.post("/api/ask", json={**ASK, "stream": True}, headers={"Last-Event-ID": ids[0]})
    ((name, answer),) = events(again.text)
    whole = events(told.text)[-1][1]
    assert name == "answer" and answer == {**whole, "hits": []}  # which aren't kept
    assert len(bot.seen) == asked, "what was finished isn't worked on again"


@pytest.mark.parametrize("last", ["none:1", "", "::::", "x" * 5_000])
def test_an_unknown_event_begins_anew(http: httpx.Client, last: str) -> None:
    told = http.post("/api/ask", json={**ASK, "stream": True}, headers={"Last-Event-ID": last})
    assert [name for name, _ in events(told.text)] == ["delta", "delta", "answer"]


def test_an_answer_is_not_given_to_another_question(http: httpx.Client) -> None:
    answer_id = http.post("/api/ask", json=ASK).json()["answer_id"]
    body = {"question": "Что на Луне?", "stream": True}
    told = http.post("/api/ask", json=body, headers={"Last-Event-ID": f"{answer_id}:0"})
    assert events(told.text)[-1][1]["question"] == "Что на Луне?"
