"""How often one key may ask, or one address where there are no keys: RAG_RATE.

What costs no work, such as the list of articles, is not counted, and neither are commands of the owner.
"""

from __future__ import annotations

import math
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web import problems
from rag.web.attempts import network
from rag.web.callers import OWNER, caller_of
from rag.web.wording import while_of

_COUNTED = ("/api/ask", "/api/search", "/api/verify", "/v1/", "/retrieval", "/mcp", "/gradio_api/queue/join")


class Rates:
    """Refuses whoever asks more often than `rate`, such as «60/minute», with the seconds to wait."""

    def __init__(self, app: ASGIApp, rate: str) -> None:
        self.app, self._limit = app, parse(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = caller_of(scope)
        counted = scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(_COUNTED)
        who = caller.key or network((scope.get("client") or ("",))[0])
        if not counted or caller == OWNER or self._limiter.hit(self._limit, who):
            await self.app(scope, receive, send)
            return
        resets = self._limiter.get_window_stats(self._limit, who).reset_time
        seconds = max(1, math.ceil(resets - time.time()))
        await problems.problem(429, _told(seconds), {"Retry-After": str(seconds)})(scope, receive, send)


def _told(seconds: int) -> str:
    return f"Вопросов больше, чем разрешено с одного ключа или адреса. Повторите через {while_of(seconds)}."
