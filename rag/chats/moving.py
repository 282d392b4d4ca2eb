"""Conversations, feedback and answers without a chat, from one home to another."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from rag.chats.database import FILE
from rag.chats.database import Database as File
from rag.chats.store import Housed, home_of
from rag.database import GIVEN, Database
from rag.errors import LibraryError

# Tables in an order in which rows may be put, with their columns; the first one names a row. What belongs to
# a chat goes with it when it is deleted.
_TABLES = {
    "chats": "id, owner, title, filters, updated, pinned, folder",
    "texts": "digest, article, text_digest",
    "exchanges": "id, chat, place, body, words",
    "evidence": "exchange, article, digest",
    "opinions": "answer, good, note, kept, question, at",
    "remembered": "answer, body, at",
}
_REPLACED = ("chats", "opinions", "remembered")


def move(source: Database, target: Database) -> int:
    """Have `target` hold all that `source` does; how many chats. What `target` has besides stays.

    All of it is moved, or nothing. Raises LibraryError where it is not the same there.
    """
    with source.reading() as db:
        held = {
            table: [tuple(row) for row in db.execute(f"SELECT {columns} FROM {table}")]
            for table, columns in _TABLES.items()
        }
        numbered = [row[0] for row in db.execute("SELECT answer FROM remembered ORDER BY number")]
    order = {answer: place for place, answer in enumerate(numbered)}
    held["remembered"].sort(key=lambda row: order.get(row[0], 0))
    with target.writing() as db:
        for table in _REPLACED:
            name = _TABLES[table].split(",")[0]
            given = json.dumps([row[0] for row in held[table]])
            db.execute(f"DELETE FROM {table} WHERE {name} IN {GIVEN}", (given,))
        for table, columns in _TABLES.items():
            marks = ", ".join("?" * len(columns.split(",")))
            sql = f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING"
            db.executemany(sql, held[table])
        for table, columns in _TABLES.items():
            there = {tuple(row) for row in db.execute(f"SELECT {columns} FROM {table}")}
            if not there.issuperset(held[table]):
                raise LibraryError(
                    "Разговоры перенеслись не целиком, поэтому не перенесены. Повторите команду."
                )
    return len(held["chats"])


def bring_back(folder: Path, library: Housed) -> None:
    """Have the conversations of `library` hold those of a backup in `folder`, if it has any."""
    if (folder / FILE).is_file():
        with closing(File(folder / FILE)) as held, closing(home_of(library)) as home:
            move(held, home)
