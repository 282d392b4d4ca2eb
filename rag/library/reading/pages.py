"""Web pages: the main text without menus and footers, title, date, author and site; HTML as plain text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from rag.errors import ArticleError
from rag.library.decoding import decode, normal
from rag.library.reading.completing import completed
from rag.library.reading.markup import markup_text, simplified
from rag.library.reading.pieces import Source
from rag.types import Article, ArticleInfo

# How markup is known from a text that holds a «<».
_MARKUP = re.compile(r"</(?:p|div|b|i|a|em|strong|span|li|ul|h\d|blockquote)>|<(?:p|br)\s*/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,5}|#x[0-9a-f]{2,5});", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{3,20})", re.IGNORECASE)
_SHORT = 1_000  # characters of all text on a page
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")


def page(source: Source) -> Article:
    """The article on a saved or fetched page. Raises ArticleError."""
    from trafilatura import bare_extraction  # 0.5 s to import, needed for pages only
    from trafilatura.utils import load_html

    text = page_text(source.read(), source.known.charset)
    tree = load_html(text)
    if tree is None or tree.tag != "html":  # a fragment, which without a body around it is no page
        tree = load_html(f"<html><body>{text}</body></html>")
    found = tree is not None and bare_extraction(
        simplified(tree),
        include_formatting=True,
        url=source.known.url,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
        config=_settings(len(" ".join(tree.text_content().split())) < _SHORT),
    )
    if not found or not (found.text or "").strip():
        raise ArticleError("на странице не найдено текста статьи")
    info = ArticleInfo(
        source.id,
        title=(found.title or "").strip(),
        source=found.sitename or found.hostname or None,
        url=source.known.url or found.url or None,
        tags=tuple(found.tags or ()),
        author=found.author or None,
        published_raw=found.date or None,
    )
    return completed(normal(found.text), info)


@cache
def _settings(is_short: bool) -> Any:
    """How trafilatura extracts. What it finds to be too short to be an article it replaces by all text there
    is, without tables and lists; on a short page that is no sign of having found the wrong part."""
    from trafilatura.settings import use_config

    settings = use_config()
    if is_short:
        settings.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    return settings


def page_text(data: bytes, charset: str | None = None) -> str:
    """HTML as it was written; which encoding it says it is in helps to recognise it."""
    said = _CHARSET.search(data[:4096])
    text = normal(decode(data, charset or (said[1].decode("ascii") if said else None)))
    return _DECLARATION.sub("", text)


def plain(text: str) -> str:
    """`text` without markup, if it has any: «<p>Мост&nbsp;открыт</p>» → «Мост открыт»."""
    if "<" in text and _MARKUP.search(text):
        return markup_text(text)
    if "&" in text and _ENTITY.search(text):
        from html import unescape

        return unescape(text)
    return text
