"""A data folder in one file and back: what can't be made again; indexes are built from it.

Databases are copied by SQLite itself, so a server may go on writing meanwhile and the copy is of one moment.
The file appears whole or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rag.errors import LibraryError
from rag.library.copies import Following
from rag.library.lock import own
from rag.library.moving import Moved
from rag.library.originals import FOLDER as ORIGINALS
from rag.library.reasons import os_reason
from rag.library.store import FILE as LIBRARY
from rag.library.store import Store

if TYPE_CHECKING:
    from rag.library.library import Library

FORM = 1  # of what is in the file
MANIFEST = "snoska.json"
_CHATS = "chats.sqlite"
_DATABASES = (LIBRARY, _CHATS)
_FILES = ("questions.jsonl", "weights.json", "keys.json")
_BESIDE = ("questions.jsonl", "weights.json")  # of these, what a library in use is given back
_INDEXES = ("keyword", "dense")  # what begins so is built anew
_PIECE = 1 << 20  # bytes that are copied at a time
_PAGES = 2_000  # of a database copied at a time: others may write in between
_STORED = zipfile.ZIP_DEFLATED


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: how many `articles`, and `size` of the file in bytes."""

    articles: int
    size: int


def backup(folder: Path, file: Path) -> Backup:
    """Write what the data folder holds to `file`. Raises LibraryError; a file of before stays then."""
    if not (folder / LIBRARY).is_file():
        raise LibraryError(
            f"В папке {folder} библиотеки нет, сохранять нечего. Прочитайте статьи: snoska index"
        )
    new = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".snoska-backup-", dir=file.parent) as aside:
            articles = _write(folder, new, Path(aside))
        size = new.stat().st_size
        new.replace(file)
        _settle(file.parent)
    except (OSError, sqlite3.Error) as error:
        new.unlink(missing_ok=True)
        raise LibraryError(f"Резервная копия {file} не записана ({_reason(error)}).") from error
    return Backup(articles, size)


def restore(folder: Path, file: Path) -> int:
    """Put what `file` holds in the place of what the data folder holds; how many articles that are.

    What was there before is kept in a folder beside. Raises LibraryBusyError while another process has the
    folder, and LibraryError; what is wrong with the file shows before anything is touched.
    """
    ownership = own(folder, "snoska restore")
    try:
        with unpacked(file, folder) as aside:
            articles = _count(aside / LIBRARY)
            _replace(folder, aside)
    finally:
        ownership.release()
    return articles


def restore_beside(library: Library, file: Path, others: Callable[[Path], object], tell: Following) -> Moved:
    """Have `library` hold just the articles that the backup `file` does, each compared.

    `others` is given the folder with what else the backup holds. What was there before is in a backup of its
    own in the data folder. Keys that were made since stay, and so do revocations. `tell` hears how many
    articles of how many. Raises LibraryError; what is wrong with the file shows before anything is touched.
    """
    folder = library.folder
    with unpacked(file, folder) as held:
        backup(folder, folder / time.strftime("before-restore-%Y%m%d-%H%M%S.zip"))
        library.originals.adopt(held / ORIGINALS)
        with closing(Store(held)) as source:
            came = library.move_from(source, tell, instead=True)
        for name in _BESIDE:
            if (held / name).is_file():
                (held / name).replace(folder / name)
        others(held)
    return came


@contextmanager
def unpacked(file: Path, beside: Path) -> Iterator[Path]:
    """What a backup holds, looked through, in a folder of its own in `beside`. Raises LibraryError."""
    try:
        with TemporaryDirectory(prefix="restore-", dir=beside) as aside:
            _unpack_all(file, Path(aside))
            yield Path(aside)
    except (OSError, sqlite3.Error) as error:
        raise LibraryError(f"Копия {file} не восстановлена ({_reason(error)}).") from error


def _write(folder: Path, new: Path, aside: Path) -> int:
    digests: dict[str, str] = {}
    descriptor = os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w+b") as out:
        with zipfile.ZipFile(out, "w", _STORED, compresslevel=1) as packed:
            for name, path in _held(folder, aside):
                with suppress(FileNotFoundError):  # a kept file that was let go meanwhile
                    digests[name] = _digest(path)
                    packed.write(path, name)
            articles = _count(aside / LIBRARY)
            told = {"form": FORM, "articles": articles, "files": digests}
            packed.writestr(MANIFEST, json.dumps(told, ensure_ascii=False, indent=1))
        out.flush()
        os.fsync(out.fileno())
    return articles


def _held(folder: Path, aside: Path) -> Iterator[tuple[str, Path]]:
    """Names in the backup and where their content lies; databases are copied to `aside` first."""
    for name in _DATABASES:
        if (folder / name).is_file():
            _copy(folder / name, aside / name)
            yield name, aside / name
    for name in _FILES:
        if (folder / name).is_file():
            yield name, folder / name
    for path in sorted((folder / ORIGINALS).glob("*")):
        if path.is_file():
            yield f"{ORIGINALS}/{path.name}", path


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=30)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new, pages=_PAGES)
        new.execute("PRAGMA journal_mode = DELETE")  # one file, without a journal beside it


def _count(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])


def _unpack_all(file: Path, aside: Path) -> None:
    """Put the content of a backup into `aside`, and look it through."""
    try:
        with zipfile.ZipFile(file) as packed:
            told = json.loads(packed.read(MANIFEST))
            if told["form"] > FORM:
                raise LibraryError(f"Копия {file} сделана более новой версией программы. Обновите программу.")
            for name, digest in told["files"].items():
                _unpack(packed, name, aside / name, digest)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise LibraryError(
            f"Файл {file} не резервная копия Сноски или повреждён ({error}). Возьмите другую копию."
        ) from error
    for name in _DATABASES:
        if (aside / name).is_file():
            _look_through(aside / name)


def _unpack(packed: zipfile.ZipFile, name: str, target: Path, digest: str) -> None:
    above, _, last = name.rpartition("/")
    if above not in ("", ORIGINALS) or last in ("", ".", "..") or "\\" in last:
        raise ValueError(f"чужое имя «{name[:80]}»")
    target.parent.mkdir(exist_ok=True)
    found = sha256()
    with packed.open(name) as source, target.open("xb") as out:
        while piece := source.read(_PIECE):
            found.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if found.hexdigest() != digest:
        raise ValueError(f"«{name}» не тот, что был сохранён")


def _look_through(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise ValueError(f"{database.name}: {found}")


def _replace(folder: Path, aside: Path) -> None:
    """The new in the place of the old. A crash in between leaves all of the old in its own folder."""
    before = folder / time.strftime("before-restore-%Y%m%d-%H%M%S")
    before.mkdir(mode=0o700)
    for path in sorted(folder.iterdir()):
        if path.name.startswith(_INDEXES):  # they go first: what they say belongs to the old database
            _remove(path)
    named = (*_DATABASES, *(f"{name}{end}" for name in _DATABASES for end in ("-wal", "-shm")), *_FILES)
    for name in (*named, ORIGINALS):
        if (folder / name).exists():
            (folder / name).rename(before / name)
    for path in aside.iterdir():
        path.rename(folder / path.name)
    _settle(folder)
    if not any(before.iterdir()):
        before.rmdir()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _settle(folder: Path) -> None:
    """Make sure that the names in `folder` survive a power cut, where the system knows how."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: Exception) -> str:
    return os_reason(error) if isinstance(error, OSError) else str(error)
