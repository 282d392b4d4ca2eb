"""Web pages: the main text without menus and footers, title, date, author and site."""

from __future__ import annotations

from datetime import date

from rag.errors import ArticleError
from rag.library.decoding import decode, normal
from rag.library.reading.completing import completed
from rag.library.reading.pieces import Source
from rag.types import Article, ArticleInfo


def page(source: Source) -> Article:
    """The article on a saved or fetched page. Raises ArticleError."""
    from trafilatura import bare_extraction  # 0.5 s to import, needed for pages only

    found = bare_extraction(
        normal(decode(source.read(), source.known.charset)),
        url=source.known.url,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None or not (found.text or "").strip():
        raise ArticleError("на странице не найдено текста статьи")
    info = ArticleInfo(
        source.id,
        title=(found.title or "").strip(),
        source=found.sitename or found.hostname or None,
        published=_date_or_none(found.date),
        url=source.known.url or found.url or None,
        tags=tuple(found.tags or ()),
        author=found.author or None,
    )
    return completed(normal(found.text), info)


def _date_or_none(value: str | None) -> str | None:
    try:
        return date.fromisoformat(value or "").isoformat()
    except ValueError:
        return None
