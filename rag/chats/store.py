"""Conversations, in the data folder or in the shared database: each browser has its own, and an answer keeps
its evidence as it was.

An owner is a secret of a browser; its home holds only its hash. Every method that takes an owner sees that
owner's chats and no others; an answer's own id opens that answer to whoever has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from rag.chats import database
from rag.chats.records import FOLDER_LENGTH, Chat, Exchange, ListedChat, Opinion, Rested, new_id, title_of
from rag.chats.stored import (
    exchange_from,
    exchange_json,
    filters_from,
    filters_json,
    packed,
    remembered_from,
    remembered_json,
    sound,
    text_digest,
    unpacked,
)
from rag.database import Database, Session, SharedDatabase
from rag.errors import NotFoundError
from rag.text.words import fold, lemmas
from rag.types import Answer, Article, Filters, Turn

LISTED_AT_MOST = 200
REMEMBERED = 2_000  # answers without a chat that can still be judged
_ALL = 2**31 - 1  # no place is higher; SQLite and PostgreSQL understand it alike
MISSING = "Такого разговора нет: возможно, его удалили. Выберите другой или начните новый."
MISSING_ANSWER = "Такого ответа нет: возможно, разговор с ним удалили. Задайте вопрос ещё раз."
_EXCHANGE = (
    "SELECT e.id, e.body, o.good, o.note, o.kept FROM exchanges e LEFT JOIN opinions o ON o.answer = e.id "
)


class ChatStore:
    """The conversations of `home`, a data folder or a database with the tables; for any number of threads.

    `read` gives an article of the library by its id, or raises NotFoundError. Methods raise LibraryError
    when it can't be read or written.
    """

    def __init__(self, home: Path | Database, read: Callable[[str], Article], days: int = 30) -> None:
        """Answers without a chat are kept for `days`; with 0 none is."""
        self.days = days
        self._database = _in_folder(home) if isinstance(home, Path) else home
        self._read = read
        with self._database.writing() as db:
            _forget_old(db, days)

    def close(self) -> None:
        self._database.close()

    # Chats

    def save(
        self,
        owner: str,
        chat_id: str,
        place: int,
        exchange: Exchange,
        filters: Filters | None = None,
    ) -> str:
        """Keep `exchange` at `place` of a chat, in place of what stood there and after it; the chat's id.

        An empty or unknown `chat_id`, or that of another owner, starts a chat.
        """
        evidence = self._evidence(exchange.answer)
        with self._database.writing() as db:
            if not _owned(db, owner, chat_id):
                chat_id = new_id()
                title = sound(title_of(exchange.question))
                db.execute(
                    "INSERT INTO chats (id, owner, title, updated) VALUES (?, ?, ?, ?)",
                    (chat_id, _hash(owner), title, _now()),
                )
            db.execute(
                "UPDATE chats SET updated = ?, filters = ? WHERE id = ?",
                (_now(), filters_json(filters), chat_id),
            )
            gone = db.execute("DELETE FROM exchanges WHERE chat = ? AND place >= ?", (chat_id, place))
            replaced = gone.rowcount > 0
            body = exchange_json(exchange)
            db.execute(
                "INSERT INTO exchanges VALUES (?, ?, ?, ?, ?)",
                (exchange.id, chat_id, place, body, _searched(exchange)),
            )
            _keep_evidence(db, exchange.id, evidence)
            if replaced:  # looking for texts that nothing rests on goes through all of them
                _drop_unused(db)
        return chat_id

    def chat(self, owner: str, chat_id: str, last: int | None = None, until: int | None = None) -> Chat:
        """A chat of `owner`, or the `last` exchanges before the place `until` of it. Raises NotFoundError."""
        before = _ALL if until is None else until
        with self._database.reading() as db:
            row = db.execute(
                "SELECT title, filters FROM chats WHERE id = ? AND owner = ?", (chat_id, _hash(owner))
            ).fetchone()
            if row is None:
                raise NotFoundError(MISSING)
            rows = db.execute(
                _EXCHANGE + "WHERE e.chat = ? AND e.place < ? ORDER BY e.place DESC LIMIT ?",
                (chat_id, before, _ALL if last is None else last),
            ).fetchall()
            (first,) = db.execute(
                "SELECT count(*) FROM exchanges WHERE chat = ? AND place < ?", (chat_id, before)
            ).fetchone()
        exchanges = tuple(_exchange(each) for each in reversed(rows))
        return Chat(chat_id, row[0], exchanges, filters_from(row[1]), first - len(exchanges))

    def chats(self, owner: str, query: str = "") -> list[ListedChat]:
        """The chats of `owner` that hold every word of `query` in some form: the pinned, then the newest."""
        sql = (
            "SELECT id, title, updated, pinned, folder FROM chats WHERE owner = ? "
            "ORDER BY pinned DESC, updated DESC, id"
        )
        told = (
            "SELECT DISTINCT c.id FROM chats c JOIN exchanges e ON e.chat = c.id "
            "WHERE c.owner = ? AND (instr(e.words, ?) > 0 OR instr(e.words, ?) > 0)"
        )
        with self._database.reading() as db:
            rows = db.execute(sql, (_hash(owner),)).fetchall()
            found = [ListedChat(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows]
            for word in fold(sound(query)).split():
                forms = " ".join(f" {each} " for each in lemmas(word)) or word
                holding = {row[0] for row in db.execute(told, (_hash(owner), word, forms))}
                found = [each for each in found if each.id in holding or word in fold(each.title)]
        return found[:LISTED_AT_MOST]

    def rename(self, owner: str, chat_id: str, title: str) -> None:
        """Call a chat `title`; a blank one changes nothing. Raises NotFoundError."""
        with self._database.writing() as db:
            if not _owned(db, owner, chat_id):
                raise NotFoundError(MISSING)
            if title.strip():
                db.execute("UPDATE chats SET title = ? WHERE id = ?", (sound(title_of(title)), chat_id))

    def pin(self, owner: str, chat_id: str, pinned: bool) -> None:
        """Keep a chat on top of the list, or let it go down with time."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE chats SET pinned = ? WHERE id = ? AND owner = ?", (int(pinned), chat_id, _hash(owner))
            )

    def file(self, owner: str, chat_id: str, folder: str) -> None:
        """List a chat under `folder`; under nothing where that is blank."""
        named = sound(" ".join(folder.split())[:FOLDER_LENGTH].rstrip())
        with self._database.writing() as db:
            db.execute(
                "UPDATE chats SET folder = ? WHERE id = ? AND owner = ?", (named, chat_id, _hash(owner))
            )

    def delete(self, owner: str, chat_id: str) -> None:
        """Forget a chat with all its answers; one that isn't there is forgotten already."""
        with self._database.writing() as db:
            db.execute("DELETE FROM chats WHERE id = ? AND owner = ?", (chat_id, _hash(owner)))
            _drop_unused(db)

    def keep_filters(self, owner: str, chat_id: str, filters: Filters | None) -> None:
        """Where the next question of a chat is asked."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE chats SET filters = ? WHERE id = ? AND owner = ?",
                (filters_json(filters), chat_id, _hash(owner)),
            )

    # Answers

    def exchange(self, answer_id: str) -> Exchange:
        """The exchange with this id, whoever asks. Raises NotFoundError."""
        with self._database.reading() as db:
            row = db.execute(_EXCHANGE + "WHERE e.id = ?", (answer_id,)).fetchone()
        if row is None:
            raise NotFoundError(MISSING_ANSWER)
        return _exchange(row)

    def before(self, answer_id: str) -> tuple[Exchange, ...]:
        """The exchanges of the same chat before the one with this id."""
        sql = (
            _EXCHANGE + "JOIN exchanges later ON later.chat = e.chat AND later.place > e.place "
            "WHERE later.id = ? ORDER BY e.place"
        )
        with self._database.reading() as db:
            rows = db.execute(sql, (answer_id,)).fetchall()
        return tuple(_exchange(row) for row in rows)

    def evidence(self, answer_id: str) -> dict[str, Article]:
        """The articles that an answer cites or was offered, by id, as they were when it was given."""
        sql = "SELECT t.article FROM evidence e JOIN texts t ON t.digest = e.digest WHERE e.exchange = ?"
        with self._database.reading() as db:
            rows = db.execute(sql, (answer_id,)).fetchall()
        found = [unpacked(row[0]) for row in rows]
        return {article.id: article for article in found}

    def rested(self, owner: str, article_id: str | None = None) -> list[Rested]:
        """The kept answers of `owner` with the articles they rest on, newest chat first.

        With `article_id`, only those that rest on this one, and of their articles only it.
        """
        sql = (
            "SELECT e.id, e.chat, c.updated, e.body, v.article, t.text_digest FROM chats c "
            "JOIN exchanges e ON e.chat = c.id JOIN evidence v ON v.exchange = e.id "
            "JOIN texts t ON t.digest = v.digest "
            "WHERE c.owner = ? AND (CAST(? AS TEXT) IS NULL OR v.article = ?) "
            "ORDER BY c.updated DESC, e.chat, e.place"
        )
        with self._database.reading() as db:
            rows = db.execute(sql, (_hash(owner), article_id, article_id)).fetchall()
        found: dict[str, Rested] = {}
        for answer_id, chat_id, updated, body, article, digest in rows:
            exchange = partial(exchange_from, answer_id, body)
            rested = found.setdefault(answer_id, Rested(answer_id, chat_id, updated, {}, exchange))
            found[answer_id] = replace(rested, digests={**rested.digests, article: digest})
        return list(found.values())

    def _evidence(self, answer: Answer | None) -> list[Article]:
        if answer is None:
            return []
        ids = {citation.article_id for citation in answer.citations}
        ids |= set() if answer.citations else {hit.article.id for hit in answer.hits}
        return list(self._readable(sorted(ids)))

    def _readable(self, ids: Iterable[str]) -> Iterable[Article]:
        for article_id in ids:
            try:
                yield self._read(article_id)
            except NotFoundError:  # removed while the answer was written
                continue

    # Answers without a chat, and opinions

    def remember(self, answer: Answer, history: Sequence[Turn]) -> None:
        """Keep an answer that belongs to no chat, less its passages; old ones and too many are forgotten."""
        body = remembered_json(replace(answer, hits=()), history)
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO remembered (answer, body, at) VALUES (?, ?, ?)", (answer.answer_id, body, _now())
            )
            _forget_old(db, self.days)
            db.execute(
                "DELETE FROM remembered WHERE number <= (SELECT max(number) FROM remembered) - ?",
                (REMEMBERED,),
            )

    def remembered(self, answer_id: str) -> tuple[Answer, tuple[Turn, ...]] | None:
        """An answer that belongs to no chat, with the turns before it; None for one that isn't kept."""
        with self._database.reading() as db:
            row = db.execute("SELECT body FROM remembered WHERE answer = ?", (answer_id,)).fetchone()
        return remembered_from(row[0]) if row else None

    def judge(self, answer_id: str, question: str, opinion: Opinion) -> None:
        """Keep what a reader thought of an answer, in place of what was thought before."""
        judged, kept = int(opinion.good), int(opinion.kept)
        row = (answer_id, judged, sound(opinion.note), kept, sound(question), _now())
        with self._database.writing() as db:
            db.execute("DELETE FROM opinions WHERE answer = ?", (answer_id,))
            db.execute("INSERT INTO opinions VALUES (?, ?, ?, ?, ?, ?)", row)

    def unjudge(self, answer_id: str) -> None:
        """Forget what was thought of an answer."""
        with self._database.writing() as db:
            db.execute("DELETE FROM opinions WHERE answer = ?", (answer_id,))

    def opinion(self, answer_id: str) -> Opinion | None:
        with self._database.reading() as db:
            row = db.execute(
                "SELECT good, note, kept FROM opinions WHERE answer = ?", (answer_id,)
            ).fetchone()
        return _opinion(*row) if row else None


