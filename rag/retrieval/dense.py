"""Dense search: passage vectors in Chroma, through LlamaIndex's vector-store interface.

The only file that imports chromadb and LlamaIndex's Chroma store. Chroma holds vectors and article ids,
no texts: everything in it, and in the table of vectors beside it, can be rebuilt from SQLite.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")

import chromadb
from chromadb.api.shared_system_client import SharedSystemClient
from llama_index.core.schema import BaseNode, TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery, VectorStoreQueryResult
from llama_index.vector_stores.chroma import ChromaVectorStore

from rag.retrieval.keys import passage_keys
from rag.retrieval.vectors import VectorTable
from rag.types import ArticleSet, Encoder, Keys, Passage, Query, Scored, Vectors, article_key

_COLLECTION = "passages"
# Recall@10 .957 at 100,000 passages and 2.7 ms.
_HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 200}
_BATCH = 1_000
# While Chroma takes a batch, no other thread of the process runs: where others search, batches are small and
# between two of them there is time for a search.
_GENTLE = 50
_PAUSE = 0.015  # seconds
# Up to this many passages are searched in the table: as quick as Chroma, more is found, and Chroma's
# graph (190 MB for 100,000) stays on the disk until something is written.
_SCANNED = 150_000
_TABLE = "vectors.db"
# SQLite takes at most 32,766 values in one query.
_MOST_VALUES = 30_000


class PassageVectorStore(ChromaVectorStore):  # type: ignore[misc]
    """LlamaIndex's Chroma store, mended: adding updates, batches fit, no texts, similarity is the cosine."""

    stores_text: bool = False

    at_once: int = _BATCH
    pause: float = 0.0

    def add(self, nodes: list[BaseNode], **_: Any) -> list[str]:
        for start in range(0, len(nodes), self.at_once):
            batch = nodes[start : start + self.at_once]
            self.client.upsert(
                ids=[node.node_id for node in batch],
                embeddings=np.asarray([node.get_embedding() for node in batch], np.float32),
                metadatas=[{"article_id": node.metadata["article_id"]} for node in batch],
            )
            if self.pause:
                time.sleep(self.pause)
        return [node.node_id for node in nodes]

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        self.client.delete(where={"article_id": ref_doc_id})

    def delete_articles(self, article_ids: Sequence[str]) -> None:
        for start in range(0, len(article_ids), _MOST_VALUES):
            part = list(article_ids[start : start + _MOST_VALUES])
            self.client.delete(where={"article_id": {"$in": part}})

    def query(self, query: VectorStoreQuery, **kwargs: Any) -> VectorStoreQueryResult:
        found = self.client.query(
            query_embeddings=np.asarray([query.query_embedding], np.float32),
            n_results=query.similarity_top_k,
            include=["distances"],
        )
        return _result(found["ids"][0], [1.0 - distance for distance in found["distances"][0]])


class DenseIndex:
    """Passages by the cosine of their vectors. A query the encoder knows nothing of finds nothing."""

    name = "dense"

    def __init__(self, folder: Path, encoder: Encoder, gentle: bool = False) -> None:
        """`gentle`: others search in this process while it is written to."""
        self._folder = folder
        self.encoder = encoder
        self.gentle = gentle
        settings = f"chroma-1 table-1 {encoder.name} {encoder.dimension} {sorted(_HNSW.items())}"
        self.settings = f"{encoder.name} {hashlib.blake2b(settings.encode(), digest_size=6).hexdigest()}"
        self._vector = lru_cache(256)(lambda text: encoder.encode_queries([text])[0])
        self._store: PassageVectorStore
        self._client: Any = None
        self._table: VectorTable
        self._is_whole: bool | None = None  # Chroma holds as many as the table; None: not counted yet

    def open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        settings = chromadb.Settings(anonymized_telemetry=False)
        try:
            self._client = chromadb.PersistentClient(path=str(self._folder), settings=settings)
        except BaseException:  # a panic of its Rust part is no Exception
            SharedSystemClient.clear_system_cache()  # else the broken one is given again for this path
            raise
        collection = self._client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": _HNSW}
        )
        self._store = PassageVectorStore(chroma_collection=collection)
        if self.gentle:
            self._store.at_once, self._store.pause = _GENTLE, _PAUSE
        self._table = VectorTable(self._folder / _TABLE, self.encoder.dimension)
        self._is_whole = None

    def close(self) -> None:
        """Let go of the files; `open` may follow."""
        self.__dict__.pop("_store", None)
        if table := self.__dict__.pop("_table", None):
            table.close()
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def replace(self, article_ids: Sequence[str], passages: Sequence[Passage], fresh: bool) -> None:
        if not fresh:
            self._store.delete_articles(article_ids)
        for start in range(0, max(len(passages), 1), _BATCH):
            batch = passages[start : start + _BATCH]
            vectors = self.encoder.encode_passages([_text(passage) for passage in batch])
            self._store.add([_node(passage, vector) for passage, vector in zip(batch, vectors, strict=True)])
            self._table.replace(article_ids, batch, vectors, fresh or start > 0)
        self._is_whole = None
        self._chroma_is_whole()

    def count(self) -> int:
        """Passages held; -1 where Chroma and the table were seen to hold different numbers of them.

        Chroma isn't asked for it: it would load all it has.
        """
        return -1 if self._is_whole is False else self._table.count()

    def contents(self) -> dict[str, Keys]:
        held = self._store.client.get(include=["metadatas"])
        articles = [article_key(str(each["article_id"])) for each in held["metadatas"]]
        passages = passage_keys(held["ids"])
        return {
            "Chroma": np.stack([passages, np.array(articles, np.int64)], axis=1),
            "vectors": self._table.contents(),
        }

    def search(self, query: Query, k: int, within: ArticleSet | None = None) -> list[Scored]:
        vector = self._vector(query.text)
        held = self._table.count()
        if not vector.any() or not held or k < 1:
            return []
        if within is not None or held <= _SCANNED or not self._chroma_is_whole():
            return self._table.nearest(vector, k, within)
        found = self._store.query(
            VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=min(k, held))
        )
        scored = [Scored(id_, score) for id_, score in zip(found.ids, found.similarities, strict=True)]
        # Chroma gives passages that are equally near in another order after it was opened anew.
        return sorted(scored, key=lambda each: (-each.score, each.passage_id))

    def scores(self, query: Query, passage_ids: Sequence[str]) -> dict[str, float]:
        vector = self._vector(query.text)
        return self._table.scores(vector, passage_ids) if vector.any() and passage_ids else {}

    def _chroma_is_whole(self) -> bool:
        if self._is_whole is None:
            self._is_whole = int(self._store.client.count()) == self._table.count()
        return self._is_whole


def _text(passage: Passage) -> str:
    return f"{passage.title}\n{passage.text}" if passage.title else passage.text


def _node(passage: Passage, vector: Vectors) -> TextNode:
    return TextNode(
        id_=passage.id, text="", embedding=vector.tolist(), metadata={"article_id": passage.article_id}
    )


def _result(ids: Sequence[str], similarities: Sequence[float]) -> VectorStoreQueryResult:
    nodes = [TextNode(id_=id_, text="") for id_ in ids]
    return VectorStoreQueryResult(nodes=nodes, similarities=list(similarities), ids=list(ids))
