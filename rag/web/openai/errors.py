"""Errors under /v1, told as OpenAI tells them: its clients raise the class that goes with the status."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse
from starlette.types import Scope

from rag.web import problems
from rag.web.error_shapes import Document

PREFIX = "/v1"
_CODES = {401: "invalid_api_key", 404: "not_found", 413: "request_too_large", 429: "rate_limit_exceeded"}


def applies(scope: Scope) -> bool:
    """Whether a program speaks to us as to OpenAI."""
    path: str = scope["path"]
    return path == PREFIX or path.startswith(PREFIX + "/")


def error_response(told: Document, scope: Scope) -> JSONResponse:
    """A problem document in OpenAI's shape; what is wrong in a body has the status 400 there."""
    status = int(told["status"])
    return JSONResponse({"error": error(told)}, 400 if status == 422 else status)


def error(told: Document) -> dict[str, Any]:
    """What stands under `error`."""
    status, fields = int(told["status"]), told.get("errors") or [{}]
    return {
        "message": told["detail"],
        "type": "server_error" if status >= 500 else "invalid_request_error",
        "param": fields[0].get("field") or None,
        "code": _CODES.get(status),
    }


def public(failure: Exception) -> dict[str, Any]:
    """The same of what went wrong in a stream, whose status is sent already."""
    return error(problems.document(*problems.public(failure)))
