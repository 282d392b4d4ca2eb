"""An article as safe HTML, with a quote marked in it. Pure functions; markupsafe escapes every text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from rag.types import Article
from rag.web.wording import byline


def article_html(article: Article, start: int, stop: int) -> Markup:
    """An article with the characters from `start` to `stop` marked; wrong offsets mark nothing."""
    info = article.info
    return Markup(
        '<article class="article" aria-label="{title}" data-opened="{id} {start} {stop}" tabindex="-1">'
        "<header>"
        '<button type="button" class="close" data-close aria-label="Закрыть статью">Закрыть</button>'
        '{byline}<h2>{title}</h2>{link}</header><div class="body">{body}</div></article>'
    ).format(
        title=info.title,
        id=article.id,
        start=start,
        stop=stop,
        byline=byline_html(info.source, info.published),
        link=_link(info.url),
        body=Markup("").join(_paragraphs(article.text, start, stop)),
    )


def missing_html(message: str) -> Markup:
    """What the panel shows instead of an article it can't open."""
    return Markup(
        '<article class="article" tabindex="-1"><header>'
        '<button type="button" class="close" data-close>Закрыть</button></header>'
        '<div class="failure" role="alert"><p>{}</p></div></article>'
    ).format(message)


def _link(url: str | None) -> Markup:
    """Only web addresses become links: `javascript:` and the like are dropped."""
    if not url or not re.match(r"https?://", url, re.IGNORECASE):
        return Markup("")
    return Markup(
        '<p class="link"><a href="{}" target="_blank" rel="noopener noreferrer">Первоисточник</a></p>'
    ).format(url)


def _paragraphs(text: str, start: int, stop: int) -> Iterator[Markup]:
    """Paragraphs of `text` as HTML; a quote that spans several is marked in each of them."""
    for match in re.finditer(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*", text):
        if match.group().strip():
            yield _paragraph(match.group(), start - match.start(), stop - match.start())


def _paragraph(text: str, start: int, stop: int) -> Markup:
    """One paragraph; `start` and `stop` count from its beginning and may lie outside it."""
    heading = re.match(r"(#{1,6})\s+", text)
    tag = "h3" if heading else "p"
    start, stop = max(start, 0), min(stop, len(text))
    if start >= stop:
        return Markup("<{0}>{1}</{0}>").format(Markup(tag), _marked_up(text))
    return Markup("<{0}>{1}<mark>{2}</mark>{3}</{0}>").format(
        Markup(tag), _marked_up(text[:start]), _marked_up(text[start:stop]), _marked_up(text[stop:])
    )


def _marked_up(text: str) -> Markup:
    """Markdown signs stay in the text, as offsets count them, but are not shown."""
    return Markup(re.sub(r"(\*\*|^#{1,6}\s+)", r'<span class="sign">\1</span>', str(escape(text))))


def byline_html(source: str | None, published: str | None) -> Markup:
    """Source and date of an article, or nothing where neither is known."""
    line = byline(source, published)
    return Markup('<span class="byline">{}</span>').format(line) if line else Markup("")


def plain(text: str) -> str:
    """A quote without Markdown signs, for the places where it is only read."""
    return re.sub(r"\*\*|^#{1,6}\s+", "", text)
