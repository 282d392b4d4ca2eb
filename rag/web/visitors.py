"""Whose conversations these are: a random secret in a cookie of the browser, which no script can read."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web.addresses import is_page
from rag.web.callers import caller_of

COOKIE = "snoska_reader"
_AGE = 400 * 24 * 3600  # seconds: as long as browsers keep one
_SECRET = re.compile(r"[\w-]{43}")


def owner_of(cookies: Mapping[str, str]) -> str:
    """The secret of a browser; a throw-away one for a browser that keeps no cookies."""
    secret = cookies.get(COOKIE, "")
    return secret if _SECRET.fullmatch(secret) else secrets.token_urlsafe(32)


def reader_of(connection: HTTPConnection) -> str:
    """Whose conversations they are: those of the key, wherever it is used, else those of the browser.

    A key of RAG_API_KEYS may be many people's, so there it is the browser too.
    """
    key = caller_of(connection.scope).key
    return f"key {key}" if key else owner_of(connection.cookies)


class Visitors:
    """Gives every browser that opens the page its secret."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_page(scope["path"]) or _known(scope):
            await self.app(scope, receive, send)
            return
        cookie = set_cookie(COOKIE, secrets.token_urlsafe(32), _AGE, scope)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, with_cookie)


def _known(scope: Scope) -> bool:
    return bool(_SECRET.fullmatch(HTTPConnection(scope).cookies.get(COOKIE, "")))


def set_cookie(name: str, value: str, age: int, scope: Scope) -> str:
    """The header that sets a cookie which only this server is sent, over TLS where the page came over it."""
    path = (scope.get("app_root") or "") + "/"
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{name}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
