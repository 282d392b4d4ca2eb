"""What can be done with an open article, as safe HTML: correct it, look at its versions."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from markupsafe import Markup

from rag.library.records import Edition
from rag.types import ArticleInfo
from rag.web.templating import rendered


def tools_html(edition: Edition) -> Markup:
    """What can be done with an article as it is now."""
    info = edition.article.info
    original = quote(info.id) if edition.original else ""
    return rendered("tools", info=info, day=_day(info), version=edition.version, original=original)


def changed_html(article_id: str, version: int | None) -> Markup:
    """Under an article as it was quoted: what has changed since that version, where it is still kept."""
    return rendered("changed", article_id=article_id, version=version) if version else Markup("")


def _day(info: ArticleInfo) -> str:
    """The day of publication as it is typed here."""
    try:
        return date.fromisoformat(info.published or "").strftime("%d.%m.%Y")
    except ValueError:
        return info.published or ""
