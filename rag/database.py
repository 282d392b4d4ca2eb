"""SQLite files: connections that threads take in turns, writes in transactions, errors in Russian.

WAL with synchronous=FULL: a commit that returned survives `kill -9` and a power cut. A read never waits
for a write.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rag.errors import LibraryError


class SqliteFile:
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

    def _equip(self, connection: sqlite3.Connection) -> None:
        """What a new connection needs besides."""

    def _explained(self, error: sqlite3.Error) -> LibraryError:
        """What went wrong and what to do about it, in Russian."""
        raise NotImplementedError

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
        with suppress(OSError):  # SQLite tells more exactly what is wrong
            # Its journals get the rights that the file has.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._equip(connection)
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
