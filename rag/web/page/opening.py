"""The document that a browser opens: Gradio's own, with our head, a first screen and what it will load.

Gradio's page is empty until a megabyte of scripts has come one after another. Here it begins as a page that
can be read and typed into at once; the scripts that it is known to ask for come together meanwhile.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web import problems
from rag.web.addresses import is_page, way_up
from rag.web.templating import rendered

ASSETS = Path(__file__).parent / "assets"
_FOLLOWED = "/gradio_api/queue/data"
_SOON = 20.0  # seconds after a page was opened in which it asks for what it needs
_AT_MOST = 120  # of such assets
_BASE = re.compile(r"<base href=\"[^\"]*\"\s*/?>")
_STYLE = re.compile(r'<link rel="stylesheet" crossorigin href="([^"]+)">')
_MANIFEST = re.compile(r'<link rel="manifest"[^>]*>')
_BODY = re.compile(r"<body[^>]*>")
_ENTRY = re.compile(r'<script type="module" crossorigin src="([^"]+)"></script>')
# What Gradio tells of itself to who previews a link, and a script for the frames of its own site.
_GRADIOS = re.compile(
    r"<meta\s+(?:property=\"og:|name=\"twitter:)[^>]*>\s*"
    r"|<script>(?:(?!</script>).)*iframeResizer\.contentWindow(?:(?!</script>).)*</script>",
    re.DOTALL,
)
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


@cache
def _assets(pattern: str) -> Markup:
    """Style or script of the page, as it is: Gradio's own `css=` rewrites selectors and breaks some."""
    return Markup("\n".join(file.read_text(encoding="utf-8") for file in sorted(ASSETS.glob(pattern))))


class Wanted:
    """The scripts and styles that pages have asked for right after they were opened."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._opened = now, -_SOON
        self._found: dict[str, str] = {}  # address: how a browser is to load it

    def opened(self) -> None:
        self._opened = self._now()

    def asked(self, path: str, query: str) -> None:
        """Take note of what is asked for, if it may belong to the page that was opened last."""
        kind = {".js": "modulepreload", ".css": "preload"}.get(Path(path).suffix)
        if not kind or self._now() - self._opened > _SOON or len(self._found) >= _AT_MOST:
            return
        if path.startswith("/assets/") or path == "/theme.css":
            self._found[path.removeprefix("/") + (f"?{query}" if query else "")] = kind

    def __call__(self) -> Mapping[str, str]:
        return dict(self._found)


class Opening:
    """Around Gradio's application: the page at all its addresses, and no traceback for unknown sessions."""

    def __init__(self, app: ASGIApp, sessions: Callable[[], Mapping[str, Any]], title: str) -> None:
        """`sessions` have asked something: following others would end in a traceback of Gradio each time."""
        self.app, self.sessions, self.title = app, sessions, title
        self.wanted = Wanted()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        query = scope["query_string"].decode("latin-1")
        if path.rstrip("/").endswith(_FOLLOWED):
            sent = parse_qs(query).get("session_hash", [""])[0]
            if sent not in self.sessions():
                await problems.problem(404)(scope, receive, send)
                return
        elif is_page(path) and scope["method"] in ("GET", "HEAD"):
            self.wanted.opened()
            root = {**scope, "path": "/", "raw_path": b"/"}
            await self.app(root, receive, _Rewriting(send, lambda html: self.document(html, path)))
            return
        self.wanted.asked(path, query)
        await self.app(scope, receive, send)

    def document(self, html: str, path: str) -> str:
        """Gradio's document for the address `path`, made ours."""
        style, entry = _STYLE.search(html), _ENTRY.search(html)
        for dropped in (_STYLE, _MANIFEST, _ENTRY):
            html = dropped.sub("", html, count=1)
        head, end, body = _GRADIOS.sub("", html).partition("</head>")
        ours = rendered(
            "head",
            title=self.title,
            up=way_up(path),
            gradio_style=style[1] if style else "",
            style=_assets("*.css"),
        )
        # The first screen needs no script: it comes before all of them.
        first = rendered(
            "first",
            wanted=self.wanted(),
            script=_assets("*.js"),
            gradios=Markup("\n".join(_SCRIPT.findall(head))),
            entry=entry[1] if entry else "",
        )
        head = _BASE.sub(lambda _: ours, _SCRIPT.sub("", head).replace('lang="en"', 'lang="ru"', 1), count=1)
        # Markup would escape the tag.
        return head + end + _BODY.sub(lambda tag: tag[0] + str(first), body, count=1)


class _Rewriting:
    """Passes a response on with its whole body rewritten; anything but a page goes through as it is."""

    def __init__(self, send: Send, rewrite: Callable[[str], str]) -> None:
        self.send, self.rewrite = send, rewrite
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] == 200:
                self.start = message
                return
        elif self.start is not None and message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            whole = self.rewrite(self.body.decode()).encode() if self.body else b""
            await self.send({**self.start, "headers": _sized(self.start["headers"], len(whole))})
            message = {"type": "http.response.body", "body": whole}
        await self.send(message)


def _sized(headers: Any, length: int) -> list[tuple[bytes, bytes]]:
    """`headers` of a body of `length` bytes; one that wasn't sent keeps its own."""
    kept = [(name, value) for name, value in headers if name != b"content-length" or not length]
    return [*kept, (b"content-length", str(length).encode())] if length else kept
