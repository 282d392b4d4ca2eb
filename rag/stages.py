"""What a question goes through, told to whoever measures it: metrics and traces, where there are any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

from rag.types import Answer

Item = TypeVar("Item")


class Watcher:
    """Hears of every question that this process answers; made to be inherited from. Must not raise."""

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Entered while the stage `name` lasts."""
        return ExitStack()

    def answered(self, answer: Answer) -> None:
        """`answer` is whole."""


_watchers: tuple[Watcher, ...] = ()


def watch(watcher: Watcher) -> Callable[[], None]:
    """Let `watcher` hear; what is given back lets it hear no more."""
    global _watchers
    _watchers = (*_watchers, watcher)

    def leave() -> None:
        global _watchers
        _watchers = tuple(each for each in _watchers if each is not watcher)

    return leave


@contextmanager
def stage(name: str) -> Iterator[None]:
    """One stage of a question, as long as this lasts."""
    with ExitStack() as entered:
        for each in _watchers:
            entered.enter_context(each.stage(name))
        yield


def staged(name: str, items: Iterator[Item]) -> Iterator[Item]:
    """`items`, the making of each of them as the stage `name`: what is done with them isn't part of it."""
    end = object()
    try:
        while True:
            with stage(name):
                item = next(items, end)
            if item is end:
                return
            yield item  # type: ignore[misc]
    finally:  # whoever leaves ends the making
        close = getattr(items, "close", None)
        if close is not None:
            close()


def answered(answer: Answer) -> None:
    """Tell of a whole answer."""
    for each in _watchers:
        each.answered(answer)
