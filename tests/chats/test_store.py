"""Kept conversations: they come back as they were, to their owner alone, whatever stops the server."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.chats.records import Exchange, Opinion, turns
from rag.chats.store import ChatStore
from rag.chats.stored import answer_from, filters_from, filters_json, remembered_json
from rag.database import Database
from rag.errors import LibraryError, NotFoundError
from rag.types import Filters, Turn
from tests.chats.sample import BRIDGE, RIVAL, Shelf, answer, refusal
from tests.postgres.server import database, url_of

LIMITED = Filters(date(2026, 1, 2), None, ("Отметка",), ("most",), ("вода", "мост"))


@pytest.fixture()
def shelf() -> Shelf:
    return Shelf(BRIDGE, RIVAL)


@pytest.fixture(params=["sqlite", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | Database]:
    """Where conversations may be kept."""
    if request.param == "sqlite":
        yield tmp_path
        return
    with database(url_of(request.getfixturevalue("postgres_server"))) as whole:
        yield whole.part("chats")


@pytest.fixture()
def store(home: Path | Database, shelf: Shelf) -> Iterator[ChatStore]:
    store = ChatStore(home, shelf.read)
    yield store
    store.close()


def done(question: str = "Какова длина моста?") -> Exchange:
    return Exchange(question, answer(question), state="done", scope="с 1 марта")


@pytest.mark.parametrize(
    "given", [answer(answer_id="x"), answer(), refusal(), replace(answer(), listed=True)]
)
def test_an_answer_comes_back_as_it_was(given: object) -> None:
    assert answer_from(given.as_dict()).as_dict() == given.as_dict()  # type: ignore[attr-defined]


@pytest.mark.parametrize("filters", [None, LIMITED, Filters(until=date(2026, 5, 1))])
def test_filters_come_back(filters: Filters | None) -> None:
    assert filters_from(filters_json(filters)) == filters


def test_a_chat_survives_a_restart(store: ChatStore, home: Path | Database, shelf: Shelf) -> None:
    first, second = done(), Exchange("А когда?", error="Сломалось.", state="done", as_typed=True)
    chat = store.save("anna", "", 0, first)
    assert store.save("anna", chat, 1, second, LIMITED) == chat
    store.close()
    again = ChatStore(home, shelf.read)
    found = again.chat("anna", chat)
    assert found.title == first.question and found.filters == LIMITED
    assert [each.id for each in found.exchanges] == [first.id, second.id]
    assert found.exchanges[1] == second
    assert found.exchanges[0].answer and first.answer
    assert found.exchanges[0].answer.as_dict() == first.answer.as_dict()
    assert [turn.answer for turn in turns(found.exchanges)] == [first.answer.text]
    again.close()


def test_an_answer_that_was_cut_short_comes_back_as_stopped(store: ChatStore) -> None:
    chat = store.save("anna", "", 0, Exchange("Какова длина?"))
    assert store.chat("anna", chat).exchanges[0].state == "stopped"


def test_asking_again_drops_what_came_after(store: ChatStore) -> None:
    chat = store.save("anna", "", 0, done())
    store.save("anna", chat, 1, done("второй"))
    store.save("anna", chat, 0, done("иначе"))
    assert [each.question for each in store.chat("anna", chat).exchanges] == ["иначе"]


def test_nobody_sees_the_chats_of_another(store: ChatStore) -> None:
    chat = store.save("anna", "", 0, done())
    assert store.chats("boris") == []
    with pytest.raises(NotFoundError):
        store.chat("boris", chat)
    with pytest.raises(NotFoundError):
        store.rename("boris", chat, "моё")
    store.delete("boris", chat)
    store.keep_filters("boris", chat, LIMITED)
    assert store.save("boris", chat, 0, done("чужое")) != chat
    kept = store.chat("anna", chat)
    assert kept.title == "Какова длина моста?" and kept.filters is None and len(kept.exchanges) == 1


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_the_file_does_not_hold_the_secret_of_a_browser(store: ChatStore, tmp_path: Path) -> None:
    store.save("very-secret-owner", "", 0, done())
    store.close()
    assert not any(b"very-secret-owner" in file.read_bytes() for file in tmp_path.iterdir())


def test_chats_are_listed_newest_first_renamed_and_deleted(store: ChatStore) -> None:
    old, new = store.save("anna", "", 0, done("старый")), store.save("anna", "", 0, done("новый"))
    assert [each.id for each in store.chats("anna")] == [new, old]
    store.save("anna", old, 1, done())
    store.rename("anna", old, "  Про\nмост  ")
    store.rename("anna", old, " ")
    assert [(each.id, each.title) for each in store.chats("anna")] == [(old, "Про мост"), (new, "новый")]
    store.delete("anna", old)
    assert [each.id for each in store.chats("anna")] == [new]
    with pytest.raises(NotFoundError):
        store.chat("anna", old)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("мостом", True),  # another form of a word
        ("МОСТ ишим", True),
        ("подряд", True),  # a part of a word
        ("мостом журавль", False),
        ("  ", True),
        ("'; DROP TABLE chats; --", False),
        ("%", False),
        ("\ud800z", False),
    ],
)
def test_chats_are_searched(store: ChatStore, query: str, found: bool) -> None:
    chat = store.save("anna", "", 0, done())
    assert [each.id for each in store.chats("anna", query)] == [chat] * found


def test_an_answer_keeps_its_evidence_as_it_was(store: ChatStore, shelf: Shelf) -> None:
    exchange = done()
    chat = store.save("anna", "", 0, exchange)
    shelf.articles["most"] = replace(BRIDGE, text="Другой текст.")
    del shelf.articles["spor"]
    assert store.evidence(exchange.id) == {"most": BRIDGE, "spor": RIVAL}
    assert store.exchange(exchange.id).question == exchange.question
    store.delete("anna", chat)
    assert store.evidence(exchange.id) == {}
    with pytest.raises(NotFoundError):
        store.exchange(exchange.id)


def test_evidence_of_a_refusal_is_the_nearest_passages(store: ChatStore) -> None:
    exchange = Exchange("Кто?", refusal("Кто?"), state="done")
    store.save("anna", "", 0, exchange)
    assert store.evidence(exchange.id) == {"spor": RIVAL}


def test_the_same_evidence_is_kept_once(store: ChatStore) -> None:
    chats = [store.save("anna", "", 0, done()) for _ in range(3)]
    with store._database.reading() as db:
        assert db.execute("SELECT count(*) FROM texts").fetchone() == (2,)
    for chat in chats:
        store.delete("anna", chat)
    with store._database.reading() as db:
        assert db.execute("SELECT count(*) FROM texts").fetchone() == (0,)


def test_chats_are_filed_by_their_owner(store: ChatStore) -> None:
    chat = store.save("anna", "", 0, Exchange("Какова длина?", state="done"))
    store.file("boris", chat, "Чужая")
    assert [each.folder for each in store.chats("anna")] == [""]
    store.file("anna", chat, f"  Мосты\n и реки {'и' * 100}")
    assert [each.folder for each in store.chats("anna")] == [f"Мосты и реки {'и' * 47}"]
    store.file("anna", chat, " ")
    assert [each.folder for each in store.chats("anna")] == [""]


def test_opinions_come_back_with_the_chat(store: ChatStore) -> None:
    exchange = done()
    chat = store.save("anna", "", 0, exchange)
    store.judge(exchange.id, exchange.question, Opinion(True))
    store.judge(exchange.id, exchange.question, Opinion(False, "не та длина", kept=True))
    assert store.chat("anna", chat).exchanges[0].opinion == Opinion(False, "не та длина", True)
    assert store.opinion(exchange.id) == Opinion(False, "не та длина", True)
    assert store.opinion("other") is None


def test_an_answer_without_a_chat_survives_a_restart(
    store: ChatStore, home: Path | Database, shelf: Shelf
) -> None:
    given, history = replace(answer(), answer_id="of-the-api"), [Turn("Что это за мост?", "Железный.")]
    store.remember(given, history)
    store.close()
    again = ChatStore(home, shelf.read)
    assert again.remembered("of-the-api") == (replace(given, hits=()), tuple(history))
    assert again.remembered("another") is None
    again.close()


def test_the_oldest_answers_without_a_chat_are_forgotten(
    store: ChatStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.chats.store.REMEMBERED", 2)
    for name in ("first", "second", "third"):
        store.remember(replace(answer(), answer_id=name), ())
    kept = [name for name in ("first", "second", "third") if store.remembered(name)]
    assert kept == ["second", "third"]


def test_old_answers_without_a_chat_are_forgotten(
    store: ChatStore, home: Path | Database, shelf: Shelf
) -> None:
    chat = store.save("anna", "", 0, done())
    for name in ("old", "new"):
        store.remember(replace(answer(), answer_id=name), ())
    with store._database.writing() as db:
        db.execute("UPDATE remembered SET at = '2020-01-01T00:00:00+00:00' WHERE answer = 'old'")
    store.remember(replace(answer(), answer_id="newest"), ())
    assert [name for name in ("old", "new", "newest") if store.remembered(name)] == ["new", "newest"]
    store.close()
    nothing = ChatStore(home, shelf.read, days=0)  # who keeps nothing has nothing after a start
    assert not nothing.remembered("new") and not nothing.remembered("newest")
    assert nothing.chat("anna", chat).exchanges  # what a reader keeps is theirs
    nothing.close()


def test_a_file_without_times_is_taken_over(tmp_path: Path, shelf: Shelf) -> None:
    with closing(sqlite3.connect(tmp_path / "chats.sqlite")) as db:
        db.execute(
            "CREATE TABLE remembered (number INTEGER PRIMARY KEY AUTOINCREMENT, answer TEXT, body TEXT)"
        )
        body = remembered_json(replace(answer(), answer_id="before"), ())
        db.execute("INSERT INTO remembered (answer, body) VALUES ('before', ?)", (body,))
        db.commit()
    for _ in range(2):
        with closing(ChatStore(tmp_path, shelf.read, days=1)) as store:
            assert store.remembered("before")


def test_strange_text_is_kept(store: ChatStore) -> None:
    question = "\ud800 \x00 <script> ' \" \U0001f42b"
    chat = store.save("anna", "", 0, Exchange(question, error="?", state="done"))
    assert "<script>" in store.chat("anna", chat).exchanges[0].question


def test_a_damaged_file_is_set_aside(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "chats.sqlite").write_bytes(b"not a database at all" * 100)
    store = ChatStore(tmp_path, shelf.read)
    assert store.chats("anna") == []
    assert len(list(tmp_path.glob("chats.sqlite.*-*"))) == 1
    store.close()


def test_a_folder_that_is_a_file_is_told_in_russian(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "chats.sqlite").mkdir()
    with pytest.raises(LibraryError, match="Разговоры не прочитать"):
        ChatStore(tmp_path, shelf.read)


WRITER = """
import sys
from pathlib import Path
from rag.chats.store import ChatStore
from tests.chats.sample import BRIDGE, RIVAL, Shelf
from tests.chats.test_store import done
store = ChatStore(Path(sys.argv[1]), Shelf(BRIDGE, RIVAL).read)
chat = ""
for place in range(10_000):
    chat = store.save("anna", chat, place, done(f"вопрос {place}"))
    print(chat, place, flush=True)
"""


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, shelf: Shelf) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=environment) as writer:
        assert writer.stdout
        said = [writer.stdout.readline() for _ in range(30)]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
    chat, place = [line for line in said if line.endswith("\n")][-1].split()
    store = ChatStore(tmp_path, shelf.read)
    kept = store.chat("anna", chat).exchanges
    assert [each.question for each in kept] == [f"вопрос {n}" for n in range(len(kept))]
    assert int(place) + 1 <= len(kept) <= int(place) + 2
    store.close()
