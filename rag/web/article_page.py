"""One article as a page of its own with a sentence marked: where the footnotes of other programs lead."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from rag.types import Article
from rag.web import addresses
from rag.web.parts import AROUND, around, parts_of
from rag.web.render_article import body_html, byline_html, link_html
from rag.web.restricted import bot_of
from rag.web.templating import page_html

Offset = Annotated[int, Query(ge=0, le=1_000_000_000)]
addresses.allow_any_id()
router = APIRouter()


@router.get("/articles/{article_id:any}", include_in_schema=False)
def article_page(
    article_id: str,
    request: Request,
    start: Offset = 0,
    stop: Offset = 0,
    at: Offset | None = None,
    whole: bool = False,
) -> HTMLResponse:
    """The article with the characters from `start` to `stop` marked.

    Of a long one what stands about them, or about the character `at`, with links to the rest, unless `whole`.
    """
    article = bot_of(request).library.article(article_id)
    home = (request.scope.get("app_root") or "") + "/"
    return HTMLResponse(article_html(article, start, stop, home, at, whole))


def article_html(
    article: Article, start: int, stop: int, home: str, at: int | None = None, whole: bool = False
) -> str:
    """The whole page."""
    info, text, parts = article.info, article.text, parts_of(article.text)
    about = around(parts, start, stop) if at is None else around(parts, at, at)
    first, last = (0, len(parts) - 1) if whole else (about[0], about[-1])
    shown = parts[first : last + 1]
    quoted = f"?start={start}&stop={stop}"
    above, below = max(first - 1 - AROUND, 0), min(last + 1 + AROUND, len(parts) - 1)
    return page_html(
        "article-page",
        f"{info.title} — Сноска",
        "kept-page",
        home=home,
        info=info,
        byline=byline_html(info.source, info.published),
        link=link_html(info.url),
        text=Markup("").join(body_html(text, [(start, stop)], anchor="quote-", part=part) for part in shown),
        characters=len(text),
        begin=shown[0].start,
        end=shown[-1].stop,
        before=f"{quoted}&at={parts[above].start}#end" if first > 0 else "",
        after=f"{quoted}&at={parts[below].start}" if last + 1 < len(parts) else "",
        everything=f"{quoted}&whole=true#quote-{start}",
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
