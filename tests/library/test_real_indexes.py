"""The library over the real indexes: tantivy and Chroma, changed, damaged and brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.library.copies import Copy
from rag.library.library import Library
from rag.retrieval.legs import DenseLeg, KeywordLeg
from rag.retrieval.vector_process import chroma
from rag.text.words import content_lemmas
from rag.types import Query, Vectors

from .articles import article, long_text, write


class LetterEncoder:
    """How often each of 32 letters stands in a text: vectors that can be checked by hand."""

    name = "letters"
    dimension = 32

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        counts = [[text.lower().count(chr(ord("а") + letter)) for letter in range(32)] for text in texts]
        vectors = np.array(counts, dtype=np.float32).reshape(len(texts), 32)
        scaled: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return scaled

    encode_queries = encode_passages


AnyLeg = KeywordLeg | DenseLeg
Make = Callable[[], AnyLeg]
KINDS: dict[str, Make] = {"keyword": KeywordLeg, "dense": lambda: DenseLeg(LetterEncoder())}


@pytest.fixture(params=sorted(KINDS))
def make(request: pytest.FixtureRequest) -> Make:
    return KINDS[request.param]


def found(library: Library, index: AnyLeg, text: str) -> set[str]:
    hits = index.search(Query(text, tuple(content_lemmas(text))), k=100)
    return {passage.article_id for passage in library.store.passages([hit.passage_id for hit in hits])}


def check(library: Library, index: AnyLeg, ids: set[str]) -> None:
    assert set(library.store.ids()) == ids
    assert index.count() == library.store.passage_count()
    assert found(library, index, "рудник и медь") == ids


def test_changes_reach_the_index(tmp_path: Path, corpus: Path, make: Make) -> None:
    index = make()
    with Library(tmp_path / "data", [index]) as library:
        library.add([article(name, long_text(number)) for number, name in enumerate("абв")])
        check(library, index, {"а", "б", "в"})
        library.add([article("а", long_text(9, sentences=5))])
        library.remove(["б"])
        check(library, index, {"а", "в"})
    reopened = make()
    with Library(tmp_path / "data", [reopened]) as library:
        assert library.notes == []
        check(library, reopened, {"а", "в"})
        write(corpus / "г.txt", long_text(1))
        library.index([corpus])
        library.index([corpus], rebuild=True)
        check(library, reopened, {"а", "в", "г"})


def test_a_missing_or_damaged_index_is_rebuilt(tmp_path: Path, make: Make) -> None:
    with Library(tmp_path, []) as library:
        library.add([article("а", long_text(1)), article("б")])
    for garbage in (None, b"", b"garbage" * 1000):
        index = make()
        for file in (tmp_path / index.name).rglob("*"):
            if file.is_file() and garbage is not None:
                file.write_bytes(garbage)
        with Library(tmp_path, [index]) as library:
            assert library.notes[0].startswith(f"Индекс {index.name} построен заново")
            assert ("его не было на диске" in library.notes[0]) is (garbage is None)
            check(library, index, {"а", "б"})


@pytest.fixture
def no_chroma_yet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process that has asked nothing of Chroma."""
    monkeypatch.setattr("rag.retrieval.vector_process._running", None)
    yield
    chroma().end()


def test_a_library_is_where_it_was_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative folder, and a process of Chroma's that was started in another one."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        with Library(Path("data"), [DenseLeg(LetterEncoder())]) as library:
            library.add([article(name)])
    assert len(list(tmp_path.rglob("chroma.sqlite3"))) == 2


@pytest.mark.usefixtures("no_chroma_yet")
def test_a_question_starts_no_chroma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library(tmp_path, [DenseLeg(LetterEncoder())]) as library:
        library.add([article("а", long_text(1)), article("б")])
    chroma().end()
    monkeypatch.setattr("rag.retrieval.vector_process._running", None)
    for file in tmp_path.rglob("chroma.sqlite3"):
        file.write_bytes(b"garbage" * 1000)
    index = DenseLeg(LetterEncoder())
    with Library(tmp_path, [index]) as library:
        check(library, index, {"а", "б"})
        assert not chroma().is_wanted
        with pytest.raises(LibraryError, match="snoska index"):
            library.add([article("в")])
    chroma().start()  # as `snoska index` does
    index = DenseLeg(LetterEncoder())
    with Library(tmp_path, [index]) as library:
        assert library.notes[0].startswith("Индекс dense построен заново")
        check(library, index, {"а", "б", "в"})


def test_a_copy_begun_in_large_batches_is_gone_on_with_in_small_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the two parts of the dense index, in a batch larger than the next process's first."""
    with Library(tmp_path, []) as library:
        library.add([article(f"{number}", long_text(number, 9)) for number in range(40)])

    def crash(*_: object) -> None:
        raise RuntimeError("crash")

    with monkeypatch.context() as crashing:
        crashing.setattr("rag.retrieval.vectors.VectorTable.replace", crash)
        with pytest.raises(LibraryError, match="Индекс dense не построен"):
            Library(tmp_path, [DenseLeg(LetterEncoder())])
    monkeypatch.setattr("rag.library.copies._SMALLEST", 1)
    with Library(tmp_path, [DenseLeg(LetterEncoder())]) as library:
        assert library.differences() == []


@pytest.mark.parametrize("committed", [True, False])
def test_what_was_written_before_a_crash_is_not_written_twice(
    tmp_path: Path, make: Make, committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash after the index has committed a batch, the first or a later one, before that was noted."""
    with Library(tmp_path, []) as library:
        library.add([article(f"{number}", long_text(number, 9)) for number in range(60)])
    calls = []

    def crash(copy: Copy, seq: int) -> None:
        calls.append(seq)
        if len(calls) > committed:
            raise RuntimeError("crash")
        reached(copy, seq)

    reached = Copy.reached
    with monkeypatch.context() as crashing:
        crashing.setattr(Copy, "reached", crash)
        with pytest.raises(LibraryError, match="не построен"):
            Library(tmp_path, [make()])
    monkeypatch.setattr("rag.library.copies._SMALLEST", 1)
    with Library(tmp_path, [make()]) as library:
        assert library.differences() == []
