"""«Где искать»: what a visitor chose on the page, as filters and in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rag.errors import QuestionError
from rag.text.dates import iso_date
from rag.types import Filters
from rag.web.wording import clip, plural, russian_date

EVERYWHERE = "Где искать"
_NAMED = 3  # of each kind of filter

Names = Sequence[str] | None


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


def described(filters: Filters | None) -> str:
    """The filters in Russian: «с 1 марта 2026 г., источник: ТАСС»; empty where there are none."""
    if not filters:
        return ""
    parts = []
    if filters.since:
        parts.append(f"с {russian_date(filters.since.isoformat())}")
    if filters.until:
        parts.append(f"по {russian_date(filters.until.isoformat())}")
    parts += _named(filters.sources, "источник", "источники")
    parts += _named(filters.tags, "тема", "темы")
    parts += _named(filters.articles, "статья", "статьи")
    return ", ".join(parts)


def _named(names: Sequence[str], one: str, several: str) -> list[str]:
    """«источники: ТАСС, РИА и ещё 2»; nothing for none."""
    if not names:
        return []
    left = len(names) - _NAMED
    listed = ", ".join(clip(name, 40) for name in names[:_NAMED])
    return [f"{plural(len(names), one, several, several)}: {listed}{f' и ещё {left}' if left > 0 else ''}"]


def title(
    since: str | None, until: str | None, sources: Names = (), tags: Names = (), articles: Names = ()
) -> str:
    """What stands on the row: what is chosen, or what is wrong with it."""
    try:
        found = described(chosen(since, until, sources, tags, articles))
    except QuestionError as error:
        return f"{EVERYWHERE}: {str(error).split('. ')[0]}"
    return f"{EVERYWHERE}: {found}" if found else EVERYWHERE


def _day(typed: str | None) -> date | None:
    if not typed or not typed.strip():
        return None
    found = iso_date(typed.strip())
    if found is None:
        raise QuestionError(f"Дата «{clip(typed, 40)}» непонятна. Нужна дата вида 23.02.2026.")
    return date.fromisoformat(found)
