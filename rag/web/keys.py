"""Keys: with RAG_API_KEYS set, the API wants one of them and the page a login, whichever way one comes.

Who guesses has to wait, longer each time (see rag/web/attempts.py), whichever way keys come; a right key is
never made to wait, for many people may share an address with who guesses.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web import problems
from rag.web.attempts import Attempts
from rag.web.render_login import login_html
from rag.web.sessions import LASTS, Left, is_key, is_session, session
from rag.web.visitors import set_cookie
from rag.web.wording import count

COOKIE = "snoska_session"
OPEN = frozenset(
    {"/login", "/logout", "/favicon.ico", "/robots.txt", "/api/health/live", "/api/health/ready"}
)
OWNER = "/api/owner/"  # has a token of its own
FORM_LIMIT = 10_000
UNKNOWN = "Такого ключа нет. Проверьте его или спросите у того, кто открыл вам доступ."
WANTED = "Нужен ключ: пришлите его заголовком «Authorization: Bearer …» или войдите на странице."


class Keys:
    """Lets nobody past without a key or a session, neither to the API nor to anything of the page."""

    def __init__(
        self,
        app: ASGIApp,
        keys: Sequence[str],
        now: Callable[[], float] = time.time,
        folder: Path | None = None,
    ) -> None:
        """Which sessions were left is kept in `folder`."""
        self.app, self.keys, self.now = app, tuple(keys), now
        self.attempts = Attempts(now)
        self.left = Left(folder, now())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path in OPEN or path.startswith(OWNER) or self._in_session(scope) or _is_owner(scope):
            await self._open(path, scope, receive, send)
        elif (refusal := self._refusal(path, scope)) is None:
            await self.app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, send)

    def _in_session(self, scope: Scope) -> bool:
        sent = _session_of(scope)
        return is_session(self.keys, sent, self.now()) and sent not in self.left

    def _judged(self, address: str, given: Sequence[str]) -> tuple[bool, int]:
        """Whether a key is right; if not, the seconds that `address` waits before its next one counts."""
        if is_key(self.keys, *given):
            self.attempts.right(address)
            return True, 0
        seconds = self.attempts.wait(address)
        if not seconds and any(given):
            self.attempts.wrong(address, given[0])
        return False, seconds

    async def _open(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        if path == "/login":
            await (await self._login(Request(scope, receive)))(scope, receive, send)
        elif path == "/logout":
            if self._in_session(scope):
                self.left.add(_session_of(scope), self.now())
            away = RedirectResponse(_root(scope) + "/login", 303)
            away.headers.append("set-cookie", set_cookie(COOKIE, "", 0, scope))
            await away(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _login(self, request: Request) -> Response:
        if request.method != "POST":
            return _page(request, request.query_params.get("next", "/"))
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > FORM_LIMIT:
                return problems.problem(413)
        form = parse_qs(body.decode(errors="replace"))
        key, onward = form.get("key", [""])[0].strip(), _inside(form.get("next", ["/"])[0])
        right, seconds = self._judged(_address(request.scope), [key])
        if seconds:
            return _page(request, onward, too_many(seconds), 429, {"Retry-After": str(seconds)})
        if not right:
            return _page(request, onward, UNKNOWN, 401)
        answer = RedirectResponse(_root(request.scope) + onward, 303)
        known = next(each for each in self.keys if is_key([each], key))
        cookie = set_cookie(COOKIE, session(known, self.now()), LASTS, request.scope)
        answer.headers.append("set-cookie", cookie)
        return answer

    def _refusal(self, path: str, scope: Scope) -> Response | None:
        """What is said to a request outside of any session; None where it brings a key."""
        given = _given(Headers(scope=scope))
        right, seconds = self._judged(_address(scope), given) if given else (False, 0)
        if seconds:
            return problems.problem(429, too_many(seconds), {"Retry-After": str(seconds)})
        if right:
            return None
        accepts = Headers(scope=scope).get("accept", "")
        is_page = scope["type"] == "http" and scope["method"] == "GET" and "text/html" in accepts
        if is_page and not path.startswith(("/api", "/gradio_api")):
            asked = path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            return RedirectResponse(f"{_root(scope)}/login?next={quote(asked, safe='/')}", 303)
        return problems.problem(401, WANTED, {"WWW-Authenticate": "Bearer"})


def too_many(seconds: int) -> str:
    """How long to wait after too many wrong keys."""
    if seconds > 90:
        left = count(-(-seconds // 60), "минуту", "минуты", "минут")
    else:
        left = count(seconds, "секунду", "секунды", "секунд")
    return f"Слишком много неверных ключей с вашего адреса. Подождите {left} и попробуйте снова."


def _given(headers: Headers) -> list[str]:
    """The key that a program sends, in the ways that it can be read; none where it sends none.

    A header is bytes. Most programs write letters beyond ASCII in UTF-8, some in Latin-1.
    """
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    sent = (bearer if scheme.lower() == "bearer" else headers.get("x-api-key", "")).strip()
    if not sent:
        return []
    return list(dict.fromkeys([sent.encode("latin-1").decode(errors="replace"), sent]))


def _is_owner(scope: Scope) -> bool:
    """Whether a command of the owner asks, by the token that only they can read in the data folder."""
    token = getattr(scope["app"].state, "owner_token", None) if "app" in scope else None
    given = _given(Headers(scope=scope))
    return bool(token and given) and secrets.compare_digest(given[0].encode(), str(token).encode())


def _session_of(scope: Scope) -> str:
    return HTTPConnection(scope).cookies.get(COOKIE, "")


def _address(scope: Scope) -> str:
    """Where a request comes from; behind a proxy that the owner has named, what the proxy says of it."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _page(
    request: Request,
    onward: str,
    message: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    html = login_html(_root(request.scope) + "/login", _inside(onward), message)
    return HTMLResponse(html, status, headers)


def _root(scope: Scope) -> str:
    return scope.get("app_root") or ""


def _inside(path: str) -> str:
    """`path` if it is an address of this server, else its root: a login leads to no other site."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if safe and "\\" not in path else "/"
