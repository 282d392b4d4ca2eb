"""Dense search: passage vectors in Chroma, and one byte of each of their numbers in a table of our own.

The table can be rebuilt from Chroma, and everything in both from SQLite.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import LibraryError
from rag.retrieval.chroma_home import ChromaError, ChromaHome, ChromaServer
from rag.retrieval.vector_process import HNSW, chroma
from rag.retrieval.vectors import VectorTable
from rag.text.keys import passage_keys
from rag.types import ArticleSet, Encoder, Keys, Passage, Query, Scored, article_key

_BATCH = 1_000
# Up to this many passages are searched in the table: as quick as Chroma, more is found, and Chroma's
# graph (190 MB for 100,000) stays on the disk until something is written.
_SCANNED = 150_000
_TABLE = "codes.db"
_FORMER = "vectors.db"  # held the vectors themselves once more
_log = logging.getLogger(__name__)


class DenseIndex:
    """Passages by the cosine of their vectors. A query the encoder knows nothing of finds nothing."""

    name = "dense"

    def __init__(self, folder: Path, encoder: Encoder, server: ChromaServer | None = None) -> None:
        """`server` holds the vectors instead of Chroma in `folder`; the table stays there."""
        self._folder = folder
        # Absolute: Chroma's process may have been started in another working folder.
        self._home, self._server = ChromaHome(folder.absolute(), server), server
        self.encoder = encoder
        settings = f"chroma-1 table-1 {encoder.name} {encoder.dimension} {sorted(HNSW.items())}"
        settings += f" {server.identity}" if server else ""
        self.settings = f"{encoder.name} {hashlib.blake2b(settings.encode(), digest_size=6).hexdigest()}"
        self._vector = lru_cache(256)(lambda text: encoder.encode_queries([text])[0])
        self._table: VectorTable
        self._is_whole: bool | None = None  # Chroma holds as many as the table; None: not counted yet
        self._loading: Future[None] | None = None  # of Chroma's graph, for searches

    def open(self) -> None:
        """The table, and Chroma where its process was wanted before; else Chroma is opened when it is needed,
        which a question over a small library never does.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        file, is_new = self._folder / _TABLE, not any(self._folder.iterdir())
        opening = self._begin("open") if chroma().is_wanted else None
        if not is_new and not file.exists():
            self._fill(file)
        for former in self._folder.glob(f"{_FORMER}*"):
            former.unlink()
        self._table = VectorTable(file, self.encoder.dimension)
        if opening:
            self._result(opening)
        self._is_whole = self._loading = None

    def close(self) -> None:
        """Let go of the files; `open` may follow."""
        if table := self.__dict__.pop("_table", None):
            table.close()
        if self._loading and not self._loading.done():
            chroma().interrupt()  # a question on the command line doesn't wait for what it doesn't need
        self._ask("close")

    def replace(self, article_ids: Sequence[str], passages: Sequence[Passage], fresh: bool) -> None:
        gone = [] if fresh else list(article_ids)
        for start in range(0, max(len(passages), 1), _BATCH):
            batch = passages[start : start + _BATCH]
            vectors = self.encoder.encode_passages([passage_text(passage) for passage in batch])
            ids, articles = [each.id for each in batch], [each.article_id for each in batch]
            taking = self._begin("replace", gone, ids, articles, vectors)
            self._table.replace(gone, ids, articles, vectors)
            self._result(taking)
            gone = []
        self._is_whole = None
        self._chroma_is_whole()

    def count(self) -> int:
        """Passages held; -1 where Chroma and the table were seen to hold different numbers of them.

        Chroma isn't asked for it: it would load all it has.
        """
        return -1 if self._is_whole is False else self._table.count()

    def contents(self) -> dict[str, Keys]:
        ids, articles = self._ask("contents")
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
            ids, cosines = self._ask("nearest", vector, min(k, held))
        except (ChromaError, LibraryError) as error:
            self._give_chroma_up(error)
            return self._table.nearest(vector, k, within)
        # Chroma gives passages that are equally near in another order after it was opened anew.
        return sorted(map(Scored, ids, cosines), key=lambda each: (-each.score, each.passage_id))

    def scores(self, query: Query, passage_ids: Sequence[str]) -> dict[str, float]:
        vector = self._vector(query.text)
        return self._table.scores(vector, passage_ids) if vector.any() and passage_ids else {}

    def _fill(self, file: Path) -> None:
        """Make a table that was thrown away of what Chroma holds: whole or not at all."""
        new = file.with_suffix(".new")
        for each in (*self._folder.glob(f"{file.name}-*"), *self._folder.glob(f"{new.name}*")):
            each.unlink()  # journals of what is gone would be taken for the new one's
        with closing(VectorTable(new, self.encoder.dimension)) as table:
            while len((page := self._ask("page", table.count(), _BATCH))[0]):
                table.replace([], *page)
        new.replace(file)

    def _chroma_is_ready(self) -> bool:
        """False while it loads or takes something in, which no search waits for."""
        if self._loading is None:
            self._loading = self._begin("load")
        return not chroma().is_busy and self._chroma_is_whole()

    def _chroma_is_whole(self) -> bool:
        if self._is_whole is None:
            try:
                self._is_whole = self._ask("count") == self._table.count()
            except (ChromaError, LibraryError) as error:
                self._give_chroma_up(error)
        return bool(self._is_whole)

    def _begin(self, method: str, *arguments: Any) -> Future[Any]:
        return chroma().begin(self._home, method, *arguments)

    def _ask(self, method: str, *arguments: Any) -> Any:
        return self._result(self._begin(method, *arguments))

    def _result(self, asked: Future[Any]) -> Any:
        """Raises ChromaError, by which a copy is known as damaged; LibraryError where a server fails."""
        try:
            return asked.result()
        except ChromaError as error:
            if self._server is None:
                raise
            raise self._server.failure(error) from error

    def _give_chroma_up(self, error: Exception) -> None:
        """Search in the table, until the library builds this copy anew."""
        _log.warning("Chroma can't be searched: %s", error)
        self._is_whole = False


def passage_text(passage: Passage) -> str:
    """What the encoder is given of a passage."""
    return f"{passage.title}\n{passage.text}" if passage.title else passage.text
