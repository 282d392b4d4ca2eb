"""What the library holds, asked of its database: articles, versions, sources, counts, files, changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date

from rag.database import GIVEN, Database, Session
from rag.errors import NotFoundError
from rag.library import filtering, listing, pagination, versions
from rag.library.records import (
    Change,
    Counts,
    Edition,
    Edits,
    Entry,
    FileRecord,
    Listed,
    Order,
    Shares,
    Signature,
)
from rag.library.rows import INFO, PASSAGE, info_of, key, passage_of
from rag.types import Article, ArticleInfo, ArticleSet, Filters, Passage

_FILTERS_KEPT = 16


class Catalogue:
    """What `database` holds of articles; nothing is written here.

    Raises LibraryError from every method when the database is damaged or was made by another version.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._reading = database.reading
        self._allowed: dict[Filters, tuple[int, ArticleSet]] = {}  # with the last change they hold of
        # What was last looked for in the texts, with the change it holds of and the articles found.
        self._held_words: tuple[int, str, tuple[str, ...] | None] = (-1, "", None)

    # Which articles

    def infos(self, article_ids: Sequence[str]) -> dict[str, ArticleInfo]:
        """What is known of each of these articles; unknown ids are left out."""
        with self._reading() as db:
            rows = db.execute(
                f"SELECT {INFO} FROM articles WHERE id IN {GIVEN}", (json.dumps(list(article_ids)),)
            )
            return {row[0]: info_of(row) for row in rows}

    def matching(self, filters: Filters) -> list[str] | None:
        """Ids of the articles that `filters` allow; None when they allow all."""
        if not filters:
            return None
        with self._reading() as db:
            return filtering.matching(db, filters)

    def allowed(self, filters: Filters) -> ArticleSet | None:
        """The articles that `filters` allow; None when they allow all."""
        if not filters:
            return None
        seq = self.last_seq()
        if (known := self._allowed.get(filters)) and known[0] == seq:
            return known[1]
        # Questions under one filter follow each other, and to gather half of a large library takes a while.
        found = ArticleSet.of(self.matching(filters) or (), filters)
        if len(self._allowed) >= _FILTERS_KEPT:
            self._allowed.clear()
        self._allowed[filters] = seq, found
        return found

    def latest(self, until: date, filters: Filters | None = None) -> date | None:
        """The newest day of publication up to `until` among the articles that `filters` allow."""
        with self._reading() as db:
            return filtering.latest(db, until, filters or Filters())

    # What is known of them

    def sources(self, filters: Filters | None = None) -> list[str]:
        """Sources of the articles that `filters` allow, as first written, in the order of the alphabet."""
        where, values = filtering.condition(filters or Filters())
        sql = (
            f"SELECT min(source) FROM articles WHERE source_key <> '' AND {where} "
            "GROUP BY source_key ORDER BY source_key"
        )
        with self._reading() as db:
            return column(db, sql, *values)

    def tags(self, filters: Filters | None = None) -> list[str]:
        """Tags of the articles that `filters` allow, as first written, in the order of the alphabet."""
        where, values = filtering.condition(filters or Filters())
        sql = f"SELECT DISTINCT tags FROM articles WHERE tags <> '[]' AND {where}"
        with self._reading() as db:
            written = {tag for tags in column(db, sql, *values) for tag in json.loads(tags)}
        first = {key(tag): tag for tag in sorted(written, reverse=True)}
        return [first[each] for each in sorted(first)]

    def unknown(self, filters: Filters) -> Filters:
        """The sources, articles and tags of `filters` that no article of the library has."""
        with self._reading() as db:
            return filtering.unknown(db, filters)

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises NotFoundError."""
        with self._reading() as db:
            row = db.execute(f"SELECT {INFO}, text FROM articles WHERE id = ?", (article_id,)).fetchone()
            pages, remark = pagination.known(db, [article_id]).get(article_id, ((), ""))
        if row is None:
            raise NotFoundError(missing_text(article_id))
        return Article(info_of(row), row[8], pages, remark)

    def pages(self, article_ids: Sequence[str]) -> dict[str, pagination.Pages]:
        """Where the pages of these articles begin (see Article); those without pages are left out."""
        with self._reading() as db:
            return {each: pages for each, (pages, _) in pagination.known(db, article_ids).items()}

    def versions(self, article_id: str) -> list[Edition]:
        """All versions of an article, newest first; of one that was removed the former ones.

        Raises NotFoundError for an article that was never held, or is forgotten.
        """
        with self._reading() as db:
            found = versions.editions(db, article_id)
        if not found:
            raise NotFoundError(missing_text(article_id))
        return found

    def present(self, article_id: str) -> Edition:
        """An article as it is now. Raises NotFoundError."""
        with self._reading() as db:
            found = versions.present(db, article_id)
        if found is None:
            raise NotFoundError(missing_text(article_id))
        return found

    def version(self, article_id: str, version: int) -> Edition:
        """One version of an article. Raises NotFoundError."""
        with self._reading() as db:
            found = versions.edition(db, article_id, version)
        if found is None:
            raise NotFoundError(
                f"Версии {version} статьи «{article_id[:200]}» нет. "
                f"Её версии: snoska articles show {article_id[:200]} --versions"
            )
        return found

    def version_with(self, article_id: str, text: str) -> int | None:
        """The version of an article that is this text; None where none is."""
        with self._reading() as db:
            found = versions.editions(db, article_id)
        return next((each.version for each in found if each.article.text == text), None)

    def quoting(self, article_id: str, start: int, quote: str) -> int | None:
        """The newest version of an article that has `quote` at `start`; None where none has."""
        with self._reading() as db:
            return versions.quoting(db, article_id, start, quote)

    def current_versions(self) -> dict[str, int]:
        """The version of every article, by its id."""
        with self._reading() as db:
            return dict(db.execute("SELECT id, version FROM articles").fetchall())

    def removed(self, ids: Sequence[str]) -> list[Entry]:
        """The articles among `ids` that were removed and can be put back, as they were."""
        with self._reading() as db:
            return versions.removed(db, ids)

    def kept_files(self) -> set[str]:
        """The digests of the kept files that any version of any article speaks of."""
        with self._reading() as db:
            return versions.kept_files(db)

    def edits(self) -> dict[str, Edits]:
        """What has been set by hand, by the article's id."""
        with self._reading() as db:
            return versions.all_edits(db)

    def articles(
        self,
        offset: int = 0,
        limit: int = 50,
        filters: Filters | None = None,
        words: str = "",
        text: str = "",
        order: Order = "date",
    ) -> list[Listed]:
        """A page of the list of articles: newest publication first, undated ones last, or in another `order`.

        Those that `filters` allow, whose titles or ids hold all `words`, and their texts all words of `text`.
        """
        wanted = listing.Wanted(filters or Filters(), words, self._holding(text))
        with self._reading() as db:
            return listing.page(db, wanted, offset, limit, order)

    def shares(self, filters: Filters | None = None, words: str = "", text: str = "") -> Shares:
        """How many of the same articles there are, by month of publication and by source."""
        wanted = listing.Wanted(filters or Filters(), words, self._holding(text))
        with self._reading() as db:
            return listing.shares(db, wanted)

    def _holding(self, text: str) -> tuple[str, ...] | None:
        """The articles with all words of `text`: found once for the pages and counts that follow."""
        seq = self.last_seq()
        if self._held_words[:2] != (seq, text):
            with self._reading() as db:
                self._held_words = seq, text, listing.holding(db, text)
        return self._held_words[2]

    def counts(self, filters: Filters | None = None) -> Counts:
        """How much there is of the articles that `filters` allow."""
        where, values = filtering.condition(filters or Filters())
        sql = (
            "SELECT count(*), coalesce(sum(passage_count), 0), coalesce(sum(characters), 0) "
            f"FROM articles WHERE {where}"
        )
        with self._reading() as db:
            row = db.execute(sql, values).fetchone()
        return Counts(*row)

    def passage_count(self) -> int:
        """Passages held, counted one by one."""
        with self._reading() as db:
            return int(db.execute("SELECT count(*) FROM passages").fetchone()[0])

    def passage_counts(self) -> dict[str, int]:
        """How many passages each article should have, by its id."""
        with self._reading() as db:
            return dict(db.execute("SELECT id, passage_count FROM articles").fetchall())

    def ids(self) -> list[str]:
        """Ids of all articles, sorted."""
        with self._reading() as db:
            return column(db, "SELECT id FROM articles ORDER BY id")

    def signature(self, article_id: str) -> Signature | None:
        """Hashes of one article; None when it is unknown."""
        sql = "SELECT content_hash, settings_hash FROM articles WHERE id = ?"
        with self._reading() as db:
            row = db.execute(sql, (article_id,)).fetchone()
        return Signature(*row) if row else None

    def signatures(self) -> dict[str, Signature]:
        """Hashes of all articles by id."""
        with self._reading() as db:
            rows = db.execute("SELECT id, content_hash, settings_hash FROM articles")
            return {row[0]: Signature(row[1], row[2]) for row in rows}

    def outdated(self, settings: str) -> int:
        """How many articles were split with other `settings`."""
        with self._reading() as db:
            sql = "SELECT count(*) FROM articles WHERE settings_hash <> ?"
            return int(db.execute(sql, (settings,)).fetchone()[0])

    def outdated_ids(self, settings: str) -> list[str]:
        """Those of them that were read from no file: they were sent, or come from the web."""
        sql = (
            "SELECT id FROM articles WHERE settings_hash <> ? AND "
            "(origin IS NULL OR origin LIKE 'http://%' OR origin LIKE 'https://%') ORDER BY id"
        )
        with self._reading() as db:
            return column(db, sql, settings)

    def origin(self, article_id: str) -> str | None:
        """The file that one article was read from; None where it came otherwise."""
        with self._reading() as db:
            row = db.execute("SELECT origin FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row[0] if row else None

    def origins(self) -> dict[str, str]:
        """The file that each article was read from; articles that came otherwise are left out."""
        with self._reading() as db:
            return dict(db.execute("SELECT id, origin FROM articles WHERE origin IS NOT NULL").fetchall())

    def files(self) -> dict[str, FileRecord]:
        """The files of several articles that are held whole, by origin."""
        with self._reading() as db:
            rows = db.execute("SELECT origin, id, content_hash, settings_hash FROM files").fetchall()
        return {row[0]: FileRecord(row[0], row[1], Signature(row[2], row[3])) for row in rows}

    def copies(self) -> dict[str, str]:
        """Files that have the content of an article that was read from another file: its id by file."""
        with self._reading() as db:
            return dict(db.execute("SELECT origin, article_id FROM copies").fetchall())

    def passages_of(self, article_ids: Sequence[str]) -> list[Passage]:
        """All passages of these articles, article by article, in reading order."""
        sql = (
            f"SELECT {PASSAGE} FROM articles a JOIN passages p ON p.article_id = a.id "
            f"WHERE a.id IN {GIVEN} ORDER BY a.id, p.ordinal"
        )
        with self._reading() as db:
            return [passage_of(row) for row in db.execute(sql, (json.dumps(list(article_ids)),))]

    def all_passages(self, batch: int = 500) -> Iterator[list[Passage]]:
        """Every passage, in lists that each hold all passages of up to `batch` articles."""
        ids = self.ids()
        for start in range(0, len(ids), batch):
            yield self.passages_of(ids[start : start + batch])

    def last_seq(self) -> int:
        """Number of the latest change; 0 when nothing was ever written."""
        with self._reading() as db:
            return last_change(db)

    def changes_since(self, seq: int, most: int = 2**40) -> list[Change]:
        """Articles put or removed after `seq`, in order; the first `most` of them."""
        sql = "SELECT seq, article_id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._reading() as db:
            return [Change(*row) for row in db.execute(sql, (seq, most))]


def column(db: Session, sql: str, *values: str) -> list[str]:
    """The first value of each row."""
    return [row[0] for row in db.execute(sql, values)]


def last_change(db: Session) -> int:
    """Number of the latest change; 0 when nothing was ever written."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])


def missing_text(article_id: str) -> str:
    """What is said of an id that no article has."""
    return f"Статьи «{article_id[:200]}» нет в библиотеке. Список статей: snoska articles list"
