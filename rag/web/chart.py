"""How many articles there are by month and by source, as drawings and lists that load nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from markupsafe import Markup

from rag.web.wording import clip, count

MONTHS_SHOWN = 24
SOURCES_SHOWN = 8
_SHORT = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_WIDTH, _HEIGHT, _BASE = 640, 132, 108
UNDATED, UNNAMED = "без даты", "без источника"


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
    if not shown:
        return Markup("")
    most, step = max(held for _, held in shown), _WIDTH / max(len(shown), 6)
    bars = Markup("").join(
        _bar(place, name, held, most, step, len(shown)) for place, (name, held) in enumerate(shown)
    )
    undated = months.get(None, 0)
    left = Markup('<p class="hint">И ещё {} {}.</p>').format(_articles(undated), UNDATED) if undated else ""
    return Markup(
        '<figure class="chart"><figcaption class="label">По месяцам</figcaption>'
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>{}</figure>'
    ).format(_WIDTH, _HEIGHT, _told(shown), bars, left)


def _told(shown: list[tuple[str, int]]) -> str:
    return "Статей по месяцам: " + ", ".join(f"{_named(name)} — {held}" for name, held in shown if held)


def _named(month: str) -> str:
    return f"{_SHORT[int(month[5:]) - 1]} {month[:4]}"


def _bar(place: int, name: str, held: int, most: int, step: float, of: int) -> Markup:
    height = round(held / most * (_BASE - 22), 1) if most else 0
    left, width = round(place * step + step * 0.14, 1), round(step * 0.72, 1)
    middle = round(place * step + step / 2, 1)
    every = max(1, of // 12)
    label = _SHORT[int(name[5:]) - 1] + (f" {name[2:4]}" if name.endswith("-01") or not place else "")
    drawn = Markup(
        '<g class="bar"><title>{}: {}</title><rect x="{}" y="{}" width="{}" height="{}" rx="1.5"/>{}{}</g>'
    )
    number = Markup('<text class="number" x="{}" y="{}">{}</text>').format(middle, _BASE - height - 6, held)
    below = Markup('<text x="{}" y="{}">{}</text>').format(middle, _HEIGHT - 8, label)
    return drawn.format(
        _named(name),
        _articles(held),
        left,
        round(_BASE - height, 1),
        width,
        height,
        number if held else "",
        below if place % every == 0 else "",
    )


def sources_html(sources: Mapping[str | None, int]) -> Markup:
    """The sources with most articles, a line each."""
    if not sources:
        return Markup("")
    ranked = sorted(sources.items(), key=lambda each: -each[1])
    most = ranked[0][1]
    lines = Markup("").join(
        Markup(
            '<li><span class="name">{}</span><span class="line"><span style="width:{}%"></span></span>'
            '<span class="number">{}</span></li>'
        ).format(clip(name or UNNAMED, 60), max(2, round(100 * held / most)), held)
        for name, held in ranked[:SOURCES_SHOWN]
    )
    left = len(ranked) - SOURCES_SHOWN
    more = Markup('<p class="hint">И ещё {}.</p>').format(_sources(left)) if left > 0 else ""
    return Markup(
        '<figure class="chart"><figcaption class="label">По источникам</figcaption><ol class="shares">{}</ol>'
        "{}</figure>"
    ).format(lines, more)


def _articles(number: int) -> str:
    return count(number, "статья", "статьи", "статей")


def _sources(number: int) -> str:
    return count(number, "источник", "источника", "источников")
