"""Errors as a page, for who opens an address: the link of an answer that is gone, a mistyped one."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import Scope

from rag.web.error_shapes import Document
from rag.web.render_login import page_html

_PROGRAMS = ("/api", "/gradio_api", "/v1", "/mcp", "/retrieval")


def is_read(scope: Scope) -> bool:
    """Whether a browser opens an address that people read."""
    if scope["method"] != "GET" or scope["path"].startswith(_PROGRAMS):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def page(told: Document, scope: Scope) -> HTMLResponse:
    """What is wrong, as a page."""
    home = (scope.get("app_root") or "") + "/"
    html = page_html("error", f"{told['title']} — Сноска", "error", detail=told["detail"], home=home)
    return HTMLResponse(html, told["status"])
