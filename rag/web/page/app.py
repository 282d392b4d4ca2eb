"""What a phone needs to put the page on its home screen: a manifest and icons."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, JSONResponse

from rag.errors import NotFoundError

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
