"""Filters as SQL: which articles they allow, and what they name that the library lacks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from rag.library.rows import key
from rag.types import Filters

_GIVEN = "(SELECT value FROM json_each(?))"


def matching(db: sqlite3.Connection, filters: Filters) -> list[str]:
    """Ids of the articles that `filters` allow, sorted."""
    where, values = condition(filters)
    return _column(db, f"SELECT id FROM articles WHERE {where} ORDER BY id", values)


def latest(db: sqlite3.Connection, until: date, filters: Filters) -> date | None:
    """The newest day of publication up to `until` among the articles that `filters` allow."""
    where, values = condition(replace(filters, until=min(until, filters.until or until)))
    newest = db.execute(f"SELECT max(published) FROM articles WHERE {where}", values).fetchone()[0]
    return date.fromisoformat(newest) if newest else None


def unknown(db: sqlite3.Connection, filters: Filters) -> Filters:
    """The sources, articles and tags of `filters` that no article has."""

    def absent(names: Sequence[str], sql: str, compared: Callable[[str], str]) -> tuple[str, ...]:
        given = json.dumps([compared(name) for name in names])
        held = set(_column(db, f"{sql} IN {_GIVEN}", [given]))
        return tuple(name for name in names if compared(name) not in held)

    return Filters(
        sources=absent(filters.sources, "SELECT DISTINCT source_key FROM articles WHERE source_key", key),
        articles=absent(filters.articles, "SELECT id FROM articles WHERE id", str),
        tags=absent(filters.tags, "SELECT DISTINCT tag FROM article_tags WHERE tag", key),
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
    return " AND ".join(["1", *(sql for sql, _ in conditions)]), [value for _, value in conditions]


def _conditions(filters: Filters) -> Iterator[tuple[str, str]]:
    if filters.since:
        yield "published >= ?", filters.since.isoformat()
    if filters.until:
        yield "published <= ?", filters.until.isoformat()
    if filters.sources:
        yield f"source_key IN {_GIVEN}", _keys(filters.sources)
    if filters.articles:
        yield f"id IN {_GIVEN}", json.dumps(list(filters.articles))
    if filters.tags:
        yield f"id IN (SELECT article_id FROM article_tags WHERE tag IN {_GIVEN})", _keys(filters.tags)


def _keys(names: Iterable[str]) -> str:
    return json.dumps([key(name) for name in names])


def _column(db: sqlite3.Connection, sql: str, values: Sequence[str]) -> list[str]:
    return [row[0] for row in db.execute(sql, values)]
