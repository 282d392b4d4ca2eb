"""The page at `/` of the application, with its style and script."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

# Before Gradio is imported: no statistics, no hub, nothing asked of the network.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, JSONResponse
from starlette.routing import Mount

from rag.errors import NotFoundError
from rag.web.page.layout import TITLE, build
from rag.web.page.opening import Opening

if TYPE_CHECKING:
    from rag.bot import Bot

FAVICON = Path(__file__).parents[1] / "favicon.png"
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
    blocks = build(bot, state.kept, state.trials, state.reviews, asked, state.locked, state.admission)
    app.include_router(router)
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
    )
    page = mounted.router.routes[-1]
    assert isinstance(page, Mount)
    page.app = Opening(page.app, lambda: blocks._queue.pending_messages_per_session, TITLE)
    return mounted


def _theme() -> gr.themes.Base:
    """Fonts by name only: a theme's default ones would be loaded as files."""
    sans = ["system-ui", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["ui-monospace", "Liberation Mono", "monospace"])


# What a phone needs to put the page on its home screen: a manifest and icons.

ICONS = Path(__file__).parent / "icons"
SIZES = (180, 192, 512)  # pixels; 180 is what iOS asks for
router = APIRouter(include_in_schema=False)


@router.get("/app.webmanifest")
def manifest() -> JSONResponse:
    """Every address in it is relative, so that it holds behind a prefix, too."""
    return JSONResponse(
        {
            "name": "Сноска — ответы по статьям",
            "short_name": "Сноска",
            "lang": "ru",
            "start_url": "./",
            "scope": "./",
            "display": "standalone",
            "background_color": "#fcfbf8",
            "theme_color": "#8f2d18",
            "icons": [
                {
                    "src": f"icons/{size}.png",
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for size in SIZES
                for purpose in ("any", "maskable")
            ],
        },
        media_type="application/manifest+json",
    )


@router.get("/icons/{size}.png")
def icon(size: int) -> FileResponse:
    """The sign of the page, `size` pixels wide."""
    if size not in SIZES:
        raise NotFoundError("Такого значка нет.")
    return FileResponse(ICONS / f"{size}.png", headers={"Cache-Control": "public, max-age=86400"})
