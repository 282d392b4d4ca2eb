"""The truth of the library: articles, their passages and a log of what changed.

Its SQL is written once for its homes: a SQLite file (database.py) and PostgreSQL (rag/postgres). Every write
is one transaction; how they are made to last is a matter of the home.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from rag.database import GIVEN, Database, Session
from rag.errors import NotFoundError
from rag.library import database, filtering, listing, pagination, replaced_passages, versions
from rag.library.keyring import Keyring
from rag.library.outlining import Outlining
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
from rag.library.rows import (
    DESCRIBED,
    INFO,
    PASSAGE,
    article_row,
    info_of,
    key,
    pack,
    passage_of,
    tag_rows,
)
from rag.text.outlines import Outlines
from rag.types import Article, ArticleInfo, ArticleSet, Filters, Passage, Resident

FILE = "library.db"
_FILTERS_KEPT = 16
_WRITTEN = (
    *DESCRIBED,
    "characters",
    "passage_count",
    "content_hash",
    "settings_hash",
    "origin",
    "indexed_at",
    "version",
    "since",
    "original",
)
_PUT = (
    f"INSERT INTO articles ({', '.join(_WRITTEN)}) VALUES ({', '.join('?' * len(_WRITTEN))}) "
    f"ON CONFLICT(id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _WRITTEN[1:-1])}, "
    # The same text that comes without its file keeps the one it has.
    "original = CASE WHEN excluded.version = articles.version "
    "THEN coalesce(excluded.original, articles.original) ELSE excluded.original END"
)


class Store:
    """The library in `home`: the SQLite file of a folder, or another database. Implements PassageSource.

    `residents` are indexes in the same database, written in its transactions.
    Raises LibraryError from every method when the home is damaged, can't be written or was made by
    another version.
    """

    def __init__(self, home: Path | Database) -> None:
        self.database = database.Database(home / FILE) if isinstance(home, Path) else home
        self.residents: list[Resident] = []
        self._reading, self._writing = self.database.reading, self.database.writing
        self._allowed: dict[Filters, tuple[int, ArticleSet]] = {}  # with the last change they hold of
        # What was last looked for in the texts, with the change it holds of and the articles found.
        self._held_words: tuple[int, str, tuple[str, ...] | None] = (-1, "", None)
        self.outlining = Outlining(self.database)
        self.lemmas, self.first_words = self.outlining.lemmas, self.outlining.first_words
        self.keys = Keyring(self.database)
        try:
            self.outlining.renew(self.all_passages)
        except BaseException:
            self.close()
            raise

    # Writing

    def put(
        self,
        article: Article,
        passages: Sequence[Passage],
        content_hash: str,
        settings_hash: str,
        origin: str | None = None,
    ) -> None:
        """Add `article` or put it in place of the one with its id, in one transaction."""
        self.put_many([Entry(article, passages, Signature(content_hash, settings_hash), origin)])

    def put_many(self, entries: Iterable[Entry]) -> None:
        """All `entries` in one transaction; articles held under their ids are replaced."""
        now, entries = _now(), list(entries)
        passages = [passage for entry in entries for passage in entry.passages]
        ready = [(each, each.prepared(passages)) for each in self.residents]
        with self.outlining.writing() as db:
            before = _last(db)
            self.outlining.drop(db, replaced_passages.drop(db))
            versions.forget_removed(db, now)
            for entry in entries:
                _put(db, entry, now)
                self.outlining.put(db, entry.passages, entry.gists)
            ids = [entry.article.id for entry in entries]
            for resident, prepared in ready:
                resident.write(db, ids, prepared, before, _last(db))

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Remove articles with their passages; the ids that were there. `removed` finds them for a while."""
        with self._writing() as db:
            before = _last(db)
            known = _column(db, f"SELECT id FROM articles WHERE id IN {GIVEN}", json.dumps(list(ids)))
            versions.remove(db, known, _now())
            for table in ("passages", "retired"):
                for each in known:
                    ids = _column(db, f"SELECT id FROM {table} WHERE article_id = ?", each)
                    self.outlining.drop(db, ids)
            db.executemany("DELETE FROM passages WHERE article_id = ?", [(each,) for each in known])
            db.executemany("DELETE FROM retired WHERE article_id = ?", [(each,) for each in known])
            db.executemany("DELETE FROM article_tags WHERE article_id = ?", [(each,) for each in known])
            db.executemany("DELETE FROM articles WHERE id = ?", [(each,) for each in known])
            pagination.drop(db, known)
            for each in known:
                _log(db, each)
            for resident in self.residents:
                resident.write(db, known, resident.prepared([]), before, _last(db))
        return known

    def forget_versions(self) -> int:
        """Forget all former texts, those of removed articles too; how many they were."""
        with self._writing() as db:
            return versions.forget_all(db)

    def keep_files(self, records: Iterable[FileRecord]) -> None:
        """Note that all articles of these files are held; it is forgotten when any of them changes."""
        rows = [(each.origin, each.id, each.signature.content, each.signature.settings) for each in records]
        if rows:
            with self._writing() as db:
                db.executemany("DELETE FROM files WHERE origin = ?", [row[:1] for row in rows])
                db.executemany("INSERT INTO files VALUES (?, ?, ?, ?)", rows)

    def note_files(self, moved: dict[str, str], copies: dict[str, str], read: Sequence[str]) -> None:
        """Articles of `moved` have other files now; of the `read` files only `copies` are copies."""
        if not (moved or copies or self.copies()):
            return
        with self._writing() as db:
            db.executemany("UPDATE articles SET origin = ? WHERE id = ?", [(o, i) for i, o in moved.items()])
            db.executemany("DELETE FROM copies WHERE origin = ?", [(origin,) for origin in read])
            db.executemany("DELETE FROM copies WHERE origin = ?", [(origin,) for origin in copies])
            db.executemany("INSERT INTO copies VALUES (?, ?)", list(copies.items()))

    # PassageSource

    def outlines(self, ids: Sequence[str]) -> Outlines:
        """Outlines of the passages in the order of `ids`; unknown ids are left out."""
        return self.outlining.outlines(ids)

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """Passages in the order of `ids`; unknown ids are left out.

        Until every index has followed, a search finds passages of before: where none of the new ones of the
        same article is asked for, it gets these, so that an article is never missing while it is replaced.
        """
        sql = f"SELECT {PASSAGE} FROM passages p JOIN articles a ON a.id = p.article_id WHERE p.id IN {GIVEN}"
        with self._reading() as db:
            found = {row[0]: passage_of(row) for row in db.execute(sql, (json.dumps(list(ids)),))}
            if len(found) < len(set(ids)):
                found |= replaced_passages.among(db, [each for each in ids if each not in found], found)
        return [found[each] for each in ids if each in found]

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

    # Reading

    def sources(self, filters: Filters | None = None) -> list[str]:
        """Sources of the articles that `filters` allow, as first written, in the order of the alphabet."""
        where, values = filtering.condition(filters or Filters())
        sql = (
            f"SELECT min(source) FROM articles WHERE source_key <> '' AND {where} "
            "GROUP BY source_key ORDER BY source_key"
        )
        with self._reading() as db:
            return _column(db, sql, *values)

    def tags(self, filters: Filters | None = None) -> list[str]:
        """Tags of the articles that `filters` allow, as first written, in the order of the alphabet."""
        where, values = filtering.condition(filters or Filters())
        sql = f"SELECT DISTINCT tags FROM articles WHERE tags <> '[]' AND {where}"
        with self._reading() as db:
            written = {tag for tags in _column(db, sql, *values) for tag in json.loads(tags)}
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

    def damage(self) -> list[str]:
        """What SQLite itself finds wrong with the file, and passages of no article (Russian)."""
        with self._reading() as db:
            (orphans,) = db.execute(
                "SELECT count(*) FROM passages WHERE article_id NOT IN (SELECT id FROM articles)"
            ).fetchone()
        found = self.database.damage()
        return [*found, f"в базе фрагменты без статьи: {orphans}"] if orphans else found

    def ids(self) -> list[str]:
        """Ids of all articles, sorted."""
        with self._reading() as db:
            return _column(db, "SELECT id FROM articles ORDER BY id")

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
            return _column(db, sql, settings)

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
            return _last(db)

    def changes_since(self, seq: int, most: int = 2**40) -> list[Change]:
        """Articles put or removed after `seq`, in order; the first `most` of them."""
        sql = "SELECT seq, article_id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._reading() as db:
            return [Change(*row) for row in db.execute(sql, (seq, most))]

    # Residents

    def bring(self, resident: Resident, most: int) -> int:
        """Have a resident take over its next changes, `most` articles at a time; how many they were."""
        before = resident.seq()
        changes = self.changes_since(before, most)
        if changes:
            ids = [change.article_id for change in changes]
            prepared = resident.prepared(self.passages_of(ids))
            with self._writing() as db:  # who has brought it further meanwhile has done this
                resident.write(db, ids, prepared, before, changes[-1].seq)
        return len(changes)

    def rewrite(self, resident: Resident, ids: Sequence[str]) -> None:
        """Have a resident hold these articles anew, as they are now; it answers meanwhile."""
        seen = self.last_seq()
        prepared = resident.prepared(self.passages_of(ids))
        with self._writing() as db:
            sql = f"SELECT 1 FROM changes WHERE seq > ? AND article_id IN {GIVEN}"
            changed = db.execute(sql, (seen, json.dumps(list(ids)))).fetchone()
            if changed is None:
                at = resident.seq()
                resident.write(db, ids, prepared, at, at)
        if changed:
            self.rewrite(resident, ids)

    def close(self) -> None:
        """Close the connections of all threads."""
        self.database.close()


