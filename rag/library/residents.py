"""Keeps an index that lies in the store's own database the same as the store: there is little to keep.

It is written in the transaction in which articles are. Only an index of new settings has to be filled, and
one that no server has used for a while to catch up.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from rag.errors import RagError
from rag.library.copies import Following
from rag.library.mirrors import Update
from rag.library.store import Store
from rag.types import IndexLeg, Keys, Resident

_AT_ONCE = 200  # articles
_log = logging.getLogger(__name__)


class ResidentMirror:
    """One leg and its index in the database: what Mirror is for an index in a folder."""

    def __init__(self, store: Store, leg: IndexLeg) -> None:
        self.leg = leg
        self.is_growing = False  # another thread fills it
        self._store = store
        self._index = cast(Resident, leg.copy(Path()))
        self._is_anew = False
        self._catching = threading.Lock()

    def open(self) -> str | None:
        """Let the leg answer from the index; why it has to be filled first (Russian), or None."""
        self._index.open()
        self._store.residents.append(self._index)
        if not self._index.seq() and self._store.last_seq():
            return "его не было в базе"
        self._catch_up()
        self.leg.serve(self._index)
        return None

    def open_former(self) -> bool:
        """The index of former settings stays in the database, for the servers that have them."""
        return False

    def build(self, tell: Following | None = None) -> bool:
        """Fill the index, or write all of it anew while it answers; False when stopped."""
        return self.grow(tell) and self.replace()

    def grow(self, tell: Following | None = None) -> bool:
        if self._is_anew:
            return self._rewritten(tell)
        return self._catch_up(tell)

    def replace(self) -> bool:
        self._is_anew = False
        self._catch_up()
        self.leg.serve(self._index)
        self.settle()
        return True

    def drop_next(self) -> None:
        """The next building writes everything anew."""
        self._is_anew = True

    def follow(self, change: Update, tell: Following = lambda done, total: True) -> None:
        """It was written with the articles, unless it had fallen behind before."""
        if not self.is_growing:
            self._catch_up(tell)

    def heard(self) -> None:
        """Another server has written: one with other settings leaves this index behind."""
        if not self.is_growing and self._index.seq() < self._store.last_seq():
            threading.Thread(target=self._try, name="catching-up", daemon=True).start()

    def settle(self) -> None:
        """See Resident; what fails here is made up for after the next run."""
        try:
            self._index.settle()
        except RagError as error:
            _log.warning("index %s is not settled: %s", self.leg.name, error)

    def contents(self) -> Mapping[str, Keys]:
        return self._index.contents()

    def close(self) -> None:
        self.leg.serve(None)
        self._index.close()

    def _try(self) -> None:
        try:
            self._catch_up()
        except RagError as error:
            _log.warning("index %s is behind: %s", self.leg.name, error)

    def _catch_up(self, tell: Following | None = None) -> bool:
        done = 0
        with self._catching:
            while taken := self._store.bring(self._index, _AT_ONCE):
                done += taken
                if tell and not tell(done, max(done, len(self._store.ids()))):
                    return False
        return True

    def _rewritten(self, tell: Following | None) -> bool:
        ids = self._store.ids()
        for start in range(0, len(ids), _AT_ONCE):
            if tell and not tell(start, len(ids)):
                return False
            self._store.rewrite(self._index, ids[start : start + _AT_ONCE])
        return tell is None or tell(len(ids), len(ids))
