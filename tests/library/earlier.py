"""A library as the program made it before schemas had numbers: its SQL of that time, written out."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from rag.library.split import split
from rag.types import Article

SQL = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, source TEXT, source_key TEXT, published TEXT, url TEXT,
    tags TEXT NOT NULL, title_lemmas TEXT NOT NULL, text TEXT NOT NULL, characters INTEGER NOT NULL,
    passage_count INTEGER NOT NULL, content_hash TEXT NOT NULL, settings_hash TEXT NOT NULL,
    origin TEXT, indexed_at TEXT NOT NULL, author TEXT, published_raw TEXT);
CREATE INDEX articles_by_date ON articles (published, source_key, id);
CREATE INDEX articles_by_source ON articles (source_key, published, id);
CREATE TABLE article_tags (tag TEXT, article_id TEXT, PRIMARY KEY (tag, article_id)) WITHOUT ROWID;
CREATE INDEX tags_by_article ON article_tags (article_id);
CREATE TABLE files (
    origin TEXT PRIMARY KEY, id TEXT NOT NULL, content_hash TEXT NOT NULL, settings_hash TEXT NOT NULL
    ) WITHOUT ROWID;
CREATE TRIGGER files_inserted AFTER INSERT ON articles BEGIN
    DELETE FROM files WHERE origin IN (NEW.origin); END;
CREATE TRIGGER files_updated AFTER UPDATE ON articles BEGIN
    DELETE FROM files WHERE origin IN (OLD.origin, NEW.origin); END;
CREATE TRIGGER files_deleted AFTER DELETE ON articles BEGIN
    DELETE FROM files WHERE origin IN (OLD.origin); END;
CREATE TABLE words (number INTEGER PRIMARY KEY, lemma TEXT NOT NULL UNIQUE);
CREATE TABLE outlines (passage INTEGER PRIMARY KEY, article INTEGER NOT NULL, outline BLOB NOT NULL);
CREATE TABLE passages (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles (id), ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, text TEXT NOT NULL,
    spans BLOB NOT NULL, lemmas TEXT NOT NULL);
CREATE UNIQUE INDEX passages_by_article ON passages (article_id, ordinal);
CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL UNIQUE);
CREATE TABLE copies (origin TEXT PRIMARY KEY, article_id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE retired (
    id TEXT PRIMARY KEY, article_id TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    text TEXT NOT NULL, spans BLOB NOT NULL, lemmas TEXT NOT NULL, title TEXT NOT NULL,
    title_lemmas TEXT NOT NULL, since REAL NOT NULL);
CREATE INDEX retired_by_article ON retired (article_id);
INSERT INTO meta VALUES ('schema', '1');
"""
BEFORE_OUTLINES = "DROP TABLE outlines; DROP TABLE words;"
BEFORE_AUTHORS = """
DROP TRIGGER files_inserted; DROP TRIGGER files_updated; DROP TRIGGER files_deleted; DROP TABLE files;
ALTER TABLE articles DROP COLUMN author; ALTER TABLE articles DROP COLUMN published_raw;
"""
BEFORE_TAGS = "DROP TABLE article_tags; DROP INDEX articles_by_source;"
INDEXED_AT = "2026-01-15T10:00:00+00:00"
SETTINGS = "library 1, reader 1, split 1"


def make(file: Path, articles: Iterable[Article], older: str = "") -> None:
    """The database `file` with these articles, sent by somebody; `older` SQL takes it further back."""
    with closing(sqlite3.connect(file)) as db:
        db.executescript(SQL)
        for article in articles:
            _put(db, article)
        db.executescript(older)
        db.commit()


def _put(db: sqlite3.Connection, article: Article) -> None:
    info, passages = article.info, split(article)
    source_key = info.source.lower() if info.source else None
    tags = json.dumps(info.tags, ensure_ascii=False)
    described = (info.id, info.title, info.source, source_key, info.published, info.url, tags)
    title = " ".join(passages[0].title_lemmas)
    sizes = (
        len(article.text),
        len(passages),
        f"hash of {info.id}",
        SETTINGS,
        None,
        "2026-01-15T10:00:00+00:00",
    )
    row = (*described, title, article.text, *sizes, info.author, info.published_raw)
    db.execute(f"INSERT INTO articles VALUES ({', '.join('?' * len(row))})", row)
    db.executemany("INSERT INTO article_tags VALUES (?, ?)", [(tag.lower(), info.id) for tag in info.tags])
    for ordinal, each in enumerate(passages):
        borders = [border for sentence in each.sentences for border in (sentence.start, sentence.stop)]
        lemmas = "\n".join(" ".join(sentence.lemmas) for sentence in each.sentences)
        spans = struct.pack(f"<{len(borders)}i", *borders)
        placed = (each.id, info.id, ordinal, each.start, each.stop, each.text, spans, lemmas)
        db.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", placed)
    db.execute("INSERT INTO changes (article_id) VALUES (?)", (info.id,))
