"""One process owns the data folder: two writers on one Chroma folder damage it without an error."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import LibraryBusyError, LibraryError
from rag.library.reasons import folder_advice, os_reason

_LOCK = "library.lock"
_OWNER = "library.owner.json"


class Ownership:
    """The right to use the folder, until `release()` or the end of the process (also by `kill -9`)."""

    def __init__(self, lock: FileLock, owner: Path) -> None:
        self._lock = lock
        self._owner = owner

    def release(self) -> None:
        """Give the folder back; calling it again does nothing."""
        if self._lock.is_locked:
            self._owner.unlink(missing_ok=True)
            self._lock.release()


def own(folder: Path, command: str) -> Ownership:
    """Take `folder` (created when missing) for this process; `command` is what a rival is told.

    Raises LibraryBusyError when another process has it, LibraryError when it can't be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
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
        owner.write_text(
            json.dumps({"pid": os.getpid(), "command": command, "since": since}, ensure_ascii=False),
            encoding="utf-8",
        )
    except OSError as error:
        lock.release()
        raise _unwritable(folder, error) from error
    return owner


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
