"""Problem documents told otherwise: as a page to who reads, in the shape that a program expects.

Inside, everything goes wrong in one way (rag/web/problems.py), whichever face it was asked through.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web import problems
from rag.web.templating import page_html

Document = Mapping[str, Any]
# What a response says beside its body, and must go on saying.
_KEPT = ("retry-after", "www-authenticate", "connection", "allow")


class Retold:
    """Replaces the problem documents of `app` by what `tell` makes of them, where `applies` says so."""

    def __init__(
        self,
        app: ASGIApp,
        applies: Callable[[Scope], bool],
        tell: Callable[[Document, Scope], Response],
    ) -> None:
        self.app, self.applies, self.tell = app, applies, tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.applies(scope):
            await self.app(scope, receive, send)
            return
        begun: Message | None = None
        body, is_sent = b"", False

        async def retold(message: Message) -> None:
            nonlocal begun, body, is_sent
            if message["type"] == "http.response.start" and _is_problem(message):
                begun = message
            elif begun is None:
                is_sent = True
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await self._told(begun, body, scope)(scope, receive, send)

        try:
            await self.app(scope, receive, retold)
        except Exception:
            if not is_sent:  # the server logs it and would tell it in its own way
                await self._crashed(scope)(scope, receive, send)
            raise

    def _crashed(self, scope: Scope) -> Response:
        response = self.tell(problems.document(500), scope)
        response.headers["connection"] = "close"  # which the server does then
        return response

    def _told(self, begun: Message, body: bytes, scope: Scope) -> Response:
        response = self.tell(json.loads(body), scope)
        for name, value in Headers(raw=begun["headers"]).items():
            if name in _KEPT:
                response.headers[name] = value
        return response


def _is_problem(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type") == "application/problem+json"


# Errors as a page, for who opens an address: the link of an answer that is gone, a mistyped one.

_PROGRAMS = ("/api", "/gradio_api", "/v1", "/mcp", "/retrieval")


def is_read(scope: Scope) -> bool:
    """Whether a browser opens an address that people read."""
    if scope["method"] != "GET" or scope["path"].startswith(_PROGRAMS):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def error_page(told: Document, scope: Scope) -> HTMLResponse:
    """What is wrong, as a page."""
    home = (scope.get("app_root") or "") + "/"
    html = page_html("error", f"{told['title']} — Сноска", "error", detail=told["detail"], home=home)
    return HTMLResponse(html, told["status"])
