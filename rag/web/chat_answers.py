"""One answer after another for the page: asked, kept while it grows, stopped. Knows nothing of Gradio."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.chats.records import Chat, Exchange, turns
from rag.errors import NotFoundError, QuestionError, RagError
from rag.types import Filters, Turn
from rag.web.admission import Admission
from rag.web.problems import DETAILS
from rag.web.restricted import limited
from rag.web.saved_answers import Kept
from rag.web.scope import Limits, chosen, described

if TYPE_CHECKING:
    from rag.bot import Bot

TURNS_KEPT = 50  # of one conversation, as context
SHOWN_AT_ONCE = 30  # answers of a chat that is opened; earlier ones are asked for
_LOOKS = 0.3  # seconds between two looks at an answer that is followed
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a browser: in which of its chats, within what `limits`.

    `sees` limits the articles that whoever asks may see at all.
    `place` is where it stands there (None: at the end); what stood there and after it goes. A question that
    is asked again `as_typed` is no earlier turn of its own.
    """

    owner: str
    chat_id: str
    question: str
    limits: Limits
    place: int | None = None
    as_typed: bool = False
    sees: Filters = Filters()  # noqa: RUF009  # frozen


@dataclass(frozen=True, slots=True)
class Shown:
    """A chat as it is to be shown, at least its end; `busy`: its last answer is being written.

    `first` is the place of the first of `exchanges` in the chat. Those before the place `since` are on the
    page already: an answer costs the same in a long chat.
    """

    chat_id: str = ""
    exchanges: tuple[Exchange, ...] = ()
    busy: bool = False
    begins: bool = False  # the first that is shown of a new question
    first: int = 0
    since: int = 0

    @property
    def news(self) -> tuple[Exchange, ...]:
        """What the page has to show anew: the exchanges from the place `since` on."""
        return self.exchanges[max(self.since - self.first, 0) :]


