"""The server at its socket, made of uvicorn's: which requests begin, whom a proxy speaks for, how it stops.

uvicorn waits for the head of a request as long as the client likes and stops either at once or whenever the
last client has gone. Here heads have their time, and a stop waits for answers and not for open pages.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from socket import socket
from typing import Any, ClassVar

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0  # for the head of a request to arrive
HEAD_LIMIT = 65_536  # bytes
HALF_OPEN = 256  # connections whose request hasn't come; of more than these, the eldest go
YOUNG = 3.0  # seconds in which none of them goes: many may come at once, and a busy server reads them late
CONNECTIONS = 4_000
_OTHER_FILES = 300  # that a server has open: databases, indexes, pipes, uploads
FAREWELL = 2  # seconds in which open streams of pages end
IDLE = 65  # seconds that a connection stays for another request: longer than the longest Retry-After
_PROXY_HEADERS = (b"x-forwarded-", b"x-real-ip", b"forwarded", b"x-original-")
_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
log = logging.getLogger(__name__)


class Forwarded:
    """Believes of whom a request comes only what the named `proxies` say (addresses or networks)."""

    def __init__(self, app: ASGIApp, proxies: Sequence[str]) -> None:
        self._app = app
        self._believing: Any = ProxyHeadersMiddleware(app, list(proxies))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        if client and client[0] in self._believing.trusted_hosts:
            await self._believing(scope, receive, send)
            return
        kept = [each for each in scope["headers"] if not each[0].startswith(_PROXY_HEADERS)]
        await self._app({**scope, "headers": kept}, receive, send)


class Impatient(HttpToolsProtocol):
    """One connection of uvicorn's, whose heads have their time; see `impatient`."""

    seconds, most, young = HEAD_SECONDS, HALF_OPEN, YOUNG
    waited_for: ClassVar[OrderedDict[Impatient, float]] = OrderedDict()  # since when, the eldest first
    _timer: asyncio.TimerHandle | None = None
    _head = 0  # bytes of a head that hasn't come whole

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self._await_head()
        self._head += len(data)
        super().data_received(data)
        if self._timer and self._head > HEAD_LIMIT:
            self._end(_LARGE)

    def on_headers_complete(self) -> None:
        self._head_came()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._timer:
            return
        self._timer = self.loop.call_later(self.seconds, self._end, _SLOW)
        now = self.loop.time()
        self.waited_for[self] = now
        while len(self.waited_for) > self.most:
            eldest, since = next(iter(self.waited_for.items()))
            if now - since < self.young:
                break
            eldest._end(_SLOW)

    def _head_came(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer, self._head = None, 0
        self.waited_for.pop(self, None)

    def _end(self, told: bytes) -> None:
        if self._head and not self.transport.is_closing():  # who has said nothing is told nothing
            self.transport.write(told)
        self._head_came()
        self.transport.close()


def impatient(
    seconds: float = HEAD_SECONDS, most: int = HALF_OPEN, young: float = YOUNG
) -> type[HttpToolsProtocol]:
    """uvicorn's protocol, with `seconds` for each head; of more than `most` those go that are not `young`."""
    given = {"seconds": seconds, "most": most, "young": young, "waited_for": OrderedDict()}
    return type("Impatient", (Impatient,), given)


class Server(uvicorn.Server):
    """Serves `app`. A stop waits up to `drain` seconds for answers, and then ends whatever still runs."""

    def __init__(
        self,
        app: ASGIApp,
        drained: Callable[[float], Any],
        drain: float = 10.0,
        proxies: Sequence[str] = (),
        ready: Callable[[], None] = lambda: None,
        connections: int = CONNECTIONS,
    ) -> None:
        """`drained(seconds)` waits for what should be waited for; `ready` is called once it answers."""
        super().__init__(
            uvicorn.Config(
                Forwarded(app, proxies),
                http=impatient(),
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                limit_concurrency=connections,
                timeout_graceful_shutdown=FAREWELL,
                timeout_keep_alive=IDLE,
            )
        )
        self._drained, self._drain, self._ready = drained, drain, ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        waiting = asyncio.ensure_future(self._drained(self._drain))
        while not waiting.done() and not self.force_exit:  # a second Ctrl-C
            await asyncio.wait({waiting}, timeout=0.1)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        await super().shutdown(sockets)


def end_anyway(seconds: float) -> threading.Timer:
    """End this process after `seconds`, whatever its threads do then. What is committed is kept."""

    def end() -> None:
        log.error("something still ran %s s after the stop; the process ends without it", seconds)
        os._exit(0)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    return timer


def room() -> int:
    """How many connections this process may hold; its limit of open files is raised as far as that needs."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + _OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(_OTHER_FILES, min(CONNECTIONS, soft - _OTHER_FILES))
