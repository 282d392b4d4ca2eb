"""Vectors on a Chroma server: found there, left there by nobody, and what is said when it fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag import assemble
from rag.errors import LibraryError
from rag.retrieval import dense
from rag.retrieval.chroma import _OnServer
from rag.retrieval.chroma_home import ChromaHome, ChromaServer
from rag.retrieval.dense import DenseIndex
from tests.processes import free_port
from tests.retrieval.chroma_server import running

from .making import ALL, ID_OF, TEXTS, AxisEncoder, article, config, passages, query

BRIDGE = article("most", "Мост через Иртыш открыли в июле 2025 года.", "Мост")


@contextmanager
def opened(folder: Path, server: ChromaServer) -> Iterator[DenseIndex]:
    index = DenseIndex(folder, AxisEncoder(), server)
    index.open()
    try:
        yield index
    finally:
        index.close()


def test_one_that_goes_away_is_told_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "_SCANNED", 2)
    port, held = free_port(), tmp_path / "server"
    with running(held, port) as address:
        index = DenseIndex(tmp_path / "dense" / "1", AxisEncoder(), ChromaServer(address))
        index.open()
        index.replace(list(TEXTS), ALL, fresh=True)
        index.search(query("мост"), 1)
        assert index._loading
        index._loading.result()
    assert index.search(query("мост"), 1)[0].passage_id == ID_OF["bridge"]  # the table is here
    again = passages("copper", TEXTS["copper"])
    with pytest.raises(LibraryError, match=rf"Сервер Chroma 127\.0\.0\.1:{port} не отвечает"):
        index.replace(["copper"], again, fresh=False)
    with running(held, port):
        index.replace(["copper"], again, fresh=False)
        assert index.count() == len(ALL)
        assert len(index.contents()["Chroma"]) == len(ALL)
        index.close()


def test_what_a_gone_index_has_left_there_is_deleted(chroma_server: str, tmp_path: Path) -> None:
    server = ChromaServer(chroma_server)
    with opened(tmp_path / "dense" / "1", server) as first:
        first.replace(list(TEXTS), ALL, fresh=True)
    neighbour = tmp_path / "elsewhere" / "dense" / "1"
    with opened(neighbour, server) as other:
        other.replace(list(TEXTS), ALL, fresh=True)
    gone = ChromaHome(tmp_path / "dense" / "1", server).collection()
    (tmp_path / "dense" / "1" / "chroma-collection").unlink()
    with opened(tmp_path / "dense" / "2", server):
        names = collections(chroma_server)
    assert gone not in names
    assert ChromaHome(neighbour, server).collection() in names


class Limited:
    """A collection that takes no more than 2 passages a request, as Chroma Cloud takes 300."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        def asked(**given: Any) -> Any:
            articles = (given.get("where") or {}).get("article_id", {}).get("$in", ())
            sizes = [
                len(given.get("ids", ())),
                len(articles),
                given.get("limit", 0),
                given.get("n_results", 0),
            ]
            assert max(sizes) <= 2, given
            assert name != "get" or "limit" in given
            return getattr(self._whole, name)(**given)

        return asked


def test_no_request_has_more_than_the_cloud_takes(
    chroma_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_OnServer, "most", 2)
    vectors = np.eye(7, 3, dtype=np.float32)
    held = _OnServer(ChromaHome(tmp_path / "dense" / "1"), ChromaServer(chroma_server))
    held._store._collection = Limited(held._store._collection)
    held.replace([], [str(each) for each in range(7)], list("aaaaabc"), vectors)
    assert held.count() == 7 and len(held.contents()[0]) == 7
    assert len(held.page(0, 1_000)[0]) == 2
    ids, cosines = held.nearest(vectors[1], 5)
    assert (ids[0], len(ids)) == ("1", 2) and cosines[0] == pytest.approx(1, abs=1e-6)
    held.replace(["a", "b", "nowhere"], ["9"], ["c"], vectors[:1])
    assert sorted(held.contents()[0]) == ["6", "9"]
    held.close()


def collections(address: str) -> set[str]:
    import httpx

    path = "/api/v2/tenants/default_tenant/databases/default_database/collections"
    return {each["name"] for each in httpx.get(address + path, trust_env=False).json()}


def test_a_library_lies_on_it(chroma_server: str, tmp_path: Path, models: Path) -> None:
    there = config(tmp_path, models, chroma_url=chroma_server + "/")
    with assemble.open_bot(there) as bot:
        bot.library.add([BRIDGE])
        assert bot.ask("Когда открыли мост через Иртыш?").citations
    for settings in (there, config(tmp_path, models)):  # again, and back into the folder
        with assemble.open_bot(settings) as bot:
            assert bot.library.counts().passages == 1
            assert bot.ask("Когда открыли мост через Иртыш?").citations


@contextmanager
def refusing() -> Iterator[tuple[str, list[str]]]:
    """The address of a server that knows nobody, and the tokens it has seen."""
    seen: list[str] = []

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("x-chroma-token", ""))
            body = b'{"error": "Unauthorized", "message": "Unauthorized"}'
            self.send_response(401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()


def refused(server: ChromaServer, folder: Path) -> str:
    with pytest.raises(LibraryError) as told, opened(folder, server):
        pass
    return str(told.value)


def test_a_server_that_cannot_be_used_is_told(chroma_server: str, tmp_path: Path) -> None:
    nobody = ChromaServer(f"http://127.0.0.1:{free_port()}")
    assert "не отвечает" in refused(nobody, tmp_path / "1")
    other = ChromaServer(chroma_server, database="gazeta")
    assert "не знает базы «gazeta»" in refused(other, tmp_path / "2")
    with refusing() as (address, seen):
        server = ChromaServer(address, "very-secret")
        told = refused(server, tmp_path / "3")
    assert "не принимает ключ" in told and "very-secret" in seen
    assert "very-secret" not in told + repr(server)
