"""One byte of each number of every passage vector: what the ANN index in Chroma can't give quickly.

Cosines of given passages (reranking weighs both legs for every candidate), and the nearest of all: of the
articles that a filter allows, and of libraries so small that a scan is quicker than an ANN search. With one
byte a number (rag.retrieval.vector_rows) a cosine is 0.0005 from the truth at 300 numbers. Of more than
SCANNED rows, and SCANNED_ALLOWED under a filter, only those are scanned whose signs are most alike.

The vectors themselves are in Chroma alone. What is here can be thrown away: it is made again of what Chroma
holds (rag.retrieval.dense). SQLite keeps it: after a crash a batch is there as a whole or not at all.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import starmap
from pathlib import Path

import numpy as np

from rag.retrieval.vector_rows import Places, Rows, coded
from rag.text.keys import ids_of, passage_keys
from rag.types import ArticleSet, Keys, Scored, Vectors

_SCHEMA = """CREATE TABLE IF NOT EXISTS codes (
    row INTEGER PRIMARY KEY, passage INTEGER NOT NULL, article INTEGER NOT NULL,
    step REAL NOT NULL, code BLOB NOT NULL)"""
SCANNED = 3_000  # rows that are scanned in full
SCANNED_ALLOWED = 150_000  # the same of rows that a filter allows
# The share of more rows that is scanned, SCANNED at least. At 16,000 they hold 99.4 of 100 of the best 50, at
# 100,000 95–98, in 3 ms; Chroma (M 32, ef 200) finds 88 of 100 there, in 2 ms.
_ALIKE = 1 / 8
_LOADED = 10_000  # rows read at a time

_Chosen = list[tuple[Rows, Places]]


class VectorTable:
    """Codes of unit (or zero) vectors by passage, in the file `path`. One thread writes, any search.

    Rows in memory are parts, each more than twice as long as the next: a write makes a new part and joins
    what is too short, so that no search has to, and no row is copied more often than the table doubles.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._guard = threading.RLock()  # of the rows in memory: never held while writing
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute(_SCHEMA)
            self._parts = [_load(self._db, dimension)]
            self._next = 1 + int(self._parts[0].numbers.max(initial=0))
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        self._db.close()

    def count(self) -> int:
        with self._guard:
            return sum(map(len, self._parts))

    def contents(self) -> Keys:
        """Keys of the passages on the disk, and of their articles: shape (n, 2)."""
        rows = self._db.execute("SELECT passage, article FROM codes ORDER BY row").fetchall()
        return np.array(rows, np.int64).reshape(-1, 2)

    def replace(
        self, gone: Sequence[str], ids: Sequence[str], article_ids: Sequence[str], vectors: Vectors
    ) -> None:
        """Delete the articles `gone`, then put passages."""
        parts, numbers = list(self._parts), [np.empty(0, np.int64)]
        if gone:
            replaced = ArticleSet.of(gone)
            for place, part in enumerate(parts):
                if len(places := part.of_articles(replaced)):
                    numbers.append(part.numbers[places])
                    parts[place] = part.without(places)
        new = coded(ids, article_ids, vectors, self._next)
        self._write(np.concatenate(numbers), new)
        self._next += len(new)
        parts = _merged([*parts, new])
        for part in parts:
            part.prepare()
        with self._guard:
            self._parts = parts

    def nearest(self, vector: Vectors, k: int, within: ArticleSet | None = None) -> list[Scored]:
        """The `k` passages with the highest cosines, equal ones by their ids.

        Of more than SCANNED rows, or SCANNED_ALLOWED rows `within`, nearly all of them.
        """
        parts = self._held()
        chosen = [(part, part.all if within is None else part.allowed(within)) for part in parts]
        total = sum(len(places) for _, places in chosen)
        if total > max(SCANNED if within is None else SCANNED_ALLOWED, k):
            chosen = _alike(chosen, vector, max(int(total * _ALIKE), SCANNED, k))
        keys = np.concatenate([part.passages[places] for part, places in chosen])
        cosines = np.concatenate([part.cosines(places, vector) for part, places in chosen])
        if len(keys) > k:
            best = np.flatnonzero(cosines >= np.partition(cosines, -k)[-k])
            keys, cosines = keys[best], cosines[best]
        order = np.lexsort((keys.view(np.uint64), -cosines))[:k]
        return list(starmap(Scored, _by_id(keys[order], cosines[order])))

    def scores(self, vector: Vectors, passage_ids: Sequence[str]) -> dict[str, float]:
        """The cosines of these passages; those that aren't held are left out."""
        keys = passage_keys(passage_ids)
        found: dict[str, float] = {}
        for part in self._held():
            if len(places := np.unique(part.of_passages(keys))):
                found |= dict(_by_id(part.passages[places], part.cosines(places, vector)))
        return found

    def _held(self) -> list[Rows]:
        with self._guard:
            return self._parts

    def _write(self, gone: Keys, new: Rows) -> None:
        lists = (column.tolist() for column in new.columns[:-1])
        with self._transaction() as db:
            db.executemany("DELETE FROM codes WHERE row = ?", [(number,) for number in gone.tolist()])
            rows = zip(*lists, map(bytes, new.codes), strict=True)
            db.executemany("INSERT INTO codes VALUES (?, ?, ?, ?, ?)", rows)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise


def _by_id(keys: Keys, cosines: Vectors) -> Iterator[tuple[str, float]]:
    return zip(ids_of(keys), cosines.tolist(), strict=True)


def _merged(parts: Sequence[Rows]) -> list[Rows]:
    """The same rows in as many parts as shall be left: at least one."""
    merged: list[Rows] = []
    for part in parts:
        tail = [part]
        while merged and len(merged[-1]) <= 2 * sum(map(len, tail)):
            tail.insert(0, merged.pop())
        merged.append(Rows.joined(tail) if len(tail) > 1 else part)
    return merged


def _alike(chosen: _Chosen, vector: Vectors, most: int) -> _Chosen:
    """Of the rows chosen, those whose signs differ least from `vector`'s: `most`, and those that tie."""
    differing = [part.differing(vector, places) for part, places in chosen]
    limit = np.searchsorted(np.cumsum(np.bincount(np.concatenate(differing))), most, "right")
    return [(part, places[each <= limit]) for (part, places), each in zip(chosen, differing, strict=True)]


def _load(db: sqlite3.Connection, dimension: int) -> Rows:
    """The rows on the disk. Raises ValueError for codes of another dimension."""
    cursor = db.execute("SELECT row, passage, article, step, code FROM codes ORDER BY row")
    parts = [coded([], [], np.empty((0, dimension), np.float32), 1)]
    while chunk := cursor.fetchmany(_LOADED):
        *columns, steps, codes = zip(*chunk, strict=True)
        numbers, passages, articles = (np.array(column, np.int64) for column in columns)
        matrix = np.frombuffer(b"".join(codes), np.int8).reshape(len(chunk), dimension)
        parts.append(Rows(numbers, passages, articles, np.array(steps, np.float32), matrix))
    return Rows.joined(parts)
