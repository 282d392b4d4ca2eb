"""Every passage vector in a table of our own: what the ANN index in Chroma can't give quickly or exactly.

Cosines of given passages (reranking weighs both legs for every candidate), and an exact search: of the
articles that a filter allows, and of libraries so small that a scan is quicker than an ANN search.

The scan goes over one byte a number, held in memory (rag.retrieval.vector_rows). How far that can be off
is known for each row, so the few rows that may be among the best are found with certainty and read from
the disk in full. Of more than EXACT rows, and EXACT_ALLOWED under a filter, only those are scanned whose
signs are most alike.
SQLite keeps the rows: after a crash a batch is there as a whole or not at all. A file that is gone is made
again of what Chroma holds (rag.retrieval.dense).
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from rag.retrieval.vector_rows import Floats, Places, Rows, coded
from rag.text.keys import passage_id, passage_keys
from rag.types import ArticleSet, Keys, Scored, Vectors

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS codes (
        row INTEGER PRIMARY KEY, passage INTEGER NOT NULL, article INTEGER NOT NULL,
        step REAL NOT NULL, error REAL NOT NULL, code BLOB NOT NULL)""",
    # Apart from the codes: those are read as a whole when the table is opened.
    "CREATE TABLE IF NOT EXISTS vectors (row INTEGER PRIMARY KEY, vector BLOB NOT NULL)",
)
EXACT = 40_000  # rows that are scanned in full: 3 ms
EXACT_ALLOWED = 150_000  # the same of rows that a filter allows
# The share of more rows that is scanned. At 100,000 it holds 95–98 of 100 of the best 50, in 3 ms; Chroma
# (M 32, ef 200) finds 88 of 100 in 2 ms.
_ALIKE = 1 / 8
_LOADED = 10_000  # rows read at a time
_ROUNDING = 1e-5  # more than float32 loses in a cosine

_Chosen = list[tuple[Rows, Places]]


