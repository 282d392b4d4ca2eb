"""One copy of the library on disk: an index in a folder of its own, and the file that says how far it is.

The file is written after the index has committed, so after a crash the index may be ahead of it, and
repeating a change is safe. A copy grows from nothing by following the store from its first change on;
it can be interrupted anywhere and goes on from there.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rag.errors import LibraryError
from rag.library.reasons import os_reason
from rag.library.report import PASSAGES, counted, grouped
from rag.library.store import Store
from rag.types import PassageIndex

# A batch is as many articles as take about a second: a slow encoder can be stopped and shows progress,
# a fast index isn't held up by commits.
_SMALLEST, _LARGEST = 4, 512
_SECONDS = (0.5, 2.0)

Following = Callable[[int, int], bool]  # articles done, of how many; False: stop here


@dataclass(frozen=True, slots=True)
class State:
    """What a copy was built with, where it lies and the last change of the store that it holds.

    `recipe` is what its leg needs to read it when settings have changed. Articles whose changes go up to
    `goal` come to the copy for the first time; 0 in a finished one.
    """

    settings: str
    seq: int
    folder: str
    recipe: str = ""
    goal: int = 0


class StateFile:
    """A State on disk. A crash leaves the old one or the new one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> State | None:
        """None when there is none, or none that can be read."""
        try:
            values = json.loads(self.path.read_text(encoding="utf-8"))
            return State(
                str(values["settings"]),
                int(values["seq"]),
                str(values["folder"]),
                str(values.get("recipe", "")),
                int(values.get("goal", 0)),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, state: State) -> None:
        """Raises LibraryError."""
        new = self.path.with_suffix(".new")
        try:
            with new.open("w", encoding="utf-8") as file:
                json.dump(asdict(state), file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)
        except OSError as error:
            raise LibraryError(
                f"Не удалось записать {self.path} ({os_reason(error)}). Проверьте права и место на диске."
            ) from error

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


class Copy:
    """An index that follows the store. One thread at a time writes to it."""

    def __init__(
        self, index: PassageIndex, folder: Path, file: StateFile, state: State, store: Store
    ) -> None:
        self.index = index
        self.folder = folder
        self.state = state
        self._file = file
        self._store = store
        # Articles that may have been written before a crash, in a batch of any size: they are not fresh.
        self._doubtful = _LARGEST

    def open(self) -> None:
        """Open the index on disk. Any exception means that it is damaged."""
        self.index.open()

    def create(self) -> None:
        """Start with nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._file.write(self.state)
        self.index.open()
        self._doubtful = 0

    def catch_up(self, tell: Following | None = None) -> bool:
        """Take over every change not held yet; False when `tell` stopped it."""
        changes = self._store.changes_since(self.state.seq)
        start, size = 0, 8 * _SMALLEST
        while start < len(changes):
            if tell and not tell(start, len(changes)):
                return False
            began = time.monotonic()
            batch = changes[start : start + size]
            ids = [change.article_id for change in batch]
            is_fresh = batch[-1].seq <= self.state.goal and not self._doubtful
            self.index.replace(ids, self._store.passages_of(ids), is_fresh)
            self.reached(batch[-1].seq)
            self._doubtful = max(0, self._doubtful - len(batch))
            start += size
            size = _next_size(size, time.monotonic() - began)
        return tell is None or tell(len(changes), len(changes))

    def reached(self, seq: int) -> None:
        """Note that changes up to `seq` are held."""
        self.state = replace(self.state, seq=seq)
        self._file.write(self.state)

    def finish(self, file: StateFile) -> None:
        """The copy is whole: from now on `file` speaks of it."""
        self.state = replace(self.state, goal=0)
        file.write(self.state)
        self._file.remove()
        self._file = file

    def difference(self) -> str | None:
        """How its size differs from the store's (Russian)."""
        held, wanted = self.index.count(), self._store.passage_count()
        if held < 0:
            return "его части расходятся"
        return None if held == wanted else f"в нём {counted(held, *PASSAGES)}, а в базе {grouped(wanted)}"

    def remove(self) -> None:
        """Close the index and delete its folder."""
        self.index.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _next_size(size: int, seconds: float) -> int:
    quick, slow = _SECONDS
    if seconds > slow:
        return max(_SMALLEST, size // 2)
    return min(_LARGEST, size * 2) if seconds < quick else size
