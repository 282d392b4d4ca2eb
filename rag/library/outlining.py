"""Keeps outlines of all passages, which ranking reads instead of texts: tables `outlines` and `words`.

Outlines hold the numbers of words instead of words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from rag.database import GIVEN_NUMBERS, Database, Ints, Session
from rag.matching.outlines import OUTLINE_VERSION, Gist, Outlines, Written, gist, outline, outlines
from rag.text.keys import passage_key
from rag.types import Passage, article_key

Reading = Callable[[], AbstractContextManager[Session]]


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


class Vocabulary:
    """Table `words` of the database. A number stands for the same word as long as the database is there."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._numbers: dict[str, int] | None = None  # read when something is written
        self._new: list[tuple[int, str]] = []
        self._is_current = False  # within a transaction, once its words were read

    def lemmas(self, numbers: Sequence[int]) -> list[str]:
        """The words that these distinct numbers stand for, in their order."""
        sql = f"SELECT number, lemma FROM words WHERE number IN {GIVEN_NUMBERS}"
        with self._reading() as db:
            found = dict(db.execute(sql, (json.dumps(list(numbers)),)).fetchall())
        return [found[number] for number in numbers]

    def first(self, most: int) -> list[int]:
        """The numbers of the `most` words that were met first: the commonest are among them."""
        with self._reading() as db:
            found = db.execute("SELECT number FROM words ORDER BY number LIMIT ?", (most,)).fetchall()
        return [number for (number,) in found]

    # Inside a transaction

    def numbers(self, db: Session, lemmas: Sequence[str]) -> list[int]:
        """The number of each word; unknown words get one, which `write` has to note."""
        known = self._known(db)
        try:
            return [known[lemma] for lemma in lemmas]
        except KeyError:
            for lemma in lemmas:
                if lemma not in known:
                    known[lemma] = len(known)
                    self._new.append((known[lemma], lemma))
            return [known[lemma] for lemma in lemmas]

    def write(self, db: Session) -> None:
        """Note the words that were given a number since the last time."""
        db.executemany("INSERT INTO words VALUES (?, ?)", self._new)
        self._new, self._is_current = [], False

    def _known(self, db: Session) -> dict[str, int]:
        """All words by now: other processes may have given numbers before this transaction."""
        if self._numbers is None:
            self._numbers = {}
        if not self._is_current:
            sql = "SELECT lemma, number FROM words WHERE number >= ?"
            self._numbers.update(db.execute(sql, (len(self._numbers),)).fetchall())
            self._is_current = True
        return self._numbers

    def forget(self) -> None:
        """The transaction was rolled back: what was given out in it is void."""
        self._numbers, self._new, self._is_current = None, [], False
