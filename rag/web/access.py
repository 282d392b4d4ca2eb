"""Each request: its id, which responses, errors and logs tell, and how it ended.

It is counted and timed, logged with RAG_LOG, and a span of its own in a trace.
"""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web import tracing
from rag.web.logs import REQUESTS, request_id
from rag.web.metrics import Metrics

log = logging.getLogger(REQUESTS)
HEADER = "x-request-id"
_SAFE = re.compile(r"[A-Za-z0-9._:-]{1,100}")  # nothing that could forge a line of a log
LEFT = 499  # of a client that went before anything was sent


class RequestIds:
    """Gives each request of `app` its id: the caller's X-Request-ID, or one made here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(HEADER, "")
        its_id = sent if _SAFE.fullmatch(sent) else secrets.token_hex(8)
        # Not taken back afterwards: the server logs a crash outside of here, in the same task.
        request_id.set(its_id)

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = its_id
            await send(message)

        await self.app(scope, receive, named)


class Access:
    """Watches the requests of `app`. Addresses are told as their routes, without the ids in them."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), LEFT

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with tracing.request(scope["method"]) as span:
            try:
                await self.app(scope, receive, noted)
            except Exception:
                status = 500
                raise
            finally:
                route, seconds = _route(scope), time.perf_counter() - began
                span(route, status)
                self.metrics.requested(scope["method"], route, status, seconds)
                fields = {"method": scope["method"], "route": route, "status": status}
                fields["ms"] = round(seconds * 1000, 1)
                log.info("%(method)s %(route)s %(status)s %(ms)s ms", fields, extra={"fields": fields})


def _route(scope: Scope) -> str:
    """The route of an address, «/api/articles/{article_id}»; "page" for what belongs to the chat page."""
    path = getattr(scope.get("route"), "path_format", "")
    return path if path and "{rest}" not in path else "page"
