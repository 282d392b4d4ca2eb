"""The indexes of a library: one for each way to search, brought up to date with the store and kept so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from rag.database import SharedDatabase
from rag.library import arrivals
from rag.library.copies import Following
from rag.library.mirrors import NEWER, Mirror, Update
from rag.library.renewal import Renewal
from rag.library.report import counted
from rag.library.residents import ResidentMirror
from rag.library.run import Progress
from rag.library.store import Store
from rag.library.turns import Turns
from rag.types import IndexLeg

# When a copy that has to be built anew is: before anything else, in the background, or at another opening.
Building = Literal["now", "behind", "later"]
_LOST = (
    " Последние изменения базы пропали вместе с журналом library.db-wal. "
    "Прочитайте статьи снова: snoska index ПАПКА"
)


class Indexes:
    """The mirrors of `store`, one for each of the `legs`, in `home`: a folder, or the store's own database.

    `writing` is the library's lock. `notes` gets a line (Russian) for every index that is built anew;
    `pending` says why one doesn't answer. `renewal` builds in the background.
    """

    def __init__(
        self,
        store: Store,
        legs: Sequence[IndexLeg],
        writing: Turns,
        notes: list[str],
        home: Path | SharedDatabase,
    ) -> None:
        self.notes = notes
        self.pending: dict[str, str] = {}
        self.renewal: Renewal | None = None
        self._store = store
        self._writing = writing
        self._shared = None if isinstance(home, Path) else home
        self.mirrors: list[Mirror | ResidentMirror] = [
            Mirror(home, store, leg) if isinstance(home, Path) else ResidentMirror(store, leg) for leg in legs
        ]

    def open(self, building: Building, progress: Progress | None) -> None:
        """Bring every index up to date, now or as `building` says."""
        behind: list[Mirror | ResidentMirror] = []
        for mirror in self.mirrors:
            reason = mirror.open()
            if reason is None:
                continue
            name = mirror.leg.name
            if not self._store.counts().passages:
                mirror.build()
                if reason == NEWER:
                    self.notes.append(_rebuilt(name, reason))
            elif building == "later":
                self.pending[name] = reason
            elif building == "behind" and mirror.leg.can_wait:
                self.notes.append(_renewed_behind(name, reason, mirror.open_former()))
                behind.append(mirror)
            else:
                mirror.build(_following(progress))
                self.notes.append(_rebuilt(name, reason))
        if behind:
            self.renewal = Renewal(behind, self._writing, self.notes.append)
            self.renewal.start()
        if building != "now" and (outdated := self._store.outdated(arrivals.SETTINGS)):
            self.notes.append(
                f"Разобрано прежней версией программы: {counted(outdated, 'статья', 'статьи', 'статей')}. "
                "Прочитайте их заново: snoska index"
            )
        if self._shared:
            for mirror in self.mirrors:
                if isinstance(mirror, ResidentMirror):
                    self._shared.heed(mirror.heard)

    def follow(self, update: Update, tell: Following = lambda done, total: True) -> None:
        """Have every index take over what was written."""
        for number, mirror in enumerate(self.mirrors):
            mirror.follow(update, partial(_of_several, tell, number, len(self.mirrors)))

    def catch_up(self) -> None:
        """Have every index take over all that it hasn't yet."""
        self.follow(Update([], [], fresh=False, after=-1, seq=self._store.last_seq()))

    def settle(self) -> None:
        """Do what indexes do after a run, such as merging what was written."""
        for mirror in self.mirrors:
            mirror.settle()

    def rebuild(self, progress: Progress | None) -> None:
        """Build every index anew; the old ones answer meanwhile."""
        self._stop_renewal()
        for mirror in self.mirrors:
            mirror.drop_next()
            mirror.build(_following(progress))

    def counts(self) -> dict[str, int]:
        """Passages held by each index that answers, by its name."""
        return {mirror.leg.name: mirror.leg.count() for mirror in self.mirrors}

    def close(self) -> None:
        """Close every index; one that is being built goes on at the next opening."""
        self._stop_renewal()
        for mirror in self.mirrors:
            mirror.close()

    def _stop_renewal(self) -> None:
        if self.renewal:
            self.renewal.stop()


def _of_several(tell: Following, number: int, several: int, done: int, total: int) -> bool:
    """Tell of one of several that take over the same."""
    return tell(number * total + done, several * total)


def _following(progress: Progress | None) -> Following | None:
    if progress is None:
        return None

    def tell(done: int, total: int) -> bool:
        progress(done, total)
        return True

    return tell


def _rebuilt(name: str, reason: str) -> str:
    return f"Индекс {name} построен заново: {reason}." + (_LOST if reason == NEWER else "")


def _renewed_behind(name: str, reason: str, former: bool) -> str:
    meanwhile = "отвечает прежний" if former else "ищу без него"
    return f"Индекс {name} строится заново в фоне ({reason}); пока {meanwhile}."
