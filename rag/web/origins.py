"""Whom this server answers: requests under a name of its own, and from no page of another site.

A page of any site can have the browser on this machine send requests here. Under a name that it lets
resolve to 127.0.0.1 (DNS rebinding) the browser would even let it read the answers, so names that are not
ours are refused. Under a name of ours, the browser says which page a request comes from: by Sec-Fetch-Site
(https://web.dev/articles/fetch-metadata) or, where it leaves that out, by Origin. This stands before every
address, those of Gradio too, which itself trusts any page of this machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web import problems
from rag.web.widget import is_guest
from rag.web.wording import clip

ANY = "*"
LOOPBACK = "127.0.0.1"
# «name:port», «192.0.2.1:port», «[::1]:port»
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\s:/\[\]@]+))(?::\d{0,5})?")
_OPENS = frozenset({"GET", "HEAD"})


class Names:
    """The names of a server that listens on `host`; `named` are those that its owner adds.

    In `named`, «.example.org» stands for everything below example.org and «*» for every name.
    """

    def __init__(self, named: Sequence[str] = (), host: str = LOOPBACK) -> None:
        self.named = frozenset(map(ascii_name, named))
        self.host = ascii_name(host)
        # Who listens on all addresses is asked by each of them; in digits, no name can be rebound.
        self._by_number = is_everywhere(host)

    def are_own(self, host: str) -> bool:
        """Whether `host`, as a request has it, with or without a port, is one of ours."""
        name = name_of(host)
        if not name:
            return False
        return name == self.host or is_loopback(name) or self.are_named(name) or self._is_number(name)

    def are_named(self, name: str) -> bool:
        """Whether the owner has named it, or something that it is below."""
        parents = ("." + parent for parent in _parents(name))
        return name in self.named or ANY in self.named or not self.named.isdisjoint(parents)

    def _is_number(self, name: str) -> bool:
        return self._by_number and _address(name) is not None


class OwnSite:
    """Lets only those requests through that are sent to one of `names`, from a page of ours or from none."""

    def __init__(self, app: ASGIApp, names: Names) -> None:
        self.app, self.names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or (refused := self._refused(scope)) is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refused(scope, receive, send)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.names.are_own(hosts[0]):
            return problems.problem(421, unknown_name(hosts[0] if hosts else ""))
        if is_guest(scope):
            return None
        return problems.problem(403) if self._is_foreign(scope, headers) else None

    def _is_foreign(self, scope: Scope, headers: Headers) -> bool:
        """Whether a page of another site has sent this."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None and self._is_own(origin, headers):
            return False
        if site is not None:
            return site not in ("same-origin", "none") and not _is_followed_link(scope, headers)
        return origin is not None

    def _is_own(self, origin: str, headers: Headers) -> bool:
        """Whether pages of `origin` are ours: that of the address asked, or one the owner has named.

        Behind a proxy that asks us by another name, it tells the name that the browser sees; who is no
        proxy of ours has lost that header before it comes here.
        """
        place = site_of(origin)
        if not place:  # «null»: a page without a site of its own, such as a file
            return False
        name = name_of(place)
        named = self.names.are_named(name) and ANY not in self.names.named and not is_loopback(name)
        return named or place in (headers["host"].lower(), headers.get("x-forwarded-host", "").lower())


def unknown_name(host: str) -> str:
    """What is said to who asks for a name that isn't ours."""
    shown = clip(name_of(host) or host, 100)
    return (
        f"Этот сервер не откликается на имя «{shown}». Если имя действительно его, "
        "разрешите его настройкой RAG_ALLOWED_HOSTS и запустите сервер заново."
    )


def site_of(origin: str) -> str:
    """The host and port of an Origin header; empty for what is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # «http://[»
        return ""


def name_of(host: str) -> str:
    """The name or address in a Host header, without its port; empty for what is no host."""
    found = _HOST.fullmatch(host.strip().lower())
    return (found[1] or found[2]).rstrip(".") if found else ""


def ascii_name(name: str) -> str:
    """A name as browsers send it: «сноска.рф» in the letters that DNS has."""
    given = name.strip().lower().strip("[]").rstrip(".")
    head, plain = ("." if given.startswith(".") else ""), given.removeprefix(".")
    try:
        return head + plain.encode("idna").decode()
    except UnicodeError:
        return given


def is_loopback(name: str) -> bool:
    """Whether `name`, without a port, is this machine and nothing else."""
    found = _address(name)
    return name == "localhost" or (found is not None and found.is_loopback)


def is_everywhere(host: str) -> bool:
    """Whether who listens on `host` listens on every address of the machine."""
    found = _address(host)
    return host == "" or (found is not None and found.is_unspecified)


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(name)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _is_followed_link(scope: Scope, headers: Headers) -> bool:
    """Whether somebody follows a link to us; what comes is shown to them and not to the page it stood on."""
    opened = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")
    return scope["type"] == "http" and scope["method"] in _OPENS and opened


def _parents(name: str) -> list[str]:
    """example.org and org for www.example.org, and the name itself: «.example.org» is for all of them."""
    parts = name.split(".")
    return [".".join(parts[place:]) for place in range(len(parts))]
