"""The words of the library by number: outlines hold numbers instead of words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

Reading = Callable[[], AbstractContextManager[sqlite3.Connection]]


class Vocabulary:
    """Table `words` of the database. A number stands for the same word as long as the database is there."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._numbers: dict[str, int] | None = None  # read when something is written
        self._new: list[tuple[int, str]] = []

    def lemmas(self, numbers: Sequence[int]) -> list[str]:
        """The words that these distinct numbers stand for, in their order."""
        sql = "SELECT number, lemma FROM words WHERE number IN (SELECT value FROM json_each(?))"
        with self._reading() as db:
            found = dict(db.execute(sql, (json.dumps(list(numbers)),)).fetchall())
        return [found[number] for number in numbers]

    def first(self, most: int) -> list[int]:
        """The numbers of the `most` words that were met first: the commonest are among them."""
        with self._reading() as db:
            found = db.execute("SELECT number FROM words ORDER BY number LIMIT ?", (most,)).fetchall()
        return [number for (number,) in found]

    # Inside a transaction

    def numbers(self, db: sqlite3.Connection, lemmas: Sequence[str]) -> list[int]:
        """The number of each word; unknown words get one, which `write` has to note."""
        known = self._numbers
        if known is None:
            known = self._numbers = dict(db.execute("SELECT lemma, number FROM words").fetchall())
        try:
            return [known[lemma] for lemma in lemmas]
        except KeyError:
            for lemma in lemmas:
                if lemma not in known:
                    known[lemma] = len(known)
                    self._new.append((known[lemma], lemma))
            return [known[lemma] for lemma in lemmas]

    def write(self, db: sqlite3.Connection) -> None:
        """Note the words that were given a number since the last time."""
        db.executemany("INSERT INTO words VALUES (?, ?)", self._new)
        self._new = []

    def forget(self) -> None:
        """The transaction was rolled back: what was given out in it is void."""
        self._numbers, self._new = None, []
