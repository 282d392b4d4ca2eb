"""Chroma, run as a process of its own by rag.retrieval.vector_process: while Chroma takes vectors or looks
for them, no other thread of its process runs.

The only file that imports chromadb and LlamaIndex's Chroma store. Chroma holds vectors and article ids, no
texts: everything in it can be rebuilt from SQLite.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")

import chromadb
import httpx
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from llama_index.core.schema import BaseNode, TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery, VectorStoreQueryResult
from llama_index.vector_stores.chroma import ChromaVectorStore

from rag.processes import Requests
from rag.retrieval.chroma_home import ChromaHome, ChromaServer
from rag.retrieval.vector_process import HNSW, STAY
from rag.types import Vectors

_COLLECTION = "passages"
_BATCH = 1_000
# SQLite takes at most 32,766 values in one query.
_MOST_VALUES = 30_000
# A process whose parent was killed finishes its batch; who opens the same folder meanwhile waits that long.
_PATIENCE = 120.0  # seconds
# With nothing to do for so long it ends and gives its memory back, and is started again when needed, which
# takes seconds: most of them Python's, importing Chroma and LlamaIndex. It stays where it was asked to (a
# server), and where it is searched: then it holds the graphs that took a while to load.
_IDLE = 20.0  # seconds
_BEAT = 10.0  # seconds for a server to say that it is there
_LOCK = "chroma.lock"
_OWNER = "library"  # of a collection on a server


class PassageVectorStore(ChromaVectorStore):  # type: ignore[misc]
    """LlamaIndex's Chroma store, mended: adding updates, batches fit, no texts, similarity is the cosine."""

    stores_text: bool = False

    def add(self, nodes: list[BaseNode], **_: Any) -> list[str]:
        for start in range(0, len(nodes), _BATCH):
            batch = nodes[start : start + _BATCH]
            self.put(
                [node.node_id for node in batch],
                [node.metadata["article_id"] for node in batch],
                np.asarray([node.get_embedding() for node in batch], np.float32),
            )
        return [node.node_id for node in nodes]

    def put(self, ids: Sequence[str], article_ids: Sequence[str], vectors: Vectors) -> None:
        """What `add` does, of arrays."""
        metadatas = [{"article_id": each} for each in article_ids]
        self.client.upsert(ids=list(ids), embeddings=vectors, metadatas=metadatas)

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        self.delete_articles([ref_doc_id])

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
        ids, distances = found["ids"][0], found["distances"][0]
        nodes = [TextNode(id_=id_, text="") for id_ in ids]
        return VectorStoreQueryResult(
            nodes=nodes, similarities=[1.0 - distance for distance in distances], ids=list(ids)
        )


class _Vectors:
    """One collection. Its methods are what can be asked for; arguments and results are pickled."""

    _client: Any
    _store: PassageVectorStore
    is_searched = False
    most = _BATCH  # passages of one request

    def open(self) -> None:
        """It is."""

    def close(self) -> None:
        """Let go of what is held."""
        self._client.close()

    def replace(
        self, gone: Sequence[str], ids: Sequence[str], article_ids: Sequence[str], vectors: Vectors
    ) -> None:
        """Delete the articles `gone`, then put passages."""
        if gone:
            self.delete(gone)
        for start in range(0, len(ids), self.most):
            part = slice(start, start + self.most)
            self._store.put(ids[part], article_ids[part], vectors[part])

    def delete(self, article_ids: Sequence[str]) -> None:
        self._store.delete_articles(article_ids)

    def load(self) -> None:
        """Be ready for searches."""
        self.is_searched = True
        self.count()

    def count(self) -> int:
        return int(self._store.client.count())

    def contents(self) -> tuple[list[str], list[str]]:
        """Ids of all passages and of their articles."""
        held = self._store.client.get(include=["metadatas"])
        return held["ids"], [str(each["article_id"]) for each in held["metadatas"]]

    def page(self, start: int, size: int) -> tuple[list[str], list[str], Vectors]:
        """Ids of some passages and of their articles, and their vectors; from `start` on."""
        held = self._store.client.get(
            include=["metadatas", "embeddings"], limit=min(size, self.most), offset=start
        )
        articles = [str(each["article_id"]) for each in held["metadatas"]]
        return held["ids"], articles, np.asarray(held["embeddings"], np.float32)

    def nearest(self, vector: Vectors, k: int) -> tuple[list[str], list[float]]:
        """Ids and cosines of about the nearest `k`."""
        self.is_searched = True
        most = min(k, self.most)
        found = self._store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=most))
        return found.ids, found.similarities


