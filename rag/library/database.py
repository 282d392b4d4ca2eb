"""The SQLite file of the library: its tables, its version, what its errors mean.

A commit that returned survives `kill -9` and a power cut, which an index that is caught up from here
relies on; commits are batched, so it costs little.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from rag.database import SqliteFile
from rag.errors import LibraryError
from rag.library import pagination
from rag.library.rows import DESCRIPTION, FILES, FILTERING, OUTLINING, SCHEMA, tag_rows

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
    pagination.TABLE,
)


class Database(SqliteFile):
    """The database at `path`, created when missing.

    Raises LibraryError from every method when the file is damaged, can't be written or was made by
    another version.
    """

    CLOSED = "Библиотека уже закрыта. Запустите команду ещё раз."

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            with self.writing() as db:
                _prepare(db)
            self._check_version()
        except BaseException:
            self.close()
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
    ("closed database", Database.CLOSED),
)


def _why_not_opened(path: Path) -> str:
    """SQLite doesn't say why; the file system does."""
    if not path.parent.is_dir():
        return f"Нет папки {path.parent}. Создайте её {_OTHER}"
    if path.is_dir():
        return f"На месте базы {path} стоит папка. Уберите её {_OTHER}"
    return _READ_ONLY.format(path=path)


def _prepare(db: sqlite3.Connection) -> None:
    """Create the tables in an empty database, and what was added since in one that was made before."""
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "articles" in tables and "article_tags" not in tables:
        _add_filtering(db)
    later = {"files": (*DESCRIPTION, *FILES), "outlines": OUTLINING}
    for table, statements in later.items():
        if "articles" in tables and table not in tables:
            for statement in statements:
                db.execute(statement)
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
