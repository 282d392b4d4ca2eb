"""Filters as SQL: which articles they allow, and what they name that the library lacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from rag.database import GIVEN, Session
from rag.library.rows import key
from rag.types import ArticleInfo, Filters


def matching(db: Session, filters: Filters) -> list[str]:
    """Ids of the articles that `filters` allow, sorted."""
    where, values = condition(filters)
    return _column(db, f"SELECT id FROM articles WHERE {where} ORDER BY id", values)


def latest(db: Session, until: date, filters: Filters) -> date | None:
    """The newest day of publication up to `until` among the articles that `filters` allow."""
    where, values = condition(replace(filters, until=min(until, filters.until or until)))
    newest = db.execute(f"SELECT max(published) FROM articles WHERE {where}", values).fetchone()[0]
    return date.fromisoformat(newest) if newest else None


def unknown(db: Session, filters: Filters) -> Filters:
    """The sources, articles and tags of `filters` that no article has; none of those `within` which it is."""
    seen, values = condition(filters.within or Filters())

    def absent(names: Sequence[str], column: str, compared: Callable[[str], str]) -> tuple[str, ...]:
        given = json.dumps([compared(name) for name in names])
        tables = "articles LEFT JOIN article_tags ON article_id = id" if column == "tag" else "articles"
        sql = f"SELECT DISTINCT {column} FROM {tables} WHERE {column} IN {GIVEN} AND {seen}"
        held = set(_column(db, sql, [given, *values]))
        return tuple(name for name in names if compared(name) not in held)

    return Filters(
        sources=absent(filters.sources, "source_key", key),
        articles=absent(filters.articles, "id", str),
        tags=absent(filters.tags, "tag", key),
    )


class Filtered(Protocol):
    """A library that can be limited."""

    def unknown(self, filters: Filters) -> Filters: ...

    def matching(self, filters: Filters) -> list[str] | None: ...


def notes(library: Filtered, filters: Filters) -> list[str]:
    """What to tell of `filters`: the names that no article has, or that no article fits them all."""
    missing = list(_missing(library.unknown(filters)))
    if not missing and library.matching(filters) == []:
        return ["условиям поиска не подходит ни одна статья"]
    return missing


def _missing(missing: Filters) -> Iterator[str]:
    for names, one, many in (
        (missing.sources, "в библиотеке нет источника", "в библиотеке нет источников"),
        (missing.tags, "в библиотеке нет метки", "в библиотеке нет меток"),
        (missing.articles, "в библиотеке нет статьи", "в библиотеке нет статей"),
    ):
        if names:
            shown = ", ".join(f"«{name[:100]}»" for name in names[:5]) + (" и других" if names[5:] else "")
            yield f"{many if len(names) > 1 else one} {shown}"


def condition(filters: Filters) -> tuple[str, list[str]]:
    """`filters` as a condition on `articles`, and the values it asks for."""
    conditions = list(_conditions(filters))
    return " AND ".join(["TRUE", *(sql for sql, _ in conditions)]), [value for _, value in conditions]


def _conditions(filters: Filters) -> Iterator[tuple[str, str]]:
    if filters.since:
        yield "published >= ?", filters.since.isoformat()
    if filters.until:
        yield "published <= ?", filters.until.isoformat()
    if filters.sources:
        yield f"source_key IN {GIVEN}", _keys(filters.sources)
    if filters.articles:
        yield f"id IN {GIVEN}", json.dumps(list(filters.articles))
    if filters.tags:
        yield f"id IN (SELECT article_id FROM article_tags WHERE tag IN {GIVEN})", _keys(filters.tags)
    if filters.within:
        yield from _conditions(filters.within)


def allows(filters: Filters, info: ArticleInfo) -> bool:
    """Whether `filters` allow an article of which this is known: for one that the database no longer has."""
    day, tags = info.published, {key(tag) for tag in info.tags}
    return (
        (not filters.since or bool(day and day >= filters.since.isoformat()))
        and (not filters.until or bool(day and day <= filters.until.isoformat()))
        and (not filters.sources or key(info.source or "") in map(key, filters.sources))
        and (not filters.articles or info.id in filters.articles)
        and (not filters.tags or not tags.isdisjoint(map(key, filters.tags)))
        and (not filters.within or allows(filters.within, info))
    )


def _keys(names: Iterable[str]) -> str:
    return json.dumps([key(name) for name in names])


def _column(db: Session, sql: str, values: Sequence[str]) -> list[str]:
    return [row[0] for row in db.execute(sql, values)]
