"""Where quotes stand in their articles, for readers who want to look them up: headings, page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from rag.answering.surroundings import headings_above
from rag.types import Article, Citation, page_at


def standing(
    citations: Iterable[Citation], article_of: Callable[[str], Article | None]
) -> tuple[Citation, ...]:
    """`citations` with their context and page; those of articles that are gone stay as they are."""
    return tuple(_standing(each, article_of(each.article_id)) for each in citations)


def _standing(citation: Citation, article: Article | None) -> Citation:
    if article is None or article.text[citation.start : citation.stop] != citation.quote:
        return citation
    page = page_at(article.pages, citation.start)
    headings = headings_above(article.text, citation.start, citation.title)
    return replace(citation, page=page, context=(*headings, *([f"с. {page}"] if page else [])))
