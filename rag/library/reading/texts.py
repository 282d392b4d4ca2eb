"""Plain text and Markdown, with or without front matter."""

from __future__ import annotations

import re

from rag.library.decoding import decode, normal
from rag.library.front_matter import front_matter
from rag.library.reading.completing import completed
from rag.library.reading.pieces import Source
from rag.text.wrapping import is_wrapped, unwrapped
from rag.types import Article, ArticleInfo

# Emphasis stands at word borders: «2**3» and «my__var» are not meant. Bounds keep hostile input linear.
_EMPHASIS = re.compile(r"(?<![\w*])(\*\*|__)(?=[^\s*_])([^\n]{1,300}?)(?<=\S)\1(?![\w*])")
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\s]{1,500}(?:\([^()\s]{0,100}\)[^()\s]{0,100})?\)")
_HEADING = re.compile(r"^#[ \t]+(\S.*)$", re.MULTILINE)


def plain_text(source: Source) -> Article:
    """The article in a .txt. Raises ArticleError, as every reader does."""
    text = normal(decode(source.read(), source.known.charset))
    text = unwrapped(text) if is_wrapped(text) else text
    return completed(text, ArticleInfo(source.id, "", url=source.known.url))


def markdown(source: Source) -> Article:
    """The article in a .md; what its front matter says wins over what its text does."""
    matter = front_matter(normal(decode(source.read(), source.known.charset)))
    heading = _HEADING.search(matter.body)
    info = ArticleInfo(
        source.id,
        title=matter.title or (heading[1].strip("# \t") if heading else ""),
        source=matter.source,
        published=matter.published,
        url=matter.url or source.known.url,
        tags=matter.tags,
        author=matter.author,
        published_raw=matter.published_raw,
    )
    return completed(_without_markup(matter.body), info)


def _without_markup(body: str) -> str:
    """Markdown's emphasis and links as the words they stand for: «**Сроки.** [Trend](…)» → «Сроки. Trend»."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", body))
