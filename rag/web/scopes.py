"""Which scope a key needs for which address: read < write < admin. A test compares this with the routes."""

from __future__ import annotations

import re

from starlette.routing import compile_path

from rag.library.keyring import Scope
from rag.web import addresses

addresses.allow_any_id()
# Whoever finds the address here first: read by the method and the path as the routes have it.
TABLE: dict[Scope, tuple[str, ...]] = {
    "write": (
        "POST /api/articles",
        "POST /api/articles/restore",
        "POST /api/articles/fetch",
        "DELETE /api/articles",
        "DELETE /api/articles/{article_id:any}",
        "PATCH /api/articles/{article_id:any}",
    ),
    "admin": (
        "GET /api/questions",  # what all readers have asked and thought
        "GET /metrics",
        "POST /api/reviews",
        "GET /api/reviews",
        "GET /api/reviews/{review_id}",
        "GET /api/reviews/{review_id}/kept.jsonl",
        "POST /api/reviews/{review_id}/{place}",
        "DELETE /api/reviews/{review_id}",
    ),
    "read": (
        "POST /api/ask",
        "POST /api/search",
        "POST /api/verify",
        "GET /api/health",
        "GET /api/library",
        "GET /api/articles",
        "GET /api/articles/{article_id:any}/pages/{number}.png",
        "GET /api/articles/{article_id:any}/versions",
        "GET /api/articles/{article_id:any}/diff",
        "GET /api/articles/{article_id:any}/original",
        "GET /api/articles/{article_id:any}",
        "GET /api/parts",
        "GET /api/answers/outdated",
        "GET /api/answers/{answer_id}",
        "GET /api/answers/{answer_id}/questions",
        "GET /api/answers/{answer_id}/slots",
        "POST /api/feedback",
        "DELETE /api/feedback/{answer_id}",
        "POST /v1/chat/completions",
        "POST /v1/responses",
        "POST /v1/embeddings",
        "GET /v1/models",
        "GET /v1/models/{name:any}",
        "POST /retrieval",
        "GET /mcp",
        "POST /mcp",
        "DELETE /mcp",
        "GET /articles/{article_id:any}",
        "GET /answers/{answer_id}",
        "GET /chats/{chat_id}/export.{kind}",
        "GET /chats/export.zip",
        "GET /docs",
        "GET /docs/{topic}",
        "GET /openapi.json",
    ),
}
_OURS = ("/api/", "/v1/")
_COMPILED: list[tuple[str, re.Pattern[str], Scope]] = [
    (method, compile_path(path)[0], scope)
    for scope, rows in TABLE.items()
    for method, path in (row.split(" ", 1) for row in rows)
]
_NEEDED = "Этому ключу можно только «{has}», а здесь нужно «{wanted}». Такой ключ делает команда: {command}"


def needed(method: str, path: str) -> Scope:
    """The scope that a request needs. What is not in the table is the page, or, below ours, the owner's."""
    method = "GET" if method in ("HEAD", "OPTIONS") else method
    for known, pattern, scope in _COMPILED:
        if known == method and pattern.match(path):
            return scope
    return "admin" if path.startswith(_OURS) else "read"


def refused(has: Scope, wanted: Scope) -> str:
    """What is said to somebody whose key may not do that."""
    return _NEEDED.format(has=has, wanted=wanted, command=f"snoska keys add ИМЯ --scope {wanted}")