def _column(db: Session, sql: str, *values: str) -> list[str]:
    return [row[0] for row in db.execute(sql, values)]


def _last(db: Session) -> int:
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def missing_text(article_id: str) -> str:
    """What is said of an id that no article has."""
    return f"Статьи «{article_id[:200]}» нет в библиотеке. Список статей: snoska articles list"


def _put(db: Session, entry: Entry, now: str) -> None:
    article = entry.article
    version, since = versions.number(db, article, now)
    if db.execute("SELECT 1 FROM articles WHERE id = ?", (article.id,)).fetchone():
        replaced_passages.retire(db, article.id, entry.passages)
        db.execute("DELETE FROM passages WHERE article_id = ?", (article.id,))
        db.execute("DELETE FROM article_tags WHERE article_id = ?", (article.id,))
    db.execute(
        _PUT,
        (
            *article_row(article, entry.passages),
            len(article.text),
            len(entry.passages),
            entry.signature.content,
            entry.signature.settings,
            entry.origin,
            now,
            version,
            since,
            json.dumps(asdict(entry.original), ensure_ascii=False) if entry.original else None,
        ),
    )
    if entry.edits is not None:
        db.execute(
            "UPDATE articles SET edits = ? WHERE id = ?",
            (json.dumps(entry.edits, ensure_ascii=False), article.id),
        )
    db.executemany("INSERT INTO article_tags VALUES (?, ?)", tag_rows(article.id, article.info.tags))
    db.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", pack(entry.passages))
    pagination.put(db, article)
    _log(db, article.id)


def _log(db: Session, article_id: str) -> None:
    """Note that something has happened to an article; the last time is enough."""
    db.execute("DELETE FROM changes WHERE article_id = ?", (article_id,))
    db.execute("INSERT INTO changes (article_id) VALUES (?)", (article_id,))
