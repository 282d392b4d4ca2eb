"""One process owns the data folder: two writers on one Chroma folder damage it without an error."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from rag.errors import LibraryBusyError, LibraryError
from rag.library.reasons import folder_advice, os_reason

_LOCK = "library.lock"
_OWNER = "library.owner.json"


@dataclass(frozen=True, slots=True)
class Server:
    """Where the owner of a folder takes work from those who may read this, and how they prove it."""

    address: str
    token: str


class Ownership:
    """The right to use the folder, until `release()` or the end of the process (also by `kill -9`)."""

    def __init__(self, lock: FileLock, owner: Path) -> None:
        self._lock = lock
        self._owner = owner

    def announce(self, server: Server) -> None:
        """Say where this process takes work. Raises LibraryError."""
        try:
            told = json.loads(self._owner.read_text(encoding="utf-8"))
            _write(self._owner, told | {"address": server.address, "token": server.token})
        except (OSError, ValueError) as error:
            raise LibraryError(f"Не удалось записать {self._owner} ({error}). Проверьте диск.") from error

    def release(self) -> None:
        """Give the folder back; calling it again does nothing."""
        if self._lock.is_locked:
            close_files(self._owner.parent)
            self._owner.unlink(missing_ok=True)
            self._lock.release()


class NoOwnership:
    """Of a library in a shared database, which nobody owns; the folder holds only what is this machine's."""

    def __init__(self, folder: Path) -> None:
        """Raises LibraryError where the folder can't be made."""
        try:
            make_private(folder, _LOCK)
        except OSError as error:
            raise _unwritable(folder, error) from error

    def announce(self, server: Server) -> None:
        """Nobody has to be found: whoever may reach the database works with it directly."""

    def release(self) -> None:
        """Nothing was taken."""


def server_of(folder: Path) -> Server | None:
    """The server that owns `folder` and has announced itself; None where there is none to be trusted."""
    try:
        file = folder / _OWNER
        if os.name == "posix" and file.stat().st_uid != os.getuid():
            return None  # somebody else's word
        owner = json.loads(file.read_text(encoding="utf-8"))
        return Server(str(owner["address"]), str(owner["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def own(folder: Path, command: str) -> Ownership:
    """Take `folder` (created when missing) for this process; `command` is what a rival is told.

    Raises LibraryBusyError when another process has it, LibraryError when it can't be written to.
    """
    try:
        make_private(folder, _LOCK)
        # Not per thread: a server opens the library in one thread and closes it in another.
        lock = FileLock(folder / _LOCK, timeout=0, thread_local=False)
        lock.acquire()
    except Timeout:
        raise LibraryBusyError(_busy(folder)) from None
    except OSError as error:
        raise _unwritable(folder, error) from error
    return Ownership(lock, _sign(folder, command, lock))


def _sign(folder: Path, command: str, lock: FileLock) -> Path:
    owner = folder / _OWNER
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    try:
        _write(owner, {"pid": os.getpid(), "command": command, "since": since})
    except OSError as error:
        lock.release()
        raise _unwritable(folder, error) from error
    return owner


def _write(file: Path, told: dict[str, Any]) -> None:
    """As a whole or not at all, for nobody else to read: it may hold a token."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(told, out, ensure_ascii=False)
    new.replace(file)


def _busy(folder: Path) -> str:
    who = "другой процесс работает с ней"
    try:
        owner = json.loads((folder / _OWNER).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(owner["since"])
        who = f"процесс {owner['pid']} ({owner['command']}) работает с ней с {_moment(since)}"
    except (OSError, ValueError, KeyError, TypeError):
        pass  # the owner is just starting or ending: its file is not there or half written
    return f"Библиотека {folder} занята: {who}. Остановите его или укажите другую папку: RAG_DATA=…"


def _moment(since: datetime) -> str:
    is_today = since.date() == datetime.now().astimezone().date()
    return since.strftime("%H:%M" if is_today else "%d.%m.%Y %H:%M")


def _unwritable(folder: Path, error: OSError) -> LibraryError:
    return LibraryError(
        f"В папку {folder} нельзя писать ({os_reason(error)}). "
        f"{folder_advice(error)} или укажите другую папку: RAG_DATA=…"
    )


# The data folder is for its owner alone: it holds what people asked, and by which key they are let in.

FOLDER, FILE = 0o700, 0o600
# What is ours in a data folder. It may be a folder that holds other things too, which stay as they are.
_OURS = (
    "library.*",
    "chats.*",
    "keyword*",
    "dense*",
    "sessions.*",
    "questions.*",
    "server.log*",
    "error.log",
    "runs",
)


def make_private(folder: Path, mark: str) -> None:
    """Create `folder` where it is missing, and close it and what is ours in it to other users.

    A folder that holds things but not the file `mark` was made for something else and keeps its rights.
    Raises OSError where it can't be created.
    """
    is_new = not folder.exists()
    folder.mkdir(FOLDER, parents=True, exist_ok=True)
    if is_new or (folder / mark).exists() or not any(folder.iterdir()):
        with suppress(OSError):  # somebody else's folder, which we may only write to
            folder.chmod(FOLDER)
    close_files(folder)


def close_files(folder: Path) -> None:
    """Close what is ours in `folder`; other programs that write here don't ask for it."""
    for path in _held(folder):
        with suppress(OSError):  # it is gone, or it isn't ours to close
            if not path.is_symlink():
                path.chmod(FOLDER if path.is_dir() else FILE)


def _held(folder: Path) -> Iterator[Path]:
    for pattern in _OURS:
        for path in folder.glob(pattern):
            yield path
            if path.is_dir() and not path.is_symlink():
                for place, folders, files in os.walk(path):
                    yield from (Path(place) / name for name in (*folders, *files))
