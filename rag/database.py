"""SQLite files: connections that threads take in turns, writes in transactions, errors in Russian.

WAL with synchronous=FULL: a commit that returned survives `kill -9` and a power cut. A read never waits
for a write.

What a store needs of a database is said by `Database`: SQL is written once, in what SQLite and PostgreSQL
both understand. A list of values is one JSON value, read by GIVEN or GIVEN_NUMBERS.

A file's schema has a number (`PRAGMA user_version`); a file of an earlier one is brought up to date when it
is opened, step by step, and keeps what is in it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from rag.errors import LibraryError

# A list of texts, or of whole numbers, that is given as one JSON value.
GIVEN = "(SELECT value FROM json_each(?))"
GIVEN_NUMBERS = "(SELECT CAST(value AS BIGINT) FROM json_each(?))"
Row = Sequence[Any]

# A step from one schema to the next. It executes statement by statement: a script would end the transaction.
Migration = Callable[[sqlite3.Connection], None]


class Ints(bytes):
    """Whole numbers as one value, little-endian int32: a BLOB here, an int[] in PostgreSQL."""


class Rows(Protocol):
    """What a statement gives."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Session(Protocol):
    """A connection in use. SQL has `?` for a value."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Rows: ...

    def executemany(self, sql: str, rows: Iterable[Any], /) -> Rows: ...


class Database(Protocol):
    """A home of rows: what was committed in it is kept. Raises RagError from every method."""

    def reading(self) -> AbstractContextManager[Session]: ...

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction: all of it is kept, or nothing. One at a time, of all processes."""

    def damage(self) -> list[str]:
        """What is wrong with the database itself (Russian)."""

    def close(self) -> None: ...


class SharedDatabase(Database, Protocol):
    """A database that several processes share, for the library and what is kept beside it."""

    def part(self, name: str) -> Database:
        """The same database for what is written beside the library and doesn't wait for it."""

    def heed(self, told: Callable[[], None]) -> None:
        """Have `told` called, in a thread of the database, whenever somebody has written."""


class SqliteFile(ABC):
    """The database at `path`, created when missing. Raises LibraryError from every method."""

    CLOSED = "База уже закрыта. Запустите команду ещё раз."

    def __init__(self, path: Path) -> None:
        self.path = path
        self._free: list[sqlite3.Connection] = []  # as many as ever worked at once
        self._guard = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Close the connections; those in use are closed when they are given back."""
        with self._guard:
            self._closed = True
        self._disconnect()

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
        """All of it is kept, or nothing."""
        with self.reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def migrate(self, migrations: Sequence[Migration]) -> None:
        """Bring the file to the newest schema: in one transaction, so that a crash leaves it as it was.

        The schema's number is how many of `migrations` the file has had; the first one makes the tables of
        an empty file. Raises LibraryError for a file that a newer program has brought further.
        """
        with self.reading() as db:
            number = _number(db)
        if number > len(migrations):
            raise LibraryError(
                f"База {self.path} создана более новой версией программы. Обновите программу: "
                "эта версия её не трогает."
            )
        if number < len(migrations):
            with self.writing() as db:
                for migration in migrations[_number(db) :]:
                    migration(db)
                db.execute(f"PRAGMA user_version = {len(migrations)}")

    def damage(self) -> list[str]:
        """What SQLite itself finds wrong with the file (Russian)."""
        with self.reading() as db:
            (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        return [] if verdict == "ok" else [f"файл базы повреждён ({verdict})"]

    @abstractmethod
    def _explained(self, error: sqlite3.Error) -> LibraryError:
        """What went wrong and what to do about it, in Russian."""

    def _disconnect(self) -> None:
        with self._guard:
            free, self._free = self._free, []
        for connection in free:
            connection.close()

    def _taken(self) -> sqlite3.Connection:
        with self._guard:
            if self._closed:
                raise LibraryError(self.CLOSED)
            if self._free:
                return self._free.pop()
        with suppress(OSError):  # it is there, or SQLite tells more exactly what is wrong
            # Its journals get the rights that the file has. One that is there is never opened here: closing
            # it would end the locks of other connections (sqlite.org/howtocorrupt.html, 2.2), and whoever
            # opens it from another process would then delete the journal that this one writes.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        connection = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            if not self._closed:
                self._free.append(connection)
                return
        connection.close()


def _number(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
