"""Conversations of earlier programs: every chat is kept, whatever stops a step to the next schema."""

from __future__ import annotations

import json
import signal
import sqlite3
import sys
import zlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path

import pytest

from rag.chats.database import FILE, MIGRATIONS
from rag.chats.store import ChatStore
from rag.chats.stored import text_digest
from rag.errors import LibraryError
from tests.chats.sample import BRIDGE, RIVAL, Shelf, answer
from tests.processes import run

# What the program made before schemas had numbers.
SQL = """
CREATE TABLE chats (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, filters TEXT, updated TEXT NOT NULL);
CREATE INDEX chats_of_owner ON chats (owner, updated);
CREATE TABLE exchanges (
    id TEXT PRIMARY KEY, chat TEXT NOT NULL REFERENCES chats ON DELETE CASCADE, place INTEGER NOT NULL,
    body TEXT NOT NULL, words TEXT NOT NULL, UNIQUE (chat, place));
CREATE TABLE texts (digest TEXT PRIMARY KEY, article BLOB NOT NULL);
CREATE TABLE evidence (
    exchange TEXT NOT NULL REFERENCES exchanges ON DELETE CASCADE, article TEXT NOT NULL,
    digest TEXT NOT NULL REFERENCES texts, PRIMARY KEY (exchange, article));
CREATE INDEX evidence_of_text ON evidence (digest);
CREATE TABLE opinions (
    answer TEXT PRIMARY KEY, good INTEGER NOT NULL, note TEXT NOT NULL, kept INTEGER NOT NULL,
    question TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE remembered (
    number INTEGER PRIMARY KEY AUTOINCREMENT, answer TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
"""
ANNA = blake2b(b"anna", digest_size=24).hexdigest()
EVIDENCE = (BRIDGE, RIVAL)


def make(file: Path) -> None:
    """Three chats of anna's, each with an answer that rests on EVIDENCE; the first one is judged."""
    with closing(sqlite3.connect(file)) as db:
        db.executescript(SQL)
        for number in range(3):
            kept = answer(f"Какова длина моста {number}?").as_dict()
            for citation in kept["citations"]:
                citation.pop("version")
            body = {"question": kept["question"], "answer": kept, "error": None, "state": "done", "scope": ""}
            words = json.dumps({**body, "as_typed": False, "told": ""}, ensure_ascii=False)
            db.execute(
                "INSERT INTO chats VALUES (?, ?, ?, NULL, ?)",
                (f"c{number}", ANNA, "Мост", f"2026-0{number + 1}"),
            )
            db.execute(
                "INSERT INTO exchanges VALUES (?, ?, 0, ?, ?)", (f"e{number}", f"c{number}", words, "мост")
            )
            for article in EVIDENCE:
                content = json.dumps(asdict(article), ensure_ascii=False).encode()
                digest = blake2b(content, digest_size=16).hexdigest()
                db.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (digest, zlib.compress(content)))
                db.execute("INSERT INTO evidence VALUES (?, ?, ?)", (f"e{number}", article.id, digest))
        db.execute("INSERT INTO opinions VALUES ('e0', 1, 'верно', 0, 'Какова длина?', '2026-01-01')")
        db.commit()


def check(folder: Path) -> None:
    with closing(ChatStore(folder, Shelf().read)) as store:
        assert [chat.id for chat in store.chats("anna")] == ["c2", "c1", "c0"]
        for number in range(3):
            (exchange,) = store.chat("anna", f"c{number}").exchanges
            assert exchange.answer and exchange.answer.as_dict() == answer(exchange.question).as_dict()
            assert store.evidence(exchange.id) == {each.id: each for each in EVIDENCE}
        opinion = store.opinion("e0")
        assert opinion and opinion.note == "верно"
    with closing(sqlite3.connect(folder / FILE)) as db:
        digests = {row[0] for row in db.execute("SELECT text_digest FROM texts")}
        assert digests == {text_digest(each.text) for each in EVIDENCE}
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def state(file: Path) -> Sequence[object]:
    with closing(sqlite3.connect(file)) as db:
        tables = db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        return [tables, *db.execute("PRAGMA user_version"), *db.execute("SELECT * FROM chats")]


DYING = """
import os, signal, sys
from pathlib import Path
from rag.chats import database
left, digest = int(sys.argv[2]), database.text_digest
def dying(text):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return digest(text)
database.text_digest = dying
database.Database(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("texts", [0, 1])
def test_every_chat_is_kept_also_after_a_crash_in_the_middle(tmp_path: Path, texts: int) -> None:
    make(tmp_path / FILE)
    before = state(tmp_path / FILE)
    done = run([sys.executable, "-c", DYING, str(tmp_path / FILE), str(texts)], tmp_path)
    assert done.returncode == -signal.SIGKILL
    assert state(tmp_path / FILE) == before
    for _ in range(2):
        check(tmp_path)


def test_chats_of_a_newer_program_are_left_alone(tmp_path: Path) -> None:
    make(tmp_path / FILE)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("PRAGMA user_version = 99")
    before = state(tmp_path / FILE)
    with pytest.raises(LibraryError, match="более новой версией программы"):
        ChatStore(tmp_path, Shelf().read)
    assert state(tmp_path / FILE) == before
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(FILE + ".")] == []
