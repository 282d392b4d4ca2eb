"""The words of the library by number: outlines hold numbers instead of words."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from rag.database import GIVEN_NUMBERS, Session

Reading = Callable[[], AbstractContextManager[Session]]


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
