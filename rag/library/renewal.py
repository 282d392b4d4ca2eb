"""New copies built in a thread of their own, while the old ones answer and the library is written to."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from rag.errors import RagError
from rag.library.mirrors import Mirror
from rag.library.residents import ResidentMirror
from rag.library.turns import Turns

_log = logging.getLogger(__name__)
_PATIENCE = 0.2  # seconds between two looks whether to stop


class Renewal:
    """Builds the copies of some mirrors one after another.

    `writing` is the library's lock: it is held only for the last step, when a copy takes its place.
    `told` is given a line (Russian) for every copy that is in place, or could not be built.
    """

    def __init__(
        self, mirrors: Sequence[Mirror | ResidentMirror], writing: Turns, told: Callable[[str], None]
    ) -> None:
        self._mirrors = mirrors
        self._writing = writing
        self._told = told
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="renewal", daemon=True)
        for mirror in mirrors:
            mirror.is_growing = True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after the batch at hand; what is built so far is gone on with at the next opening."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def wait(self, seconds: float) -> bool:
        """Whether all is built (or given up) within `seconds`."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        for mirror in self._mirrors:
            try:
                if self._renewed(mirror):
                    self._told(f"Индекс {mirror.leg.name} построен заново, отвечает новый.")
            except RagError as error:
                _log.error("index %s was not renewed: %s", mirror.leg.name, error)
                self._told(str(error))
            finally:
                mirror.is_growing = False

    def _renewed(self, mirror: Mirror | ResidentMirror) -> bool:
        if not mirror.grow(self._goes_on):
            return False
        while not self._writing.acquire(timeout=_PATIENCE):
            if self._stopping.is_set():
                return False
        try:
            return mirror.replace()
        finally:
            self._writing.release()

    def _goes_on(self, done: int, total: int) -> bool:
        _log.info("articles encoded anew: %d of %d", done, total)
        return not self._stopping.is_set()
