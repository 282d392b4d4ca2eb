"""Keys: where there are any, the API wants one of them and the page a login, whichever way one comes.

Which there are and what each may do is said in rag/web/callers.py, and which address wants what in scopes.py.

Who guesses has to wait, longer each time (see rag/web/rates.py), whichever way keys come; a right key is
never made to wait, for many people may share an address with who guesses.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import LibraryError
from rag.library.keyring import Keyring
from rag.web import problems, scopes
from rag.web.callers import OWNER, Caller, Callers, EndedError, admit
from rag.web.rates import Attempts
from rag.web.sessions import LASTS, Left, session
from rag.web.templating import page_html
from rag.web.visitors import set_cookie
from rag.web.widget import PATH as WIDGET
from rag.web.wording import while_of

COOKIE = "snoska_session"
OPEN = frozenset(
    {WIDGET, "/login", "/logout", "/favicon.ico", "/robots.txt", "/api/health/live", "/api/health/ready"}
)
OWNERS = "/api/owner/"  # has a token of its own
FORM_LIMIT = 10_000
UNKNOWN = "Такого ключа нет. Проверьте его или спросите у того, кто открыл вам доступ."
_BEARER = {"WWW-Authenticate": "Bearer"}
WANTED = "Нужен ключ: пришлите его заголовком «Authorization: Bearer …» или войдите на странице."


class Keys:
    """Lets nobody past without a key or a session, neither to the API nor to anything of the page."""

    def __init__(
        self,
        app: ASGIApp,
        keys: Sequence[str],
        now: Callable[[], float] = time.time,
        folder: Path | None = None,
        keyring: Keyring | None = None,
        is_private: bool = True,
    ) -> None:
        """Besides `keys`, those of the `keyring` open. Which sessions were left is kept in `folder`.

        A server that `is_private` may do without keys.
        """
        self.app, self.now = app, now
        self.callers = Callers(keys, keyring, date.today, is_private)
        self.attempts = Attempts(now)
        self.left = Left(folder, now())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            answer = await self._answer(scope["path"], scope, receive)
        except LibraryError as error:  # nobody comes in while it can't be told who may
            answer = problems.problem(*problems.public(error))
        if answer is None:
            await self.app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer(scope, receive, send)

    async def _answer(self, path: str, scope: Scope, receive: Receive) -> Response | None:
        """What is said at the door; None to who comes in."""
        if path == "/login":
            return await self._login(Request(scope, receive))
        if path == "/logout":
            return self._logout(scope)
        if _is_owner(scope):
            admit(scope, OWNER)
            return None
        if path in OPEN or path.startswith(OWNERS) or not self.callers.is_locked():
            return None
        caller = self._in_session(scope) or self._with_key(path, scope)
        if isinstance(caller, Response):
            return caller
        wanted = scopes.needed(scope.get("method", "GET"), path)
        if not caller.may(wanted):
            return problems.problem(403, scopes.refused(caller.scope, wanted))
        admit(scope, caller)
        return None

    def _in_session(self, scope: Scope) -> Caller | None:
        sent = _session_of(scope)
        return None if sent in self.left else self.callers.by_session(sent, self.now())

    def _judged(self, address: str, given: Sequence[str]) -> tuple[Caller | None, int]:
        """Whose key it is; of a wrong one, the seconds that `address` waits before its next one counts.

        Raises EndedError.
        """
        if caller := self.callers.by_secret(*given):
            self.attempts.right(address)
            return caller, 0
        seconds = self.attempts.wait(address)
        if not seconds and any(given):
            self.attempts.wrong(address, given[0])
        return None, seconds

    def _logout(self, scope: Scope) -> Response:
        if self._in_session(scope):
            self.left.add(_session_of(scope), self.now())
        away = RedirectResponse(_root(scope) + "/login", 303)
        away.headers.append("set-cookie", set_cookie(COOKIE, "", 0, scope))
        return away

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
        try:
            caller, seconds = self._judged(_address(request.scope), [key])
        except EndedError as ended:
            return _page(request, onward, str(ended), 401)
        if seconds:
            return _page(request, onward, too_many(seconds), 429, {"Retry-After": str(seconds)})
        if caller is None:
            return _page(request, onward, UNKNOWN, 401)
        answer = RedirectResponse(_root(request.scope) + onward, 303)
        cookie = set_cookie(COOKIE, session(self.callers.signing(key), self.now()), LASTS, request.scope)
        answer.headers.append("set-cookie", cookie)
        return answer

    def _with_key(self, path: str, scope: Scope) -> Caller | Response:
        """Who sends a request outside of any session, or what is said to them."""
        given = _given(Headers(scope=scope))
        try:
            caller, seconds = self._judged(_address(scope), given) if given else (None, 0)
        except EndedError as ended:
            return problems.problem(401, str(ended), _BEARER)
        if seconds:
            return problems.problem(429, too_many(seconds), {"Retry-After": str(seconds)})
        return caller or self._unknown(path, scope, bool(given))

    def _unknown(self, path: str, scope: Scope, sent: bool) -> Response:
        """What is said to who brings no key, or one that nobody knows: a browser is led to the login."""
        accepts = Headers(scope=scope).get("accept", "")
        is_page = scope["type"] == "http" and scope["method"] == "GET" and "text/html" in accepts
        if is_page and not path.startswith(("/api", "/gradio_api")):
            asked = path + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            return RedirectResponse(f"{_root(scope)}/login?next={quote(asked, safe='/')}", 303)
        return problems.problem(401, UNKNOWN if sent else WANTED, _BEARER)


def too_many(seconds: int) -> str:
    """How long to wait after too many wrong keys."""
    return f"Слишком много неверных ключей с вашего адреса. Подождите {while_of(seconds)} и попробуйте снова."


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
    """The login, which leads `onward`; `message` is what was wrong."""
    action = _root(request.scope) + "/login"
    html = page_html(
        "login", "Сноска: вход", "login-page", action=action, onward=_inside(onward), message=message
    )
    return HTMLResponse(html, status, headers)


def _root(scope: Scope) -> str:
    return scope.get("app_root") or ""


def _inside(path: str) -> str:
    """`path` if it is an address of this server, else its root: a login leads to no other site."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if safe and "\\" not in path else "/"
