"""The page at `/` of the application, with its style and script."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

# Before Gradio is imported: no statistics, no hub, nothing asked of the network.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.web import problems
from rag.web.page.layout import build

if TYPE_CHECKING:
    from rag.bot import Bot

ASSETS = Path(__file__).parent / "assets"
FAVICON = Path(__file__).parents[1] / "favicon.png"
_FOLLOWED = "/gradio_api/queue/data"
EXAMPLES = (
    "Какова протяжённость коридора TRIPP?",
    "Какова протяжённость нефтепровода КТК?",
    "Сколько готов выделить Эксимбанк на вольфрам?",
    "Что такое поправка Джексона — Вэника?",
)


def mount(
    app: FastAPI, bot: Bot, examples: Sequence[str] | Callable[[], Sequence[str]] = EXAMPLES
) -> FastAPI:
    """Put the page at `/` of `app`; `examples` are asked for each time the page is opened."""
    asked = examples if callable(examples) else lambda: examples
    state = app.state
    blocks = build(bot, state.kept, state.trials, asked, state.locked, state.admission)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        root_path=state.root_path or None,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1kb",  # articles come over the API, nothing through Gradio
        ssr_mode=False,
        favicon_path=str(FAVICON),
        theme=_theme(),
        head=_head(),
    )
    page = mounted.router.routes[-1]
    assert isinstance(page, Mount)
    page.app = KnownSessions(page.app, blocks)
    return mounted


class KnownSessions:
    """Refuses to follow a session that has asked nothing: Gradio would end that in a traceback each time."""

    def __init__(self, app: ASGIApp, blocks: gr.Blocks) -> None:
        self.app, self.blocks = app, blocks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith(_FOLLOWED):
            sent = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
            if sent not in self.blocks._queue.pending_messages_per_session:
                await problems.problem(404)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _head() -> str:
    """Style and script of the page, as they are: Gradio's own `css=` rewrites selectors and breaks some."""
    style, script = (
        "\n".join(file.read_text(encoding="utf-8") for file in sorted(ASSETS.glob(pattern)))
        for pattern in ("*.css", "*.js")
    )
    return f"<style>{style}</style><script>{script}</script>"


def _theme() -> gr.themes.Base:
    """Fonts by name only: a theme's default ones would be loaded as files."""
    sans = ["system-ui", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["ui-monospace", "Liberation Mono", "monospace"])
