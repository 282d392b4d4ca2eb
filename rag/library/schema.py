"""The tables of the library, and the steps that lead to them from every schema there has been.

A step is never changed once it is in use: what comes later is a step of its own, and every article is kept.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from rag.database import Migration
from rag.library import pagination
from rag.library.rows import tag_rows

# What filters need. Tags are held as they are compared; the article keeps them as they were written.
_FILTERING = (
    "CREATE INDEX articles_by_source ON articles (source_key, published, id)",
    "CREATE TABLE article_tags (tag TEXT, article_id TEXT, PRIMARY KEY (tag, article_id)) WITHOUT ROWID",
    "CREATE INDEX tags_by_article ON article_tags (article_id)",
)
# Files that hold several articles, as they were when all of them were taken over. A row is true only as
# long as nothing happens to its articles, by whatever way.
_FILES = (
    """CREATE TABLE files (
        origin TEXT PRIMARY KEY, id TEXT NOT NULL, content_hash TEXT NOT NULL, settings_hash TEXT NOT NULL
        ) WITHOUT ROWID""",
    *(
        f"CREATE TRIGGER files_{name} AFTER {event} ON articles BEGIN "
        f"DELETE FROM files WHERE origin IN ({origins}); END"
        for name, event, origins in (
            ("inserted", "INSERT", "NEW.origin"),
            ("updated", "UPDATE", "OLD.origin, NEW.origin"),
            ("deleted", "DELETE", "OLD.origin"),
        )
    ),
)
# What ranking reads; see rag.matching.outlines. Rows are found by the passage's key.
_OUTLINING = (
    "CREATE TABLE words (number INTEGER PRIMARY KEY, lemma TEXT NOT NULL UNIQUE)",
    "CREATE TABLE outlines (passage INTEGER PRIMARY KEY, article INTEGER NOT NULL, outline BLOB NOT NULL)",
)
_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE articles (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT, source_key TEXT, published TEXT, url TEXT,
        tags TEXT NOT NULL, title_lemmas TEXT NOT NULL, text TEXT NOT NULL, characters INTEGER NOT NULL,
        passage_count INTEGER NOT NULL, content_hash TEXT NOT NULL, settings_hash TEXT NOT NULL,
        origin TEXT, indexed_at TEXT NOT NULL, author TEXT, published_raw TEXT)""",
    # Covering indexes: lists, filters and counts don't read the pages that hold texts.
    "CREATE INDEX articles_by_date ON articles (published, source_key, id)",
    *_FILTERING,
    *_FILES,
    *_OUTLINING,
    """CREATE TABLE passages (
        id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id), ordinal INTEGER NOT NULL,
        start INTEGER NOT NULL, stop INTEGER NOT NULL, text TEXT NOT NULL,
        spans BLOB NOT NULL, lemmas TEXT NOT NULL)""",
    "CREATE UNIQUE INDEX passages_by_article ON passages (article_id, ordinal)",
    # AUTOINCREMENT: a number is never given twice, so an index knows what it has not seen.
    "CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL UNIQUE)",
)
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
_VERSIONS = (
    # A version is a text of its own: `version` counts them, `since` is when this one came (None: indexed_at).
    "ALTER TABLE articles ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE articles ADD COLUMN since TEXT",
    # What somebody has set by hand (JSON), and the kept file (its name and the digest of its bytes).
    "ALTER TABLE articles ADD COLUMN edits TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE articles ADD COLUMN original TEXT",
    # Former texts; `info` and what else an article is put back with are JSON, `text` is compressed. `removed`
    # is when the article itself was removed: it can be put back for a while.
    """CREATE TABLE versions (
        article_id TEXT NOT NULL, version INTEGER NOT NULL, info TEXT NOT NULL, text BLOB NOT NULL,
        characters INTEGER NOT NULL, rest TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL,
        removed TEXT, PRIMARY KEY (article_id, version))""",
    "CREATE INDEX versions_removed ON versions (removed) WHERE removed IS NOT NULL",
    pagination.TABLE,
    # Programs from before there were steps look here, and leave the file alone.
    "UPDATE meta SET value = '2' WHERE key = 'schema'",
)

# Keys to a server: of the secret only a hash. Empty `tags` and `sources` limit nothing; a key that was
# revoked stays, so that whoever still has it is told.
_KEYS = """CREATE TABLE keys (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, scope TEXT NOT NULL,
    tags TEXT NOT NULL, sources TEXT NOT NULL, created TEXT NOT NULL, expires TEXT, revoked TEXT
    ) WITHOUT ROWID"""


def _first(db: sqlite3.Connection) -> None:
    """Schema 1; in a file from before steps were counted, what it lacks of that."""
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        _run(db, _TABLES)
        db.execute("INSERT INTO meta VALUES ('schema', '1')")
    elif "article_tags" not in tables:
        _run(db, _FILTERING)
        for article_id, tags in db.execute("SELECT id, tags FROM articles").fetchall():
            db.executemany("INSERT INTO article_tags VALUES (?, ?)", tag_rows(article_id, json.loads(tags)))
    if tables and "files" not in tables:
        _run(db, [f"ALTER TABLE articles ADD COLUMN {name} TEXT" for name in ("author", "published_raw")])
        _run(db, _FILES)
    if tables and "outlines" not in tables:
        _run(db, _OUTLINING)
    _run(db, _LATER)


def _versions(db: sqlite3.Connection) -> None:
    """Schema 2: former texts, what was set by hand, kept files, pages."""
    _run(db, _VERSIONS)


def _keys(db: sqlite3.Connection) -> None:
    """Schema 3: keys."""
    _run(db, [_KEYS])


def _run(db: sqlite3.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        db.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (_first, _versions, _keys)
