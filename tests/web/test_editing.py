"""Articles in hand over real HTTP: set by hand, former texts, removals undone, found by their words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from rag.assemble import open_bot
from rag.bot import Bot
from rag.chats.store import home_of
from rag.config import Config
from rag.errors import LibraryError
from rag.library.backup import backup
from rag.library.lock import Server
from rag.web.api import create_app
from rag.web.remote import Remote
from tests.library.articles import long_text
from tests.patience import becomes
from tests.web.serving import client_of, running
from tests.web.test_api import refused

FIRST = "Длина нового моста через Тобол — 640 метров. Открыли его в июле 2025 года."
SECOND = "Длина нового моста через Тобол — 655 метров, как показал обмер. Открыли его в июле 2025 года."


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    config = Config(data=tmp_path_factory.mktemp("data"), models=models, keep_originals=True)
    with open_bot(config) as bot:
        yield bot


@pytest.fixture(scope="module")
def http(bot: Bot) -> Iterator[httpx.Client]:
    app = create_app(bot)
    app.state.owner_token = "token"
    with client_of(app) as client:
        yield client


@pytest.fixture(autouse=True)
def empty(bot: Bot) -> None:
    bot.library.remove(bot.library.store.ids())
    bot.library.forget_versions()


def post(http: httpx.Client, text: str, article_id: str = "вести/мост", **info: Any) -> None:
    given = {"id": article_id, "title": "Мост", "text": text, **info}
    http.post("/api/articles", json=given).raise_for_status()


def test_an_answer_names_the_version_it_quotes_and_that_can_be_opened(http: httpx.Client) -> None:
    post(http, FIRST)
    question = {"question": "Какова длина моста через Тобол?"}
    (old,) = http.post("/api/ask", json=question).json()["citations"]
    post(http, SECOND)
    (new,) = http.post("/api/ask", json=question).json()["citations"]
    assert (old["version"], new["version"]) == (1, 2)
    for citation in (old, new):
        asked = {"version": citation["version"]}
        article = http.get(f"/api/articles/{citation['article_id']}", params=asked).json()
        assert article["text"][citation["start"] : citation["stop"]] == citation["quote"]
        assert article["version"] == citation["version"]
    assert http.get("/api/articles/вести/мост").json()["version"] == 2
    assert "версия 9" in refused(http.get("/api/articles/вести/мост", params={"version": 9}), 404)


def test_versions_and_what_they_changed(http: httpx.Client) -> None:
    for text in (FIRST, SECOND, FIRST + " Он платный."):
        post(http, text)
    told = http.get("/api/articles/вести/мост/versions").json()
    assert (told["current"], told["total"]) == (3, 3)
    assert [(each["version"], each["text"][:38]) for each in told["items"]][1:] == [
        (2, SECOND[:38]),
        (1, FIRST[:38]),
    ]
    assert told["items"][0]["until"] is None and told["items"][1]["until"] == told["items"][0]["since"]
    page = http.get("/api/articles/вести%2Fмост/versions", params={"offset": 1, "limit": 1}).json()
    assert [each["version"] for each in page["items"]] == [2]
    diff = http.get("/api/articles/вести/мост/diff", params={"from": 1, "to": 2}).json()
    changed = [(each["kind"], each["text"]) for each in diff["stretches"] if each["kind"] != "same"]
    assert ("gone", "640") in changed and ("new", "655") in changed
    last = http.get("/api/articles/вести/мост/diff").json()
    assert (last["from"], last["to"]) == (2, 3)
    assert "Версии 7" in refused(http.get("/api/articles/вести/мост/diff", params={"to": 7}), 404)
    refused(http.get("/api/articles/нет/versions"), 404)


def test_the_file_of_an_article_is_given_back(http: httpx.Client) -> None:
    name = 'мост "через" Тобол.txt'
    for text in (FIRST, SECOND):
        http.post("/api/articles", files=[("files", (name, text.encode("cp1251")))]).raise_for_status()
    (item,) = http.get("/api/articles").json()["items"]
    address = f"/api/articles/{quote(item['id'])}/original"
    told = http.get(address)
    assert told.content == SECOND.encode("cp1251")
    assert told.headers["content-disposition"].startswith("attachment; filename*=utf-8''")
    assert told.headers["content-type"] == "application/octet-stream"
    assert told.headers["x-content-type-options"] == "nosniff"
    assert http.get(address, params={"version": 1}).content == FIRST.encode("cp1251")
    refused(http.get(address, params={"version": 3}), 404)
    post(http, FIRST, "без файла")
    assert "RAG_KEEP_ORIGINALS=1" in refused(http.get("/api/articles/без файла/original"), 404)


def test_files_that_a_command_reads_are_kept_by_the_server(http: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "мост.txt").write_bytes(FIRST.encode("cp1251"))
    report = Remote(Server(str(http.base_url), "token")).index([tmp_path])
    assert report.added == 1
    assert http.get("/api/articles/мост/original").content == FIRST.encode("cp1251")


def test_an_article_whose_id_ends_like_an_address_is_read(http: httpx.Client) -> None:
    for last in ("versions", "diff", "original"):
        post(http, FIRST, f"вести/{last}")
        assert http.get(f"/api/articles/вести/{last}").json()["text"] == FIRST


def test_a_description_is_set_and_stays(http: httpx.Client) -> None:
    post(http, FIRST, source="Вестник", tags=["мост"])
    given = {"title": "Мост через Тобол", "date": "2025-07-20", "tags": ["Тобол", "переправа"]}
    told = http.patch("/api/articles/вести/мост", json=given).json()
    assert (told["title"], told["source"], told["published"]) == ("Мост через Тобол", "Вестник", "2025-07-20")
    assert (told["tags"], told["version"], told["edited"]) == (
        ["Тобол", "переправа"],
        1,
        ["published", "tags", "title"],
    )
    post(http, SECOND, source="Другой вестник")
    found = http.get("/api/articles/вести/мост").json()
    assert (found["title"], found["source"], found["text"]) == ("Мост через Тобол", "Другой вестник", SECOND)
    listed = http.get("/api/articles", params={"tag": "переправа", "q": "тобол"}).json()
    assert [each["id"] for each in listed["items"]] == ["вести/мост"]
    answer = http.post("/api/ask", json={"question": "Какова длина моста через Тобол?"}).json()
    assert answer["citations"][0]["title"] == "Мост через Тобол"
    cleared = http.patch("/api/articles/вести/мост", json={"published": None, "tags": []}).json()
    assert (cleared["published"], cleared["tags"]) == (None, [])


def test_what_can_not_be_set_is_told(http: httpx.Client) -> None:
    post(http, FIRST)
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "хотя бы одно"),
        ({"title": " "}, "должен быть заголовок"),
        ({"published": "вчера"}, "дата"),
        ({"text": "другой"}, "такого поля нет"),
        ({"tags": ["я" * 400]}, "tags"),
    )
    for given, reason in wrong:
        assert reason in refused(http.patch("/api/articles/вести/мост", json=given), 422)
    refused(http.patch("/api/articles/нет", json={"title": "Есть"}), 404)


def test_a_removal_can_be_undone(http: httpx.Client) -> None:
    for name in ("а", "б"):
        post(http, long_text(ord(name)), name)
    http.delete("/api/articles", params={"id": ["а", "б"]}).raise_for_status()
    assert http.get("/api/articles/а", params={"version": 1}).json()["text"] == long_text(ord("а"))
    assert http.get("/api/articles/а/versions").json()["current"] is None
    assert http.post("/api/articles/restore", json={"ids": ["а", "б", "в"]}).json() == {
        "restored": ["а", "б"],
        "articles": 2,
    }
    assert http.post("/api/search", json={"query": "рудник"}).json()["hits"]
    refused(http.post("/api/articles/restore", json={"ids": ["а"]}), 404)
    refused(http.post("/api/articles/restore", json={"ids": []}), 422)


def test_articles_are_found_by_the_words_of_their_texts(http: httpx.Client) -> None:
    post(http, FIRST)
    post(http, long_text(1), "рудник", title="Карьер")
    for text, expected in (
        ("метр", ["вести/мост"]),
        ("рудники", ["рудник"]),
        ("тонна медь", ["рудник"]),
        ("тонна мост", []),
        ("откроют", ["вести/мост"]),
        ("Карьер", []),  # a word of the title, not of the text
        ("…", ["вести/мост", "рудник"]),
    ):
        found = http.get("/api/articles", params={"text": text}).json()
        assert sorted(each["id"] for each in found["items"]) == expected, text
        assert found["total"] == len(expected)
        assert http.get("/api/library", params={"text": text}).json()["total"] == len(expected)
    post(http, "Новая статья о том, сколько метров в версте.", "верста")
    assert "верста" in [each["id"] for each in http.get("/api/articles?text=метр").json()["items"]]


def test_nothing_of_this_machine_is_fetched(http: httpx.Client, bot: Bot) -> None:
    asked: list[str] = []

    async def secret(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])

    with running(secret) as address:
        port = address.rpartition(":")[2]
        for url, reason in (
            ("/etc/passwd", "начинается с http"),
            ("file:///etc/passwd", "начинается с http"),
            ("", "начинается с http"),
            (f"http://127.0.0.1:{port}/secret.html", "внутренней сети"),
            (f"http://localhost:{port}/secret.html", "внутренней сети"),
            (f"http://[::1]:{port}/", "внутренней сети"),
        ):
            assert reason in refused(http.post("/api/articles/fetch", json={"url": url}), 422), url
    assert asked == [] and bot.library.store.ids() == []


def test_commands_reach_all_of_it_through_the_server(http: httpx.Client, bot: Bot) -> None:
    remote = Remote(Server(str(http.base_url), "token"))
    for text in [f"{FIRST} Издание {number}." for number in range(25)]:
        post(http, text)
    assert [each.version for each in remote.versions("вести/мост")] == list(range(25, 0, -1))
    assert remote.version("вести/мост", 3).article.text == f"{FIRST} Издание 2."
    assert remote.edit("вести/мост", {"title": "Другой"}).info.title == "Другой"
    assert [each.info.id for each in remote.articles(text="издание")] == ["вести/мост"]
    remote.remove(["вести/мост"])
    assert remote.restore(["вести/мост", "нет"]) == ["вести/мост"] and remote.restore(["нет"]) == []
    assert remote.forget_versions() == 24
    assert bot.library.article("вести/мост").info.title == "Другой"


def test_a_backup_comes_back_while_the_server_answers(http: httpx.Client, bot: Bot, tmp_path: Path) -> None:
    remote, held = Remote(Server(str(http.base_url), "token")), bot.library
    (tmp_path / "мост.txt").write_bytes(FIRST.encode("cp1251"))
    remote.index([tmp_path / "мост.txt"])
    for name in ("смена", "уход"):
        post(http, f"В посёлке {name} живут 512 человек.", name)
    (said,) = http.post("/api/ask", json={"question": "Какова длина моста через Тобол?"}).json()["citations"]
    with closing(home_of(held)) as chats, chats.writing() as db:
        db.execute("INSERT INTO chats (id, owner, title, updated) VALUES ('беседа', 'x', 'О мосте', '2026')")
    backup(held.folder, tmp_path / "copy.zip")
    with closing(home_of(held)) as chats, chats.writing() as db:
        db.execute("DELETE FROM chats")
    post(http, "В посёлке смена живут 640 человек.", "смена")
    post(http, "Завод в Рудном делает котлы.", "новая")
    remote.remove(["уход", "мост"])
    remote.forget_versions()
    told: list[tuple[int, int | None]] = []
    assert remote.restore_backup(tmp_path / "copy.zip", lambda *each: told.append(each)).articles == 3
    assert told[-1] == (3, 3)
    assert sorted(held.store.ids()) == ["мост", "смена", "уход"] and held.differences() == []
    assert [each.article.text for each in held.versions("смена")] == ["В посёлке смена живут 512 человек."]
    assert http.get("/api/articles/мост/original").content == FIRST.encode("cp1251")
    again = http.post("/api/ask", json={"question": "Какова длина моста через Тобол?"}).json()["citations"]
    assert [each["quote"] for each in again] == [said["quote"]]
    found = http.post("/api/search", json={"query": "завод делает котлы"}).json()["hits"]
    assert {each["article_id"] for each in found} <= set(held.store.ids())
    with closing(home_of(held)) as chats, chats.reading() as db:
        assert db.execute("SELECT title FROM chats WHERE id = 'беседа'").fetchall() == [("О мосте",)]
    (before,) = held.folder.glob("before-restore-*.zip")
    assert remote.restore_backup(before).articles == 2 and "новая" in held.store.ids()


def test_a_spoilt_backup_changes_nothing_of_a_server(http: httpx.Client, bot: Bot, tmp_path: Path) -> None:
    post(http, FIRST)
    (tmp_path / "copy.zip").write_bytes(b"no archive")
    for file in ("copy.zip", "nowhere.zip"):
        with pytest.raises(LibraryError, match="опи"):
            Remote(Server(str(http.base_url), "token")).restore_backup(tmp_path / file)
    assert bot.library.article("вести/мост").text == FIRST
    becomes(lambda: not list(bot.library.folder.glob("restore-*")))  # it goes once all is said
