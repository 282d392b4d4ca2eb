"""MCP at /mcp: streamable HTTP, stateless. Built with the first request, for its packages take a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import aclosing
from contextvars import ContextVar
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rag.errors import RagError
from rag.types import Filters
from rag.web import problems
from rag.web.admission import Admission
from rag.web.article_page import base_of
from rag.web.callers import caller_of

if TYPE_CHECKING:
    from rag.bot import Bot

PATH = "/mcp"
MISSING = (
    "Здесь не установлен пакет для MCP. Установите его: pip install 'snoska[mcp]' — и запустите сервер снова."
)
LEFT = "Вопрос отменён: тот, кто его задал, больше не ждёт ответа."
_base: ContextVar[str] = ContextVar("base", default="")
_asked: ContextVar[Request] = ContextVar("asked")
_sees: ContextVar[Filters] = ContextVar("sees", default=Filters())  # noqa: B039  # frozen


class LeftError(RagError):
    """Whoever asked doesn't wait any more: nobody will read this."""


class Mcp:
    """Answers the requests of agents; those of one moment share nothing but the library."""

    def __init__(self, bot: Bot, admission: Admission) -> None:
        self._bot, self._admission = bot, admission
        self._building = asyncio.Lock()
        self._over = asyncio.Event()
        self._manager: Any = None
        self._running: asyncio.Task[None] | None = None

    def route(self) -> Route:
        """Where it is asked."""
        return Route(PATH, _Endpoint(self), methods=["GET", "POST", "DELETE"], include_in_schema=False)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if find_spec("mcp") is None:
            await problems.problem(503, MISSING)(scope, receive, send)
            return
        async with self._building:
            if self._manager is None:
                await self._start()
        request = Request(scope, receive)
        _asked.set(request)
        _base.set(base_of(request))
        _sees.set(caller_of(scope).sees)
        await self._manager.handle_request(scope, receive, send)

    def close(self) -> None:
        """End what is still under way."""
        self._over.set()

    async def _start(self) -> None:
        manager = await asyncio.to_thread(self._built)
        ready = asyncio.Event()
        self._running = asyncio.create_task(self._run(manager, ready))
        await ready.wait()
        self._manager = manager

    def _built(self) -> Any:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from rag.web.mcp.library import Here
        from rag.web.mcp.tools import Server

        here = Here(self._bot)
        server = Server(lambda: here.within(_sees.get()), self._last, _base.get)
        # Names and origins are looked at before any request comes here: see rag/web/origins.py.
        return StreamableHTTPSessionManager(server._lowlevel_server, json_response=True, stateless=True)

    async def _last(self, steps: Callable[[], Generator[Any, None, None]]) -> Any:
        """The last of `steps`, made in a turn of the server; they end when the client closes its request.

        Newer revisions cancel whoever waits here; older ones don't look at the connection meanwhile.
        """
        request, found = _asked.get(), None
        async with aclosing(self._admission.follow(steps())) as followed:
            async for step in followed:
                if await request.is_disconnected():
                    raise LeftError(LEFT)
                found = step if step is not None else found
        return found

    async def _run(self, manager: Any, ready: asyncio.Event) -> None:
        """Its tasks begin and end in this one."""
        async with manager.run():
            ready.set()
            await self._over.wait()


class _Endpoint:
    """An application, which Starlette tells from a function by its class."""

    def __init__(self, face: Mcp) -> None:
        self._face = face

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._face.serve(scope, receive, send)
