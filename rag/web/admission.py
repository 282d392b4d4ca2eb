"""Who is answered now, who waits and who is sent away: threads of our own that work on answers.

An answer takes one thread from its beginning to its end. A fixed number is worked on at once, a fixed number
waits, and everybody else hears at once when to come again: a queue that has no end keeps all of it waiting.
Nothing else runs in these threads, so whoever asks for the health of the server or a list needs no turn.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from rag.errors import RagError

Step = TypeVar("Step")
BEAT = 0.5  # seconds without a step after which whoever follows an answer may look around
KEPT = 64  # steps that nobody has taken yet; an older one says less than those behind it
SHORTEST, LONGEST = 1, 60  # seconds after which somebody is told to come again
_LOOK = 0.02  # seconds between two looks at what still runs


class BusyError(RagError):
    """All turns are taken and the queue is full; after `seconds` one may be free."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(eq=False)
class _Job(Generic[Step]):
    """Steps to be made, those that were made and not yet taken, and how it ended."""

    steps: Iterator[Step]
    tell: Callable[[], None]  # that there is something to take
    made: deque[Step] = field(default_factory=lambda: deque(maxlen=KEPT))
    error: BaseException | None = None
    over: bool = False
    left: threading.Event = field(default_factory=threading.Event)
    context: Context = field(default_factory=copy_context)  # of who asks: logs tell its request

    def work(self) -> None:
        """Make the steps until they end or nobody wants them any more."""
        try:
            for step in self.steps:
                self.made.append(step)
                self._tell()
                if self.left.is_set():
                    break
        except BaseException as error:
            self.error = error
        self.close()

    def close(self) -> None:
        close = getattr(self.steps, "close", None)
        if close:
            with suppress(Exception):  # it was to end, and it has
                close()
        self.over = True
        self._tell()

    def _tell(self) -> None:
        try:
            self.tell()
        except RuntimeError:  # the loop that wanted it has ended
            self.left.set()


class Admission:
    """At most `at_once` answers at the same time, `queue` more wait. Safe to use from several threads.

    What is followed raises BusyError at its first step where there is no room.
    """

    def __init__(self, at_once: int = 8, queue: int = 64) -> None:
        self.at_once, self.queue = at_once, queue
        self._changed = threading.Condition()
        self._waiting: deque[_Job[Any]] = deque()
        self._working = 0
        self._threads = 0
        self._closed = False
        self._pace = 0.5  # seconds an answer takes, of late
        self.ended = 0  # answers

    async def follow(self, steps: Iterator[Step]) -> AsyncGenerator[Step | None, None]:
        """The steps as they are made; None after each BEAT without one. Who leaves ends the work."""
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        job = self._admit(steps, lambda: _wake(loop, ready))
        try:
            while True:
                with suppress(TimeoutError):  # not wait_for: in Python 3.11 it may miss that who follows left
                    async with asyncio.timeout(BEAT):
                        await ready.wait()
                ready.clear()
                over = job.over  # looked at first: what it made before that is there now
                if not job.made and not over:
                    yield None
                while job.made:
                    yield job.made.popleft()
                if over:
                    break
        finally:
            self._leave(job)
        if job.error:
            raise job.error

    def iterate(self, steps: Iterator[Step]) -> Generator[Step, None, None]:
        """The steps as they are made, for a thread that waits for them. Who leaves ends the work."""
        ready = threading.Event()
        job = self._admit(steps, ready.set)
        try:
            while True:
                ready.wait()
                ready.clear()
                over = job.over
                while job.made:
                    yield job.made.popleft()
                if over:
                    break
        finally:
            self._leave(job)
        if job.error:
            raise job.error

    async def call(self, work: Callable[[], Step]) -> Step:
        """What `work` gives, once it is its turn. Raises BusyError."""
        given = [step async for step in self.follow(_once(work)) if step is not None]
        return given[0]

    async def drained(self, seconds: float) -> bool:
        """Admit nobody any more and wait for what runs and waits; whether it ended within `seconds`."""
        with self._changed:
            self._closed = True
        ends = time.monotonic() + seconds
        while (self._working or self._waiting) and time.monotonic() < ends:
            await asyncio.sleep(_LOOK)
        return not (self._working or self._waiting)

    def close(self) -> None:
        """Begin nothing new, and end what waits."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, deque()
            self._changed.notify_all()
        for job in waiting:
            job.close()

    def check(self) -> None:
        """Raises BusyError where nobody would be admitted now."""
        if self._closed:
            raise BusyError("Сервер останавливается. Повторите запрос через несколько секунд.", 5)
        if self._working + len(self._waiting) >= self.at_once + self.queue:
            raise BusyError(
                "Сейчас слишком много вопросов сразу, и очередь полна. Повторите запрос чуть позже.",
                self._seconds(),
            )

    def counts(self) -> tuple[int, int]:
        """How many answers are worked on, and how many wait."""
        return self._working, len(self._waiting)

    def _admit(self, steps: Iterator[Step], tell: Callable[[], None]) -> _Job[Step]:
        job = _Job(steps, tell)
        with self._changed:
            self.check()
            self._waiting.append(job)
            if self._working + len(self._waiting) > self._threads < self.at_once:
                self._threads += 1
                # Not waited for when the process ends: an answer that hangs must not keep it alive.
                threading.Thread(target=self._serve, name=f"answers-{self._threads}", daemon=True).start()
            self._changed.notify()
        return job

    def _seconds(self) -> int:
        """After how many seconds there should be room, at the present pace."""
        ahead = self._pace * (len(self._waiting) + 1) / self.at_once
        return max(SHORTEST, min(LONGEST, round(ahead + 0.5)))

    def _leave(self, job: _Job[Any]) -> None:
        job.left.set()
        with self._changed:
            if job not in self._waiting:
                return  # a thread is at it and will see, or it is over
            self._waiting.remove(job)
        job.close()

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    if self._closed:
                        return
                    self._changed.wait()
                job = self._waiting.popleft()
                self._working += 1
            began = time.monotonic()
            job.context.run(job.work)
            with self._changed:
                self._working -= 1
                self.ended += 1
                self._pace += 0.2 * (time.monotonic() - began - self._pace)


def _once(work: Callable[[], Step]) -> Iterator[Step]:
    yield work()


def _wake(loop: asyncio.AbstractEventLoop, ready: asyncio.Event) -> None:
    loop.call_soon_threadsafe(ready.set)
