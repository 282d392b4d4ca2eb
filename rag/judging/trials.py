"""Evaluations that readers start: each goes on in the server, whether anybody looks on or not."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from rag.judging.questions import Question
from rag.judging.run import Ask, Outcome, run
from rag.judging.run_history import PastRuns

AT_ONCE = 2  # the others wait for their turn
KEPT = 100  # readers whose latest run can still be looked at
_LOOKS = 0.2  # seconds between two looks at a run that is followed


@dataclass(frozen=True, slots=True)
class Trial:
    """A run of a question set called `title` as far as it is; `of` is how many questions there are."""

    title: str
    of: int
    outcomes: tuple[Outcome, ...] = ()
    running: bool = True


class _Run:
    """A run that one thread goes through and others look at; each look is a whole Trial."""

    def __init__(self, title: str, of: int) -> None:
        self.now = Trial(title, of)
        self._guard = threading.Lock()

    def stop(self) -> None:
        with self._guard:
            self.now = replace(self.now, running=False)

    def go(self, ask: Ask, questions: Sequence[Question], keep: Callable[[Trial], None]) -> None:
        """Ask them all; `keep` is given the run if it comes to its end."""
        try:
            for outcome in run(ask, self._until_stopped(questions)):
                with self._guard:
                    if self.now.running:
                        self.now = replace(self.now, outcomes=(*self.now.outcomes, outcome))
            if self.now.running:
                keep(self.now)
        finally:
            self.stop()

    def _until_stopped(self, questions: Sequence[Question]) -> Iterator[Question]:
        for question in questions:
            if not self.now.running:
                return
            yield question


class Trials:
    """The latest run of each reader, asked with `ask`. Safe to use from several threads."""

    def __init__(self, ask: Ask, past: PastRuns | None = None) -> None:
        """`past` is where whole runs are kept."""
        self._ask, self.past = ask, past
        self._threads = ThreadPoolExecutor(AT_ONCE, "trial")
        self._runs: OrderedDict[str, _Run] = OrderedDict()
        self._guard = threading.Lock()

    def start(self, owner: str, title: str, questions: Sequence[Question], private: bool = False) -> None:
        """Begin a run of `owner` in place of the former one, which ends.

        Only `owner` sees a `private` one among the past runs.
        """

        def keep(trial: Trial) -> None:
            if self.past:
                self.past.keep(trial.title, trial.outcomes, owner if private else "")

        begun = _Run(title, len(questions))
        with self._guard:
            former = self._runs.pop(owner, None)
            self._runs[owner] = begun
            forgotten = [self._runs.popitem(last=False)[1] for _ in range(len(self._runs) - KEPT)]
        for each in filter(None, (former, *forgotten)):
            each.stop()
        self._threads.submit(begun.go, self._ask, questions, keep)

    def now(self, owner: str) -> Trial | None:
        """The latest run of `owner`, as it is now."""
        found = self._runs.get(owner)
        return found.now if found else None

    def stop(self, owner: str) -> None:
        """End the run of `owner` after the question at hand, which no longer counts."""
        found = self._runs.get(owner)
        if found:
            found.stop()

    async def follow(self, owner: str) -> AsyncIterator[Trial]:
        """The run of `owner` whenever it has come further, until it ends; nothing where there is none."""
        shown = None
        while (trial := self.now(owner)) is not None:
            if trial is not shown:
                shown = trial
                yield trial
            if not trial.running:
                return
            await asyncio.sleep(_LOOKS)

    def close(self) -> None:
        """End every run."""
        for each in tuple(self._runs.values()):
            each.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)
