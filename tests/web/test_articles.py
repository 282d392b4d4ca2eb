"""Articles added, listed and removed over real HTTP, in a real library with its indexes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from rag.assemble import open_bot
from rag.bot import Bot
from rag.config import Config
from tests.library.articles import long_text
from tests.library.reading.making import pdf_of, zip_of
from tests.library.reading.printing import Printed
from tests.patience import PATIENCE, becomes
from tests.web.test_api import events, refused

BRIDGE = "Длина нового моста через Тобол — 640 метров. Открыли его в июле 2025 года."


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    with open_bot(Config(data=tmp_path_factory.mktemp("data"), models=models)) as bot:
        yield bot


@pytest.fixture(autouse=True)
def empty(bot: Bot) -> None:
    bot.library.remove(bot.library.store.ids())


def files(**texts: str | bytes) -> list[tuple[str, tuple[str, bytes]]]:
    """Form fields of text files by their names."""
    return [
        ("files", (f"{name}.txt", text.encode() if isinstance(text, str) else text))
        for name, text in texts.items()
    ]


def listed(http: httpx.Client, **asked: Any) -> list[str]:
    return [item["id"] for item in http.get("/api/articles", params=asked).json()["items"]]


def test_a_page_is_shown_with_its_quote_marked(http: httpx.Client, bot: Bot, tmp_path: Path) -> None:
    made = Printed()
    made.add_page()
    made.said(60, 100, BRIDGE.split(". ")[0] + ".")
    (tmp_path / "мост.pdf").write_bytes(made.bytes())
    bot.library.index([tmp_path / "мост.pdf"])
    answer = http.post("/api/ask", json={"question": "Какова длина моста через Тобол?"}).json()
    citation = answer["citations"][0]
    assert (citation["page"], citation["context"]) == (1, ["с. 1"])
    assert answer["hits"][0]["page"] == 1
    asked = {"start": citation["start"], "stop": citation["stop"]}
    page = http.get("/api/articles/мост/pages/1.png", params=asked)
    assert page.headers["content-type"] == "image/png" and page.content.startswith(b"\x89PNG")
    assert page.content != http.get("/api/articles/мост/pages/1.png").content
    assert "нет страницы 2" in refused(http.get("/api/articles/мост/pages/2.png"), 404)


def test_files_are_added_and_answer_at_once(http: httpx.Client) -> None:
    report = http.post("/api/articles", files=files(мост=BRIDGE, пусто=b"", чушь=b"\x00\x01" * 99)).json()
    assert (report["added"], report["failed"], report["articles"]) == (1, 2, 1)
    told = {each["name"]: each for each in report["files"]}
    assert told["мост.txt"] == {"name": "мост.txt", "status": "added", "id": "мост", "reason": None}
    assert told["пусто.txt"]["status"] == "failed" and told["пусто.txt"]["reason"] == "файл пуст"
    answer = http.post("/api/ask", json={"question": "Какова длина моста через Тобол?"}).json()
    assert answer["citations"][0]["article_id"] == "мост"
    assert "640 метров" in answer["text"]


def test_the_same_content_is_recognised_and_a_changed_file_replaced(http: httpx.Client) -> None:
    statuses = []
    for name, text in (("мост", BRIDGE), ("копия", BRIDGE), ("мост", BRIDGE + " Он платный.")):
        (told,) = http.post("/api/articles", files=files(**{name: text})).json()["files"]
        statuses.append((told["status"], told["id"]))
    assert statuses == [("added", "мост"), ("unchanged", "мост"), ("replaced", "мост")]
    assert http.get("/api/articles/мост").json()["text"].endswith("Он платный.")


def test_a_name_is_never_a_path(http: httpx.Client, bot: Bot, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Тайный пароль лежит здесь.", encoding="utf-8")
    for name in (str(secret), "../" * 9 + str(secret), "..\\..\\secret.txt", "/etc/passwd", "a\x00.txt"):
        http.post("/api/articles", files=[("files", (name, long_text(len(name)).encode()))])
    assert not any("Тайный" in bot.library.article(each).text for each in bot.library.store.ids())
    assert not any("/" in each or "\\" in each for each in bot.library.store.ids())


def test_progress_comes_as_events(http: httpx.Client) -> None:
    sent = files(мост=BRIDGE, пусто=b"")
    response = http.post("/api/articles", files=sent, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")
    told = [each for each in events(response.text) if each[0] != "doing"]  # of a busy machine
    assert [name for name, _ in told] == ["file", "progress", "file", "progress", "report"]
    assert [data["status"] for name, data in told if name == "file"] == ["failed", "added"]
    assert told[-2][1]["done"] == told[-2][1]["total"] == 2 and told[-2][1]["remaining"] == 0
    assert told[-1][1]["added"] == 1 and "добавлено 1" in told[-1][1]["summary"]


def test_one_file_may_hold_several_articles(http: httpx.Client, bot: Bot) -> None:
    rows = [{"id": number, "title": f"Рудник {number}", "text": long_text(number)} for number in range(3)]
    dump = "\n".join(json.dumps(row) for row in [*rows, ["не объект"]]).encode()
    archive = zip_of({"мост.txt": BRIDGE.encode(), "газеты/лёд.md": long_text(5).encode()})
    sent = [("files", ("свод.jsonl", dump)), ("files", ("архив.zip", archive))]
    report = http.post("/api/articles", files=sent).json()
    assert (report["added"], report["failed"], report["articles"]) == (5, 1, 5)
    told = [(each["name"], each["id"]) for each in report["files"] if each["status"] == "added"]
    assert sorted(told) == [
        ("архив.zip", "архив/газеты/лёд"),
        ("архив.zip", "архив/мост"),
        *(("свод.jsonl", f"свод/{number}") for number in range(3)),
    ]
    (failed,) = (each for each in report["files"] if each["status"] == "failed")
    assert failed["name"].startswith("свод.jsonl") and "строка 4" in failed["reason"]
    assert http.get("/api/articles/архив/мост").json()["text"] == BRIDGE
    again = http.post("/api/articles", files=sent).json()
    assert (again["added"], again["unchanged"]) == (0, 5)
    http.delete("/api/articles/свод/1").raise_for_status()
    assert "свод/1" not in bot.library.store.ids()


def test_a_scan_is_refused_with_its_reason(http: httpx.Client) -> None:
    scan = http.post("/api/articles", files=[("files", ("скан.pdf", pdf_of("", "")))])
    assert "«скан.pdf»: в PDF нет текст" in refused(scan, 422)
    page = pdf_of(BRIDGE.replace(" Открыли", "\nОткрыли"))
    report = http.post("/api/articles", files=[("files", ("мост.pdf", page))]).json()
    assert (report["added"], report["files"][0]["id"]) == (1, "мост")


def test_json_articles(http: httpx.Client) -> None:
    one = {"title": "Мост", "text": BRIDGE, "source": "Вестник", "published": "2025-07-20", "tags": ["мост"]}
    one["author"] = "А. Речная"
    assert http.post("/api/articles", json=one).json()["added"] == 1
    assert http.post("/api/articles", json=one).json()["unchanged"] == 1
    (item,) = http.get("/api/articles").json()["items"]
    assert (item["source"], item["published"], item["tags"]) == ("Вестник", "2025-07-20", ["мост"])
    assert item["author"] == "А. Речная"
    assert item["characters"] == len(BRIDGE) and item["passages"] == 1 and item["indexed_at"]
    several = {"articles": [{"id": "a/б", "text": long_text(1)}, {"id": "в", "text": "…"}]}
    report = http.post("/api/articles", json=several).json()
    assert [(each["name"], each["status"]) for each in report["files"]] == [("в", "failed"), ("a/б", "added")]


def of_type(content_type: str, content: bytes) -> dict[str, Any]:
    return {"content": content, "headers": {"Content-Type": content_type}}


WRONG: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"json": {}}, 422, "«text»: обязательное поле"),
    ({"json": {"text": "текст", "published": "вчера"}}, 422, "«published»: нужна дата вида"),
    ({"json": {"articles": [{"text": "а", "name": "б"}]}}, 422, "«articles[0].name»: такого поля нет"),
    ({"json": {"articles": []}}, 422, "articles"),
    ({"json": []}, 422, "нужен объект JSON"),
    (of_type("application/json", b"{"), 422, "не JSON"),
    (of_type("text/plain", b"text"), 415, "JSON"),
    ({"files": {"files": ("a.txt", b"")}}, 422, "«a.txt»: файл пуст"),
    ({"files": {"files": ("a.exe", b"MZ")}}, 422, "«.exe» не поддерживается. Читаются тексты, "),
    ({"files": {}, "data": {"x": "y"}}, 415, "JSON"),
    (of_type("multipart/form-data; boundary=x", b"--x--\r\n"), 422, "нет файлов"),
    (of_type("multipart/form-data", b"?"), 400, "прочитать"),
)


def test_what_can_not_be_taken_is_refused_with_the_reason(http: httpx.Client) -> None:
    for sent, status, expected in WRONG:
        assert expected in refused(http.post("/api/articles", **sent), status), sent


def test_uploads_have_limits(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [("files", (f"{number}.txt", b"")) for number in range(1_001)]
    refused(http.post("/api/articles", files=many), 400)
    large = files(большой=b"\xd0\xb0" * 6_000_000)
    assert "больше предела в 10 МБ" in refused(http.post("/api/articles", files=large), 422)
    monkeypatch.setattr("rag.web.articles.UPLOAD_LIMIT", 11_000_000)
    assert "больше 11 МБ" in refused(http.post("/api/articles", files=large), 413)


CONTROLS = ("два\nслова", "\nв начале", "в конце\n", "папка/с\nпереносом",
            "a\r\nb", "a\tb", "a\x7fb", "a\u2028b", "a\u202eb")  # fmt: skip


def test_an_id_with_control_characters_is_refused_and_its_address_leads_nowhere(http: httpx.Client) -> None:
    for name in CONTROLS:
        told = refused(http.post("/api/articles", json={"id": name, "text": BRIDGE}), 422)
        assert "управляющие знаки" in told and "уберите" in told, ascii(name)
        address = "/api/articles/" + quote(name, safe="")
        for method in ("GET", "DELETE"):
            refused(http.request(method, address), 404)
    assert listed(http) == []


def test_removing(http: httpx.Client) -> None:
    http.post("/api/articles", files=files(а=long_text(1), б=long_text(2), в=long_text(3)))
    assert http.delete("/api/articles/а").json() == {"removed": ["а"], "missing": [], "articles": 2}
    assert "«а»" in refused(http.delete("/api/articles/а"), 404)
    several = http.delete("/api/articles", params={"id": ["б", "в", "г"]})
    assert several.json() == {"removed": ["б", "в"], "missing": ["г"], "articles": 0}
    assert http.post("/api/search", json={"query": "рудник"}).json()["hits"] == []
    refused(http.delete("/api/articles"), 422)


def test_the_list_and_the_counts_take_filters(http: httpx.Client) -> None:
    ice = {"id": "лёд", "title": "Лёд на озере", "source": "Вестник", "published": "2026-01-10"}
    river = {"id": "река", "title": "Разлив реки", "source": "Газета", "published": "2026-02-01"}
    undated = {"id": "без даты", "title": "О реках", "tags": ["вода"]}
    made = [{"text": BRIDGE, **each} for each in (ice, river, undated)]
    http.post("/api/articles", json={"articles": made}).raise_for_status()
    assert listed(http) == ["река", "лёд", "без даты"]
    assert listed(http, q="река") == ["река", "без даты"]
    assert listed(http, q="озёра") == ["лёд"]
    assert listed(http, source=["вестник", "Газета"], to="2026-01-31") == ["лёд"]
    assert listed(http, tag="вода") == ["без даты"]
    assert http.get("/api/articles", params={"q": "река", "limit": 1}).json()["total"] == 2
    shares = http.get("/api/library").json()
    assert shares["total"] == 3
    assert [(each["month"], each["articles"]) for each in shares["months"][:2]] == [
        ("2026-01", 1), ("2026-02", 1)
    ]  # fmt: skip
    assert {"source": None, "articles": 1} in shares["sources"]
    assert http.get("/api/library", params={"q": "река"}).json()["total"] == 2
    late = {"from": "2026-02-01", "to": "2026-01-01"}
    assert "позже" in refused(http.get("/api/articles", params=late), 422)
    assert "дата вида" in refused(http.get("/api/articles", params={"from": "вчера"}), 422)


def test_work_ends_when_the_client_leaves(
    http: httpx.Client, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.library.run.BATCH_ARTICLES", 1)
    sent = files(**{f"статья-{number}": long_text(number) for number in range(300)})
    with http.stream(
        "POST", "/api/articles", files=sent, headers={"Accept": "text/event-stream"}
    ) as response:
        lines = response.iter_lines()  # held: an iterator that is let go closes the response
        assert next(lines) == "event: file"
        told = json.loads(next(lines).removeprefix("data: "))
    # The next one gets its turn as soon as that work has ended.
    http.post("/api/articles", files=files(мост=BRIDGE)).raise_for_status()
    held = set(bot.library.store.ids())
    assert {told["id"], "мост"} <= held
    assert len(held) < 301


def test_an_article_is_never_missing_while_it_is_replaced(http: httpx.Client) -> None:
    """Searches see the old text or the new one, at every moment of ten replacements."""
    http.post("/api/articles", files=files(мост="Мост через Тобол. Издание 0. " + long_text(0)))
    over, seen = threading.Event(), []

    def search() -> None:
        with httpx.Client(base_url=http.base_url, timeout=PATIENCE) as client:
            while not over.is_set():
                hits = client.post("/api/search", json={"query": "издание моста через Тобол"}).json()["hits"]
                seen.append([hit["text"][:40] for hit in hits])

    searching = threading.Thread(target=search)
    searching.start()
    try:
        for edition in range(1, 11):
            text = f"Мост через Тобол. Издание {edition}. " + long_text(edition)
            http.post("/api/articles", files=files(мост=text)).raise_for_status()
    finally:
        time.sleep(0.05)
        over.set()
        searching.join()
    assert len(seen) > 10
    assert all(any("Издание" in text for text in hits) for hits in seen)
    assert not any(sum("Издание" in text for text in hits) > 1 for hits in seen)


def test_a_plain_upload_whose_client_left_ends(http: httpx.Client, bot: Bot) -> None:
    texts = {f"{number}.txt": f"Мост номер {number}. {BRIDGE}".encode() for number in range(4000)}
    request = http.build_request("POST", "/api/articles", files={"files": ("мосты.zip", zip_of(texts))})
    with closing(HTTPConnection(http.base_url.host, http.base_url.port, timeout=PATIENCE)) as client:
        client.request("POST", "/api/articles", request.read(), dict(request.headers))
        becomes(lambda: bot.library.counts().articles > 0)
    # Whoever sends the next one doesn't wait for the rest.
    report = http.post("/api/articles", files={"files": ("новые.zip", zip_of({"а.txt": b"a word"}))}).json()
    assert report["added"] == 1
    assert report["articles"] < 4000


def test_a_long_text_tells_what_is_being_done(http: httpx.Client) -> None:
    text = "".join(f"Мост номер {number} открыли в {number} году. " for number in range(15_000))
    accept = {"Accept": "text/event-stream"}
    reply = http.post("/api/articles", files=files(мосты=text), headers=accept)
    told = [data for name, data in events(reply.text) if name == "doing"]
    splitting = [each["share"] for each in told if each["step"] == "splitting"]
    assert splitting == sorted(splitting) and 0 < splitting[-1] <= 1
    assert told[-1]["name"] == "мосты.txt" and told[-1]["told"].startswith("мосты.txt: ")
