"""The data folder is for its owner alone: it holds what people asked, and by which key they are let in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

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
