"""Responses with an ETag: who has the same content already is told only that."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response


def tagged(request: Request, content: Any) -> Response:
    """`content` as JSON with its tag; 304 where `If-None-Match` names that tag.

    Weak, for the same content may come compressed or not.
    """
    whole = JSONResponse(content)
    tag = f'"{blake2b(bytes(whole.body), digest_size=16).hexdigest()}"'
    headers = {"ETag": f"W/{tag}", "Cache-Control": "private, no-cache"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    whole.headers.update(headers)
    return whole
