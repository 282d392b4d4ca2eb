"""Who is answered, who waits, who is sent away; what happens when somebody leaves; how a server stops."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

import rag.web.traffic
import rag.web.write_queue
from rag.web.admission import LONGEST, Admission, BusyError
from rag.web.api import create_app
from rag.web.listening import IDLE, Server, impatient
from rag.web.terms import Terms
from tests.patience import PATIENCE, becomes
from tests.web.sample import SampleBot, open_sample
from tests.web.serving import running

pytestmark = pytest.mark.slow_file

SLOW = {"question": "медленно: длина канала?"}
Held = Callable[[int], Iterator[int]]


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


def test_steps_that_nobody_takes_are_bounded() -> None:
    admission = Admission(at_once=1, queue=0)
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


# Over HTTP


@pytest.fixture()
def bot(tmp_path: Path) -> Iterator[SampleBot]:
    bot = open_sample(tmp_path)
    yield bot
    bot.gate.set()


def refused(response: httpx.Response) -> None:
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) >= 1
    assert "очередь полна" in response.json()["detail"]


def test_beyond_the_queue_is_503_and_health_answers(bot: SampleBot) -> None:
    app = create_app(bot.as_bot, terms=Terms(at_once=1, queue=1))
    with (
        running(app) as address,
        httpx.Client(base_url=address, timeout=PATIENCE) as client,
        ThreadPoolExecutor(2) as pool,
    ):
        asked = [pool.submit(client.post, "/api/ask", json=SLOW) for _ in range(2)]
        becomes(lambda: app.state.admission.counts(), (1, 1))
        refused(client.post("/api/ask", json=SLOW))
        refused(client.post("/api/ask", json={**SLOW, "stream": True}))
        refused(client.post("/api/search", json={"query": "канал"}))
        assert client.get("/api/health").json()["status"] == "ok"
        assert client.get("/api/health/live").json() == {"status": "ok"}
        assert client.get("/api/articles").status_code == 200
        refused(client.get("/api/health/ready"))
        bot.gate.set()
        assert [each.result().status_code for each in asked] == [200, 200]
        assert client.get("/api/health/ready").status_code == 200


def test_a_client_that_leaves_while_it_waits_takes_its_question_along(bot: SampleBot) -> None:
    app = create_app(bot.as_bot, terms=Terms(at_once=1, queue=2))
    with running(app) as address, httpx.Client(base_url=address, timeout=PATIENCE) as client:
        with client.stream("POST", "/api/ask", json={**SLOW, "stream": True}) as first:
            lines = first.iter_lines()
            next(lines)
            with pytest.raises(httpx.ReadTimeout):
                client.post("/api/ask", json={"question": "длина"}, timeout=0.3)
            becomes(lambda: app.state.admission.counts(), (1, 0))
            bot.gate.set()
            assert "event: answer" in list(lines)
        assert [question for question, _, _ in bot.seen] == [SLOW["question"]]


def test_a_long_silence_is_filled_with_comments(bot: SampleBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.web.write_queue, "SILENCE", 0.05)
    with (
        running(create_app(bot.as_bot)) as address,
        httpx.Client(base_url=address, timeout=PATIENCE) as client,
        client.stream("POST", "/api/ask", json={**SLOW, "stream": True}) as response,
    ):
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["cache-control"] == "no-cache, no-transform"
        lines = response.iter_lines()
        seen = [next(lines) for _ in range(3)]
        while seen.count(": keep-alive") < 2:
            seen.append(next(lines))
        bot.gate.set()
        seen += list(lines)
    assert [line for line in seen if line.startswith("event:")][-1] == "event: answer"
    told = [line.removeprefix("data: ") for line in seen if line.startswith("data: ")]
    assert json.loads(told[-1])["found"]


def test_too_many_requests_under_way(bot: SampleBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.web.traffic, "MOST", 1)
    with (
        running(create_app(bot.as_bot)) as address,
        httpx.Client(base_url=address, timeout=PATIENCE) as client,
    ):
        with client.stream("POST", "/api/ask", json={**SLOW, "stream": True}) as held_open:
            lines = held_open.iter_lines()
            next(lines)
            said = client.get("/api/articles")
            assert (said.status_code, said.headers["retry-after"]) == (503, "5")
            assert client.get("/api/health").status_code == 200
            bot.gate.set()
            list(lines)
        becomes(lambda: client.get("/api/articles").status_code, 200)


# Requests that don't come


HEAD = b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


def connected(address: str) -> socket.socket:
    host, _, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def everything(connection: socket.socket) -> bytes:
    """What comes until the server hangs up."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            said += part
    return said