class _InFolder(_Vectors):
    """In a folder, which it alone has open."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / _LOCK, timeout=_PATIENCE)
        self._lock.acquire()
        settings = Settings(anonymized_telemetry=False)
        try:
            self._client: Any = chromadb.PersistentClient(path=str(folder), settings=settings)
        except BaseException:  # a panic of its Rust part is no Exception
            SharedSystemClient.clear_system_cache()  # else the broken one is given again for this path
            self._lock.release()
            raise
        collection = self._client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": HNSW}
        )
        self._store = PassageVectorStore(chroma_collection=collection)

    def close(self) -> None:
        self._client.close()
        self._lock.release()


class _OnServer(_Vectors):
    """On a server, in a collection of its own. What indexes that are gone have left there is deleted.

    No request has more than Chroma Cloud takes: https://docs.trychroma.com/cloud/quotas-limits
    """

    most = 300

    def __init__(self, home: ChromaHome, server: ChromaServer) -> None:
        home.folder.mkdir(parents=True, exist_ok=True)
        self._client = _client_of(server)
        collection = self._client.get_or_create_collection(
            home.collection(),
            embedding_function=None,
            configuration={"hnsw": HNSW},
            metadata={_OWNER: home.library()},
        )
        self._store = PassageVectorStore(chroma_collection=collection)
        self._forget(home)

    def contents(self) -> tuple[list[str], list[str]]:
        ids: list[str] = []
        articles: list[str] = []
        while held := self._store.client.get(include=["metadatas"], limit=self.most, offset=len(ids)):
            if not held["ids"]:
                break
            ids += held["ids"]
            articles += [str(each["article_id"]) for each in held["metadatas"]]
        return ids, articles

    def delete(self, article_ids: Sequence[str]) -> None:
        for start in range(0, len(article_ids), self.most):
            wanted = {"article_id": {"$in": list(article_ids[start : start + self.most])}}
            while ids := self._store.client.get(where=wanted, include=[], limit=self.most)["ids"]:
                self._store.client.delete(ids=ids)

    def _forget(self, home: ChromaHome) -> None:
        kept, library = home.collections(), home.library()
        for each in self._client.list_collections():
            if (each.metadata or {}).get(_OWNER) == library and each.name not in kept:
                self._client.delete_collection(each.name)


def _client_of(server: ChromaServer) -> Any:
    """A client that waits for an answer no longer than _PATIENCE; Chroma's own would wait for ever."""
    host, port, is_safe = server.address
    token = {"x-chroma-token": server.token, "Authorization": f"Bearer {server.token}"}
    headers = token if server.token else {}
    httpx.get(f"{server.url}/api/v2/heartbeat", headers=headers, timeout=_BEAT).raise_for_status()
    settings = Settings(anonymized_telemetry=False)
    client = chromadb.HttpClient(host, port, is_safe, headers, settings, server.tenant, server.database)
    client._server._session.timeout = _PATIENCE
    return client


def _opened(home: ChromaHome) -> _Vectors:
    return _OnServer(home, home.server) if home.server else _InFolder(home.folder)


def serve() -> None:
    """Be the process: (home, method, arguments) in; (True, result) or (False, what went wrong) out."""
    requests = Requests()
    homes: dict[ChromaHome, _Vectors] = {}
    stays, leaving = False, threading.Lock()
    while True:
        is_asked = threading.Event()
        idle = threading.Timer(_IDLE, _leave_unless, [is_asked, leaving, homes])
        idle.daemon = True
        if not stays and not any(opened.is_searched for opened in homes.values()):
            idle.start()
        try:
            home, method, arguments = requests.next()
        except EOFError:
            _leave(homes)
        with leaving:  # for ever, where it has begun to leave: whoever asks asks again
            is_asked.set()
        idle.cancel()
        if method == STAY:
            stays = True
            requests.answer((True, None))
            continue
        try:
            if home not in homes and method != "close":
                homes[home] = _opened(home)
            opened = homes.pop(home, None) if method == "close" else homes[home]
            requests.answer((True, getattr(opened, method)(*arguments) if opened else None))
        except BrokenPipeError:
            _leave(homes)
        except BaseException as error:  # see above
            requests.answer((False, f"{type(error).__name__}: {error}"))


def _leave_unless(
    is_asked: threading.Event, leaving: threading.Lock, homes: dict[ChromaHome, _Vectors]
) -> None:
    """Leave, but not from under a request."""
    with leaving:
        if not is_asked.is_set():
            _leave(homes)


def _leave(homes: dict[ChromaHome, _Vectors]) -> None:
    """End at once: what Chroma has answered for is on the disk."""
    for opened in list(homes.values()):
        opened.close()
    os._exit(0)
