"""The library as safe HTML: adding articles, what is there, and how many by month and by source.

Charts are drawings and lists that load nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from rag.library.records import Listed, Order, Shares
from rag.web.render_article import link_html
from rag.web.templating import rendered

PAGE_SIZE = 25
ORDERS: dict[Order, str] = {
    "date": "сначала новые",
    "added": "недавно добавленные",
    "title": "по заголовку",
    "source": "по источнику",
}
MONTHS_SHOWN = 24
SOURCES_SHOWN = 8
_SHORT = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_WIDTH, _HEIGHT, _BASE = 640, 132, 108
UNNAMED = "без источника"


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


def filled(months: Mapping[str | None, int]) -> list[tuple[str, int]]:
    """The last months, oldest first, those without articles too; keys are «2026-02»."""
    known = sorted(month for month in months if month)
    if not known:
        return []
    places = [_place(month) for month in known]
    first = max(places[0], places[-1] - MONTHS_SHOWN + 1)
    names = [f"{place // 12:04d}-{place % 12 + 1:02d}" for place in range(first, places[-1] + 1)]
    return [(name, months.get(name, 0)) for name in names]


def _place(month: str) -> int:
    day = date.fromisoformat(f"{month}-01")
    return day.year * 12 + day.month - 1


def months_html(months: Mapping[str | None, int]) -> Markup:
    """A bar a month, with the same as text for who can't see it."""
    shown = filled(months)
    most, step = max((held for _, held in shown), default=0), _WIDTH / max(len(shown), 6)
    return rendered(
        "months",
        width=_WIDTH,
        height=_HEIGHT,
        told=_told(shown),
        bars=[_bar(place, *each, most, step, len(shown)) for place, each in enumerate(shown)],
        undated=months.get(None, 0),
    )


def _told(shown: list[tuple[str, int]]) -> str:
    return "Статей по месяцам: " + ", ".join(f"{_named(name)} — {held}" for name, held in shown if held)


def _named(month: str) -> str:
    return f"{_SHORT[int(month[5:]) - 1]} {month[:4]}"


def _bar(place: int, name: str, held: int, most: int, step: float, of: int) -> dict[str, Any]:
    """Where the bar of the month `name` stands, in units of the drawing; of many, only some are labelled."""
    height = round(held / most * (_BASE - 22), 1) if most else 0
    label = _SHORT[int(name[5:]) - 1] + (f" {name[2:4]}" if name.endswith("-01") or not place else "")
    return {
        "name": _named(name),
        "held": held,
        "left": round(place * step + step * 0.14, 1),
        "middle": round(place * step + step / 2, 1),
        "width": round(step * 0.72, 1),
        "top": round(_BASE - height, 1),
        "top_of_number": _BASE - height - 6,
        "height": height,
        "label": label if place % max(1, of // 12) == 0 else "",
    }


def sources_html(sources: Mapping[str | None, int]) -> Markup:
    """The sources with most articles, a line each."""
    ranked = sorted(sources.items(), key=lambda each: -each[1])
    most = ranked[0][1] if ranked else 0
    return rendered(
        "sources",
        sources=[
            (name or UNNAMED, held, max(2, round(100 * held / most))) for name, held in ranked[:SOURCES_SHOWN]
        ],
        left=len(ranked) - SOURCES_SHOWN,
    )