@pytest.mark.parametrize("begun", [b"", b'{"ques'], ids=["nothing", "a part"])
def test_a_body_that_does_not_come_is_given_up(
    bot: SampleBot, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(rag.web.traffic, "SILENCE", 0.1)
    with running(create_app(bot.as_bot)) as address, connected(address) as slow:
        slow.sendall(HEAD + b"Content-Length: 100\r\n\r\n" + begun)
        said = everything(slow)
    assert said.startswith(b"HTTP/1.1 408") and b"application/problem+json" in said


def test_a_body_that_trickles_is_given_up(bot: SampleBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.web.traffic, "SILENCE", 0.2)
    with running(create_app(bot.as_bot)) as address, connected(address) as slow:
        slow.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
        with contextlib.suppress(OSError):
            for _ in range(100):  # never silent for long, and yet never done
                slow.sendall(b" ")
                time.sleep(0.02)
        assert b" 408 " in everything(slow)[:20]


def test_of_many_unfinished_bodies_the_eldest_goes(bot: SampleBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.web.traffic, "UNFINISHED", 3)
    monkeypatch.setattr(rag.web.traffic, "YOUNG", 0)
    with running(create_app(bot.as_bot)) as address, contextlib.ExitStack() as stack:
        slow = []
        for _ in range(4):
            slow.append(stack.enter_context(connected(address)))
            slow[-1].sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
            time.sleep(0.05)  # so that it is known which is the eldest
        assert everything(slow[0]).startswith(b"HTTP/1.1 408")
        assert httpx.post(f"{address}/api/ask", json={"question": "длина"}, timeout=PATIENCE).is_success


async def plain(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.contextmanager
def served(
    app: Any, head: tuple[float, int, float] = (0.5, 5, 0), **options: Any
) -> Iterator[tuple[str, Server]]:
    """`app` at a socket of its own, as `snoska serve` has it."""

    async def drained(seconds: float) -> None:
        await app.state.admission.drained(seconds)

    server = Server(app, drained, **options)
    server.config.http_protocol_class = impatient(*head)
    server.config.http = server.config.http_protocol_class
    server.config.timeout_keep_alive = 2  # seconds; nobody is told to come again here
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    becomes(lambda: server.started)
    try:
        yield address, server
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"HTTP/1.1 408"),
        (b"GET /api/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /", b"HTTP/1.1 200"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000, b"HTTP/1.1 431"),
    ],
    ids=["silence", "half a head", "the second head", "a head without end"],
)
def test_a_head_that_does_not_come_is_given_up(bot: SampleBot, sent: bytes, told: bytes) -> None:
    with served(create_app(bot.as_bot)) as (address, _), connected(address) as slow:
        slow.sendall(sent)
        said = everything(slow)
    assert said.startswith(told) if told else said == b""


def test_half_open_connections_refuse_nobody(bot: SampleBot) -> None:
    head = (PATIENCE, 5, 0)
    with served(create_app(bot.as_bot), head) as (address, _), contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connected(address)) for _ in range(40)]
        for each in slow:
            with contextlib.suppress(OSError):  # the eldest are gone
                each.sendall(b"GET / HT")
        for _ in range(3):
            assert httpx.get(f"{address}/api/health", timeout=PATIENCE).status_code == 200
        everything(slow[0])  # which went long before its time


def test_many_that_come_at_once_are_none_too_many(bot: SampleBot) -> None:
    head = (PATIENCE, 5, PATIENCE)
    with served(create_app(bot.as_bot), head) as (address, _), contextlib.ExitStack() as stack:
        young = [stack.enter_context(connected(address)) for _ in range(40)]
        for each in young:
            each.sendall(b"GET /api/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert {everything(each)[:12] for each in young} == {b"HTTP/1.1 200"}


# Stopping


def test_a_stop_lets_answers_end(bot: SampleBot) -> None:
    with served(create_app(bot.as_bot), drain=PATIENCE) as (address, server), ThreadPoolExecutor(1) as pool:
        asked = pool.submit(httpx.post, f"{address}/api/ask", json=SLOW, timeout=PATIENCE)
        becomes(lambda: bot.running, [SLOW["question"]])
        server.should_exit = True
        with pytest.raises(httpx.ConnectError):
            becomes(lambda: httpx.get(f"{address}/api/health", timeout=PATIENCE).status_code, None)
        bot.gate.set()
        assert asked.result().json()["found"]


def test_a_stop_ends_whatever_takes_longer(bot: SampleBot) -> None:
    with served(create_app(bot.as_bot), drain=0.1) as (address, server), ThreadPoolExecutor(1) as pool:
        asked = pool.submit(httpx.post, f"{address}/api/ask", json=SLOW, timeout=PATIENCE)
        becomes(lambda: bot.running, [SLOW["question"]])
        server.should_exit = True
        with pytest.raises(httpx.HTTPError):
            asked.result().raise_for_status()
    bot.gate.set()


def test_a_connection_stays_as_long_as_somebody_may_be_told_to_wait() -> None:
    """Closed before, the next request on it would meet a reset."""
    assert IDLE > LONGEST
