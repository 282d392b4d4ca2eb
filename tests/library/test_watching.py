"""A folder that changes while it is watched: waited for, never timed."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.library import watching
from rag.library.library import Library
from rag.library.watching import Watching
from tests.patience import becomes

from .articles import TEXT, long_text
from .indexes import FileIndex


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "а.txt").write_text(TEXT, encoding="utf-8")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "data").mkdir()
    with Library(tmp_path / "data", [FileIndex(tmp_path / "data")]) as library:
        yield library


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_SETTLED", 50)
    monkeypatch.setattr(watching, "_AGAIN", 0.5)


@pytest.fixture
def watched(library: Library, corpus: Path) -> Iterator[Watching]:
    watching = Watching(library, corpus)
    watching.start()
    yield watching
    watching.stop()


@pytest.mark.usefixtures("watched")
def test_the_library_follows_the_folder(library: Library, corpus: Path) -> None:
    becomes(library.store.ids, ["а"])
    (corpus / "б.txt").write_text(long_text(1), encoding="utf-8")
    becomes(library.store.ids, ["а", "б"])
    (corpus / "а.txt").write_text(long_text(2), encoding="utf-8")
    becomes(lambda: library.article("а").text, long_text(2))
    (corpus / "а.txt").unlink()
    becomes(library.store.ids, ["б"])


@pytest.mark.usefixtures("watched")
def test_a_dump_in_the_folder_is_followed_row_by_row(library: Library, corpus: Path) -> None:
    becomes(library.store.ids, ["а"])
    rows = [json.dumps({"id": number, "text": long_text(number)}) for number in (1, 2)]
    (corpus / "свод.jsonl").write_text("\n".join(rows), encoding="utf-8")
    becomes(library.store.ids, ["а", "свод/1", "свод/2"])
    (corpus / "свод.jsonl").write_text(rows[1], encoding="utf-8")
    becomes(library.store.ids, ["а", "свод/2"])
    (corpus / "свод.jsonl").unlink()
    becomes(library.store.ids, ["а"])


@pytest.mark.usefixtures("watched")
def test_a_folder_that_is_gone_takes_nothing_along(library: Library, corpus: Path) -> None:
    becomes(library.store.ids, ["а"])
    shutil.rmtree(corpus)
    corpus.mkdir()  # as a disk that is not mounted looks like
    (corpus / "README.md").write_text("не статья", encoding="utf-8")
    time.sleep(0.3)
    assert library.store.ids() == ["а"]
    (corpus / "б.txt").write_text(long_text(1), encoding="utf-8")
    becomes(library.store.ids, ["б"])


def test_what_can_not_be_read_is_logged_once(
    watched: Watching, library: Library, corpus: Path, caplog: pytest.LogCaptureFixture
) -> None:
    becomes(library.store.ids, ["а"])
    (corpus / "пусто.txt").write_bytes(b"")
    (corpus / "б.txt").write_text(long_text(1), encoding="utf-8")
    becomes(library.store.ids, ["а", "б"])
    (corpus / "в.txt").write_text(long_text(2), encoding="utf-8")
    becomes(library.store.ids, ["а", "б", "в"])
    watched.stop()
    assert len([record for record in caplog.records if "пусто" in record.getMessage()]) == 1
