"""Kept conversations: they come back as they were, to their owner alone, whatever stops the server."""

from __future__ import annotations

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
from rag.types import Answer, Filters, Turn
from tests.chats.sample import BRIDGE, RIVAL, Shelf, answer, refusal
from tests.postgres.server import database, url_of
from tests.processes import environment

LIMITED = Filters(date(2026, 1, 2), None, ("Отметка",), ("most",), ("вода", "мост"))


@pytest.fixture
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


@pytest.fixture
def store(home: Path | Database, shelf: Shelf) -> Iterator[ChatStore]:
    with closing(ChatStore(home, shelf.read)) as store:
        yield store


def done(question: str = "Какова длина моста?") -> Exchange:
    return Exchange(question, answer(question), state="done", scope="с 1 марта")


@pytest.mark.parametrize(
    "given", [answer(answer_id="x"), answer(), refusal(), replace(answer(), listed=True)]
)
def test_an_answer_comes_back_as_it_was(given: Answer) -> None:
    assert answer_from(given.as_dict()).as_dict() == given.as_dict()


@pytest.mark.parametrize("filters", [None, LIMITED, Filters(until=date(2026, 5, 1))])
def test_filters_come_back(filters: Filters | None) -> None:
    assert filters_from(filters_json(filters)) == filters


def test_a_chat_survives_a_restart(store: ChatStore, home: Path | Database, shelf: Shelf) -> None:
    first, second = done(), Exchange("А когда?", error="Сломалось.", state="done", as_typed=True)
    odd = Exchange("\ud800 \x00 <script> ' \" \U0001f42b", error="?", state="done")
    chat = store.save("anna", "", 0, first)
    store.save("anna", chat, 1, second)
    store.save("anna", chat, 2, odd)
    cut_short = Exchange("Какова длина?")
    assert store.save("anna", chat, 3, cut_short, LIMITED) == chat
    store.close()
    with closing(ChatStore(home, shelf.read)) as again:
        found = again.chat("anna", chat)
        assert found.title == first.question and found.filters == LIMITED
        assert [each.id for each in found.exchanges[:2]] == [first.id, second.id]
        assert found.exchanges[1] == second
        assert found.exchanges[0].answer and first.answer
        assert found.exchanges[0].answer.as_dict() == first.answer.as_dict()
        assert [turn.answer for turn in turns(found.exchanges)] == [first.answer.text]
        assert "<script>" in found.exchanges[2].question
        assert found.exchanges[3].state == "stopped"
        again.save("anna", chat, 1, done("иначе"))  # asked again: what came after goes
        assert [each.question for each in again.chat("anna", chat).exchanges] == [first.question, "иначе"]


def test_nobody_sees_the_chats_of_another(store: ChatStore) -> None:
    chat = store.save("anna", "", 0, done())
    assert store.chats("boris") == []
    with pytest.raises(NotFoundError):
        store.chat("boris", chat)
    with pytest.raises(NotFoundError):
        store.rename("boris", chat, "моё")
    store.delete("boris", chat)
    store.keep_filters("boris", chat, LIMITED)
    store.file("boris", chat, "Чужая")
    assert store.save("boris", chat, 0, done("чужое")) != chat
    kept = store.chat("anna", chat)
    assert kept.title == "Какова длина моста?" and kept.filters is None and len(kept.exchanges) == 1
    assert [each.folder for each in store.chats("anna")] == [""]


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_the_file_does_not_hold_the_secret_of_a_browser(store: ChatStore, tmp_path: Path) -> None:
    store.save("very-secret-owner", "", 0, done())
    store.close()
    assert not any(b"very-secret-owner" in file.read_bytes() for file in tmp_path.iterdir())


def test_chats_are_listed_renamed_filed_and_deleted(store: ChatStore) -> None:
    old, new = store.save("anna", "", 0, done("старый")), store.save("anna", "", 0, done("новый"))
    assert [each.id for each in store.chats("anna")] == [new, old]
    store.save("anna", old, 1, done())
    store.rename("anna", old, "  Про\nмост  ")
    store.rename("anna", old, " ")
    assert [(each.id, each.title) for each in store.chats("anna")] == [(old, "Про мост"), (new, "новый")]
    for folder, kept in ((f"  Мосты\n и реки {'и' * 100}", f"Мосты и реки {'и' * 47}"), (" ", "")):
        store.file("anna", old, folder)
        assert [each.folder for each in store.chats("anna")] == [kept, ""]
    store.delete("anna", old)
    assert [each.id for each in store.chats("anna")] == [new]
    with pytest.raises(NotFoundError):
        store.chat("anna", old)


