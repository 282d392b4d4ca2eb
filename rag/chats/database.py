"""The SQLite file of conversations: one connection that threads take in turns, Russian errors.

WAL with synchronous=FULL: what was acknowledged survives `kill -9` and a power cut. A file that can't be
read is set aside, so that the server starts without it.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
"""
_log = logging.getLogger(__name__)


class Database:
    """The file at `path`, created when missing. Its methods raise LibraryError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # no rights, no disk space: not the file's fault
                raise self._explained(error) from error
            _log.warning("the conversations can't be read and are set aside: %s", error)
            path.rename(path.with_name(f"{path.name}.{time.strftime('%Y%m%d-%H%M%S')}"))
            for journal in ("-wal", "-shm"):
                path.with_name(path.name + journal).unlink(missing_ok=True)
            self._db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            db.executescript(_SCHEMA)
            db.create_function("fold", 1, fold, deterministic=True)
        except BaseException:
            db.close()
            raise
        return db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise self._explained(error) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with self.reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def close(self) -> None:
        with self._guard:
            self._db.close()

    def _explained(self, error: sqlite3.Error) -> LibraryError:
        return LibraryError(
            f"Разговоры не прочитать и не сохранить: база {self.path} недоступна ({error}). "
            "Проверьте права на неё и место на диске, затем запустите сервер заново."
        )
