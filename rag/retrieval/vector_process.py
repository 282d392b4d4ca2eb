"""Asks Chroma, which runs in a process of its own: one for all libraries of this process.

It is started when it is needed and ends by itself when nothing is asked of it for a while (unless it is to
stay), or when this process ends. What is asked is done in turn.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from rag.processes import GONE, Helper
from rag.retrieval.chroma_home import ChromaError, ChromaHome

# At 30,000 passages: recall@10 .990 and 3.2 ms; with 200 and 200: .987 and 3.8 ms, and the graph takes half
# as long again to build.
HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 100, "ef_search": 400}
STAY = "stay"  # asked of the process, not of a home
_MODULE = "rag.retrieval.chroma"

_Request = tuple[ChromaHome, str, Sequence[Any]]


class VectorProcess:
    """The process and who asks it. What it keeps is opened by whatever is asked of it first."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._turns = ThreadPoolExecutor(1, "chroma")
        self._helper: Helper | None = None
        self._asked = 0
        self._guard = threading.Lock()
        self._stays = self._told_to_stay = False
        self.is_wanted = False  # it was started, or asked something: who opens a home has it opened there too

    def start(self) -> None:
        """Have the process started by now: it takes a second or two to be ready."""
        self.is_wanted = True
        self._turns.submit(self._started)

    def stay(self) -> None:
        """Keep it when it has nothing to do: the first write after a rest takes half a second, not ten."""
        self._stays = True
        self.start()

    def begin(self, home: ChromaHome, method: str, *arguments: Any) -> Future[Any]:
        """Have what rag.retrieval.chroma has opened do this. `result()` of it raises ChromaError."""
        with self._guard:
            self._asked += 1
            self.is_wanted |= method != "close"
        return self._turns.submit(self._turn, (home, method, arguments))

    def ask(self, home: ChromaHome, method: str, *arguments: Any) -> Any:
        return self.begin(home, method, *arguments).result()

    def interrupt(self) -> None:
        """End the process in the middle of what it does, which is not begun again if it is "load"."""
        if helper := self._helper:
            helper.process.kill()

    @property
    def is_busy(self) -> bool:
        """Whether who asks now would have to wait for others."""
        return self._asked > 0

    def end(self) -> None:
        """Let it finish what it is doing."""
        if self.owner == os.getpid():
            self._turns.shutdown()
            if self._helper:
                self._helper.end()

    def _turn(self, request: _Request) -> Any:
        try:
            return self._answered(request)
        finally:
            with self._guard:
                self._asked -= 1

    def _answered(self, request: _Request) -> Any:
        before = self._helper
        if before is None and request[1] == "close":
            return None  # nothing is open
        try:
            is_done, result = self._exchange(request)
        except GONE as error:
            self._dismiss()
            if before is None or request[1] == "load":
                raise ChromaError(f"процесс Chroma не работает: {error!r}") from error
            # It had nothing to do and left, or was killed: all that can be asked may be asked twice.
            return self._answered(request)
        if not is_done:
            raise ChromaError(result)
        return result

    def _exchange(self, request: _Request) -> tuple[bool, Any]:
        helper = self._started()
        helper.send(request)
        answer: tuple[bool, Any] = helper.receive()
        return answer

    def _started(self) -> Helper:
        if self._helper is None:
            self._helper = Helper(_MODULE)
            # Who leaves when there is nothing to do shall not be listed as a dead process.
            threading.Thread(target=self._helper.process.wait, name="chroma-end", daemon=True).start()
            self._told_to_stay = False
        if self._stays and not self._told_to_stay:
            self._helper.send((None, STAY, ()))
            self._helper.receive()
            self._told_to_stay = True
        return self._helper

    def _dismiss(self) -> None:
        if self._helper:
            self._helper.kill()
            self._helper = None


_running: VectorProcess | None = None
_starting = threading.Lock()


def chroma() -> VectorProcess:
    """The one of this process; a forked process has its own."""
    global _running
    with _starting:
        if _running is None or _running.owner != os.getpid():
            _running = VectorProcess()
            atexit.register(_running.end)
        return _running
