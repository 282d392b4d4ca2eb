"""One article as a page of its own with a sentence marked: where the footnotes of other programs lead."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from rag.types import Article
from rag.web import any_path
from rag.web.render_article import body_html, byline_html, link_html
from rag.web.render_login import page_html
from rag.web.restricted import bot_of

Offset = Annotated[int, Query(ge=0, le=1_000_000_000)]
any_path.install()
router = APIRouter()


@router.get("/articles/{article_id:any}", include_in_schema=False)
def article_page(article_id: str, request: Request, start: Offset = 0, stop: Offset = 0) -> HTMLResponse:
    """The article with the characters from `start` to `stop` marked."""
    article = bot_of(request).library.article(article_id)
    return HTMLResponse(article_html(article, start, stop, (request.scope.get("app_root") or "") + "/"))


def article_html(article: Article, start: int, stop: int, home: str) -> str:
    """The whole page."""
    info = article.info
    return page_html(
        "article-page",
        f"{info.title} — Сноска",
        "kept-page",
        home=home,
        info=info,
        byline=byline_html(info.source, info.published),
        link=link_html(info.url),
        text=body_html(article.text, [(start, stop)], anchor="quote-"),
    )


def address_of(base: str, article_id: str, url: str | None, start: int = 0, stop: int = 0) -> str:
    """Where an article is read: at its own address, else on our page of it at the server `base`."""
    if url and re.match(r"https?://", url, re.IGNORECASE):
        return url
    place = f"?start={start}&stop={stop}#quote-{start}" if stop > start else ""
    return f"{base}/articles/{quote(article_id, safe='/', errors='replace')}{place}"


def base_of(request: Request) -> str:
    """The address of this server as who asks knows it, without a slash in the end."""
    headers = request.headers
    host = headers.get("x-forwarded-host") or headers.get("host", "")
    return f"{request.url.scheme}://{host}{request.scope.get('app_root') or ''}"