class Talking:
    """The conversations of all browsers. Safe to use from several threads."""

    def __init__(self, bot: Bot, kept: Kept, admission: Admission | None = None) -> None:
        """Answers are worked on where `admission` lets them."""
        self.bot, self.kept = bot, kept
        self._admission = admission or Admission()
        self._writing: dict[str, Exchange] = {}  # by chat

    def ask(self, asked: Asked) -> Generator[Shown, None, None]:
        """The chat as the answer grows, the last time when it is whole; nothing while another is written."""
        chat = self._earlier(asked)
        chat_id, earlier, place = chat.id, chat.exchanges, chat.first + len(chat.exchanges)
        if chat_id in self._writing:
            return

        def shown(exchange: Exchange, busy: bool = False, begins: bool = False) -> Shown:
            return Shown(chat_id, (*earlier, exchange), busy, begins, chat.first, place)

        exchange = Exchange(asked.question, as_typed=asked.as_typed)
        try:
            filters = chosen(*asked.limits)
            exchange = replace(exchange, scope=described(filters, limited(self.bot, asked.sees).library))
            chat_id = self._keep(asked.owner, chat_id, place, exchange, filters)
        except RagError as error:
            # The question isn't asked at all, so the chat stays as it was.
            failed = replace(exchange, error=str(error), state="done")
            yield shown(failed, begins=isinstance(error, QuestionError))
            return
        self._writing[chat_id] = exchange
        try:
            yield shown(exchange, busy=True, begins=True)
            for grown in self._answers(exchange, earlier, filters, asked.sees):
                if not self._is_current(chat_id, exchange):
                    return  # stopped; what is shown now may be another chat
                self._writing[chat_id] = exchange = grown
                if exchange.state == "done":  # kept before it is shown: the next question may come at once
                    self._end(asked.owner, chat_id, place, exchange, filters)
                yield shown(exchange, busy=exchange.state == "writing")
        finally:
            ended = exchange if exchange.state == "done" else replace(exchange, state="stopped")
            self._end(asked.owner, chat_id, place, ended, filters)

    def stop(self, owner: str, chat_id: str) -> Shown:
        """The chat with what is written of its last answer, kept as stopped; the next question may come."""
        writing = self._writing.get(chat_id)
        shown = self.show(owner, chat_id)
        if writing is None or not shown.chat_id:
            return shown
        self._writing.pop(chat_id, None)
        stopped = replace(writing, state="stopped")
        place = shown.first + len(shown.exchanges) - 1
        self._keep_quietly(owner, chat_id, place, stopped, self.filters(owner, chat_id))
        return Shown(chat_id, (*shown.exchanges[:-1], stopped), first=shown.first, since=place)

    def show(self, owner: str, chat_id: str) -> Shown:
        """The end of a chat of `owner`; an empty one for an id that isn't.

        What is being written is shown as it is.
        """
        try:
            chat = self.kept.chats.chat(owner, chat_id, SHOWN_AT_ONCE)
        except NotFoundError:
            return Shown()
        writing = self._writing.get(chat_id)
        if writing and chat.exchanges:
            exchanges = (*chat.exchanges[:-1], writing)
            return Shown(chat_id, exchanges, busy=True, first=chat.first, since=chat.first)
        return Shown(chat_id, chat.exchanges, first=chat.first, since=chat.first)

    def before(self, owner: str, chat_id: str, place: int) -> Shown:
        """What stands before `place` in a chat, as much as is shown at once."""
        try:
            chat = self.kept.chats.chat(owner, chat_id, SHOWN_AT_ONCE, place)
        except NotFoundError:
            return Shown()
        return Shown(chat_id, chat.exchanges, first=chat.first, since=chat.first)

    async def follow(self, owner: str, chat_id: str) -> AsyncIterator[Shown]:
        """A chat while its answer is written for another page, such as the one before a reload."""
        seen, busy = None, True
        while busy:
            shown = await asyncio.to_thread(self.show, owner, chat_id)
            busy = shown.busy
            if shown.chat_id and shown != seen:
                yield replace(shown, since=shown.first + len(shown.exchanges) - 1)
            seen = shown
            if busy:
                await asyncio.sleep(_LOOKS)

    def replay(self, asked: Asked, history: Sequence[Turn]) -> Iterator[Shown]:
        """Ask in a chat of its own, behind the turns that an evaluation gives the question."""
        chat_id, owner = "", asked.owner
        for place, turn in enumerate(history):
            told = Exchange(turn.question, told=turn.answer, state="done")
            chat_id = self._keep(owner, chat_id, place, told, None)
        if chat_id:
            yield replace(self.show(owner, chat_id), begins=True)
        yield from self.ask(replace(asked, chat_id=chat_id))

    def filters(self, owner: str, chat_id: str) -> Filters | None:
        """Where the next question of a chat is asked."""
        try:
            return self.kept.chats.chat(owner, chat_id, 0).filters
        except NotFoundError:
            return None

    def _earlier(self, asked: Asked) -> Chat:
        """What the answer is asked after: the end of its chat, or an empty one."""
        try:
            return self.kept.chats.chat(asked.owner, asked.chat_id, TURNS_KEPT, asked.place)
        except NotFoundError:
            return Chat("", "")

    def _answers(
        self, exchange: Exchange, earlier: Sequence[Exchange], filters: Filters | None, sees: Filters
    ) -> Iterator[Exchange]:
        history = turns(earlier, exchange.question if exchange.as_typed else None)
        answers = limited(self.bot, sees).stream(exchange.question, history, filters, exchange.as_typed)
        try:
            with closing(self._admission.iterate(answers)) as steps:
                for answer in steps:
                    exchange = replace(exchange, answer=replace(answer, answer_id=exchange.id))
                    yield exchange
            yield replace(exchange, state="done")
        except RagError as error:
            yield replace(exchange, answer=None, error=str(error), state="done")
        except Exception:  # the last place where a visitor can still be told
            log.exception("answering on the page failed")
            yield replace(exchange, answer=None, error=DETAILS[500], state="done")

    def _is_current(self, chat_id: str, exchange: Exchange) -> bool:
        """False once it was stopped: its chat may have gone on."""
        current = self._writing.get(chat_id)
        return current is not None and current.id == exchange.id

    def _end(self, owner: str, chat_id: str, place: int, exchange: Exchange, filters: Filters | None) -> None:
        """Keep an answer that is no longer written; one that has been ended already stays as it is."""
        if self._is_current(chat_id, exchange):
            self._keep_quietly(owner, chat_id, place, exchange, filters)
            self._writing.pop(chat_id, None)

    def _keep(self, owner: str, chat_id: str, place: int, exchange: Exchange, filters: Filters | None) -> str:
        return self.kept.chats.save(owner, chat_id, place, exchange, filters)

    def _keep_quietly(
        self, owner: str, chat_id: str, place: int, exchange: Exchange, filters: Filters | None
    ) -> None:
        """An answer that can't be kept is shown all the same."""
        try:
            self._keep(owner, chat_id, place, exchange, filters)
        except RagError:
            log.exception("an answer could not be kept")
