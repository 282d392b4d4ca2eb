"""A library in one file and back: while it is written to, whatever stops the copying."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.assemble import open_library
from rag.config import Config
from rag.errors import LibraryBusyError, LibraryError
from rag.library.backup import MANIFEST, backup, restore
from rag.library.library import Library
from rag.types import Article, ArticleInfo

ROOT = Path(__file__).parents[2]


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
    made = backup(library.folder, tmp_path / "copy.zip")
    assert made.articles == 20 and made.size == (tmp_path / "copy.zip").stat().st_size
    library.add([article(3, " Его снесли."), article(99)])
    library.remove(["most-5"])
    library.close()
    assert restore(library.folder, tmp_path / "copy.zip") == 20
    with open_library(Config(data=library.folder, models=models)) as again:
        assert again.counts().articles == 20
        assert again.article("most-3").text == article(3).text and again.article("most-5")
        assert again.differences() == []
    (before,) = library.folder.glob("before-restore-*")
    with sqlite3.connect(before / "library.db") as db:
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
    ended = subprocess.run(
        [sys.executable, "-c", code, str(library.folder), str(file)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == -9
    assert file.read_bytes() == before
    assert backup(library.folder, file).articles == 20, "what the kill has left is in nobody's way"


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def _swapped(file: Path) -> None:
    with zipfile.ZipFile(file) as packed:
        manifest = packed.read(MANIFEST)
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("library.db", b"another")
        packed.writestr(MANIFEST, manifest)


def _escaping(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("../evil", b"")
        packed.writestr(MANIFEST, '{"form": 1, "articles": 1, "files": {"../evil": "00"}}')


def _newer(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(MANIFEST, '{"form": 99, "articles": 1, "files": {}}')


def _text(file: Path) -> None:
    file.write_text("не архив", encoding="utf-8")


@pytest.mark.parametrize("spoil", [_cut, _swapped, _escaping, _newer, _text])
def test_what_is_wrong_with_a_copy_shows_before_anything_is_touched(
    library: Library, tmp_path: Path, spoil: object
) -> None:
    file = tmp_path / "copy.zip"
    backup(library.folder, file)
    library.close()
    held = (library.folder / "library.db").read_bytes()
    spoil(file)  # type: ignore[operator]
    with pytest.raises(LibraryError, match="опи"):
        restore(library.folder, file)
    assert (library.folder / "library.db").read_bytes() == held
    assert not (tmp_path / "evil").exists() and not list(library.folder.glob("*restore-*"))


def test_a_library_in_use_is_not_replaced(library: Library, tmp_path: Path) -> None:
    backup(library.folder, tmp_path / "copy.zip")
    with pytest.raises(LibraryBusyError):
        restore(library.folder, tmp_path / "copy.zip")


def test_nothing_to_save_is_said(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="сохранять нечего"):
        backup(tmp_path, tmp_path / "copy.zip")


def test_nobody_else_may_read_a_copy(library: Library, tmp_path: Path) -> None:
    backup(library.folder, tmp_path / "copy.zip")
    assert (tmp_path / "copy.zip").stat().st_mode & 0o777 == 0o600
