"""The SQLite file of conversations: its tables, and the steps to them from every schema there has been.

A step is never changed once it is in use: what comes later is a step of its own, and every chat is kept. A
file that can't be read is set aside: the server starts without it.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

from rag.chats.stored import text_digest, unpacked
from rag.database import Migration, SqliteFile
from rag.errors import LibraryError

FILE = "chats.sqlite"
_log = logging.getLogger(__name__)
# IF NOT EXISTS: the file may be one from before steps were counted.
_TABLES = (
    """CREATE TABLE IF NOT EXISTS chats (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, filters TEXT,
        updated TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS chats_of_owner ON chats (owner, updated)",
    """CREATE TABLE IF NOT EXISTS exchanges (
        id TEXT PRIMARY KEY, chat TEXT NOT NULL REFERENCES chats ON DELETE CASCADE, place INTEGER NOT NULL,
        body TEXT NOT NULL, words TEXT NOT NULL, UNIQUE (chat, place))""",
    "CREATE TABLE IF NOT EXISTS texts (digest TEXT PRIMARY KEY, article BLOB NOT NULL)",
    """CREATE TABLE IF NOT EXISTS evidence (
        exchange TEXT NOT NULL REFERENCES exchanges ON DELETE CASCADE, article TEXT NOT NULL,
        digest TEXT NOT NULL REFERENCES texts, PRIMARY KEY (exchange, article))""",
    "CREATE INDEX IF NOT EXISTS evidence_of_text ON evidence (digest)",
    """CREATE TABLE IF NOT EXISTS opinions (
        answer TEXT PRIMARY KEY, good INTEGER NOT NULL, note TEXT NOT NULL, kept INTEGER NOT NULL,
        question TEXT NOT NULL, at TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS remembered (
        number INTEGER PRIMARY KEY AUTOINCREMENT, answer TEXT NOT NULL UNIQUE, body TEXT NOT NULL)""",
)
_TEXTS_BY_THEMSELVES = (
    # The text alone: an article whose title was corrected still says what was quoted.
    "ALTER TABLE texts ADD COLUMN text_digest TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX evidence_of_article ON evidence (article)",
)

_REMEMBERED_SINCE = (
    # How old the answers of a file of before are isn't known, so from now on.
    "ALTER TABLE remembered ADD COLUMN at TEXT NOT NULL DEFAULT ''",
    "UPDATE remembered SET at = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
)


def _first(db: sqlite3.Connection) -> None:
    """Schema 1."""
    _run(db, _TABLES)


def _text_digests(db: sqlite3.Connection) -> None:
    """Schema 2: which answers rest on an article, and on its present text or not; when one was remembered."""
    _run(db, _TEXTS_BY_THEMSELVES)
    if "at" not in {row[1] for row in db.execute("PRAGMA table_info(remembered)")}:
        _run(db, _REMEMBERED_SINCE)
    digests = [row[0] for row in db.execute("SELECT digest FROM texts")]
    for digest in digests:  # one by one: all texts together may be large
        (content,) = db.execute("SELECT article FROM texts WHERE digest = ?", (digest,)).fetchone()
        values = text_digest(unpacked(content).text), digest
        db.execute("UPDATE texts SET text_digest = ? WHERE digest = ?", values)


def _pins(db: sqlite3.Connection) -> None:
    """Schema 3: chats that stay on top."""
    _run(db, ("ALTER TABLE chats ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",))


def _folders(db: sqlite3.Connection) -> None:
    """Schema 4: what chats are listed under; empty: nothing."""
    _run(db, ("ALTER TABLE chats ADD COLUMN folder TEXT NOT NULL DEFAULT ''",))


def _run(db: sqlite3.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        db.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (_first, _text_digests, _pins, _folders)


class Database(SqliteFile):
    """The file at `path`, created when missing. Its methods raise LibraryError."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            self.migrate(MIGRATIONS)
        except LibraryError as error:
            self._disconnect()
            if not _is_damaged(error.__cause__):
                raise
            _log.warning("the conversations can't be read and are set aside: %s", error)
            path.rename(path.with_name(f"{path.name}.{time.strftime('%Y%m%d-%H%M%S')}"))
            for journal in ("-wal", "-shm"):
                path.with_name(path.name + journal).unlink(missing_ok=True)
            self.migrate(MIGRATIONS)

    def _explained(self, error: sqlite3.Error) -> LibraryError:
        return LibraryError(
            f"Разговоры не прочитать и не сохранить: база {self.path} недоступна ({error}). "
            "Проверьте права на неё и место на диске, затем запустите сервер заново."
        )


def _is_damaged(error: BaseException | None) -> bool:
    """An operational error is about rights or disk space: not the file's fault."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
