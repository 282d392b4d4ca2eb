"""Keeps one index the same as the store: opened, compared, caught up or rebuilt.

Beside every index lies a state file: the settings it was built with and the number of the last
change it holds. It is written after the index has committed, so after a crash the index may be
ahead of its state, and repeating a change is safe; it is removed before a rebuild starts.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.errors import LibraryError, RagError
from rag.library.reasons import os_reason
from rag.library.report import PASSAGES, counted, grouped
from rag.library.store import Store
from rag.types import Passage, PassageIndex

_BATCH = 500  # articles
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """What an index was built with and how far it has followed the store."""

    settings: str
    seq: int


@dataclass(frozen=True, slots=True)
class Update:
    """Changes `after` … `seq` of the store: these articles now have these passages, or none.

    `fresh` promises that the articles are new.
    """

    article_ids: Sequence[str]
    passages: Sequence[Passage]
    fresh: bool
    after: int
    seq: int


class Mirror:
    """One index and its state."""

    def __init__(self, folder: Path, store: Store, index: PassageIndex) -> None:
        self._file = folder / f"{index.name}.state.json"
        self._store = store
        self._seq: int | None = None  # last change held; None: unknown, the index must be opened first
        self.index = index

    def sync(self) -> str | None:
        """Make the index hold what the store holds; why it was rebuilt (Russian), None when it was not."""
        reason = self._opened() or self._caught_up()
        if reason:
            self._rebuild(reason)
        return reason

    def follow(self, change: Update) -> None:
        """Take over what the store has just committed. Raises LibraryError; the next call makes up for it."""
        if self._seq != change.after:
            self.sync()
            return
        self._seq = None
        with self._explained("не записан"):
            self.index.replace(change.article_ids, change.passages, change.fresh)
        self._write(change.seq)

    def close(self) -> None:
        """Let the index go of its files."""
        self._seq = None
        self.index.close()

    def forget(self) -> None:
        """Make the next `sync` rebuild the index."""
        self._seq = None
        self._file.unlink(missing_ok=True)

    def _opened(self) -> str | None:
        if self._seq is not None:
            return None
        state = self._read()
        if state is None:
            return "его не было на диске"
        if state.settings != self.index.settings:
            return "изменились настройки"
        if state.seq > self._store.last_seq():
            return "он новее базы"
        return self._unless_damaged(self.index.open)

    def _caught_up(self) -> str | None:
        return self._unless_damaged(self._replay) or self._differs()

    def _replay(self) -> None:
        state = self._read()
        seq = state.seq if state else 0
        changes = self._store.changes_since(seq)
        for start in range(0, len(changes), _BATCH):
            batch = changes[start : start + _BATCH]
            ids = [change.article_id for change in batch]
            self.index.replace(ids, self._store.passages_of(ids), fresh=False)
            seq = batch[-1].seq
            self._write(seq)
        self._seq = seq

    def _differs(self) -> str | None:
        held, wanted = self.index.count(), self._store.passage_count()
        return None if held == wanted else f"в нём {counted(held, *PASSAGES)}, а в базе {grouped(wanted)}"

    def _unless_damaged(self, step: Callable[[], None]) -> str | None:
        """Run `step`; whatever a damaged index makes its library raise means that it is rebuilt."""
        try:
            step()
        except (RagError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of a Rust library is no Exception
            _log.warning("index %s is damaged: %r", self.index.name, error)
            return "он повреждён"
        return None

    def _rebuild(self, reason: str) -> None:
        _log.info("index %s is rebuilt: %s", self.index.name, reason)
        seq = self._store.last_seq()
        self.forget()
        with self._explained("не построен"):
            self.index.reset()
            for passages in self._store.all_passages(_BATCH):
                ids = list(dict.fromkeys(passage.article_id for passage in passages))
                self.index.replace(ids, passages, fresh=True)
        self._write(seq)

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """Whatever the index's library raises, as a LibraryError."""
        try:
            yield
        except (RagError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            raise LibraryError(
                f"Индекс {self.index.name} {what} ({error}). Статьи сохранены в базе; проверьте место "
                f"на диске и права на папку {self._file.parent}, затем повторите: snoska index"
            ) from error

    def _read(self) -> State | None:
        try:
            values = json.loads(self._file.read_text(encoding="utf-8"))
            return State(str(values["settings"]), int(values["seq"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, seq: int) -> None:
        """Note that changes up to `seq` are held. Atomic: a crash leaves the old file or the new one."""
        state = State(self.index.settings, seq)
        new = self._file.with_suffix(".new")
        try:
            with new.open("w", encoding="utf-8") as file:
                json.dump(asdict(state), file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._file)
        except OSError as error:
            raise LibraryError(
                f"Не удалось записать {self._file} ({os_reason(error)}). Проверьте права и место на диске."
            ) from error
        self._seq = seq
