"""A server with too much to do, requests that don't come, clients that leave; how a server stops."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

import rag.web.traffic
import rag.web.write_queue
from rag.web.admission import LONGEST
from rag.web.api import create_app
from rag.web.listening import IDLE, Server, impatient
from rag.web.terms import Terms
from tests.patience import PATIENCE, becomes
from tests.web.sample import SampleBot, open_sample
from tests.web.serving import client_of, running

pytestmark = pytest.mark.slow_file

SLOW = {"question": "медленно: длина канала?"}


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
    with client_of(app) as client, ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(client.post, "/api/ask", json=SLOW) for _ in range(2)]
        becomes(lambda: app.state.admission.counts(), (1, 1))
        for path, body in (("ask", SLOW), ("ask", {**SLOW, "stream": True}), ("search", {"query": "канал"})):
            refused(client.post(f"/api/{path}", json=body))
        for path in ("health", "health/live", "articles"):
            assert client.get(f"/api/{path}").status_code == 200
        refused(client.get("/api/health/ready"))
        bot.gate.set()
        assert [each.result().status_code for each in asked] == [200, 200]
        assert client.get("/api/health/ready").status_code == 200


def test_a_client_that_leaves_while_it_waits_takes_its_question_along(bot: SampleBot) -> None:
    app = create_app(bot.as_bot, terms=Terms(at_once=1, queue=2))
    with client_of(app) as client:
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
        client_of(create_app(bot.as_bot)) as client,
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
    with client_of(create_app(bot.as_bot)) as client:
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


def test_a_body_that_does_not_come_or_trickles_is_given_up(
    bot: SampleBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rag.web.traffic, "SILENCE", 0.2)
    with running(create_app(bot.as_bot)) as address:
        for begun in (b"", b'{"ques'):
            with connected(address) as slow:
                slow.sendall(HEAD + b"Content-Length: 100\r\n\r\n" + begun)
                said = everything(slow)
            assert said.startswith(b"HTTP/1.1 408") and b"application/problem+json" in said
        with connected(address) as slow:
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
    server.config.timeout_keep_alive = 1  # second; nobody is told to come again here
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


HEADS = (
    (b"", b""),  # silence
    (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"HTTP/1.1 408"),  # half a head
    (b"GET /api/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /", b"HTTP/1.1 200"),  # a second one
    (b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000, b"HTTP/1.1 431"),  # one without end
)


def test_a_head_that_does_not_come_is_given_up(bot: SampleBot) -> None:
    with served(create_app(bot.as_bot)) as (address, _), contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connected(address)) for _ in HEADS]
        for each, (sent, _) in zip(slow, HEADS, strict=True):
            each.sendall(sent)
        for each, (sent, told) in zip(slow, HEADS, strict=True):
            assert everything(each)[:12] == told, sent[:40]


def test_half_open_connections_refuse_nobody(bot: SampleBot) -> None:
    with served(create_app(bot.as_bot), (PATIENCE, 5, 0)) as (address, _), contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connected(address)) for _ in range(40)]
        for each in slow:
            with contextlib.suppress(OSError):  # the eldest are gone
                each.sendall(b"GET / HT")
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
