"""One answer as a page of its own, with the articles as they were when it was given. Runs no script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from markupsafe import Markup

from rag.chats.records import Exchange
from rag.types import Answer, Article, Citation
from rag.web.parts import around, parts_of
from rag.web.render import answer_html
from rag.web.render_article import body_html, byline_html, link_html
from rag.web.templating import page_html

# Whatever comes from outside is escaped by now: no quotation mark or bracket of it is left to be found here.
_BUTTON = re.compile(
    r'<button type="button" class="(?P<kind>\w+)"[^>]*? data-article="(?P<article>[^"]*)" '
    r'data-start="(?P<start>\d+)"[^>]*>(?P<inner>.*?)</button>',
    re.DOTALL,
)
_SCRIPTED = re.compile(
    r'<button type="button" class="act [^>]*>.*?</button>'
    r'|<details class="decided" [^>]*>.*?</details>',
    re.DOTALL,
)


def permalink_html(exchange: Exchange, evidence: Mapping[str, Article], whole: bool = False) -> str:
    """The answer of `exchange` and the texts behind its footnotes; of long ones what stands about the quotes.

    `whole`: all of them.
    """
    answer = exchange.answer
    places = {article_id: place for place, article_id in enumerate(_order(answer), 1)} if answer else {}
    return page_html(
        "permalink",
        f"{' '.join(exchange.question.split())[:120]} — Сноска",
        "kept-page",
        exchange=exchange,
        answer=_linked(_answer(exchange), places),
        sources=[
            _source(evidence[article_id], place, answer.citations, whole)
            for article_id, place in places.items()
            if answer and article_id in evidence
        ],
    )


def _linked(html: Markup, places: Mapping[str, int]) -> Markup:
    """`html` with links to the articles below in place of the buttons that need a script, or nothing."""

    def link(match: re.Match[str]) -> str:
        kind, article_id, start, inner = match.group("kind", "article", "start", "inner")
        place = places.get(unescape(article_id))
        if place is None:
            return f'<span class="{kind}">{inner}</span>'
        to = f"quote-{place}-{start}" if kind in ("footnote", "source") else f"article-{place}"
        return f'<a class="{kind}" href="#{to}">{inner}</a>'

    return Markup(_BUTTON.sub(link, _SCRIPTED.sub("", html)))


def _answer(exchange: Exchange) -> Markup:
    if exchange.answer:
        return answer_html(exchange.answer)
    return Markup('<p class="text">{}</p>').format(exchange.told or exchange.error or "Ответа нет.")


def _order(answer: Answer) -> list[str]:
    cited = [citation.article_id for citation in answer.citations]
    return list(dict.fromkeys(cited or [hit.article.id for hit in answer.hits]))


def _source(article: Article, place: int, citations: tuple[Citation, ...], whole: bool) -> dict[str, Any]:
    quotes = [(each.start, each.stop) for each in citations if each.article_id == article.id]
    info, parts = article.info, parts_of(article.text)
    about = {number for quote in quotes or [(0, 0)] for number in around(parts, *quote)}
    shown = range(len(parts)) if whole else sorted(about)
    return {
        "place": place,
        "info": info,
        "byline": byline_html(info.source, info.published),
        "link": link_html(info.url),
        "is_whole": len(shown) == len(parts),
        "stretches": [
            {
                "leaves_out": number > (shown[at - 1] + 1 if at else 0),
                "body": body_html(article.text, quotes, anchor=f"quote-{place}-", part=parts[number]),
            }
            for at, number in enumerate(shown)
        ],
    }
