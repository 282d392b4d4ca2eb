"""Dense search: passage vectors in Chroma, and in a table of our own beside it.

Everything in both can be rebuilt from SQLite.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag.retrieval.vector_process import HNSW, ChromaError, chroma
from rag.retrieval.vectors import VectorTable
from rag.text.keys import passage_keys
from rag.types import ArticleSet, Encoder, Keys, Passage, Query, Scored, article_key

_BATCH = 1_000
# Up to this many passages are searched in the table: as quick as Chroma, more is found, and Chroma's
# graph (190 MB for 100,000) stays on the disk until something is written.
_SCANNED = 150_000
_TABLE = "vectors.db"
_log = logging.getLogger(__name__)


class DenseIndex:
    """Passages by the cosine of their vectors. A query the encoder knows nothing of finds nothing."""

    name = "dense"

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._folder = folder
        self.encoder = encoder
        settings = f"chroma-1 table-1 {encoder.name} {encoder.dimension} {sorted(HNSW.items())}"
        self.settings = f"{encoder.name} {hashlib.blake2b(settings.encode(), digest_size=6).hexdigest()}"
        self._vector = lru_cache(256)(lambda text: encoder.encode_queries([text])[0])
        self._table: VectorTable
        self._is_whole: bool | None = None  # Chroma holds as many as the table; None: not counted yet
        self._loading: Future[None] | None = None  # of Chroma's graph, for searches

    def open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        opening = chroma().begin(self._folder, "open")
        self._table = VectorTable(self._folder / _TABLE, self.encoder.dimension)
        opening.result()
        self._is_whole = self._loading = None

    def close(self) -> None:
        """Let go of the files; `open` may follow."""
        if table := self.__dict__.pop("_table", None):
            table.close()
        if self._loading and not self._loading.done():
            chroma().interrupt()  # a question on the command line doesn't wait for what it doesn't need
        chroma().ask(self._folder, "close")

    def replace(self, article_ids: Sequence[str], passages: Sequence[Passage], fresh: bool) -> None:
        gone = [] if fresh else list(article_ids)
        for start in range(0, max(len(passages), 1), _BATCH):
            batch = passages[start : start + _BATCH]
            vectors = self.encoder.encode_passages([passage_text(passage) for passage in batch])
            ids, articles = [each.id for each in batch], [each.article_id for each in batch]
            taking = chroma().begin(self._folder, "replace", gone, ids, articles, vectors)
            self._table.replace(article_ids, batch, vectors, fresh or start > 0)
            taking.result()
            gone = []
        self._is_whole = None
        self._chroma_is_whole()

    def count(self) -> int:
        """Passages held; -1 where Chroma and the table were seen to hold different numbers of them.

        Chroma isn't asked for it: it would load all it has.
        """
        return -1 if self._is_whole is False else self._table.count()

    def contents(self) -> dict[str, Keys]:
        ids, articles = chroma().ask(self._folder, "contents")
        keys = np.array([article_key(each) for each in articles], np.int64)
        return {
            "Chroma": np.stack([passage_keys(ids), keys], axis=1),
            "vectors": self._table.contents(),
        }

    def search(self, query: Query, k: int, within: ArticleSet | None = None) -> list[Scored]:
        vector = self._vector(query.text)
        held = self._table.count()
        if not vector.any() or not held or k < 1:
            return []
        if within is not None or held <= _SCANNED or not self._chroma_is_ready():
            return self._table.nearest(vector, k, within)
        try:
            ids, cosines = chroma().ask(self._folder, "nearest", vector, min(k, held))
        except ChromaError as error:
            self._give_chroma_up(error)
            return self._table.nearest(vector, k, within)
        # Chroma gives passages that are equally near in another order after it was opened anew.
        return sorted(map(Scored, ids, cosines), key=lambda each: (-each.score, each.passage_id))

    def scores(self, query: Query, passage_ids: Sequence[str]) -> dict[str, float]:
        vector = self._vector(query.text)
        return self._table.scores(vector, passage_ids) if vector.any() and passage_ids else {}

    def _chroma_is_ready(self) -> bool:
        """False while it loads or takes something in, which no search waits for."""
        if self._loading is None:
            self._loading = chroma().begin(self._folder, "load")
        return not chroma().is_busy and self._chroma_is_whole()

    def _chroma_is_whole(self) -> bool:
        if self._is_whole is None:
            try:
                self._is_whole = chroma().ask(self._folder, "count") == self._table.count()
            except ChromaError as error:
                self._give_chroma_up(error)
        return bool(self._is_whole)

    def _give_chroma_up(self, error: ChromaError) -> None:
        """Search in the table, until the library builds this copy anew."""
        _log.warning("Chroma can't be searched: %s", error)
        self._is_whole = False


def passage_text(passage: Passage) -> str:
    """What the encoder is given of a passage."""
    return f"{passage.title}\n{passage.text}" if passage.title else passage.text
