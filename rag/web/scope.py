"""«Где искать»: what a visitor chose on the page, as filters and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from markupsafe import Markup

from rag.errors import QuestionError, RagError
from rag.text.dateline import iso_date
from rag.types import Article, Filters
from rag.web.templating import rendered
from rag.web.wording import clip, plural, russian_date

EVERYWHERE = "Где искать"
DAYS, LISTS = ("since", "until"), ("sources", "tags", "articles")
_NAMED = 3  # of each kind of filter

Names = Sequence[str] | None
# What the fields of the page hold: dates from and to, sources, tags, articles.
Limits = tuple[str | None, str | None, Names, Names, Names]


class Articles(Protocol):
    """Where articles are read; raises RagError for one that isn't there."""

    def article(self, article_id: str) -> Article: ...


def chosen(
    since: str | None, until: str | None, sources: Names = (), tags: Names = (), articles: Names = ()
) -> Filters | None:
    """The filters; None where nothing is chosen. Raises QuestionError for a date that can't be read."""
    first, last = _day(since), _day(until)
    if first and last and first > last:
        raise QuestionError(
            "«Не раньше» позже, чем «не позже». Поменяйте даты местами или уберите одну из них."
        )
    return Filters(first, last, tuple(sources or ()), tuple(articles or ()), tuple(tags or ())) or None


def titles_of(library: Articles, ids: Sequence[str]) -> dict[str, str]:
    """The titles of the articles, by id; those that can't be read are left out."""
    titles = {}
    for article_id in ids:
        try:
            titles[article_id] = library.article(article_id).info.title
        except RagError:
            continue
    return titles


def described(filters: Filters | None, library: Articles | None = None) -> str:
    """The filters in Russian: «с 1 марта 2026 г., источник: ТАСС»; empty where there are none.

    Articles of the `library` are named by their titles.
    """
    if not filters:
        return ""
    parts = []
    if filters.since:
        parts.append(f"с {russian_date(filters.since.isoformat())}")
    if filters.until:
        parts.append(f"по {russian_date(filters.until.isoformat())}")
    parts += _named(filters.sources, "источник", "источники")
    parts += _named(filters.tags, "метка", "метки")
    titles = titles_of(library, filters.articles[:_NAMED]) if library else {}
    parts += _named([titles.get(each, each) for each in filters.articles], "статья", "статьи")
    return ", ".join(parts)


def _named(names: Sequence[str], one: str, several: str) -> list[str]:
    """«источники: ТАСС, РИА и ещё 2»; nothing for none."""
    if not names:
        return []
    left = len(names) - _NAMED
    listed = ", ".join(clip(name, 40) for name in names[:_NAMED])
    return [f"{plural(len(names), one, several, several)}: {listed}{f' и ещё {left}' if left > 0 else ''}"]


def limits_of(filters: Filters | None) -> Limits:
    """What the fields hold for `filters`; the way back from `chosen`."""
    if filters is None:
        return ("", "", [], [], [])
    since, until = (day.strftime("%d.%m.%Y") if day else "" for day in (filters.since, filters.until))
    return (since, until, [*filters.sources], [*filters.tags], [*filters.articles])


def without(limits: Limits, kind: str, value: str) -> Limits:
    """`limits` less one of them: a chip that was removed."""
    since, until, *lists = limits
    kept = [
        [each for each in names or () if kind != name or each != value]
        for name, names in zip(LISTS, lists, strict=True)
    ]
    days = ("" if kind == name else day for name, day in zip(DAYS, (since, until), strict=True))
    return (*days, *kept)  # type: ignore[return-value]


def trouble(*limits: Any) -> str:
    """What stands on the row: what is wrong with what is chosen, if anything is."""
    try:
        chosen(*limits)
    except QuestionError as error:
        return f"{EVERYWHERE}: {str(error).split('. ')[0]}"
    return EVERYWHERE


def chips_html(titles: Mapping[str, str], *limits: Any) -> Markup:
    """What is chosen, each with a button to remove it; `titles` name articles by their ids."""
    try:
        filters = chosen(*limits)
    except QuestionError:
        filters = None
    return rendered("chips", chips=list(_parts(filters, titles)) if filters else [])


def _parts(filters: Filters, titles: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Kind, value and wording of each limit."""
    for kind, day, word in zip(DAYS, (filters.since, filters.until), ("с", "по"), strict=True):
        if day:
            yield kind, "", f"{word} {russian_date(day.isoformat())}"
    for kind, names in zip(LISTS, (filters.sources, filters.tags, filters.articles), strict=True):
        for name in names:
            yield kind, name, titles.get(name, name) if kind == "articles" else name


def _day(typed: str | None) -> date | None:
    if not typed or not typed.strip():
        return None
    found = iso_date(typed.strip())
    if found is None:
        raise QuestionError(f"Дата «{clip(typed, 40)}» непонятна. Нужна дата вида 23.02.2026.")
    return date.fromisoformat(found)
