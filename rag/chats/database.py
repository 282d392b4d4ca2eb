"""The SQLite file of conversations. One that can't be read is set aside: the server starts without it."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

from rag.database import SqliteFile
from rag.errors import LibraryError
from rag.text.words import fold

FILE = "chats.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS chats (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, filters TEXT, updated TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS chats_of_owner ON chats (owner, updated);
CREATE TABLE IF NOT EXISTS exchanges (
    id TEXT PRIMARY KEY, chat TEXT NOT NULL REFERENCES chats ON DELETE CASCADE, place INTEGER NOT NULL,
    body TEXT NOT NULL, words TEXT NOT NULL, UNIQUE (chat, place)
);
CREATE TABLE IF NOT EXISTS texts (digest TEXT PRIMARY KEY, article BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS evidence (
    exchange TEXT NOT NULL REFERENCES exchanges ON DELETE CASCADE, article TEXT NOT NULL,
    digest TEXT NOT NULL REFERENCES texts, PRIMARY KEY (exchange, article)
);
CREATE INDEX IF NOT EXISTS evidence_of_text ON evidence (digest);
CREATE TABLE IF NOT EXISTS opinions (
    answer TEXT PRIMARY KEY, good INTEGER NOT NULL, note TEXT NOT NULL, kept INTEGER NOT NULL,
    question TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS remembered (
    number INTEGER PRIMARY KEY AUTOINCREMENT, answer TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT ''
);
"""
_log = logging.getLogger(__name__)


class Database(SqliteFile):
    """The file at `path`, created when missing. Its methods raise LibraryError."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            self._prepare()
        except LibraryError as error:
            self._disconnect()
            if not _is_damaged(error.__cause__):
                raise
            _log.warning("the conversations can't be read and are set aside: %s", error)
            path.rename(path.with_name(f"{path.name}.{time.strftime('%Y%m%d-%H%M%S')}"))
            for journal in ("-wal", "-shm"):
                path.with_name(path.name + journal).unlink(missing_ok=True)
            self._prepare()

    def _prepare(self) -> None:
        with self.reading() as db:
            db.executescript(_SCHEMA)
            columns = {row[1] for row in db.execute("PRAGMA table_info(remembered)")}
            if "at" not in columns:  # a file of before: how old its answers are isn't known, so from now on
                db.execute("ALTER TABLE remembered ADD COLUMN at TEXT NOT NULL DEFAULT ''")
                db.execute("UPDATE remembered SET at = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")

    def _equip(self, connection: sqlite3.Connection) -> None:
        connection.create_function("fold", 1, fold, deterministic=True)

    def _explained(self, error: sqlite3.Error) -> LibraryError:
        return LibraryError(
            f"Разговоры не прочитать и не сохранить: база {self.path} недоступна ({error}). "
            "Проверьте права на неё и место на диске, затем запустите сервер заново."
        )


def _is_damaged(error: BaseException | None) -> bool:
    """An operational error is about rights or disk space: not the file's fault."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
