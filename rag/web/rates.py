"""How often one may ask (RAG_RATE), and guess keys, counted by key or by address.

What costs no work, such as the list of articles, is not counted, and neither are commands of the owner.
Guessing keys takes time: after a few wrong ones an address has to wait, longer with every further one.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web import problems
from rag.web.callers import OWNER, caller_of
from rag.web.wording import while_of

_COUNTED = ("/api/ask", "/api/search", "/api/verify", "/v1/", "/retrieval", "/mcp", "/gradio_api/queue/join")
FREE = 5  # wrong keys, one after another
WAIT, LONGEST = 30, 900  # seconds: after the first of too many, and at most
FORGOTTEN = 3600  # seconds after the last wrong key
ADDRESSES = 10_000  # that are remembered


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


@dataclass(slots=True)
class _Guesses:
    wrong: int = 0
    last: bytes = b""
    at: float = 0.0
    until: float = 0.0


class Attempts:
    """Wrong keys by address. The same wrong key again is no guess: a program keeps sending the one it has."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._guesses: OrderedDict[str, _Guesses] = OrderedDict()  # the latest last

    def wait(self, address: str) -> int:
        """Seconds until the next key of `address` is looked at; 0: now."""
        found = self._guesses.get(network(address))
        return max(0, math.ceil(found.until - self._now())) if found else 0

    def wrong(self, address: str, key: str) -> None:
        """`address` has sent a `key` that isn't one."""
        now, digest = self._now(), blake2b(key.encode(errors="replace"), digest_size=16).digest()
        found = self._guesses.pop(network(address), None)
        if found is None or now - found.at > FORGOTTEN:
            found = _Guesses()
        if digest != found.last:
            found.wrong, found.last, found.at = found.wrong + 1, digest, now
            if found.wrong >= FREE:
                found.until = now + min(WAIT * 2 ** min(found.wrong - FREE, 10), LONGEST)
        self._guesses[network(address)] = found
        while len(self._guesses) > ADDRESSES:
            self._guesses.popitem(last=False)

    def right(self, address: str) -> None:
        """`address` has sent a key: what it guessed before is forgiven."""
        self._guesses.pop(network(address), None)


def network(address: str) -> str:
    """What one visitor has: an IPv4 address, or a whole /64 of IPv6."""
    try:
        known = ip_address(address.split("%")[0])
    except ValueError:
        return address
    return str(int(known) >> 64) if isinstance(known, IPv6Address) and not known.ipv4_mapped else str(known)
