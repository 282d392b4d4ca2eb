"""The truth of the library: articles, their passages and a log of what changed.

Its SQL is written once for its homes: a SQLite file (database.py) and PostgreSQL (rag/postgres). Every write
is one transaction; how they are made to last is a matter of the home.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rag.database import GIVEN, Database, Session
from rag.errors import DamagedError
from rag.library import database, pagination, versions
from rag.library.catalogue import Catalogue, column, last_change
from rag.library.keyring import Keyring
from rag.library.outlining import Outlining
from rag.library.records import Entry, FileRecord, Signature
from rag.library.rows import DESCRIBED, PASSAGE, article_row, pack, passage_of, tag_rows
from rag.matching.outlines import Outlines
from rag.types import Article, Passage, Resident

FILE = "library.db"
_log = logging.getLogger(__name__)
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


class Store(Catalogue):
    """The library in `home`: the SQLite file of a folder, or another database. Implements PassageSource.

    `residents` are indexes in the same database, written in its transactions.
    Raises LibraryError from every method when the home is damaged, can't be written or was made by
    another version.
    """

    def __init__(self, home: Path | Database) -> None:
        super().__init__(database.Database(home / FILE) if isinstance(home, Path) else home)
        self.residents: list[Resident] = []
        self._writing = self.database.writing
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
            before = last_change(db)
            self.outlining.drop(db, drop_replaced(db))
            versions.forget_removed(db, now)
            for entry in entries:
                _put(db, entry, now)
                self.outlining.put(db, entry.passages, entry.gists)
            ids = [entry.article.id for entry in entries]
            for resident, prepared in ready:
                resident.write(db, ids, prepared, before, last_change(db))

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Remove articles with their passages; the ids that were there. `removed` finds them for a while."""
        with self._writing() as db:
            before = last_change(db)
            known = column(db, f"SELECT id FROM articles WHERE id IN {GIVEN}", json.dumps(list(ids)))
            versions.remove(db, known, _now())
            for table in ("passages", "retired"):
                for each in known:
                    ids = column(db, f"SELECT id FROM {table} WHERE article_id = ?", each)
                    self.outlining.drop(db, ids)
            db.executemany("DELETE FROM passages WHERE article_id = ?", [(each,) for each in known])
            db.executemany("DELETE FROM retired WHERE article_id = ?", [(each,) for each in known])
            db.executemany("DELETE FROM article_tags WHERE article_id = ?", [(each,) for each in known])
            db.executemany("DELETE FROM articles WHERE id = ?", [(each,) for each in known])
            pagination.drop(db, known)
            for each in known:
                _note_change(db, each)
            for resident in self.residents:
                resident.write(db, known, resident.prepared([]), before, last_change(db))
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

    # Passages as they are searched (PassageSource)

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
                found |= among_replaced(db, [each for each in ids if each not in found], found)
        return [found[each] for each in ids if each in found]

    def damage(self) -> list[str]:
        """What SQLite itself finds wrong with the file, and passages of no article (Russian)."""
        with self._reading() as db:
            (orphans,) = db.execute(
                "SELECT count(*) FROM passages WHERE article_id NOT IN (SELECT id FROM articles)"
            ).fetchone()
        found = self.database.damage()
        return [*found, f"в базе фрагменты без статьи: {orphans}"] if orphans else found

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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _put(db: Session, entry: Entry, now: str) -> None:
    article = entry.article
    version, since = versions.number(db, article, now)
    if db.execute("SELECT 1 FROM articles WHERE id = ?", (article.id,)).fetchone():
        retire(db, article.id, entry.passages)
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
    _note_change(db, article.id)


def _note_change(db: Session, article_id: str) -> None:
    """Note that something has happened to an article; the last time is enough."""
    db.execute("DELETE FROM changes WHERE article_id = ?", (article_id,))
    db.execute("INSERT INTO changes (article_id) VALUES (?)", (article_id,))


def repaired(folder: Path) -> tuple[Store, Path | None]:
    """The store of `folder`; where its database is damaged, an empty one and where the former one lies."""
    try:
        store = Store(folder)
    except DamagedError as error:
        damage = str(error)
    else:
        damage = _damage(store)
        if not damage:
            return store, None
        store.close()
    _log.warning("the database is set aside: %s", damage)
    aside = _set_aside(folder)
    return Store(folder), aside


def _damage(store: Store) -> str:
    """What is wrong with a database that can be opened; empty where nothing is."""
    try:
        return "; ".join(store.damage())
    except DamagedError as error:
        return str(error)


def _set_aside(folder: Path) -> Path:
    """Rename the database and its journal; the new name of the database."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for file in _database_files(folder):
        file.rename(file.with_name(f"{file.name}.{stamp}"))
    return folder / f"{FILE}.{stamp}"


def _database_files(folder: Path) -> Iterator[Path]:
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        if (folder / name).exists():
            yield folder / name


# Passages that were replaced a moment ago: until every index has followed, a search finds and reads them.

# Seconds for which they can still be read: far more than any search takes.
_RETIREMENT = 60.0
_COLUMNS = "id, article_id, start, stop, text, spans, lemmas, title, title_lemmas"


def retire(db: Session, article_id: str, following: Sequence[Passage]) -> None:
    """Keep the passages of an article for a while that those `following` don't hold any more."""
    kept = json.dumps([passage.id for passage in following])
    db.execute(
        f"INSERT INTO retired SELECT {PASSAGE}, ? FROM articles a JOIN passages p ON p.article_id = a.id "
        f"WHERE a.id = ? AND p.id NOT IN {GIVEN} ON CONFLICT (id) DO UPDATE SET since = excluded.since, "
        "lemmas = excluded.lemmas, title = excluded.title, title_lemmas = excluded.title_lemmas",
        (time.time(), article_id, kept),
    )


def among_replaced(db: Session, ids: Sequence[str], found: Mapping[str, Passage]) -> dict[str, Passage]:
    """Replaced passages among `ids`, of articles of which nothing newer was `found`."""
    newer = {passage.article_id for passage in found.values()}
    sql = f"SELECT {_COLUMNS} FROM retired WHERE id IN {GIVEN}"
    return {
        row[0]: passage_of(row) for row in db.execute(sql, (json.dumps(list(ids)),)) if row[1] not in newer
    }


def drop_replaced(db: Session) -> list[str]:
    """Forget those that no search can be at any more; the ids of passages that are nowhere now."""
    last = time.time() - _RETIREMENT
    sql = "SELECT id FROM retired WHERE since < ? AND id NOT IN (SELECT id FROM passages)"
    gone = [row[0] for row in db.execute(sql, (last,))]
    db.execute("DELETE FROM retired WHERE since < ?", (last,))
    return gone
