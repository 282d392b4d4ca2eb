"""Who is answered, who waits, who is sent away; what happens when somebody leaves."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import pytest

from rag.web.admission import Admission, BusyError
from tests.patience import PATIENCE, becomes


@pytest.fixture()
def gate() -> Iterator[threading.Event]:
    """Holds work until it is set."""
    gate = threading.Event()
    yield gate
    gate.set()


def held(gate: threading.Event, closed: list[int], number: int) -> Iterator[int]:
    """One step, and another once the gate is open; tells that it was closed."""
    try:
        yield number
        gate.wait(PATIENCE)
        yield -number
    finally:
        closed.append(number)


def test_a_fixed_number_is_worked_on_a_fixed_number_waits(gate: threading.Event) -> None:
    admission = Admission(at_once=2, queue=3)
    closed: list[int] = []

    async def follow(number: int) -> list[int]:
        return [step async for step in admission.follow(held(gate, closed, number)) if step is not None]

    async def run() -> None:
        taken = [asyncio.create_task(follow(number)) for number in range(1, 6)]
        while admission.counts() != (2, 3):
            await asyncio.sleep(0.01)
        with pytest.raises(BusyError) as refused:
            await follow(6)
        assert refused.value.seconds >= 1 and "очередь полна" in str(refused.value)
        gate.set()
        assert await asyncio.gather(*taken) == [[number, -number] for number in range(1, 6)]
        assert await admission.drained(PATIENCE)

    asyncio.run(run())
    assert sorted(closed) == [1, 2, 3, 4, 5]
    assert admission.counts() == (0, 0)


def test_who_leaves_the_queue_makes_room_and_who_leaves_an_answer_ends_it(gate: threading.Event) -> None:
    admission = Admission(at_once=1, queue=1)
    closed: list[int] = []

    async def run() -> None:
        first = admission.follow(held(gate, closed, 1))
        assert await anext(first) == 1
        waiting = asyncio.create_task(anext(admission.follow(held(gate, closed, 2))))
        while admission.counts() != (1, 1):
            await asyncio.sleep(0.01)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        assert admission.counts() == (1, 0)
        third = asyncio.create_task(anext(admission.follow(held(gate, closed, 3))))
        while admission.counts() != (1, 1):
            await asyncio.sleep(0.01)
        await first.aclose()
        gate.set()
        assert await third == 3
        assert 1 in closed

    asyncio.run(run())


def test_threads_wait_for_their_turn_too(gate: threading.Event) -> None:
    admission = Admission(at_once=1, queue=1)
    closed: list[int] = []
    gate.set()
    assert list(admission.iterate(held(gate, closed, 1))) == [1, -1]
    left = admission.iterate(held(gate, closed, 2))
    assert next(left) == 2
    left.close()
    becomes(lambda: closed, [1, 2])

    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        list(admission.iterate(broken()))
    # Steps that nobody takes are bounded.
    made = admission.iterate(iter(range(10_000)))
    becomes(lambda: admission.counts(), (0, 0))  # nothing begins before somebody takes
    steps = list(made)
    assert steps[-1] == 9_999 and len(steps) <= 10_000
    assert steps == sorted(steps)


def test_a_server_that_stops_admits_nobody(gate: threading.Event) -> None:
    admission = Admission(at_once=1, queue=1)

    async def run() -> None:
        running = admission.follow(held(gate, [], 1))
        await anext(running)
        assert not await admission.drained(0.05)
        with pytest.raises(BusyError, match="останавливается"):
            await admission.call(lambda: 1)
        gate.set()
        assert await admission.drained(PATIENCE)

    asyncio.run(run())
