"""Every passage vector in a table of our own: what the ANN index in Chroma can't give quickly or exactly.

Cosines of given passages (reranking weighs both legs for every candidate), and an exact search: of the
articles that a filter allows, and of libraries so small that a scan is quicker than an ANN search.

The scan goes over one byte a number, held in memory. How far that can be off is known for each row, so
the few rows that may be among the best are found with certainty and read from the disk in full. Of more
than EXACT rows, and EXACT_ALLOWED under a filter, only those are scanned whose signs are most alike.
SQLite keeps the rows: after a crash a batch is there as a whole or not at all.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.text.keys import passage_id, passage_keys
from rag.types import ArticleSet, Keys, Passage, Scored, Vectors, article_key

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS codes (
        row INTEGER PRIMARY KEY, passage INTEGER NOT NULL, article INTEGER NOT NULL,
        step REAL NOT NULL, error REAL NOT NULL, code BLOB NOT NULL)""",
    # Apart from the codes: those are read as a whole when the table is opened.
    "CREATE TABLE IF NOT EXISTS vectors (row INTEGER PRIMARY KEY, vector BLOB NOT NULL)",
)
EXACT = 40_000  # rows that are scanned in full: 3 ms
EXACT_ALLOWED = 150_000  # the same of rows that a filter allows
_KEPT = 16  # filters whose rows are remembered: questions under one follow each other
# The share of more rows that is scanned. At 100,000 it holds 95–98 of 100 of the best 50, in 3 ms; Chroma
# (M 32, ef 200) finds 88 of 100 in 2 ms.
_ALIKE = 1 / 8
_STEPS = 127  # of a code to each side of zero
_CHUNK = 512  # rows: as floats they fit into the processor's cache
_LOADED = 10_000  # rows read at a time
_ROUNDING = 1e-5  # more than float32 loses in a cosine

Floats = NDArray[np.float32]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class _Rows:
    """Rows in memory: arrays of shape (n,), codes (n, dimension). A write makes another one.

    A row's code times its step is its vector, but for an error no longer than its `errors`.
    """

    numbers: Keys
    passages: Keys
    articles: Keys
    steps: Floats
    errors: Floats
    codes: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        return self.numbers, self.passages, self.articles, self.steps, self.errors, self.codes

    @cached_property
    def _by_passage(self) -> tuple[Keys, Places]:
        return _sorted(self.passages)

    @cached_property
    def _by_article(self) -> tuple[Keys, Places]:
        return _sorted(self.articles)

    @cached_property
    def _signs(self) -> NDArray[np.uint64]:
        """The signs of the codes, 64 to a number: shape (dimension / 64, n)."""
        return _packed(self.codes)

    @cached_property
    def _allowed(self) -> dict[ArticleSet, Places]:
        return {}

    def alike(self, vector: Vectors, places: Places) -> Places:
        """Of `places`, sorted, those whose signs differ least from `vector`'s: a share of _ALIKE."""
        differing = np.zeros(len(self), np.uint16)
        for held, asked in zip(self._signs, _packed(vector[None, :])[:, 0], strict=True):
            differing += np.bitwise_count(held ^ asked)
        if len(places) < len(self):
            differing = differing[places]
        most = int(len(places) * _ALIKE)
        chosen: Places = places[np.sort(np.argpartition(differing, most)[:most])]
        return chosen

    def without(self, places: Places) -> _Rows:
        keep = np.ones(len(self), bool)
        keep[places] = False
        return _Rows(*(column[keep] for column in self.columns))

    def of_passages(self, keys: Keys) -> Places:
        """Where these passages are; those that aren't held are left out."""
        held, places = self._by_passage
        if not len(held):
            return places
        found = np.minimum(np.searchsorted(held, keys), len(held) - 1)
        chosen: Places = places[found[held[found] == keys]]
        return chosen

    def allowed(self, allowed: ArticleSet) -> Places:
        """Where the passages of these articles are; what was asked for lately is remembered."""
        known = self._allowed
        if (found := known.get(allowed)) is None:
            if len(known) >= _KEPT:
                known.clear()
            found = known[allowed] = self.of_articles(allowed)
        return found

    def of_articles(self, allowed: ArticleSet) -> Places:
        """Where the passages of these articles are, sorted."""
        held, places = self._by_article
        first = np.searchsorted(held, allowed.keys, "left")
        sizes = np.searchsorted(held, allowed.keys, "right") - first
        starts = np.repeat(first - np.cumsum(sizes) + sizes, sizes)
        chosen: Places = np.sort(places[starts + np.arange(len(starts))])
        return chosen

    def cosines(self, places: Places, vector: Vectors) -> Floats:
        """About the cosines of these rows: each is at most its `errors` away from the truth."""
        found = np.empty(len(places), np.float32)
        floats = np.empty((min(_CHUNK, len(places)), self.codes.shape[1]), np.float32)
        is_whole = len(places) == len(self)
        for start in range(0, len(places), _CHUNK):
            stop = min(start + _CHUNK, len(places))
            part = floats[: stop - start]
            part[:] = self.codes[start:stop] if is_whole else self.codes[places[start:stop]]
            np.dot(part, vector, out=found[start:stop])
        return found * self.steps[places]