class Housed(Protocol):
    """What has a home: a Library."""

    @property
    def folder(self) -> Path: ...

    @property
    def home(self) -> SharedDatabase | None: ...


def home_of(library: Housed) -> Database:
    """Where the conversations of a library are kept: in its shared database, or in its folder."""
    return library.home.part("chats") if library.home else _in_folder(library.folder)


def _in_folder(folder: Path) -> Database:
    folder.mkdir(parents=True, exist_ok=True)
    return database.Database(folder / database.FILE)


def _forget_old(db: Session, days: int) -> None:
    """Forget the answers without a chat that are older than `days`."""
    before = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds")
    db.execute("DELETE FROM remembered WHERE at <= ?", (before,))


def _owned(db: Session, owner: str, chat_id: str) -> bool:
    row = db.execute("SELECT 1 FROM chats WHERE id = ? AND owner = ?", (chat_id, _hash(owner))).fetchone()
    return row is not None


def _exchange(row: tuple[str, str, int | None, str, int]) -> Exchange:
    exchange_id, body, good, note, kept = row
    return exchange_from(exchange_id, body, None if good is None else _opinion(good, note, kept))


def _opinion(good: int, note: str, kept: int) -> Opinion:
    return Opinion(bool(good), note, bool(kept))


def _searched(exchange: Exchange) -> str:
    """What a search of the chats looks into: the words as they stand, and their lemmas between spaces."""
    said = exchange.answer.text if exchange.answer else exchange.told
    text = f"{exchange.question} {said}"
    return sound(f"{fold(text)} {' '.join(f' {each} ' for each in lemmas(text))}")


def _keep_evidence(db: Session, exchange_id: str, articles: Iterable[Article]) -> None:
    for article in articles:
        digest, content = packed(article)
        values = digest, content, text_digest(article.text)
        db.execute("INSERT INTO texts VALUES (?, ?, ?) ON CONFLICT DO NOTHING", values)
        evidence = (exchange_id, article.id, digest)
        db.execute("DELETE FROM evidence WHERE exchange = ? AND article = ?", evidence[:2])
        db.execute("INSERT INTO evidence VALUES (?, ?, ?)", evidence)


def _drop_unused(db: Session) -> None:
    db.execute("DELETE FROM texts WHERE digest NOT IN (SELECT digest FROM evidence)")


def _hash(owner: str) -> str:
    return blake2b(owner.encode(errors="replace"), digest_size=24).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
