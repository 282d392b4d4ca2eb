"""Connections to the SQLite file: one a thread, writes in transactions, errors in Russian.

WAL with synchronous=FULL: a commit that returned survives `kill -9` and a power cut, which an index
that is caught up from here relies on; commits are batched, so it costs little. A read never waits
for a write.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import LibraryError
from rag.library.rows import SCHEMA

SCHEMA_VERSION = "1"


class Database:
    """The database at `path`, created when missing.

    Raises LibraryError from every method when the file is damaged, can't be written or was made by
    another version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._closed = False
        try:
            with self.writing() as db:
                _prepare(db)
            self._check_version()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            self._closed = True
            for connection in self._all:
                connection.close()
            self._all.clear()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and not self._closed:
            return connection
        with self._guard:
            if self._closed:
                raise LibraryError("Библиотека уже закрыта. Запустите команду ещё раз.")
            connection = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None)
            self._all.append(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        self._local.connection = connection
        return connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection()
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

    def _check_version(self) -> None:
        with self.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
        if row is None or row[0] != SCHEMA_VERSION:
            raise LibraryError(
                f"Библиотека {self.path} создана другой версией программы. "
                f"Постройте её заново: snoska index --rebuild"
            )

    def _explained(self, error: sqlite3.Error) -> LibraryError:
        text = str(error).lower()
        for sign, message in _MESSAGES:
            if sign in text:
                return LibraryError(message.format(path=self.path))
        return LibraryError(
            f"База {self.path} повреждена ({error}). Постройте её заново: snoska index --rebuild"
        )


_READ_ONLY = "Не удаётся открыть {path} для записи. Проверьте права на папку или укажите другую: RAG_DATA=…"
_MESSAGES = (
    ("is full", "На диске нет места: {path} не записать. Освободите место и повторите команду."),
    ("readonly", _READ_ONLY),
    ("unable to open", _READ_ONLY),
    ("locked", "База {path} занята другой программой. Закройте её и повторите команду."),
    ("closed database", "Библиотека уже закрыта. Запустите команду ещё раз."),
)


def _prepare(db: sqlite3.Connection) -> None:
    """Create the tables in an empty database; leave any other as it is."""
    if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return
    for statement in SCHEMA:
        db.execute(statement)
    db.execute("INSERT INTO meta VALUES ('schema', ?)", (SCHEMA_VERSION,))