def test_chats_are_searched(store: ChatStore) -> None:
    chat = store.save("anna", "", 0, done())
    found = {
        "мостом": True,  # another form of a word
        "МОСТ ишим": True,
        "подряд": True,  # a part of a word
        "мостом журавль": False,
        "  ": True,
        "'; DROP TABLE chats; --": False,
        "%": False,
        "\ud800z": False,
    }
    assert {query: [each.id for each in store.chats("anna", query)] == [chat] for query in found} == found


def test_an_answer_keeps_its_evidence_as_it_was_and_once(store: ChatStore, shelf: Shelf) -> None:
    exchange, refused = done(), Exchange("Кто?", refusal("Кто?"), state="done")
    chats = [store.save("anna", "", 0, each) for each in (exchange, done(), refused)]
    shelf.articles["most"] = replace(BRIDGE, text="Другой текст.")
    del shelf.articles["spor"]
    assert store.evidence(exchange.id) == {"most": BRIDGE, "spor": RIVAL}
    assert store.evidence(refused.id) == {"spor": RIVAL}, "of a refusal: the nearest passages"
    assert store.exchange(exchange.id).question == exchange.question

    def texts() -> int:
        with store._database.reading() as db:
            return int(db.execute("SELECT count(*) FROM texts").fetchone()[0])

    assert texts() == 2
    for chat in chats:
        store.delete("anna", chat)
    assert store.evidence(exchange.id) == {} and texts() == 0
    with pytest.raises(NotFoundError):
        store.exchange(exchange.id)


def test_opinions_come_back_with_the_chat(store: ChatStore) -> None:
    exchange = done()
    chat = store.save("anna", "", 0, exchange)
    store.judge(exchange.id, exchange.question, Opinion(True))
    store.judge(exchange.id, exchange.question, Opinion(False, "не та длина", kept=True))
    assert store.chat("anna", chat).exchanges[0].opinion == Opinion(False, "не та длина", True)
    assert store.opinion(exchange.id) == Opinion(False, "не та длина", True)
    assert store.opinion("other") is None


def test_answers_without_a_chat_survive_a_restart_and_are_forgotten_in_time(
    store: ChatStore, home: Path | Database, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("oldest", "old", "new", "newest")
    history = [Turn("Что это за мост?", "Железный.")]
    monkeypatch.setattr("rag.chats.store.REMEMBERED", 3)
    chat = store.save("anna", "", 0, done())
    for name in names[:3]:
        store.remember(replace(answer(), answer_id=name), history)
    store.remember(replace(answer(), answer_id="newest"), ())
    assert [name for name in names if store.remembered(name)] == ["old", "new", "newest"]
    monkeypatch.undo()
    with store._database.writing() as db:
        db.execute("UPDATE remembered SET at = '2020-01-01T00:00:00+00:00' WHERE answer = 'old'")
    store.remember(replace(answer(), answer_id="another"), ())
    assert [name for name in names if store.remembered(name)] == ["new", "newest"]
    store.close()
    with closing(ChatStore(home, shelf.read)) as again:
        expected = replace(answer(), answer_id="new", hits=())
        assert again.remembered("new") == (expected, tuple(history))
    with closing(ChatStore(home, shelf.read, days=0)) as nothing:
        assert not nothing.remembered("new"), "who keeps nothing has nothing after a start"
        assert nothing.chat("anna", chat).exchanges, "what a reader keeps is theirs"


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


def test_a_damaged_file_is_set_aside_and_a_folder_is_told(tmp_path: Path, shelf: Shelf) -> None:
    file = tmp_path / "chats.sqlite"
    file.write_bytes(b"not a database at all" * 100)
    with closing(ChatStore(tmp_path, shelf.read)) as store:
        assert store.chats("anna") == []
    assert len(list(tmp_path.glob("chats.sqlite.*-*"))) == 1
    file.unlink()
    file.mkdir()
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
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment({})) as writer:
        assert writer.stdout
        said = [writer.stdout.readline() for _ in range(30)]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
    chat, place = [line for line in said if line.endswith("\n")][-1].split()
    with closing(ChatStore(tmp_path, shelf.read)) as store:
        kept = store.chat("anna", chat).exchanges
    assert [each.question for each in kept] == [f"вопрос {n}" for n in range(len(kept))]
    assert int(place) + 1 <= len(kept) <= int(place) + 2
