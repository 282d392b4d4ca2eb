"""Each request as it ended: counted and timed, logged with RAG_LOG, and a span of its own in a trace."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web import tracing
from rag.web.logs import REQUESTS
from rag.web.metrics import Metrics

log = logging.getLogger(REQUESTS)
LEFT = 499  # of a client that went before anything was sent


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
