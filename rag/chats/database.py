"""The SQLite file of conversations. One that can't be read is set aside: the server starts without it."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path

from rag.chats.schema import MIGRATIONS
from rag.database import SqliteFile
from rag.errors import LibraryError

FILE = "chats.sqlite"
_log = logging.getLogger(__name__)


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
