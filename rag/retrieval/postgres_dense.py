"""Vector search in PostgreSQL: pgvector, exact as long as that is quick, by a graph (HNSW) from then on.

Vectors have unit length, so their inner product is the cosine; unlike pgvector's cosine it takes the vector
of a passage that the encoder knows nothing of. Their numbers have two bytes (halfvec): a cosine is 0.0001
from the truth, and half as much is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.retrieval.dense import passage_text
from rag.retrieval.postgres import Condition, PostgresIndex, columns
from rag.text.keys import passage_id, passage_keys
from rag.types import ArticleSet, Encoder, Filters, Keys, Passage, Query, Scored, Vectors

if TYPE_CHECKING:
    from rag.postgres.database import PostgresDatabase, Session

# Up to this many vectors are looked at one by one, all or those that a filter leaves: everything is found.
EXACT = 10_000
_LARGEST_GRAPH = 4_000  # numbers in a vector: pgvector's graphs take no more
_MEMORY = "1GB"  # for building a graph: one that fits is built several times faster
_BATCH = 1_000

Prepared = tuple[Keys, Keys, Vectors]


class PostgresVectorIndex(PostgresIndex):
    """Implements Resident and VectorIndex. A query the encoder knows nothing of finds nothing."""

    name = "dense"
    listing = "vectors_{n}"

    def __init__(self, database: PostgresDatabase, encoder: Encoder, condition: Condition) -> None:
        super().__init__(database, f"pgvector-2 {encoder.name} {encoder.dimension}", condition)
        self.encoder = encoder
        self.tables = (
            "CREATE TABLE IF NOT EXISTS vectors_{n} (passage bigint PRIMARY KEY, article bigint NOT NULL, "
            f"vector halfvec({encoder.dimension}) NOT NULL)",
            "CREATE INDEX IF NOT EXISTS vectors_{n}_by_article ON vectors_{n} (article)",
        )
        # Whether EXACT is enough for what a filter leaves: the last one, and the change it was counted after.
        self._counted: tuple[int, Filters | None, bool] = (-1, None, False)
        self._vector = lru_cache(256)(lambda text: encoder.encode_queries([text])[0])

    # Writing

    def prepared(self, passages: Sequence[Passage]) -> Prepared:
        texts = [passage_text(each) for each in passages]
        parts = [
            self.encoder.encode_passages(texts[start : start + _BATCH])
            for start in range(0, len(texts), _BATCH)
        ]
        empty = np.empty((0, self.encoder.dimension), np.float32)
        return *columns(passages), np.concatenate([empty, *parts])

    def _put(self, db: Session, articles: Sequence[int], prepared: Prepared) -> None:
        passages, owners, vectors = prepared
        sql = self._sql("DELETE FROM vectors_{n} WHERE article = ANY(?::bigint[])")
        gone = db.execute(sql, (list(articles),)).rowcount
        if len(passages):
            rows: dict[str, Any] = {"passage": passages, "article": owners}
            db.copy(self._sql("vectors_{n}"), {**rows, "vector": vectors.astype(np.float16)})
        db.execute(
            "UPDATE indexes SET passages = passages + ?::bigint WHERE number = ?",
            (len(passages) - gone, self._number),
        )

    def settle(self) -> None:
        """Have a graph once there are so many vectors that it is worth it; searches go on meanwhile."""
        super().settle()
        if self.count() <= EXACT or self.encoder.dimension > _LARGEST_GRAPH or self._has_graph():
            return
        with self._database.alone(f"graph {self._number}") as db:
            if db is None or self._has_graph():
                return
            db.execute(self._sql("DROP INDEX IF EXISTS vectors_{n}_nearest"))  # one that was not finished
            db.execute(f"SET maintenance_work_mem = '{_MEMORY}'")
            try:
                db.execute(
                    self._sql(
                        "CREATE INDEX CONCURRENTLY vectors_{n}_nearest ON vectors_{n} USING hnsw "
                        "(vector halfvec_ip_ops) WITH (m = 16, ef_construction = 100)"
                    )
                )
            finally:
                db.execute("RESET maintenance_work_mem")

    def _has_graph(self) -> bool:
        sql = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(?)"
        with self._database.reading() as db:
            row = db.execute(sql, (self._sql("vectors_{n}_nearest"),)).fetchone()
        return bool(row and row[0])

    # Searching

    def search(self, query: Query, k: int, within: ArticleSet | None = None) -> list[Scored]:
        vector = self._vector(query.text)
        if not vector.any() or k < 1 or (within is not None and len(within) == 0):
            return []
        limit, values = self._limit(within)
        near = "vector <#> ?::halfvec"
        with self._database.reading() as db:
            if within is not None and self._is_small(db, within, limit, values):
                near = f"({near}) + 0"  # no graph: all of them are looked at
            elif within is not None:
                limit = f"({limit}) IS TRUE"  # along the graph: no list of rows is made first
            found = db.execute(
                self._sql(
                    f"SELECT passage, -(vector <#> ?::halfvec) FROM vectors_{{n}} WHERE {limit} "
                    f"ORDER BY {near} LIMIT ?"
                ),
                (_literal(vector), *values, _literal(vector), k),
            ).fetchall()
        scored = [Scored(passage_id(key), cosine) for key, cosine in found]
        return sorted(scored, key=lambda each: (-each.score, each.passage_id))

    def scores(self, query: Query, passage_ids: Sequence[str]) -> dict[str, float]:
        vector, keys = self._vector(query.text), passage_keys(passage_ids).tolist()
        if not vector.any() or not keys:
            return {}
        sql = self._sql(
            "SELECT passage, -(vector <#> ?::halfvec) FROM vectors_{n} WHERE passage = ANY(?::bigint[])"
        )
        with self._database.reading() as db:
            return {passage_id(key): cosine for key, cosine in db.execute(sql, (_literal(vector), keys))}

    def _is_small(self, db: Session, within: ArticleSet, limit: str, values: Sequence[Any]) -> bool:
        asked = self._database.listening.generation, within.filters
        if within.filters is not None and self._counted[:2] == asked:
            return self._counted[2]
        sql = self._sql(f"SELECT count(*) FROM (SELECT 1 FROM vectors_{{n}} WHERE {limit} LIMIT ?) AS held")
        row = db.execute(sql, (*values, EXACT + 1)).fetchone()
        is_small = bool(row and row[0] <= EXACT)
        self._counted = *asked, is_small
        return is_small


def _literal(vector: Vectors) -> str:
    return "[" + ",".join(map(str, vector.tolist())) + "]"
