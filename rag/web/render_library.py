"""The library as safe HTML: adding articles, what is there, a chart of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rag.library.records import Listed, Order, Shares
from rag.web.chart import months_html, sources_html
from rag.web.render_article import link_html
from rag.web.templating import rendered

PAGE_SIZE = 25
ORDERS: dict[Order, str] = {
    "date": "сначала новые",
    "added": "недавно добавленные",
    "title": "по заголовку",
    "source": "по источнику",
}


def order_of(name: str) -> Order:
    """The order that a browser asks for; the first one where it asks for none that there is."""
    return next((order for order in ORDERS if order == name), "date")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the list of articles: which page, what it lists, how many there are in all.

    `is_narrowed`: by conditions, so that there may be others.
    """

    page: int
    listed: Sequence[Listed]
    shares: Shares
    is_narrowed: bool = False


def shelf_top_html() -> Markup:
    """Adding articles, and the conditions of the list."""
    return rendered("shelf-top", orders=ORDERS)


def shelf_html(shelf: Shelf) -> Markup:
    """The chart and the table of what was found."""
    return rendered(
        "shelf",
        total=shelf.shares.total,
        is_narrowed=shelf.is_narrowed,
        months=months_html(shelf.shares.months),
        sources=sources_html(shelf.shares.sources),
        articles=shelf.listed,
        link=link_html,
        page=shelf.page,
        last=(shelf.shares.total - 1) // PAGE_SIZE,
    )
