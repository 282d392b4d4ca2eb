"""Keeps outlines of all passages, which ranking reads instead of texts: tables `outlines` and `words`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from rag.database import GIVEN_NUMBERS, Database, Ints, Session
from rag.library.vocabulary import Vocabulary
from rag.matching.outlines import OUTLINE_VERSION, Gist, Outlines, Written, gist, outline, outlines
from rag.text.keys import passage_key
from rag.types import Passage, article_key


class Outlining:
    """The outlines of one database. Raises LibraryError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._vocabulary = Vocabulary(database.reading)
        self.lemmas = self._vocabulary.lemmas
        self.first_words = self._vocabulary.first

    def outlines(self, ids: Sequence[str]) -> Outlines:
        """Outlines of the passages in the order of `ids`; unknown ids are left out."""
        keys = {passage_key(each): each for each in ids}
        sql = f"SELECT passage, article, outline FROM outlines WHERE passage IN {GIVEN_NUMBERS}"
        with self._database.reading() as db:
            rows = db.execute(sql, (json.dumps(list(keys)),)).fetchall()
        found = {key: Written(keys[key], article, written) for key, article, written in rows}
        return outlines([found[key] for key in keys if key in found], self.lemmas)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that may give numbers to words."""
        try:
            with self._database.writing() as db:
                yield db
                self._vocabulary.write(db)
        except BaseException:
            self._vocabulary.forget()
            raise

    def put(self, db: Session, passages: Sequence[Passage], gists: Sequence[Gist] | None = None) -> None:
        numbers = partial(self._vocabulary.numbers, db)
        rows = [
            (passage_key(one.id), article_key(one.article_id), Ints(outline(one, numbers, its)))
            for one, its in zip(passages, gists or map(gist, passages), strict=True)
        ]
        db.executemany(
            "INSERT INTO outlines VALUES (?, ?, ?) ON CONFLICT (passage) DO UPDATE SET "
            "article = excluded.article, outline = excluded.outline",
            rows,
        )

    def drop(self, db: Session, passage_ids: Iterable[str]) -> None:
        keys = [(passage_key(each),) for each in passage_ids]
        db.executemany("DELETE FROM outlines WHERE passage = ?", keys)

    def renew(self, all_passages: Callable[[], Iterable[Sequence[Passage]]]) -> None:
        """Outline the passages of a database that was made before there were outlines, or other ones."""
        with self._database.reading() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'outlines'").fetchone()
        if row and row[0] == str(OUTLINE_VERSION):
            return
        with self.writing() as db:
            db.execute("DELETE FROM outlines")
            for passages in all_passages():
                self.put(db, passages)
            db.execute("DELETE FROM meta WHERE key = 'outlines'")
            db.execute("INSERT INTO meta VALUES ('outlines', ?)", (str(OUTLINE_VERSION),))
