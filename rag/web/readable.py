"""Errors as a page, for who opens an address: the link of an answer that is gone, a mistyped one."""

from __future__ import annotations

import json

from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.render_login import page_html

_ERROR = Markup(
    '<main class="login"><h1>Сноска<sup aria-hidden="true">1</sup></h1><p role="alert">{detail}</p>'
    '<p><a href="{home}">К вопросам</a></p></main>'
)
_PROGRAMS = ("/api", "/gradio_api", "/v1", "/mcp")


class Readable:
    """Replaces the problem documents of `app` by pages for browsers that open an address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_read(scope):
            await self.app(scope, receive, send)
            return
        begun: Message | None = None
        body = b""

        async def read(message: Message) -> None:
            nonlocal begun, body
            if message["type"] == "http.response.start" and _is_problem(message):
                begun = message
            elif begun is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await _page(begun, body, scope)(scope, receive, send)

        await self.app(scope, receive, read)


def _is_read(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(_PROGRAMS):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _is_problem(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type") == "application/problem+json"


def _page(begun: Message, body: bytes, scope: Scope) -> HTMLResponse:
    told, home = json.loads(body), (scope.get("app_root") or "") + "/"
    html = page_html(f"{told['title']} — Сноска", _ERROR.format(detail=told["detail"], home=home), "error")
    kept = ("retry-after", "www-authenticate", "connection")
    headers = {name: value for name, value in Headers(raw=begun["headers"]).items() if name in kept}
    return HTMLResponse(html, begun["status"], headers)