class VectorTable:
    """Vectors of unit length (or zero) by passage, in the file `path`. One thread writes, any search."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._guard = threading.RLock()  # of the rows in memory and of reading: never held while writing
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._reader = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            for statement in _SCHEMA:
                self._db.execute(statement)
            self._parts = _load(self._db, dimension)
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
        self, article_ids: Sequence[str], passages: Sequence[Passage], vectors: Vectors, fresh: bool
    ) -> None:
        """Put `passages` with their `vectors` in place of all that is held of `article_ids`."""
        with self._guard:
            parts = list(self._parts) if fresh else [self._rows()]
        gone = np.empty(0, np.intp) if fresh else parts[0].of_articles(ArticleSet.of(article_ids))
        # Not a number of a row that goes: who has found that one would read the vector of another.
        first = 1 + max((int(part.numbers[-1]) for part in parts if len(part)), default=0)
        new = _coded(passages, vectors, first)
        self._write(parts[0].numbers[gone], new, vectors)
        with self._guard:
            self._parts = [*(self._parts if not len(gone) else [parts[0].without(gone)]), new]

    def nearest(self, vector: Vectors, k: int, within: ArticleSet | None = None) -> list[Scored]:
        """The `k` passages with the highest cosines, equal ones by their ids.

        Exactly, but for more than EXACT rows, or EXACT_ALLOWED rows `within`: then nearly all of them.
        """
        rows = self._rows()
        places = np.arange(len(rows)) if within is None else rows.allowed(within)
        if len(places) > max(EXACT if within is None else EXACT_ALLOWED, k / _ALIKE):
            places = rows.alike(vector, places)
        if len(places) > k:
            cosines, errors = rows.cosines(places, vector), rows.errors[places] + _ROUNDING
            least = np.partition(cosines - errors, -k)[-k]
            places = places[cosines + errors >= least]
        keys, cosines = self._exact(rows, places, vector)
        order = np.lexsort((keys.view(np.uint64), -cosines))[:k]
        return [Scored(*each) for each in _by_id(keys[order], cosines[order])]

    def scores(self, vector: Vectors, passage_ids: Sequence[str]) -> dict[str, float]:
        """Cosines of these passages; those that aren't held are left out."""
        rows = self._rows()
        return dict(_by_id(*self._exact(rows, rows.of_passages(passage_keys(passage_ids)), vector)))

    def _rows(self) -> _Rows:
        """All rows together: what was written since the last search is joined when it is needed."""
        with self._guard:
            if len(self._parts) > 1:
                columns = zip(*(part.columns for part in self._parts), strict=True)
                self._parts = [_Rows(*map(np.concatenate, columns))]
            return self._parts[0]

    def _exact(self, rows: _Rows, places: Places, vector: Vectors) -> tuple[Keys, Floats]:
        """Keys of the passages at `places`, and exact cosines, from the vectors on the disk."""
        places = places[np.argsort(rows.numbers[places])]
        numbers = rows.numbers[places]
        sql = "SELECT row, vector FROM vectors WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row"
        with self._guard:
            found = self._reader.execute(sql, (json.dumps(numbers.tolist()),)).fetchall()
        if len(found) < len(places):  # the others were replaced meanwhile
            places = places[np.isin(numbers, [row for row, _ in found])]
        matrix = np.frombuffer(b"".join(blob for _, blob in found), "<f4").reshape(-1, len(vector))
        return rows.passages[places], np.asarray(matrix @ vector)

    def _write(self, gone: Keys, new: _Rows, vectors: Vectors) -> None:
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


def _coded(passages: Sequence[Passage], vectors: Vectors, first: int) -> _Rows:
    """Rows of `passages`, numbered from `first` on."""
    steps = np.abs(vectors).max(axis=1, initial=0.0) / np.float32(_STEPS)
    codes = np.rint(vectors / np.where(steps > 0, steps, 1)[:, None]).astype(np.int8)
    errors = np.linalg.norm(vectors - codes * steps[:, None], axis=1)
    return _Rows(
        np.arange(first, first + len(passages)),
        passage_keys(passage.id for passage in passages),
        np.array([article_key(passage.article_id) for passage in passages], np.int64),
        steps.astype(np.float32),
        errors.astype(np.float32),
        codes,
    )


def _packed(numbers: NDArray[Any]) -> NDArray[np.uint64]:
    """Which of `numbers`, shape (n, dimension), are above zero: 64 to a number, shape (dimension / 64, n)."""
    signs = np.packbits(numbers > 0, axis=1)
    whole = np.pad(signs, ((0, 0), (0, -signs.shape[1] % 8)))
    return np.ascontiguousarray(whole.view(np.uint64).T)


def _load(db: sqlite3.Connection, dimension: int) -> list[_Rows]:
    """The rows on the disk, at least one part. Raises ValueError for codes of another dimension."""
    cursor = db.execute("SELECT row, passage, article, step, error, code FROM codes ORDER BY row")
    parts = []
    while chunk := cursor.fetchmany(_LOADED):
        *columns, codes = zip(*chunk, strict=True)
        numbers, passages, articles = (np.array(column, np.int64) for column in columns[:3])
        steps, errors = (np.array(column, np.float32) for column in columns[3:])
        matrix = np.frombuffer(b"".join(codes), np.int8).reshape(len(chunk), dimension)
        parts.append(_Rows(numbers, passages, articles, steps, errors, matrix))
    return parts or [_coded([], np.empty((0, dimension), np.float32), 1)]


def _sorted(keys: Keys) -> tuple[Keys, Places]:
    order = np.argsort(keys, kind="stable")
    return keys[order], order
