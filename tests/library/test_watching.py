"""A folder that changes while it is watched: waited for, never timed."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.library import watching
from rag.library.library import Library
from rag.library.watching import Watching
from tests.patience import becomes

from .articles import TEXT, long_text, write


@pytest.fixture
def watched(library: Library, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watching]:
    """The library follows the folder, which holds one article at first."""
    monkeypatch.setattr(watching, "_SETTLED", 20)
    monkeypatch.setattr(watching, "_AGAIN", 0.2)
    write(corpus / "а.txt", TEXT)
    watched = Watching(library, corpus)
    watched.start()
    becomes(library.store.ids, ["а"])
    yield watched
    watched.stop()


@pytest.mark.usefixtures("watched")
def test_the_library_follows_files_and_rows_of_a_folder(library: Library, corpus: Path) -> None:
    rows = [json.dumps({"id": number, "text": long_text(number)}) for number in (1, 2)]
    write(corpus / "б.txt", long_text(1))
    write(corpus / "свод.jsonl", "\n".join(rows))
    becomes(library.store.ids, ["а", "б", "свод/1", "свод/2"])
    write(corpus / "а.txt", long_text(3))
    becomes(lambda: library.article("а").text, long_text(3))
    write(corpus / "свод.jsonl", rows[1])
    (corpus / "а.txt").unlink()
    becomes(library.store.ids, ["б", "свод/2"])
    (corpus / "свод.jsonl").unlink()
    becomes(library.store.ids, ["б"])


def test_a_folder_that_is_gone_takes_nothing_along(
    watched: Watching, library: Library, corpus: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    shutil.rmtree(corpus)
    write(corpus / "README.md", "не статья")  # as a disk that is not mounted looks like
    becomes(lambda: "has no articles: nothing removed" in caplog.text)
    assert library.store.ids() == ["а"]
    write(corpus / "б.txt", long_text(1))
    becomes(library.store.ids, ["б"])
    write(corpus / "пусто.txt", b"")
    for name in "вг":
        write(corpus / f"{name}.txt", long_text(ord(name)))
        becomes(lambda wanted=name: wanted in library.store.ids())  # type: ignore[misc]
    watched.stop()
    told = [record for record in caplog.records if "пусто" in record.getMessage()]
    assert len(told) == 1, "what can't be read is logged once"
