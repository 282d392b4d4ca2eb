"""Indexes that lie in the library's own PostgreSQL: what the keyword and the vector leg have in common.

Each has tables of its own, written in the transaction in which articles are. Every encoder, and every way of
counting words, has its own set; a server whose settings are new fills one beside those of the others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.text.keys import passage_keys
from rag.types import ArticleSet, Filters, Keys, Passage, article_key

if TYPE_CHECKING:
    from rag.postgres.database import PostgresDatabase, Session

# `filters` as a condition on the table `articles`, and the values it asks for: rag.library.filtering.
Condition = Callable[[Filters], tuple[str, list[str]]]
_SENT = 50_000  # articles of a filter whose keys are sent
_GROWN = 1.2  # so many times larger, and what the planner knows is out of date


class PostgresIndex(ABC):
    """Implements Resident but for searching. `tables` are its own, `{n}` in their SQL is its number."""

    name: str
    listing: str  # the table with a row a passage: its key and its article's
    tables: tuple[str, ...]

    def __init__(self, database: PostgresDatabase, settings: str, condition: Condition) -> None:
        self.settings = settings
        self._database = database
        self._condition = condition
        self._number = 0
        self._analysed = 0

    def open(self) -> None:
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO indexes (name, settings) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (self.name, self.settings),
            )
            row = db.execute(
                "SELECT number FROM indexes WHERE name = ? AND settings = ?", (self.name, self.settings)
            ).fetchone()
            self._number = int(row[0]) if row else 0
            for table in self.tables:
                db.execute(self._sql(table))

    def close(self) -> None:  # noqa: B027  # nothing for the two of them to add
        """Nothing is held open."""

    def replace(self, article_ids: Sequence[str], passages: Sequence[Passage], fresh: bool) -> None:
        prepared = self.prepared(passages)
        with self._database.writing() as db:
            self._put(db, _keys(article_ids), prepared)

    def write(self, db: Any, article_ids: Sequence[str], prepared: Any, before: int, after: int) -> bool:
        sql = "UPDATE indexes SET seq = ? WHERE number = ? AND seq = ?"
        if not db.execute(sql, (after, self._number, before)).rowcount:
            return False
        keys = _keys(article_ids)
        db.execute(
            "UPDATE articles SET key = given.key FROM unnest(?::text[], ?::bigint[]) AS given(id, key) "
            "WHERE articles.id = given.id AND articles.key IS NULL",
            (list(article_ids), keys),
        )
        self._put(db, keys, prepared)
        return True

    def seq(self) -> int:
        """The last change that is held."""
        return self._noted("seq")

    def count(self) -> int:
        return self._noted("passages")

    def clear(self) -> None:
        with self._database.writing() as db:
            for table in self.tables:
                if table.startswith("CREATE TABLE"):
                    db.execute(self._sql(f"TRUNCATE {table.split()[5]}"))
            db.execute(
                "UPDATE indexes SET seq = 0, passages = 0, words = 0 WHERE number = ?", (self._number,)
            )

    def settle(self) -> None:
        """Let the planner know how large the tables have become."""
        held = self.count()
        if held <= _GROWN * self._analysed:
            return
        with self._database.alone(f"settle {self._number}") as db:
            if db:
                for table in [each.split()[5] for each in self.tables if each.startswith("CREATE TABLE")]:
                    db.execute(self._sql(f"ANALYZE {table}"))
                db.execute("ANALYZE articles, passages, outlines, words")
                self._analysed = held

    def contents(self) -> dict[str, Keys]:
        with self._database.reading() as db:
            rows = db.execute(self._sql(f"SELECT passage, article FROM {self.listing}")).fetchall()
        return {f"PostgreSQL {self.name}": np.array(rows, np.int64).reshape(-1, 2)}

    # For the two of them

    @abstractmethod
    def prepared(self, passages: Sequence[Passage]) -> Any:
        """See Resident."""

    @abstractmethod
    def _put(self, db: Session, articles: Sequence[int], prepared: Any) -> None:
        """Put passages in place of all that is held of `articles`, given by their keys."""

    def _sql(self, sql: str) -> str:
        return sql.replace("{n}", str(self._number))

    def _noted(self, column: str) -> int:
        with self._database.reading() as db:
            row = db.execute(f"SELECT {column} FROM indexes WHERE number = ?", (self._number,)).fetchone()
        return int(row[0]) if row else 0

    def _limit(self, within: ArticleSet | None) -> tuple[str, list[Any]]:
        """The condition that a row is of one of these articles.

        To send some thousands of keys is quicker than to have the same articles looked up for each query.
        """
        if within is None:
            return "TRUE", []
        if within.filters is None or len(within) <= _SENT:
            return "article IN (SELECT unnest(?::bigint[]))", [within.keys]
        condition, values = self._condition(within.filters)
        return f"article IN (SELECT key FROM articles WHERE {condition})", list(values)


def _keys(article_ids: Sequence[str]) -> list[int]:
    return [article_key(each) for each in article_ids]


def columns(passages: Sequence[Passage]) -> tuple[Keys, Keys]:
    """The keys of passages and of their articles."""
    articles = np.array([article_key(each.article_id) for each in passages], np.int64)
    return passage_keys(each.id for each in passages), articles