class VectorTable:
    """Vectors of unit length (or zero) by passage, in the file `path`. One thread writes, any search.

    Rows in memory are parts, each more than twice as long as the next: a write makes a new part and joins
    what is too short, so that no search has to, and no row is copied more often than the table doubles.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._guard = threading.RLock()  # of the rows in memory and of reading: never held while writing
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._reader = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            for statement in _SCHEMA:
                self._db.execute(statement)
            self._parts = [_load(self._db, dimension)]
            self._next = 1 + int(self._parts[0].numbers.max(initial=0))
        except BaseException:
            self._reader.close()
            self._db.close()
            raise

    def close(self) -> None:
        with self._guard:
            self._reader.close()
            self._db.close()

    def count(self) -> int:
        with self._guard:
            return sum(map(len, self._parts))

    def contents(self) -> Keys:
        """Keys of the passages on the disk that have a vector, and of their articles: shape (n, 2)."""
        sql = "SELECT passage, article FROM codes JOIN vectors USING (row) ORDER BY row"
        with self._guard:
            return np.array(self._db.execute(sql).fetchall(), np.int64).reshape(-1, 2)

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
        self._write(np.concatenate(numbers), new, vectors)
        # Never a number of a row that went: who has found that one would read the vector of another.
        self._next += len(new)
        parts = _merged([*parts, new])
        for part in parts:
            part.prepare()
        with self._guard:
            self._parts = parts

    def nearest(self, vector: Vectors, k: int, within: ArticleSet | None = None) -> list[Scored]:
        """The `k` passages with the highest cosines, equal ones by their ids.

        Exactly, but for more than EXACT rows, or EXACT_ALLOWED rows `within`: then nearly all of them.
        """
        parts = self._held()
        chosen = [(part, part.all if within is None else part.allowed(within)) for part in parts]
        total = sum(len(places) for _, places in chosen)
        if total > max(EXACT if within is None else EXACT_ALLOWED, k / _ALIKE):
            chosen = _alike(chosen, vector, int(total * _ALIKE))
        chosen = _likely(chosen, vector, k)
        keys, cosines = self._exact(chosen, vector)
        order = np.lexsort((keys.view(np.uint64), -cosines))[:k]
        return [Scored(*each) for each in _by_id(keys[order], cosines[order])]

    def scores(self, vector: Vectors, passage_ids: Sequence[str]) -> dict[str, float]:
        """About the cosines of these passages; those that aren't held are left out.

        From the codes in memory, 0.0005 from the truth with 300 numbers: to read a hundred rows on the disk
        takes as long as the scan of 10,000 codes.
        """
        keys = passage_keys(passage_ids)
        found: dict[str, float] = {}
        for part in self._held():
            if len(places := np.unique(part.of_passages(keys))):
                found |= dict(_by_id(part.passages[places], part.cosines(places, vector)))
        return found

    def _held(self) -> list[Rows]:
        with self._guard:
            return self._parts

    def _exact(self, chosen: _Chosen, vector: Vectors) -> tuple[Keys, Floats]:
        """Keys of the passages chosen, and exact cosines, from the vectors on the disk."""
        numbers = np.concatenate([part.numbers[places] for part, places in chosen])
        passages = np.concatenate([part.passages[places] for part, places in chosen])
        order = np.argsort(numbers)
        numbers, passages = numbers[order], passages[order]
        sql = "SELECT row, vector FROM vectors WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row"
        with self._guard:
            found = self._reader.execute(sql, (json.dumps(numbers.tolist()),)).fetchall()
        if len(found) < len(numbers):  # the others were replaced meanwhile
            passages = passages[np.isin(numbers, [row for row, _ in found])]
        matrix = np.frombuffer(b"".join(blob for _, blob in found), "<f4").reshape(-1, len(vector))
        return passages, np.asarray(matrix @ vector)

    def _write(self, gone: Keys, new: Rows, vectors: Vectors) -> None:
        with self._transaction() as db:
            numbers = [(number,) for number in gone.tolist()]
            db.executemany("DELETE FROM codes WHERE row = ?", numbers)
            db.executemany("DELETE FROM vectors WHERE row = ?", numbers)
            lists = (column.tolist() for column in new.columns[:-1])
            codes = map(bytes, new.codes)
            db.executemany("INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?)", zip(*lists, codes, strict=True))
            blobs = map(bytes, np.ascontiguousarray(vectors, "<f4"))
            db.executemany("INSERT INTO vectors VALUES (?, ?)", zip(new.numbers.tolist(), blobs, strict=True))

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


def _by_id(keys: Keys, cosines: Floats) -> Iterator[tuple[str, float]]:
    return zip(map(passage_id, keys.tolist()), cosines.tolist(), strict=True)


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
    limit = np.partition(np.concatenate(differing), most)[most]
    return [(part, places[each <= limit]) for (part, places), each in zip(chosen, differing, strict=True)]


def _likely(chosen: _Chosen, vector: Vectors, k: int) -> _Chosen:
    """Of the rows chosen, all that may be among the nearest `k`."""
    if sum(len(places) for _, places in chosen) <= k:
        return chosen
    cosines = [part.cosines(places, vector) for part, places in chosen]
    errors = [part.errors[places] + _ROUNDING for part, places in chosen]
    least = np.partition(np.concatenate(cosines) - np.concatenate(errors), -k)[-k]
    return [
        (part, places[cosine + error >= least])
        for (part, places), cosine, error in zip(chosen, cosines, errors, strict=True)
    ]


def _load(db: sqlite3.Connection, dimension: int) -> Rows:
    """The rows on the disk. Raises ValueError for codes of another dimension."""
    cursor = db.execute("SELECT row, passage, article, step, error, code FROM codes ORDER BY row")
    parts = [coded([], [], np.empty((0, dimension), np.float32), 1)]
    while chunk := cursor.fetchmany(_LOADED):
        *columns, codes = zip(*chunk, strict=True)
        numbers, passages, articles = (np.array(column, np.int64) for column in columns[:3])
        steps, errors = (np.array(column, np.float32) for column in columns[3:])
        matrix = np.frombuffer(b"".join(codes), np.int8).reshape(len(chunk), dimension)
        parts.append(Rows(numbers, passages, articles, steps, errors, matrix))
    return Rows.joined(parts)
