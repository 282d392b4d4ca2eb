"""Where writing to the library is asked for: it is done in turn, and told of as it goes.

Long work has a thread of its own and lets others write between its articles (rag.library.turns), so that
nobody's note waits for somebody's archive.
Whoever waits for their turn keeps none of the threads waiting that searches run in. When a client leaves,
its work ends after the batch at hand; what was told of is kept.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from rag.library.report import Doing, Outcome, Report
from rag.library.run import Watch
from rag.web import problems

Result = TypeVar("Result")
Work = Callable[[Watch], Report]
# Proxies are to pass on what comes as it comes, neither kept, gathered nor packed.
STREAM_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
SILENCE = 15.0  # seconds of a stream; many proxies cut one after a minute
KEEP_ALIVE = b": keep-alive\n\n"  # a comment, which readers of events leave out


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: articles a second, and seconds that are left at that rate."""

    done: int
    total: int | None
    rate: float
    remaining: float | None

    @classmethod
    def since(cls, started: float, done: int, total: int | None) -> Progress:
        """`started` by the monotonic clock."""
        rate = done / max(time.monotonic() - started, 1e-3)
        left = None if total is None or not done else round((total - done) / rate, 1)
        return cls(done, total, round(rate, 1), left)

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in Progress.__slots__}


Step = Progress | Doing | Outcome | Report


class Desk:
    """The two threads that write for the clients of a server: one for what is soon done, one for the rest."""

    def __init__(self) -> None:
        self._short = ThreadPoolExecutor(1, "desk")
        self._long = ThreadPoolExecutor(1, "long-desk")

    async def call(self, work: Callable[[], Result]) -> Result:
        """What `work` gives, once it is its turn."""
        return await asyncio.wrap_future(self._short.submit(work))

    async def follow(
        self,
        work: Work,
        then: Callable[[], None] = lambda: None,
        is_long: bool = False,
        lasts: bool = False,
    ) -> AsyncIterator[Step]:
        """Do `work` and tell of it: what became of each article, how far it is, its report in the end.

        `then` is done when it is over or was given up. What it raises is raised here. Work that `is_long` is
        passed by other work. Work that `lasts` goes on when nobody follows it any more.
        """
        steps: asyncio.Queue[Step | BaseException] = asyncio.Queue()
        left = threading.Event()
        thread = self._long if is_long else self._short
        future = thread.submit(_work, work, steps, asyncio.get_running_loop(), left)
        future.add_done_callback(lambda _: then())
        try:
            while True:
                step = await steps.get()
                if isinstance(step, BaseException):
                    raise step
                yield step
                if isinstance(step, Report):
                    return
        finally:
            if not lasts:
                left.set()
                future.cancel()

    def close(self) -> None:
        """Begin nothing new."""
        for thread in (self._short, self._long):
            thread.shutdown(wait=False, cancel_futures=True)


def _work(
    work: Work,
    steps: asyncio.Queue[Step | BaseException],
    loop: asyncio.AbstractEventLoop,
    left: threading.Event,
) -> None:
    started = time.monotonic()

    def put(step: Step | BaseException) -> None:
        try:
            loop.call_soon_threadsafe(steps.put_nowait, step)
        except RuntimeError:  # the server has stopped: nobody follows any more
            left.set()

    try:
        put(
            work(
                Watch(
                    lambda done, total: put(Progress.since(started, done, total)),
                    put,
                    lambda: not left.is_set(),
                    put,
                )
            )
        )
    except BaseException as error:
        put(error)


def stream(steps: AsyncIterator[Step]) -> StreamingResponse:
    """`steps` as Server-Sent Events: `file`, `progress`, `doing`, and one `report` or `error` in the end."""
    return event_stream(_events(steps))


def event_stream(events: AsyncGenerator[bytes, None]) -> StreamingResponse:
    """`events` as a response that proxies neither gather nor cut off while nothing happens."""
    return StreamingResponse(_kept_alive(events), media_type="text/event-stream", headers=STREAM_HEADERS)


async def _kept_alive(events: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    upcoming: asyncio.Task[bytes] | None = None
    try:
        while True:
            upcoming = upcoming or asyncio.create_task(_next(events))
            done, _ = await asyncio.wait({upcoming}, timeout=SILENCE)
            if not done:
                yield KEEP_ALIVE
                continue
            came, upcoming = upcoming.result(), None
            if not came:
                return
            yield came
    finally:
        if upcoming:
            upcoming.cancel()  # which ends `events` too


async def _next(events: AsyncGenerator[bytes, None]) -> bytes:
    """The next event; empty at the end."""
    return await anext(events, b"")


async def _events(steps: AsyncIterator[Step]) -> AsyncGenerator[bytes, None]:
    files: list[Outcome] = []
    try:
        async for step in steps:
            if isinstance(step, Outcome):
                files.append(step)
                yield event("file", outcome_dict(step))
            elif isinstance(step, Progress):
                yield event("progress", step.as_dict())
            elif isinstance(step, Doing):
                yield event("doing", doing_dict(step))
            else:
                yield event("report", report_dict(step, files))
    except Exception as error:  # the status line is sent already: only an event can still tell
        yield event("error", problems.document(*problems.public(error)))


def event(name: str, data: dict[str, Any], event_id: str | None = None) -> bytes:
    """One event; a client that was cut off says the `event_id` of the last one it got."""
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False), id=event_id)


def doing_dict(doing: Doing) -> dict[str, Any]:
    """The JSON shape of what takes long now."""
    return {**doing._asdict(), "told": doing.told}


def outcome_dict(outcome: Outcome) -> dict[str, Any]:
    """The JSON shape of what became of one file."""
    name, status, article_id, reason = outcome
    return {"name": name, "status": status, "id": article_id, "reason": reason}


def report_dict(report: Report, files: list[Outcome]) -> dict[str, Any]:
    """The JSON shape of a report; `files` are those it is of."""
    counted = ("added", "replaced", "unchanged", "removed", "articles", "passages", "stopped")
    return {
        **{name: getattr(report, name) for name in counted},
        "failed": len(report.failed) + len(report.unknown),
        "seconds": round(report.seconds, 3),
        "summary": report.summary(),
        "files": [outcome_dict(each) for each in files],
    }
