"""Whose turn it is to write: first come, first served, and who has long work lets others go before."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Turns:
    """A lock for one thread at a time, as often as that one likes; others get it in the order they came."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._waiting: deque[object] = deque()  # a ticket each
        self._owner: int | None = None
        self._depth = 0

    def acquire(self, timeout: float | None = None) -> bool:
        """Whether it was to be had within `timeout` seconds."""
        me, ticket = threading.get_ident(), object()
        with self._change:
            if self._owner == me:
                self._depth += 1
                return True
            self._waiting.append(ticket)
            try:
                is_mine = self._change.wait_for(
                    lambda: self._owner is None and self._waiting[0] is ticket, timeout
                )
                if is_mine:
                    self._owner, self._depth = me, 1
                return is_mine
            finally:
                self._waiting.remove(ticket)
                self._change.notify_all()

    def release(self) -> None:
        with self._change:
            self._depth -= 1
            if not self._depth:
                self._owner = None
                self._change.notify_all()

    @property
    def is_wanted(self) -> bool:
        """Whether others wait."""
        return bool(self._waiting)

    def give_way(self) -> None:
        """Let all go before who wait now; for the thread whose turn it is."""
        with self._change:
            depth, self._depth, self._owner = self._depth, 0, None
            self._change.notify_all()
        self.acquire()
        self._depth = depth

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
