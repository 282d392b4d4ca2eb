"""Keeps the copy that a leg answers from the same as the store: opened, caught up, or built anew.

Of every leg there is one copy that answers (`{name}.state.json`) and at times one that is being built
(`{name}.next.json`), each in a folder of its own under `{name}/`. A new copy takes the old one's place
when it is whole: until then the old one answers, and a crash leaves both as they were.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.errors import LibraryError, RagError
from rag.library.copies import Copy, Following, State, StateFile
from rag.library.store import Store
from rag.types import IndexLeg, Keys, Passage, PassageIndex

NEWER = "он новее базы"
_BATCH = 4_000  # passages that are written at a time: a second or two
_log = logging.getLogger(__name__)


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
    """One leg and its copies. Its methods are for one thread at a time, but for `grow`."""

    def __init__(self, folder: Path, store: Store, leg: IndexLeg) -> None:
        self.leg = leg
        self._data = folder
        self._file = StateFile(folder / f"{leg.name}.state.json")
        self._next_file = StateFile(folder / f"{leg.name}.next.json")
        self._store = store
        self._copy: Copy | None = None  # the one that answers
        self._next: Copy | None = None  # the one being built
        self._is_sound = False  # the one that answers holds what its state says
        self.is_growing = False  # another thread builds the next one

    def open(self) -> str | None:
        """Let the leg answer from the copy on disk; why it has to be built anew (Russian), or None."""
        if self._copy is None:
            self._clean()
            if reason := self._opened():
                return reason
        return self._caught_up()

    def open_former(self) -> bool:
        """Let the leg answer from a copy built with other settings, where it still can."""
        state = self._file.read()
        if state is None or state.settings == self.leg.settings or state.seq > self._store.last_seq():
            return False
        index = self.leg.former(state.recipe, self._data / state.folder)
        if index is None or index.settings != state.settings:
            return False
        return self._opened_copy(index, state) is None and self._caught_up() is None

    def build(self, tell: Following | None = None) -> bool:
        """Build a new copy, or go on with one begun before, and put it in place; False when stopped.

        Raises LibraryError; the copy that answers goes on answering.
        """
        return self.grow(tell) and self.replace()

    def grow(self, tell: Following | None = None) -> bool:
        """Bring the new copy up to the store of now. Beside other threads that write to the old one."""
        with self._building():
            if self._next is None:
                self._next = self._resumed() or self._begun()
            return self._next.catch_up(tell)

    def replace(self) -> bool:
        """Put the new copy, grown up to the store of now, in the place of the old one."""
        assert self._next is not None
        with self._building():
            self._next.catch_up()
            if difference := self._next.difference():
                _log.warning("the new copy of %s is wrong: %s", self.leg.name, difference)
                self.drop_next()
                self._next = self._begun()
                self._next.catch_up()
            self._next.finish(self._file)
        before, self._copy, self._next = self._copy, self._next, None
        self._is_sound = True
        self.leg.serve(self._copy.index)
        if before:
            before.remove()
        self._clean()
        return True

    def drop_next(self) -> None:
        """Give up the copy that is being built."""
        self._next_file.remove()
        if self._next:
            self._next.remove()
            self._next = None

    def follow(self, change: Update, tell: Following = lambda done, total: True) -> None:
        """Take over what the store has just committed. Raises LibraryError; the next call makes up for it.

        A leg that doesn't answer yet is left to the copy that is being built. `tell` is told of passages and
        may stop it: the next call makes up for that too.
        """
        copy = self._copy
        if copy is None:
            return
        if not self._is_sound or copy.state.seq != change.after:
            if self._caught_up():
                self._give_up()
            return
        self._is_sound = False
        with self._explained("не записан"):
            for start in range(0, max(1, len(change.passages)), _BATCH):
                if not tell(start, len(change.passages)) and start:
                    return  # of an article as long as a book; other changes are taken over whole
                batch = change.passages[start : start + _BATCH]
                copy.index.replace(change.article_ids, batch, change.fresh or start > 0)
            if copy.index.count() < 0:
                raise RuntimeError("its parts hold different passages")
        copy.reached(change.seq)
        self._is_sound = True

    def settle(self) -> None:
        """Nothing is left to do after a run."""

    def contents(self) -> Mapping[str, Keys]:
        """All that the copy that answers holds, by its parts; nothing where none answers."""
        return self._copy.index.contents() if self._copy else {}

    def close(self) -> None:
        """Let the indexes go of their files."""
        self.leg.serve(None)
        for copy in (self._copy, self._next):
            if copy:
                copy.index.close()
        self._copy = self._next = None

    # Steps

    def _opened(self) -> str | None:
        state = self._file.read()
        if state is None:
            return "его не было на диске"
        if state.settings != self.leg.settings:
            return "изменились настройки"
        if state.seq > self._store.last_seq():
            return NEWER
        return self._opened_copy(self.leg.copy(self._data / state.folder), state)

    def _opened_copy(self, index: PassageIndex, state: State) -> str | None:
        copy = Copy(index, self._data / state.folder, self._file, state, self._store)
        if damage := self._unless_damaged(copy.open):
            self._unless_damaged(index.close)
            return damage
        self._copy = copy
        if reason := self._caught_up():
            self._copy = None
            copy.index.close()
            return reason
        self.leg.serve(index)
        return None

    def _give_up(self) -> None:
        """The copy that answers can't follow any more."""
        if not self.is_growing:
            self.build()
            return
        self.leg.serve(None)
        if self._copy:
            self._copy.index.close()
            self._copy = None

    def _caught_up(self) -> str | None:
        assert self._copy is not None
        copy = self._copy
        self._is_sound = False
        reason = self._unless_damaged(lambda: copy.catch_up()) or copy.difference()
        self._is_sound = reason is None
        return reason

    def _resumed(self) -> Copy | None:
        """The copy that was being built when the process stopped."""
        state = self._next_file.read()
        if state is None or state.settings != self.leg.settings or state.seq > self._store.last_seq():
            return None
        folder = self._data / state.folder
        copy = Copy(self.leg.copy(folder), folder, self._next_file, state, self._store)
        return None if self._unless_damaged(copy.open) else copy

    def _begun(self) -> Copy:
        name = f"{self.leg.name}/{self._free_number()}"
        state = State(self.leg.settings, 0, name, self.leg.recipe, self._store.last_seq())
        folder = self._data / name
        copy = Copy(self.leg.copy(folder), folder, self._next_file, state, self._store)
        copy.create()
        return copy

    def _free_number(self) -> int:
        taken = [int(path.name) for path in self._folders() if path.name.isdecimal()]
        return max(taken, default=0) + 1

    def _folders(self) -> list[Path]:
        folder = self._data / self.leg.name
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def _clean(self) -> None:
        """Delete what no copy lies in: a copy given up, or one replaced just before a crash."""
        states = (self._file.read(), self._next_file.read())
        known = {self._data / state.folder for state in states if state}
        for path in self._folders():
            if path in known:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def _unless_damaged(self, step: Callable[[], object]) -> str | None:
        """Run `step`; whatever a damaged index makes its library raise means that it is rebuilt."""
        try:
            step()
        except (RagError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of a Rust library is no Exception
            _log.warning("index %s is damaged: %r", self.leg.name, error)
            return "он повреждён"
        return None

    @contextmanager
    def _building(self) -> Iterator[None]:
        """What fails leaves the new copy on disk, to be gone on with."""
        try:
            with self._explained("не построен"):
                yield
        except BaseException:
            if self._next:
                self._unless_damaged(self._next.index.close)
                self._next = None
            raise

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """Whatever the index's library raises, as a LibraryError."""
        try:
            yield
        except (RagError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            raise LibraryError(
                f"Индекс {self.leg.name} {what} ({error}). Статьи сохранены в базе; проверьте место "
                f"на диске и права на папку {self._data}, затем повторите: snoska index"
            ) from error
