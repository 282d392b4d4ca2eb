"""A library in one file and back: while it is written to, whatever stops the copying."""

from __future__ import annotations

import sqlite3
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.assemble import open_library
from rag.config import Config
from rag.errors import LibraryBusyError, LibraryError
from rag.library.backup import MANIFEST, backup, restore
from rag.library.library import Library
from rag.types import Article, ArticleInfo
from tests.processes import run

from .reading.making import zip_of


def article(number: int, more: str = "") -> Article:
    text = f"Длина моста номер {number} — {number + 100} метров.{more}"
    return Article(ArticleInfo(f"most-{number}", f"Мост {number}"), text)


@pytest.fixture
def library(tmp_path: Path, models: Path) -> Iterator[Library]:
    with open_library(Config(data=tmp_path / "data", models=models)) as library:
        library.add([article(number) for number in range(20)])
        yield library


def test_what_was_saved_comes_back_and_its_indexes_agree(
    library: Library, tmp_path: Path, models: Path
) -> None:
    file = tmp_path / "copy.zip"
    with pytest.raises(LibraryError, match="сохранять нечего"):
        backup(tmp_path, file)
    made = backup(library.folder, file)
    assert made.articles == 20 and made.size == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600, "nobody else may read it"
    with pytest.raises(LibraryBusyError):
        restore(library.folder, file)
    library.add([article(3, " Его снесли."), article(99)])
    library.remove(["most-5"])
    library.close()
    assert restore(library.folder, file) == 20
    with open_library(Config(data=library.folder, models=models)) as again:
        assert again.counts().articles == 20
        assert again.article("most-3").text == article(3).text and again.article("most-5")
        assert again.differences() == []
    (before,) = library.folder.glob("before-restore-*")
    with closing(sqlite3.connect(before / "library.db")) as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (20,)


def test_a_copy_made_while_articles_come_is_of_one_moment(
    library: Library, tmp_path: Path, models: Path
) -> None:
    goes_on = threading.Event()

    def write() -> None:
        for round_ in range(1, 10_000):
            if goes_on.is_set():
                return
            library.add([article(number, f" Пролёт {round_}.") for number in range(20)])

    writing = threading.Thread(target=write)
    writing.start()
    try:
        backup(library.folder, tmp_path / "copy.zip")
    finally:
        goes_on.set()
        writing.join()
    restore(tmp_path / "other", tmp_path / "copy.zip")
    with open_library(Config(data=tmp_path / "other", models=models)) as again:
        assert again.differences() == []
        texts = {again.article(f"most-{number}").text.partition("метров.")[2] for number in range(20)}
    assert len(texts) == 1, "articles of one batch come together"


def test_a_kill_leaves_the_copy_of_before(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"
    backup(library.folder, file)
    before = file.read_bytes()
    code = (
        "import os, signal, sys, zipfile\n"
        "from pathlib import Path\n"
        "from rag.library.backup import backup\n"
        "zipfile.ZipFile.writestr = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "backup(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    assert run([sys.executable, "-c", code, str(library.folder), str(file)], tmp_path).returncode == -9
    assert file.read_bytes() == before
    assert backup(library.folder, file).articles == 20, "what the kill has left is in nobody's way"


def test_what_is_wrong_with_a_copy_shows_before_anything_is_touched(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"
    backup(library.folder, file)
    library.close()
    held, whole = (library.folder / "library.db").read_bytes(), file.read_bytes()
    with zipfile.ZipFile(file) as packed:
        manifest = packed.read(MANIFEST)
    spoiled = {
        "cut": whole[:-200],
        "swapped": zip_of({"library.db": b"another", MANIFEST: manifest}),
        "escaping": zip_of(
            {"../evil": b"", MANIFEST: '{"form": 1, "articles": 1, "files": {"../evil": "00"}}'}
        ),
        "newer": zip_of({MANIFEST: '{"form": 99, "files": {}}'}),
        "no archive": "не архив".encode(),
    }
    for what, content in spoiled.items():
        file.write_bytes(content)
        with pytest.raises(LibraryError, match="опи"):
            restore(library.folder, file)
        assert (library.folder / "library.db").read_bytes() == held, what
        assert not (tmp_path / "evil").exists() and not list(library.folder.glob("*restore-*")), what
