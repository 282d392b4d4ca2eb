"""Text and what is known of it → Article: what is missing is taken from the text itself."""

from __future__ import annotations

from dataclasses import replace

from rag.text.dateline import dateline, iso_date
from rag.text.sentences import sentences
from rag.text.wrapping import with_whole_words
from rag.types import Article, ArticleInfo

LONGEST_TITLE = 120  # characters of a title made from the first sentence
LONGEST_GIVEN_TITLE = 300
_LONGEST_RAW = 200  # characters of a date as it was written


def completed(text: str, info: ArticleInfo) -> Article:
    """`text` with whole words; date from what was written, title from the first sentence, date and agency
    from the dateline, where they are not given."""
    text = with_whole_words(text)
    line = dateline(text)
    raw = " ".join((info.published_raw or "").split())[:_LONGEST_RAW]
    day = info.published or iso_date(raw) or line.published
    return Article(
        replace(
            info,
            title=shortened(info.title, LONGEST_GIVEN_TITLE) or _title(text[line.stop :]) or info.id,
            source=info.source or line.source,
            published=day,
            published_raw=raw if raw and raw != day else None,
        ),
        text,
    )


def _title(text: str) -> str:
    """The first sentence on one line, cut at a word."""
    beginning = text.lstrip()[:2000]
    first = next(iter(sentences(beginning)), (0, 0))
    title = " ".join(beginning[slice(*first)].strip("#*_>—– \t").split())
    if title.endswith(".") and not title.endswith(".."):
        title = title[:-1]
    return shortened(title, LONGEST_TITLE)


def shortened(title: str, limit: int) -> str:
    """`title` on one line, cut at a word so that it takes about `limit` characters."""
    if len(title) <= limit:
        return title
    return title[:limit].rsplit(" ", 1)[0].rstrip(" ,;:—–-") + "…"
