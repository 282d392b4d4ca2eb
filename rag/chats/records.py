"""The nouns of conversations that are kept: chats, their exchanges, what readers thought of an answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rag.types import Answer, Citation, Filters, Turn

State = Literal["writing", "done", "stopped"]
TITLE_LENGTH = 120  # characters
FOLDER_LENGTH = 60


def new_id() -> str:
    """An id that can't be guessed (128 bits): whoever knows an answer's may read that answer."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reader thought of an answer; `kept`: it has become a line of the question set."""

    good: bool
    note: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question of a conversation and what has been said to it so far: an answer or an error.

    `told` stands for an answer of which only the text is known: an earlier turn of a replayed question.
    `scope` says in words where was searched; empty: everywhere. `id` is its answer's `answer_id` too.
    """

    question: str
    answer: Answer | None = None
    error: str | None = None
    state: State = "writing"
    scope: str = ""
    as_typed: bool = False
    told: str = ""
    opinion: Opinion | None = None
    id: str = field(default_factory=new_id)

    @property
    def said(self) -> str:
        """The text of its answer, if it has a whole one."""
        if self.state != "done":
            return ""
        return self.answer.text if self.answer else self.told


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation with the filters that hold for its next question.

    `first` is the place of the first of `exchanges`: those before it were not asked for.
    """

    id: str
    title: str
    exchanges: tuple[Exchange, ...] = ()
    filters: Filters | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class ListedChat:
    """One line of the list of chats; `updated` is an ISO time (UTC), a `pinned` one stays on top.

    It is listed under its `folder`, where it has one.
    """

    id: str
    title: str
    updated: str
    pinned: bool = False
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Rested:
    """A kept answer and the articles it was given on: the `text_digest` of each, as it was then.

    `updated` is an ISO time (UTC).
    """

    answer_id: str
    chat_id: str
    updated: str
    digests: Mapping[str, str]
    exchange: Callable[[], Exchange]  # reading it takes a while, and few are looked into

    @property
    def question(self) -> str:
        return self.exchange().question

    @property
    def citations(self) -> tuple[Citation, ...]:
        answer = self.exchange().answer
        return answer.citations if answer else ()


def turns(exchanges: Sequence[Exchange], but: str | None = None) -> list[Turn]:
    """What the bot needs to know of a conversation; exchanges about the question `but` are left out."""
    return [Turn(each.question, each.said) for each in exchanges if each.said and each.question != but]


def title_of(question: str) -> str:
    """What a chat is called until somebody names it: its first question, on one line."""
    flat = " ".join(question.split()) or "Без названия"
    return flat if len(flat) <= TITLE_LENGTH else flat[: TITLE_LENGTH - 1].rstrip() + "…"
