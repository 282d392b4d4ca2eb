"""What stands around every address: the path prefix of a proxy, headers of caution, what Gradio may serve.

Gradio brings addresses that the page has no use for: files of the server, a proxy, uploads, monitoring,
an editor of its own code. Only those that the page needs are let through.
"""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web import problems
from rag.web.addresses import is_page

# What the page asks of Gradio; everything else that it serves below these is as if it weren't there.
_PAGE = re.compile(
    r"(?!.*\.\.)(?:/gradio_api/(?:queue/(?:join|data)|cancel|reset/?|heartbeat/\w+|app_id/?|startup-events|info/?"
    r"|run/predict/?)"
    r"|/assets/[\w./@-]+|/static/[\w./@-]+|/theme\.css|/config/?|/favicon\.ico|/robots\.txt|/manifest\.json|/)",
    re.DOTALL,
)
_GRADIO = re.compile(
    r"/(?:gradio_api|assets|static|svelte|config|theme\.css|monitoring|pwa_icon|manifest\.json"
    r"|token|user|app_id|login_check|file|file=|proxy|proxy=|upload|custom_component|dev|run|call|queue|stream"
    r"|vibe-\w+|deep_link)(?:[/=].*)?",
    re.DOTALL,  # a line break in an address hides nothing
)
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
# The page alone: Gradio makes functions of strings for every component of HTML that it shows.
_PAGE_POLICY = _POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")
_STILL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_SCRIPTLESS = ("/answers/", "/articles/", "/login", "/docs", "/chats/")


class Frame:
    """The outermost layer: everything inside sees addresses without the prefix `root`."""

    def __init__(self, app: ASGIApp, root: str = "") -> None:
        self.app, self.root = app, root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = self._below(scope)
        path = scope["path"]

        async def cautious(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = _policy(path)
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "same-origin"
                headers["cross-origin-opener-policy"] = "same-origin"
                headers["cross-origin-resource-policy"] = "same-origin"
                headers["permissions-policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
                for name in [name for name in headers if name.startswith("access-control-")]:
                    del headers[name]  # Gradio lets pages of other local servers read what it says
                if path.startswith("/assets/") and message["status"] == 200:  # a new version has a new name
                    headers["cache-control"] = "private, max-age=31536000, immutable"
            await send(message)

        if _GRADIO.fullmatch(path) and not _PAGE.fullmatch(path):
            await problems.problem(404)(scope, receive, cautious)
        else:
            await self.app(scope, receive, cautious)

    def _below(self, scope: Scope) -> Scope:
        """The scope of the same address below the prefix, whether the proxy has cut it off or not."""
        path = scope["path"]
        if self.root and (path == self.root or path.startswith(self.root + "/")):
            path = path[len(self.root) :] or "/"
        return {**scope, "path": path, "raw_path": path.encode(), "app_root": self.root}


def _policy(path: str) -> str:
    """What a browser may load and run for an address."""
    if is_page(path):
        return _PAGE_POLICY
    return _STILL if path.startswith(_SCRIPTLESS) else _POLICY
