"""While a command works: a progress bar on a terminal, and Ctrl-C."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from rag.processes import GRACE, ends_within

if TYPE_CHECKING:
    from tqdm import tqdm

    from rag.library.report import Doing

BAR = "{desc}: {percentage:3.0f} % |{bar}| {n_fmt} из {total_fmt}, {rate_fmt}, осталось {remaining}"
COUNT = "{desc}: {n_fmt}, {rate_fmt}"


class Bar:
    """A progress bar, shown once there is something to show."""

    def __init__(self, what: str, unit: str, stack: ExitStack) -> None:
        self._what, self._unit, self._stack = what, unit, stack
        self._bar: tqdm[Any] | None = None

    def __call__(self, done: int, total: int | None) -> None:
        """`done` of so many."""
        bar = self._shown(total)
        bar.total = total
        bar.set_description_str(self._what, refresh=False)
        bar.update(done - bar.n)

    def doing(self, doing: Doing) -> None:
        """What takes long now, in place of what is counted."""
        self._shown(None).set_description_str(doing.told)

    def _shown(self, total: int | None) -> tqdm[Any]:
        from tqdm import tqdm

        if self._bar is None:
            self._bar = self._stack.enter_context(
                tqdm(unit=self._unit, desc=self._what, leave=False, file=sys.stderr)
            )
        self._bar.bar_format = BAR if total or self._bar.total else COUNT
        return self._bar


class Telling(logging.Handler):
    """Prints what a record has to tell a user (its `told`, Russian) to stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        if told := getattr(record, "told", ""):
            print(told, file=sys.stderr, flush=True)


def tell_what_takes_long() -> None:
    """On the command line, say what is made before anything else can be done."""
    log = logging.getLogger("rag.retrieval.static")
    log.setLevel(logging.INFO)
    if not any(isinstance(each, Telling) for each in log.handlers):
        log.addHandler(Telling())


@contextmanager
def progress_bar(what: str, unit: str = " статья") -> Iterator[Bar | None]:
    """A progress bar on a terminal once there is progress, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        yield Bar(what, unit, stack)


def ignore(doing: Doing) -> None:
    """For who has no terminal."""


@contextmanager
def until_interrupted() -> Iterator[Callable[[], bool]]:
    """False from the first Ctrl-C or SIGTERM on: work ends soon. The second one ends it at once.

    Should it not end within the grace, the process does.
    """
    interrupted = threading.Event()

    def note(number: int, _: object) -> None:
        interrupted.set()
        ends_within(GRACE)
        signal.signal(number, signal.default_int_handler)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: not interrupted.is_set()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
