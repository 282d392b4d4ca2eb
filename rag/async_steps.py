"""Steps made in a thread and followed from asyncio, so that the loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, TypeVar

Step = TypeVar("Step")


async def followed(steps: Callable[[], Generator[Step, None, None]]) -> AsyncGenerator[Step, None]:
    """What `steps()` yields, as it comes; what it raises is raised here.

    Whoever leaves, or is cancelled, ends the work: at the step it is at, for a thread can't be stopped in the
    middle of one.
    """
    loop, made, left = asyncio.get_running_loop(), asyncio.Queue[Any](), threading.Event()

    def tell(what: Any) -> None:
        try:
            loop.call_soon_threadsafe(made.put_nowait, what)
        except RuntimeError:  # the loop has ended: nobody follows any more
            left.set()

    def work() -> None:
        try:
            if left.is_set():
                return
            running = steps()
            try:
                for step in running:
                    tell((step, None))
                    if left.is_set():
                        return
            finally:
                running.close()
            tell((None, StopAsyncIteration()))
        except BaseException as error:
            tell((None, error))

    loop.run_in_executor(None, work)
    try:
        while True:
            step, end = await made.get()
            if isinstance(end, StopAsyncIteration):
                return
            if end is not None:
                raise end
            yield step
    finally:
        left.set()
