"""The list of articles: a page of it, and how many there are, for whoever looks for one by its words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from rag.database import GIVEN, Rows, Session
from rag.library import filtering
from rag.library.records import Listed, Order, Shares
from rag.library.rows import INFO, Row, info_of
from rag.text.words import fold, lemma, words
from rag.types import Filters

# Titles are stored as lemmas too, with blanks between: SQLite knows no Cyrillic capitals.
_IN_TITLE = (
    "(instr(' ' || title_lemmas, ' ' || ?) > 0 OR instr(' ' || title_lemmas, ' ' || ?) > 0 "
    "OR instr(id, ?) > 0)"
)
_LISTED = f"SELECT {INFO}, characters, passage_count, indexed_at FROM articles WHERE"
_NEWEST = "published IS NULL, published DESC, id"
_ORDERS: dict[Order, str] = {
    "date": _NEWEST,
    # When the present text came; of one second by the number of the change.
    "added": "coalesce(since, indexed_at) DESC, (SELECT seq FROM changes WHERE article_id = id) DESC",
    "source": f"source_key IS NULL, source_key, {_NEWEST}",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Articles that `filters` allow and whose title has every word of `words`, in any form.

    The beginning of a word is enough: a list is looked through while its words are typed. `within` are the
    articles among which to look; None: all.
    """

    filters: Filters
    words: str = ""
    within: tuple[str, ...] | None = None

    def where(self) -> tuple[str, list[str]]:
        """The condition on `articles`, and the values it asks for."""
        conditions, values = filtering.condition(self.filters)
        for found in words(self.words):
            conditions += f" AND {_IN_TITLE}"
            values += [found.text, lemma(found.text), self.words[found.start : found.stop]]
        if self.within is not None:
            conditions += f" AND id IN {GIVEN}"
            values.append(json.dumps(self.within))
        return conditions, values


def holding(db: Session, text: str) -> tuple[str, ...] | None:
    """Ids of the articles whose texts have every word of `text` in some form; None without words.

    Every passage is looked at: for a person who waits for a list, not for a search that ranks.
    """
    wanted = dict.fromkeys(lemma(found.text) for found in words(text))
    if not wanted:
        return None
    has_it = "max(instr(' ' || replace(lemmas, '\n', ' ') || ' ', ?)) > 0"
    sql = f"SELECT article_id FROM passages GROUP BY article_id HAVING {' AND '.join([has_it] * len(wanted))}"
    return tuple([row[0] for row in db.execute(sql, [f" {each} " for each in wanted])])


def page(db: Session, wanted: Wanted, offset: int, limit: int, order: Order = "date") -> list[Listed]:
    """A page of the list. What lacks a date or a source stands last, of one source the newest first."""
    if order == "title":
        return _by_title(db, wanted, offset, limit)
    where, values = wanted.where()
    sql = f"{_LISTED} {where} ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?"
    return [_listed(row) for row in db.execute(sql, (*values, limit, offset))]


def _by_title(db: Session, wanted: Wanted, offset: int, limit: int) -> list[Listed]:
    """A page in the order of the alphabet, which SQLite doesn't know: all titles are read for it."""
    where, values = wanted.where()
    titles = db.execute(f"SELECT id, title FROM articles WHERE {where}", values).fetchall()
    ids = [row[0] for row in sorted(titles, key=lambda row: (_alphabetic(row[1]), row[0]))]
    shown = ids[offset : offset + limit]
    found = {row[0]: _listed(row) for row in db.execute(f"{_LISTED} id IN {GIVEN}", (json.dumps(shown),))}
    return [found[each] for each in shown if each in found]


def _alphabetic(title: str) -> str:
    """A title as a catalogue has it: quotation marks and capitals don't count."""
    return " ".join(found.text for found in words(fold(title)))


def _listed(row: Row) -> Listed:
    return Listed(info_of(row), *row[8:11])


def shares(db: Session, wanted: Wanted) -> Shares:
    """How many articles are wanted, by month and by source."""
    where, values = wanted.where()
    months = db.execute(
        f"SELECT substr(published, 1, 7) AS month, count(*) FROM articles WHERE {where} "
        "GROUP BY 1 ORDER BY 1 NULLS LAST",
        values,
    )
    counted = dict(months.fetchall())
    sources = db.execute(
        f"SELECT min(source), count(*) AS held FROM articles WHERE {where} "
        "GROUP BY source_key ORDER BY held DESC, source_key NULLS FIRST",
        values,
    )
    return Shares(sum(counted.values()), counted, dict(_named(sources)))


def _named(rows: Rows) -> Iterator[tuple[str | None, int]]:
    for name, number in rows:
        yield name or None, number
