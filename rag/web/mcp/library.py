"""What the tools of MCP do their work with: the bot of this process, or a server that has the library."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from rag.library.records import Listed
from rag.types import Answer, Article, Checked, Filters, Hit, Turn
from rag.web.restricted import limited

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.web.remote import Remote

Steps: TypeAlias = Generator[Answer | None, None, None]


class Asking(Protocol):
    """A library that can be asked. What goes wrong is a RagError."""

    def ask(self, question: str, history: Sequence[Turn], filters: Filters | None) -> Steps:
        """The answer as it grows, the last one whole; None where there is nothing new."""

    def search(self, query: str, k: int, filters: Filters | None) -> list[Hit]: ...

    def verify(self, claim: str, quotes: Sequence[str], filters: Filters | None) -> Checked: ...

    def article(self, article_id: str) -> Article: ...

    def articles(self, offset: int, limit: int, filters: Filters, words: str) -> tuple[int, list[Listed]]:
        """How many there are, and `limit` of them from `offset` on, the newest first."""


class Here:
    """The library of this process."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def within(self, sees: Filters) -> Here:
        """The same for somebody who may see only what `sees` allows."""
        return Here(limited(self._bot, sees))

    def ask(self, question: str, history: Sequence[Turn], filters: Filters | None) -> Steps:
        yield from self._bot.stream(question, history, filters)

    def search(self, query: str, k: int, filters: Filters | None) -> list[Hit]:
        return self._bot.search(query, k, filters)

    def verify(self, claim: str, quotes: Sequence[str], filters: Filters | None) -> Checked:
        return self._bot.verify(claim, quotes, filters)

    def article(self, article_id: str) -> Article:
        return self._bot.library.article(article_id)

    def articles(self, offset: int, limit: int, filters: Filters, words: str) -> tuple[int, list[Listed]]:
        library = self._bot.library
        total = library.shares(filters, words).total
        return total, library.articles(offset, limit, filters, words)


class There:
    """The library of a server that runs beside."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def ask(self, question: str, history: Sequence[Turn], filters: Filters | None) -> Steps:
        return self._remote.growing(question, filters, history)

    def search(self, query: str, k: int, filters: Filters | None) -> list[Hit]:
        return self._remote.search(query, k, filters, False, False).hits

    def verify(self, claim: str, quotes: Sequence[str], filters: Filters | None) -> Checked:
        return self._remote.verify(claim, quotes, filters)

    def article(self, article_id: str) -> Article:
        return self._remote.article(article_id)

    def articles(self, offset: int, limit: int, filters: Filters, words: str) -> tuple[int, list[Listed]]:
        return self._remote.listed(offset, limit, filters, words)
