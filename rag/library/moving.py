"""From one home of a library to another: row by row, batch by batch, each article compared when it is there.

What is moved already is only compared, so a move that was stopped goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rag.database import GIVEN, Row, Session
from rag.errors import LibraryError
from rag.library.store import Store

_AT_ONCE = 200  # articles
# What is held of an article, by table: the column that names it, all columns, those that order its rows. What
# can be made again from these (outlines, indexes) is made again.
_TABLES = {
    "articles": (
        "id",
        "id, title, source, source_key, published, url, tags, title_lemmas, text, characters, passage_count, "
        "content_hash, settings_hash, origin, indexed_at, author, published_raw, version, since, edits, "
        "original",
        "id",
    ),
    "article_tags": ("article_id", "tag, article_id", "article_id, tag"),
    "passages": (
        "article_id",
        "id, article_id, ordinal, start, stop, text, spans, lemmas",
        "article_id, ordinal",
    ),
    "versions": (
        "article_id",
        "article_id, version, info, text, characters, rest, since, until, removed",
        "article_id, version",
    ),
    "pagination": ("article_id", "article_id, pages, remark", "article_id"),
}
_WHOLE = {  # what is held of files
    "files": "origin, id, content_hash, settings_hash",
    "copies": "origin, article_id",
}
Held = dict[str, list[Row]]  # rows by table


@dataclass(slots=True)
class Moved:
    """What came of a move: articles moved now, and those that were there already; `stopped` before the end.

    `keys` are all that the source has; `wrong` are ids of articles that are not the same there.
    """

    moved: int = 0
    there: int = 0
    keys: int = 0
    wrong: list[str] = field(default_factory=list)
    stopped: bool = False


def move(source: Store, target: Store, tell: Callable[[int, int], bool], instead: bool = False) -> Moved:
    """Have `target` hold all that `source` does; `tell` hears how many articles of how many, and may stop it.

    Keys come first: what is there already is open to nobody else than here. Raises LibraryError where
    `target` has articles that `source` hasn't: two libraries are never mixed; `instead`, they go. Raises
    KeyringError where keys clash.
    """
    ids = _named(source)
    others = sorted(set(_named(target)) - set(ids))
    if others and not instead:
        raise _of_another(others)
    came = Moved(keys=target.keys.take(source.keys))
    for start in range(0, len(others), _AT_ONCE):
        _take(target, source, others[start : start + _AT_ONCE], {table: [] for table in _TABLES})
    for start in range(0, len(ids), _AT_ONCE):
        if not tell(start, len(ids)):
            came.stopped = True
            return came
        batch = ids[start : start + _AT_ONCE]
        wanted = _held(source, batch)
        if _same(source, target, batch, wanted):
            came.there += len(batch)
            continue
        _take(target, source, batch, wanted)
        came.moved += len(batch)
        if not _same(source, target, batch, wanted):
            came.wrong += [each for each in batch if not _same(source, target, [each], _held(source, [each]))]
    _take_files(source, target)
    tell(len(ids), len(ids))
    return came


def _named(store: Store) -> list[str]:
    """Ids of all articles, and of removed ones that can be put back."""
    with store.database.reading() as db:
        rows = db.execute("SELECT id FROM articles UNION SELECT article_id FROM versions").fetchall()
    return sorted(row[0] for row in rows)


def _of_another(others: Sequence[str]) -> LibraryError:
    more = f" и ещё {len(others) - 1}" if others[1:] else ""
    return LibraryError(
        f"Там, куда переносить, уже есть статьи, которых здесь нет: «{others[0][:100]}»{more}. Укажите "
        "пустое место: другую папку или другую схему базы (?schema=…)."
    )


def _held(store: Store, ids: Sequence[str]) -> Held:
    """Everything that is held of these articles."""
    given = json.dumps(list(ids))
    with store.database.reading() as db:
        return {
            table: [
                tuple(row)
                for row in db.execute(
                    f"SELECT {columns} FROM {table} WHERE {key} IN {GIVEN} ORDER BY {order}", (given,)
                )
            ]
            for table, (key, columns, order) in _TABLES.items()
        }


def _same(source: Store, target: Store, ids: Sequence[str], wanted: Held) -> bool:
    """Whether both hold the same of these articles, and what is made of it."""
    return _held(target, ids) == wanted and target.passages_of(ids) == source.passages_of(ids)


def _take(target: Store, source: Store, ids: Sequence[str], held: Held) -> None:
    passages = source.passages_of(ids)
    ready = [(each, each.prepared(passages)) for each in target.residents]
    with target.outlining.writing() as db:
        before = _last(db)
        given = (json.dumps(list(ids)),)
        for table in ("passages", "retired"):
            rows = db.execute(f"SELECT id FROM {table} WHERE article_id IN {GIVEN}", given).fetchall()
            target.outlining.drop(db, [row[0] for row in rows])
            db.execute(f"DELETE FROM {table} WHERE article_id IN {GIVEN}", given)
        for table, (key, _, _) in reversed(_TABLES.items()):
            db.execute(f"DELETE FROM {table} WHERE {key} IN {GIVEN}", given)
        for table, (_, columns, _) in _TABLES.items():
            marks = ", ".join("?" * len(columns.split(",")))
            db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", held[table])
        db.execute(f"DELETE FROM changes WHERE article_id IN {GIVEN}", given)
        db.executemany("INSERT INTO changes (article_id) VALUES (?)", [(each,) for each in ids])
        target.outlining.put(db, passages)
        for resident, prepared in ready:
            resident.write(db, ids, prepared, before, _last(db))


def _take_files(source: Store, target: Store) -> None:
    for table, columns in _WHOLE.items():
        with source.database.reading() as db:
            rows = [tuple(row) for row in db.execute(f"SELECT {columns} FROM {table}")]
        with target.database.writing() as db:
            db.execute(f"DELETE FROM {table}")
            marks = ", ".join("?" * len(columns.split(",")))
            db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _last(db: Session) -> int:
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])
