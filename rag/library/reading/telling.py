"""How far the reading of one big file is: a reader tells it, whoever waits for the file shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Part = TypeVar("Part")
Told = Callable[[int, int], None]  # done, of how many: pages, members, bytes


def _nobody(done: int, total: int) -> None:
    pass


_listening: ContextVar[Told] = ContextVar("listening", default=_nobody)


def tell(done: int, total: int) -> None:
    """Say that `done` of `total` parts of the file are read; whoever doesn't care hears nothing."""
    _listening.get()(done, total)


def counting(parts: Iterable[Part], total: int) -> Iterator[Part]:
    """The `parts`, of which there are `total`; how many are read is told as they are asked for."""
    for number, part in enumerate(parts):
        tell(number, total)
        yield part


@contextmanager
def listening(told: Told) -> Iterator[None]:
    """Hear what readers tell inside the block."""
    token = _listening.set(told)
    try:
        yield
    finally:
        _listening.reset(token)
