"""The library and the bot as somebody sees them whose key opens a part of the articles.

The rest isn't there for them: searches are limited before anything is ranked, lists and counts leave it out,
and an id outside is an id that nobody has heard of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from starlette.requests import HTTPConnection

from rag.errors import NotFoundError
from rag.library.catalogue import missing_text
from rag.library.filtering import allows
from rag.library.records import Counts, Edition, Edits, Listed, Order, Shares
from rag.text.repair import Repaired
from rag.types import Answer, Article, ArticleInfo, Checked, Filters, Hit, Turn
from rag.web.callers import caller_of

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.library.library import Library

_OF_NO_ARTICLE = ("encode", "encoder_name", "writer_name", "reading_state", "explain", "explained", "budget")


def limited(bot: Bot, sees: Filters) -> Bot:
    """`bot` for somebody who may see only what `sees` allows; itself where that is everything."""
    return cast("Bot", LimitedBot(bot, sees)) if sees else bot


def bot_of(request: HTTPConnection) -> Bot:
    """What answers here, as far as whoever asks may see."""
    bot: Bot = request.app.state.bot
    return limited(bot, caller_of(request.scope).sees)


def may_see(library: Any, article: ArticleInfo) -> bool:
    """Whether `library` shows this article, which may have been removed from it."""
    return library.shows(article) if isinstance(library, LimitedLibrary) else True


def may_see_answer(library: Any, answer: Answer | None, evidence: dict[str, Article] | None = None) -> bool:
    """Whether `library` shows every article that an answer speaks of; `evidence` are former ones."""
    if answer is None or not isinstance(library, LimitedLibrary):
        return True
    ids = {each.article_id for each in answer.citations}
    ids |= {hit.article.id for hit in answer.hits}
    ids |= {reprint.article_id for hit in answer.hits for reprint in hit.reprints}
    former = evidence or {}
    return all(
        library.shows(former[each].info) if each in former else library.shows(ArticleInfo(each, ""))
        for each in ids
    )


class LimitedLibrary:
    """What faces read of a library, without the articles that `sees` doesn't allow. Nothing is written."""

    def __init__(self, library: Library, sees: Filters) -> None:
        self._library, self._sees = library, sees
        self.folder = library.folder

    def shows(self, article: ArticleInfo) -> bool:
        """By what the library knows of it now; of a removed one, by what is known of it here."""
        asked = Filters(articles=(article.id,))
        if not self._library.matching(asked):
            return allows(self._sees, article)
        return bool(self._library.matching(replace(asked, within=self._sees)))

    def article(self, article_id: str) -> Article:
        return self.present(article_id).article

    def present(self, article_id: str) -> Edition:
        self._check(article_id)
        return self._library.present(article_id)

    def version(self, article_id: str, version: int) -> Edition:
        self._check(article_id)
        return self._library.version(article_id, version)

    def versions(self, article_id: str) -> list[Edition]:
        self._check(article_id)
        return self._library.versions(article_id)

    def version_with(self, article_id: str, text: str) -> int | None:
        self._check(article_id)
        return self._library.version_with(article_id, text)

    def is_pictured(self, article_id: str) -> bool:
        self._check(article_id)
        return self._library.is_pictured(article_id)

    @property
    def originals(self) -> Any:
        """The kept files, by what a version says of its own."""
        return self._library.originals

    def page_picture(
        self, article_id: str, number: int, start: int = 0, stop: int = 0, near: bool = False
    ) -> bytes:
        self._check(article_id)
        return self._library.page_picture(article_id, number, start, stop, near)

    def edits(self) -> dict[str, Edits]:
        shown = set(self._library.matching(self._within()) or ())
        return {key: edits for key, edits in self._library.edits().items() if key in shown}

    def articles(
        self,
        offset: int = 0,
        limit: int = 50,
        filters: Filters | None = None,
        words: str = "",
        text: str = "",
        order: Order = "date",
    ) -> list[Listed]:
        return self._library.articles(offset, limit, self._within(filters), words, text, order)

    def shares(self, filters: Filters | None = None, words: str = "", text: str = "") -> Shares:
        return self._library.shares(self._within(filters), words, text)

    def sources(self) -> list[str]:
        return self._library.sources(self._sees)

    def tags(self) -> list[str]:
        return self._library.tags(self._sees)

    def counts(self) -> Counts:
        return self._library.counts(self._sees)

    def _within(self, filters: Filters | None = None) -> Filters:
        return replace(filters or Filters(), within=self._sees)

    def _check(self, article_id: str) -> None:
        """Raises NotFoundError. A removed article is seen by whoever saw it last."""
        if self._library.matching(Filters(articles=(article_id,))):
            info = ArticleInfo(article_id, "")
        else:
            info = self._library.versions(article_id)[0].article.info
        if not self.shows(info):
            raise NotFoundError(missing_text(article_id))  # as of one that isn't there at all


class LimitedBot:
    """A bot that knows no article but those that `sees` allows."""

    def __init__(self, bot: Bot, sees: Filters) -> None:
        self._bot, self._sees = bot, sees
        self.library = LimitedLibrary(bot.library, sees)

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> Iterator[Answer]:
        return self._bot.stream(question, history, self._within(filters), as_typed)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> Answer:
        return self._bot.ask(question, history, self._within(filters), as_typed)

    def search(
        self, query: str, k: int = 10, filters: Filters | None = None, as_typed: bool = False
    ) -> list[Hit]:
        return self._bot.search(query, k, self._within(filters), as_typed)

    def verify(self, claim: str, quotes: Sequence[str] = (), filters: Filters | None = None) -> Checked:
        return self._bot.verify(claim, quotes, self._within(filters))

    def remarks(self, query: str, filters: Filters | None = None) -> tuple[str, ...]:
        return self._bot.remarks(query, self._within(filters))

    def repaired(self, question: str, as_typed: bool = False, filters: Filters | None = None) -> Repaired:
        return self._bot.repaired(question, as_typed, self._within(filters))

    def knows(self, question: str, filters: Filters | None = None) -> bool:
        return self._bot.knows(question, self._within(filters))

    def __getattr__(self, name: str) -> Any:
        """What speaks of no article is the bot's own; anything else would be a way around."""
        if name in _OF_NO_ARTICLE:
            return getattr(self._bot, name)
        raise AttributeError(name)

    def _within(self, filters: Filters | None) -> Filters:
        return replace(filters or Filters(), within=self._sees)
