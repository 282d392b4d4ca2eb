"""The API over real HTTP: a uvicorn server on a free loopback port."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from rag import __version__
from rag.types import Filters, Turn
from tests.patience import becomes
from tests.web.sample import CANAL, LENGTH, SampleBot

pytestmark = pytest.mark.slow_file


def events(text: str) -> list[tuple[str, Any]]:
    """(event, data) of every Server-Sent Event in `text`."""
    blocks = [
        dict(line.split(": ", 1) for line in block.splitlines()) for block in text.strip().split("\n\n")
    ]
    return [(block["event"], json.loads(block["data"])) for block in blocks]


def refused(response: httpx.Response, status: int) -> str:
    """The detail of a problem document, after checking its form."""
    body = response.json()
    assert response.status_code == status == body["status"]
    assert response.headers["content-type"] == "application/problem+json"
    assert body["type"] and body["title"]
    assert re.search("[а-я]", body["detail"])
    return str(body["detail"])


def test_an_answer_has_every_field_of_the_contract(http: httpx.Client) -> None:
    answer = http.post("/api/ask", json={"question": "Какова длина канала?"}).json()
    assert set(answer) >= {
        "question", "standalone_question", "found", "text", "short_answer", "sentences", "citations", "hits",
        "confidence", "notes", "writer", "elapsed_ms",
    }  # fmt: skip
    cited = answer["citations"][0]
    article = http.get(f"/api/articles/{cited['article_id']}").json()
    assert article["text"][cited["start"] : cited["stop"]] == cited["quote"] == LENGTH
    refusal = http.post("/api/ask", json={"question": "Кто выиграл матч?"}).json()
    assert set(refusal) == set(answer)
    assert (refusal["found"], refusal["citations"], bool(refusal["hits"])) == (False, [], True)


def test_history_and_filters_reach_the_bot(http: httpx.Client, bot: SampleBot) -> None:
    limits = {"from": "2026-01-01", "sources": ["Вестник"], "articles": ["kanal-2026"], "tags": ["Вода"]}
    asked = {
        "question": "А сколько он стоит?",
        "history": [{"question": "Какова длина канала?", "answer": "127,4 км"}],
        "filters": limits,
    }
    http.post("/api/ask", json=asked).raise_for_status()
    question, history, filters = bot.seen[-1]
    assert question == "А сколько он стоит?"
    assert history == [Turn("Какова длина канала?", "127,4 км")]
    assert filters == Filters(date(2026, 1, 1), None, ("Вестник",), ("kanal-2026",), ("Вода",))


def test_a_search_tells_what_it_was_limited_by(http: httpx.Client) -> None:
    found = http.post("/api/search", json={"query": "канал", "filters": {"sources": ["Газета"]}}).json()
    assert found["notes"] == ["в библиотеке нет источника «Газета»"]
    assert http.post("/api/search", json={"query": "канал"}).json()["notes"] == []


@pytest.mark.parametrize(("body", "headers"), [({"stream": True}, {}), ({}, {"Accept": "text/event-stream"})])
def test_a_stream_grows_and_ends_with_the_whole_answer(
    http: httpx.Client, body: dict[str, Any], headers: dict[str, str]
) -> None:
    response = http.post("/api/ask", json={"question": "длина канала?", **body}, headers=headers)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache, no-transform"
    names, data = zip(*events(response.text), strict=True)
    assert names == ("delta", "delta", "answer")
    assert data[1]["text"].startswith(data[0]["text"])
    assert data[2]["text"] == data[1]["text"]


def test_a_stream_arrives_while_the_answer_is_still_written(http: httpx.Client, bot: SampleBot) -> None:
    bot.gate.clear()
    body = {"question": "медленно: длина канала?", "stream": True}
    with http.stream("POST", "/api/ask", json=body) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: delta"
        bot.gate.set()
        assert "event: answer" in list(lines)


def test_work_stops_when_the_client_leaves(http: httpx.Client, bot: SampleBot) -> None:
    body = {"question": "бесконечно", "stream": True}
    with http.stream("POST", "/api/ask", json=body) as response:
        lines = response.iter_lines()  # held: an iterator that is let go closes the response
        next(lines)
        assert "бесконечно" in bot.running
    becomes(lambda: "бесконечно" in bot.running, False)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("question", "status"), [("", 422), ("поломка", 500)])
def test_a_question_that_is_wrong_from_the_start_has_no_stream_and_a_crash_leaks_nothing(
    http: httpx.Client, question: str, status: int, stream: bool
) -> None:
    response = http.post("/api/ask", json={"question": question, "stream": stream})
    refused(response, status)
    assert "secret" not in response.text and "Traceback" not in response.text
    assert (response.headers.get("connection") == "close") == (status == 500)


def test_an_error_in_a_stream_is_an_event(http: httpx.Client) -> None:
    response = http.post("/api/ask", json={"question": "длина, потом авария", "stream": True})
    assert response.status_code == 200
    *_, (name, data) = events(response.text)
    assert (name, data["status"]) == ("error", 500)
    assert "secret" not in response.text


def test_long_answers_come_packed_and_streams_do_not(http: httpx.Client) -> None:
    plain = http.get("/api/articles/kanal-2026", headers={"Accept-Encoding": "identity"})
    packed = http.get("/api/articles/kanal-2026", headers={"Accept-Encoding": "gzip"})
    assert (plain.headers.get("content-encoding"), packed.headers["content-encoding"]) == (None, "gzip")
    assert plain.json() == packed.json() and packed.num_bytes_downloaded < len(plain.content)
    asked = {"question": "Какова длина канала?", "stream": True}
    streamed = http.post("/api/ask", json=asked, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in streamed.headers


def explanations(hits: list[dict[str, Any]]) -> list[str | None]:
    """The one word that the sample bot explains each hit with: the question it was given."""
    return [hit["explanation"]["words"][0]["asked"] if "explanation" in hit else None for hit in hits]


def test_hits_are_explained_on_request(http: httpx.Client) -> None:
    asked, found = {"question": "Какова длина канала?"}, {"query": "rfyfk"}
    assert explanations(http.post("/api/ask", json=asked).json()["hits"]) == [None]
    told = http.post("/api/ask", json={**asked, "explain": True}).json()
    assert explanations(told["hits"]) == ["Какова длина канала?"]
    streamed = events(http.post("/api/ask", json={**asked, "explain": True, "stream": True}).text)
    assert explanations(streamed[-1][1]["hits"]) == ["Какова длина канала?"]
    assert explanations(http.post("/api/search", json=found).json()["hits"]) == [None] * 3
    told = http.post("/api/search", json={**found, "explain": True}).json()
    assert explanations(told["hits"]) == ["канал"] * 3


def test_a_repair_is_told_and_can_be_undone(http: httpx.Client, bot: SampleBot) -> None:
    question = {"question": "rfyfk длина"}
    answer = http.post("/api/ask", json=question).json()
    assert answer["repairs"] == [{"typed": "rfyfk", "meant": "канал"}]
    as_typed = http.post("/api/ask", json={**question, "as_typed": True}).json()
    assert (as_typed["repairs"], as_typed["notes"]) == ([], [])
    found = http.post("/api/search", json={"query": "rfyfk"}).json()
    assert found["repairs"] == [{"typed": "rfyfk", "meant": "канал"}]
    assert found["notes"] == ["исправлена раскладка: «rfyfk» → «канал»"]
    assert http.post("/api/search", json={"query": "rfyfk", "as_typed": True}).json()["repairs"] == []
    assert "«as_typed»" in refused(http.post("/api/ask", json={**question, "as_typed": "да нет"}), 422)


def test_search(http: httpx.Client) -> None:
    hits = http.post("/api/search", json={"query": "канал", "k": 2}).json()["hits"]
    assert [hit["article_id"] for hit in hits] == ["kanal-2026", "kanal-spor"]
    assert hits[0]["ranks"] == {"keyword": 1, "dense": 2, "rerank": 1}


def test_articles_are_paged(http: httpx.Client) -> None:
    first = http.get("/api/articles", params={"limit": 2}).json()
    rest = http.get("/api/articles", params={"limit": 2, "offset": 2}).json()
    assert first["total"] == rest["total"] == 3
    assert len(first["items"]) == 2
    assert len({item["id"] for item in first["items"] + rest["items"]}) == 3
    assert "text" not in first["items"][0]


def test_an_article_with_any_id(http: httpx.Client) -> None:
    for item in http.get("/api/articles").json()["items"]:
        assert http.get("/api/articles/" + quote(item["id"], safe="")).json()["id"] == item["id"]
    assert http.get("/api/articles/kanal-2026").json()["text"] == CANAL.text


def test_health(http: httpx.Client) -> None:
    assert http.get("/api/health").json() == {
        "status": "ok",
        "articles": 3,
        "passages": 3,
        "encoder": "static",
        "writer": "extractive",
        "reading": "читает reader-1",
        "error_budget": None,
        "version": __version__,
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "«question»: обязательное поле"),
        ({"question": 5}, "«question»: нужна строка"),
        ({"question": "х" * 20_001}, "слишком длинно: можно не больше 20000"),
        ({"question": "канал", "streem": True}, "«streem»: такого поля нет"),
        ({"question": "канал", "stream": "может быть"}, "«stream»: нужно true или false"),
        ({"question": "канал", "filters": {"from": "вчера"}}, "«filters.from»: нужна дата вида 2026-02-23"),
        ({"question": "канал", "filters": {"from": "2026-02-01", "to": "2026-01-01"}}, "позже"),
        ({"question": "канал", "history": [{"question": "?"}]}, "«history[0].answer»: обязательное поле"),
        ({"question": "канал", "history": {}}, "«history»: нужен список"),
        ([], "нужен объект JSON"),
        ({"question": ""}, "Вопрос пуст"),
        ({"question": "?"}, "Вопрос пуст"),
    ],
)
def test_wrong_questions_are_explained_in_russian(http: httpx.Client, body: Any, expected: str) -> None:
    assert expected in refused(http.post("/api/ask", json=body), 422)


@pytest.mark.parametrize(
    "question",
    [
        "х" * 10_000, "?!?!…", "What is the length?", "🐫🐫🐫", "'; DROP TABLE articles; --",
        "<script>alert(1)</script>", "нуль\x00байт", "a\u202eb",
    ],
)  # fmt: skip
def test_strange_questions_are_answered(http: httpx.Client, question: str) -> None:
    response = http.post("/api/ask", json={"question": question})
    assert response.status_code == 200
    assert response.json()["question"] == question


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"question": "\\ud800"}', b"null"])
def test_a_body_that_is_not_the_json_asked_for(http: httpx.Client, content: bytes) -> None:
    response = http.post("/api/ask", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert re.search("JSON|Пол[ея] «", refused(response, response.status_code))


def test_pages_have_limits(http: httpx.Client) -> None:
    for k in (0, 101, "много", 1.5):
        assert "«k»" in refused(http.post("/api/search", json={"query": "канал", "k": k}), 422), k
    for query in ("limit=0", "limit=201", "offset=-1", "offset=x"):
        assert "число" in refused(http.get(f"/api/articles?{query}"), 422), query


def test_unknown_addresses_and_methods(http: httpx.Client) -> None:
    assert "/docs" in refused(http.get("/api/nothing"), 404)
    assert "нет" in refused(http.get("/api/articles/nothing"), 404)
    response = http.get("/api/ask")
    refused(response, 405)
    assert response.headers["allow"] == "POST"


def test_the_description_is_whole_and_loads_nothing_from_outside(http: httpx.Client) -> None:
    paths = http.get("/openapi.json").json()["paths"]  # compared with the committed file in test_description
    assert len(paths) > 25
    page = http.get("/docs").text
    assert all(path in page for path in paths)
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", page)
    assert "url(" not in page and "@import" not in page
