"""Hears of what other servers write: NOTIFY comes with every commit, to a connection of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

_log = logging.getLogger(__name__)
_LOOK = 1.0  # seconds between two looks whether to stop
_AGAIN = 1.0  # seconds before the next try to connect


class Listening:
    """A thread that waits for notifications. `generation` grows with every change, whoever made it.

    Where nothing can be heard, because the database is away, every look at it finds it grown: then whoever
    keeps something in memory reads it anew. `then` are called after a change of another server, in this
    thread.
    """

    def __init__(self, connect: Callable[[], Any], lost: Callable[[], None]) -> None:
        self.then: list[Callable[[], None]] = []
        self._connect = connect
        self._lost = lost
        self._generation = 0
        self._hears = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="postgres-listening", daemon=True)
        self._thread.start()

    @property
    def generation(self) -> int:
        if not self._hears:
            self._generation += 1
        return self._generation

    def wrote(self) -> None:
        """This process has committed; it doesn't wait to hear it."""
        self._generation += 1

    def end(self) -> None:
        """Stop with what is heard next, if it is nothing but that this is the end."""
        self._stopping.set()

    def stop(self) -> None:
        self._stopping.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(2 * _LOOK)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._connect() as connection:
                    self._generation += 1  # of what was said before nothing was heard
                    self._hears = True
                    self._tell()
                    self._listen(connection)
            except Exception as error:  # whatever it is, one goes on trying
                if self._hears:
                    _log.warning("the database is away: %s", type(error).__name__)
                    self._lost()
            self._hears = False
            self._stopping.wait(_AGAIN)

    def _listen(self, connection: Any) -> None:
        while not self._stopping.is_set():
            heard = list(connection.notifies(timeout=_LOOK, stop_after=1))
            if heard:
                self._generation += 1
                self._tell()

    def _tell(self) -> None:
        for each in list(self.then):
            try:
                each()
            except Exception as error:
                _log.warning("a change could not be followed: %s", error)
