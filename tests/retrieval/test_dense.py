"""Vectors in Chroma, in the folder and on a server, and the table of codes beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from rag.retrieval import dense
from rag.retrieval.chroma_home import ChromaError, ChromaHome, ChromaServer
from rag.retrieval.dense import DenseIndex
from rag.retrieval.vector_process import chroma
from rag.retrieval.vectors import VectorTable

from .making import ALL, ID_OF, TEXTS, AxisEncoder, passages, query


@pytest.fixture(params=["folder", "server"])
def server(request: pytest.FixtureRequest) -> ChromaServer | None:
    return ChromaServer(request.getfixturevalue("chroma_server")) if request.param == "server" else None


@contextmanager
def filled(folder: Path, server: ChromaServer | None = None) -> Iterator[DenseIndex]:
    index = DenseIndex(folder, AxisEncoder(), server)
    index.open()
    with closing(index):
        index.replace(list(TEXTS), ALL, fresh=True)
        yield index


def loaded(index: DenseIndex) -> None:
    """Wait until Chroma has loaded what a first search has it load."""
    index.search(query("мост"), 1)
    assert index._loading
    index._loading.result()


def best(index: DenseIndex) -> str:
    return index.search(query("мост"), 1)[0].passage_id


def test_a_large_library_is_searched_in_chroma(
    server: ChromaServer | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "dense" / "1"
    with filled(folder, server) as index:
        expected = index.search(query("мост и медь"), 3)
        monkeypatch.setattr(dense, "_SCANNED", 2)
        assert index.search(query("мост и медь"), 3) == expected  # the table answers while Chroma loads
        loaded(index)
        monkeypatch.setattr(VectorTable, "nearest", lambda *_: pytest.fail("the table was searched"))
        found = index.search(query("мост и медь"), 3)
    assert [each.passage_id for each in found] == [each.passage_id for each in expected]
    assert [each.score for each in found] == pytest.approx([each.score for each in expected], abs=5e-3)
    assert bool(list(tmp_path.rglob("chroma.sqlite3"))) is (server is None)


def test_a_chroma_that_lost_passages_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "_SCANNED", 2)
    with filled(tmp_path) as index:
        chroma().ask(ChromaHome(tmp_path), "replace", ["bridge"], [], [], None)
        index.close()
        index.open()
        loaded(index)
        assert best(index) == ID_OF["bridge"]
        index.replace(["copper"], passages("copper", TEXTS["copper"]), fresh=False)
        assert index.count() == -1  # seen by whoever compares it with the store


def test_a_chroma_that_fails_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "_SCANNED", 2)

    def fail(*_: object) -> NoReturn:
        raise ChromaError("out of memory")

    with filled(tmp_path) as index:
        loaded(index)
        with monkeypatch.context() as failing:
            failing.setattr(DenseIndex, "_ask", fail)
            assert best(index) == ID_OF["bridge"]
        assert best(index) == ID_OF["bridge"]
        assert index.count() == -1


@pytest.mark.usefixtures("warm_helpers")
def test_closing_does_not_wait_for_what_is_only_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "_SCANNED", 2)
    with filled(tmp_path) as index:
        for _ in range(3):
            index.close()  # perhaps while it loads
            index.open()
            assert best(index) == ID_OF["bridge"]
        index.close()
        index.open()
        assert len(index.contents()["Chroma"]) == len(ALL)


def test_a_table_thrown_away_is_made_of_what_chroma_holds(
    tmp_path: Path, server: ChromaServer | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without encoding anything, in batches, and as it was."""
    monkeypatch.setattr(dense, "_BATCH", 2)
    folder = tmp_path / "dense" / "1"
    with filled(folder, server) as index:
        expected = index.search(query("мост и медь"), 3)
        index.close()
        for file in folder.glob("codes.db*"):
            file.unlink()
        (folder / "codes.new-wal").write_bytes(b"left by a crash")
        (folder / "vectors.db").write_bytes(b"of a version that kept vectors twice")
        with monkeypatch.context() as knowing:
            knowing.setattr(AxisEncoder, "encode_passages", lambda *_: pytest.fail("a passage was encoded"))
            index.open()
            found = index.search(query("мост и медь"), 3)
        assert [each.passage_id for each in found] == [each.passage_id for each in expected]
        assert [each.score for each in found] == pytest.approx([each.score for each in expected], abs=1e-6)
        held = {name: sorted(map(tuple, keys.tolist())) for name, keys in index.contents().items()}
        assert held["Chroma"] == held["vectors"] and len(held["vectors"]) == index.count() == len(ALL)
        index.replace(["copper"], passages("copper", TEXTS["copper"]), fresh=False)
        assert index.count() == len(ALL)
        assert not list(folder.glob("vectors*"))
