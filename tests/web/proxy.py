"""A small reverse proxy: forwards what is below a prefix, without the prefix, and streams what comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx

from tests.patience import PATIENCE

HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "host", "content-length"}


class Proxy:
    """An ASGI application in front of the server at `target`."""

    def __init__(self, target: str, prefix: str) -> None:
        self.prefix = prefix
        self._client = httpx.AsyncClient(base_url=target, timeout=PATIENCE, follow_redirects=False)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if not scope["path"].startswith(self.prefix + "/"):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b"outside"})
            return
        given = [(name.decode(), value.decode()) for name, value in scope["headers"]]
        host = dict(given)["host"]
        headers = [(name, value) for name, value in given if name not in HOP or name == "content-length"]
        headers += [("x-forwarded-host", host), ("x-forwarded-proto", "http")]
        query = scope["query_string"].decode()
        address = scope["path"][len(self.prefix) :] + (f"?{query}" if query else "")
        request = self._client.build_request(
            scope["method"], address, headers=headers, content=_body(receive)
        )
        reply = await self._client.send(request, stream=True)
        try:
            kept = [(name, value) for name, value in reply.headers.raw if name.lower().decode() not in HOP]
            await send({"type": "http.response.start", "status": reply.status_code, "headers": kept})
            async for chunk in reply.aiter_raw():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await reply.aclose()


async def _body(receive: Any) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        yield message.get("body", b"")
        more = message.get("more_body", False)
