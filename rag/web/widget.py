"""The chat on pages of other sites: its script, and the origins from which it may ask.

A page that the owner has named may send questions and read the answers, and nothing else. Its requests come
without cookies, so whoever looks at it lends it nothing of what they may here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = "/widget.js"
ASKED = "/api/ask"  # all that a widget does
_GUEST = "snoska.guest"
_FOLDER = Path(__file__).parent
router = APIRouter()


@router.get(PATH, include_in_schema=False)
def widget(request: Request) -> Response:
    """The script, for whichever page: it does nothing where its origin isn't named."""
    if not request.app.state.origins:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=300"}
    return Response(_script(), headers=headers, media_type="text/javascript; charset=utf-8")


@cache
def _script() -> str:
    style, script = ((_FOLDER / f"widget.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return script.replace('"{{style}}"', json.dumps(style, ensure_ascii=False))


def is_guest(scope: Scope) -> bool:
    """Whether a page of another site asks that may."""
    return bool(scope.get(_GUEST))


class Guests:
    """Lets pages of `origins` ask from a browser; `root` is the prefix of a reverse proxy."""

    def __init__(self, app: ASGIApp, origins: Sequence[str], root: str = "") -> None:
        self.app, self.origins = app, frozenset(origins)
        self._asked = {ASKED, root + ASKED}
        self._script = {PATH, root + PATH}
        self._shared = CORSMiddleware(
            self._as_guest,
            allow_origins=list(origins),
            allow_methods=["POST"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not self.origins:
            await self.app(scope, receive, send)
        elif path in self._script:
            await self.app(_welcome(scope), receive, _for_all(send))
        elif path in self._asked and Headers(scope=scope).get("origin") in self.origins:
            await self._shared(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _as_guest(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(_welcome(scope), receive, send)


def _welcome(scope: Scope) -> Scope:
    """`scope` of somebody who may come from another site, without what their browser knows of ours."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    return {**scope, "headers": headers, _GUEST: True}


def _for_all(send: Send) -> Send:
    """`send` with the word that other sites may load this."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [each for each in message["headers"] if each[0] != b"cross-origin-resource-policy"]
            message = {**message, "headers": [*kept, (b"cross-origin-resource-policy", b"cross-origin")]}
        await send(message)

    return told
