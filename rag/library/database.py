"""Connections to the SQLite file: a few that threads take in turns, writes in transactions, Russian errors.

WAL with synchronous=FULL: a commit that returned survives `kill -9` and a power cut, which an index
that is caught up from here relies on; commits are batched, so it costs little. A read never waits
for a write.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import LibraryError
from rag.library.rows import FILTERING, SCHEMA, tag_rows

SCHEMA_VERSION = "1"
# Tables that came later; a database made before them gets them when it is opened.
_LATER = (
    # Files of the same content as the one that an article was read from.
    "CREATE TABLE IF NOT EXISTS copies (origin TEXT PRIMARY KEY, article_id TEXT NOT NULL) WITHOUT ROWID",
    # Passages that were replaced a moment ago: a search that has found them still reads them.
    """CREATE TABLE IF NOT EXISTS retired (
        id TEXT PRIMARY KEY, article_id TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
        text TEXT NOT NULL, spans BLOB NOT NULL, lemmas TEXT NOT NULL, title TEXT NOT NULL,
        title_lemmas TEXT NOT NULL, since REAL NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS retired_by_article ON retired (article_id)",
)


class Database:
    """The database at `path`, created when missing.

    Raises LibraryError from every method when the file is damaged, can't be written or was made by
    another version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._free: list[sqlite3.Connection] = []  # as many as ever read at once
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
        """Close the connections; those in use are closed when they are given back."""
        with self._guard:
            self._closed = True
            free, self._free = self._free, []
        for connection in free:
            connection.close()

    def _taken(self) -> sqlite3.Connection:
        with self._guard:
            if self._closed:
                raise LibraryError("Библиотека уже закрыта. Запустите команду ещё раз.")
            if self._free:
                return self._free.pop()
        connection = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            if not self._closed:
                self._free.append(connection)
                return
        connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        connection = None
        try:
            connection = self._taken()
            yield connection
        except sqlite3.Error as error:
            raise self._explained(error) from error
        finally:
            if connection is not None:
                self._give_back(connection)

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
        if "unable to open" in text:
            return LibraryError(_why_not_opened(self.path))
        for sign, message in _MESSAGES:
            if sign in text:
                return LibraryError(message.format(path=self.path))
        return LibraryError(
            f"База {self.path} повреждена ({error}). Постройте её заново: snoska index --rebuild"
        )


_OTHER = "или укажите другую папку: RAG_DATA=…"
_READ_ONLY = f"Нет прав на запись в базу {{path}}. Дайте себе права на неё и её папку {_OTHER}"
_MESSAGES = (
    ("is full", "На диске нет места: {path} не записать. Освободите место и повторите команду."),
    (
        "disk i/o error",
        "База {path} не пишется или не читается: ошибка диска, или на нём нет места. Освободите место, "
        "проверьте диск и повторите команду.",
    ),
    ("readonly", _READ_ONLY),
    ("locked", "База {path} занята другой программой. Закройте её и повторите команду."),
    ("closed database", "Библиотека уже закрыта. Запустите команду ещё раз."),
)


def _why_not_opened(path: Path) -> str:
    """SQLite doesn't say why; the file system does."""
    if not path.parent.is_dir():
        return f"Нет папки {path.parent}. Создайте её {_OTHER}"
    if path.is_dir():
        return f"На месте базы {path} стоит папка. Уберите её {_OTHER}"
    return _READ_ONLY.format(path=path)


def _prepare(db: sqlite3.Connection) -> None:
    """Create the tables in an empty database, and what filters need in one that was made before."""
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "articles" in tables and "article_tags" not in tables:
        _add_filtering(db)
    if not tables:
        for statement in SCHEMA:
            db.execute(statement)
        db.execute("INSERT INTO meta VALUES ('schema', ?)", (SCHEMA_VERSION,))
    for statement in _LATER:
        db.execute(statement)


def _add_filtering(db: sqlite3.Connection) -> None:
    for statement in FILTERING:
        db.execute(statement)
    for article_id, tags in db.execute("SELECT id, tags FROM articles").fetchall():
        db.executemany("INSERT INTO article_tags VALUES (?, ?)", tag_rows(article_id, json.loads(tags)))
