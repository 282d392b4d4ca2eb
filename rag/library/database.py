"""The SQLite file of the library: brought up to date when it is opened, and what its errors mean.

A commit that returned survives `kill -9` and a power cut, which an index that is caught up from here
relies on; commits are batched, so it costs little.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from rag.database import SqliteFile
from rag.errors import DamagedError, LibraryError
from rag.library.schema import MIGRATIONS


class Database(SqliteFile):
    """The database at `path`, created when missing.

    Raises LibraryError from every method when the file is damaged, can't be written or was made by
    a newer program.
    """

    CLOSED = "Библиотека уже закрыта. Запустите команду ещё раз."

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            self.migrate(MIGRATIONS)
        except BaseException:
            self.close()
            raise

    def _explained(self, error: sqlite3.Error) -> LibraryError:
        text = str(error).lower()
        if "unable to open" in text:
            return LibraryError(_why_not_opened(self.path))
        for sign, message in _MESSAGES:
            if sign in text:
                return LibraryError(message.format(path=self.path))
        return DamagedError(
            f"База {self.path} повреждена ({error}). Постройте её заново: snoska index --rebuild ПАПКА"
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
    ("closed database", Database.CLOSED),
)


def _why_not_opened(path: Path) -> str:
    """SQLite doesn't say why; the file system does."""
    if not path.parent.is_dir():
        return f"Нет папки {path.parent}. Создайте её {_OTHER}"
    if path.is_dir():
        return f"На месте базы {path} стоит папка. Уберите её {_OTHER}"
    return _READ_ONLY.format(path=path)
