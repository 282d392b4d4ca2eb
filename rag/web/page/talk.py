"""What the events of the chat do: values of components in, new values out."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import RagError
from rag.types import Turn
from rag.web.admission import Admission
from rag.web.kept import Kept
from rag.web.page import browser
from rag.web.problems import DETAILS
from rag.web.reading import Place, opened
from rag.web.render_article import missing_html
from rag.web.render_history import history_html
from rag.web.render_talk import conversation_html
from rag.web.scope import EVERYWHERE, chips_html, chosen, limits_of, trouble, without
from rag.web.talking import Asked, Shown, Talking

if TYPE_CHECKING:
    from rag.bot import Bot

log = logging.getLogger(__name__)
ARTICLES_LISTED = 1_000  # to choose from; a browser is slow with more
SHOWN = 7  # values in what `Talk._shown` gives


class Talk:
    """One object serves all visitors: whose browser it is comes with each event."""

    def __init__(
        self,
        bot: Bot,
        kept: Kept,
        examples: Callable[[], Sequence[str]],
        admission: Admission | None = None,
    ) -> None:
        self.bot, self.kept, self.examples = bot, kept, examples
        self.talking = Talking(bot, kept, admission)

    # Asking

    def ask(
        self, question: str, chat: str, since: Any, until: Any, sources: Any, tags: Any, articles: Any,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
        """Ask what is in the box."""
        owner, limits = browser.owner(request), (since, until, sources, tags, articles)
        yield from self._stream(owner, self.talking.ask(Asked(owner, chat, question, limits)))

    def example(
        self, chat: str, since: Any, until: Any, sources: Any, tags: Any, articles: Any,
        event: gr.EventData, request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
        """Ask what was clicked: an example, a question as it was typed, an edited one, the last again."""
        owner, place = browser.owner(request), browser.data(event).get("place")
        asked = Asked(
            owner,
            chat,
            browser.text(event, "question"),
            (since, until, sources, tags, articles),
            place if isinstance(place, int) and place >= 0 else None,
            browser.flag(event, "typed"),
        )
        yield from self._stream(owner, self.talking.ask(asked))

    def replay(self, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Ask a question of an evaluation again, in a chat of its own."""
        owner, limits = browser.owner(request), limits_of(None)
        history = _history(browser.text(event, "history"))
        steps = self.talking.replay(owner, browser.text(event, "question"), history, limits)
        for shown in self._stream(owner, steps):
            yield (*shown, *limits)

    def stop(self, chat: str, request: gr.Request) -> tuple[Any, ...]:
        """Keep what is written of the last answer and say that it was stopped."""
        return self._shown(browser.owner(request), self.talking.stop(browser.owner(request), chat))

    # Chats

    def clear(self, chat: str, request: gr.Request) -> tuple[Any, ...]:
        """An empty conversation and a closed article; the former one stays in the list, its answer ends."""
        self.talking.stop(browser.owner(request), chat)
        return (*self._shown(browser.owner(request), Shown(), listed=True), "")

    def load(self, chat: str, request: gr.Request) -> tuple[Any, ...]:
        """What is shown when the page is opened at a chat, and whether its last answer is being written."""
        owner = browser.owner(request)
        shown = self.talking.show(owner, chat)
        return (*self._opened(owner, shown), shown.busy)

    def _opened(self, owner: str, shown: Shown) -> tuple[Any, ...]:
        """A chat with its limits, and no article open."""
        filters = self.talking.filters(owner, shown.chat_id)
        return (*self._shown(owner, shown, listed=True), "", *limits_of(filters))

    async def follow(self, chat: str, busy: bool, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        """The rest of an answer that was being written as the page was opened."""
        yield (gr.skip(),) * SHOWN
        owner = browser.owner(request)
        if not busy:
            return
        async for shown in self.talking.follow(owner, chat):
            yield self._shown(owner, shown, listed=not shown.busy)

    def pick(self, chat: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Another chat; an answer that is being written in the one that is left ends."""
        owner, picked = browser.owner(request), browser.text(event, "chat")
        if picked != chat:
            self.talking.stop(owner, chat)
        return self._opened(owner, self.talking.show(owner, picked))

    def alter(self, chat: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Rename, delete or search; the list and, where its chat is gone, an empty conversation."""
        owner, named = browser.owner(request), browser.text(event, "chat")
        query = browser.text(event, "query")
        try:
            if browser.text(event, "do") == "rename":
                self.kept.chats.rename(owner, named, browser.text(event, "title"))
            elif browser.text(event, "do") == "delete":
                self.talking.stop(owner, named)
                self.kept.chats.delete(owner, named)
        except RagError as error:
            log.warning("a chat could not be changed: %s", error)
        gone = bool(chat) and not self.talking.show(owner, chat).chat_id
        shown = self._shown(owner, Shown()) if gone else (gr.skip(),) * SHOWN
        current = "" if gone else chat
        return (*shown[:2], history_html(self.kept.chats.chats(owner, query), current, query), *shown[3:])

    # Reading and limits

    def open(self, event: gr.EventData) -> str:
        """The article behind the footnote or card that was clicked, with its quote marked."""
        start, stop = browser.number(event, "start"), browser.number(event, "stop")
        place = Place(browser.text(event, "article"), start, stop, browser.text(event, "answer"))
        try:
            return opened(self.bot.library, self.kept.chats, place)
        except RagError as error:
            return missing_html(str(error))
        except Exception:
            log.exception("opening an article failed")
            return missing_html(DETAILS[500])

    def scope(
        self, chat: str, since: Any, until: Any, sources: Any, tags: Any, articles: Any, request: gr.Request
    ) -> tuple[Any, Any]:
        """What is chosen, on the row and as chips; kept with the chat."""
        limits = since, until, sources, tags, articles
        if trouble(*limits) == EVERYWHERE:
            self.kept.chats.keep_filters(browser.owner(request), chat, chosen(*limits))
        return gr.update(label=trouble(*limits)), chips_html(self._titles(limits), *limits)

    def unchoose(
        self, since: Any, until: Any, sources: Any, tags: Any, articles: Any, event: gr.EventData
    ) -> tuple[Any, ...]:
        """The fields without the chip that was removed."""
        limits = since, until, sources, tags, articles
        return without(limits, browser.text(event, "kind"), browser.text(event, "value"))

    def choices(self) -> tuple[Any, ...]:
        """The sources, tags and newest articles there are to choose from; none without a library to ask."""
        library = self.bot.library
        try:
            articles = [(each.info.title, each.info.id) for each in library.articles(0, ARTICLES_LISTED)]
            lists = library.sources(), library.tags(), articles
            return tuple(gr.update(choices=each) for each in lists)
        except RagError:
            log.exception("listing what can be chosen failed")
            return (gr.skip(),) * 3

    def _titles(self, limits: Sequence[Any]) -> dict[str, str]:
        titles = {}
        for article_id in limits[4] or ():
            try:
                titles[article_id] = self.bot.library.article(article_id).info.title
            except RagError:
                continue
        return titles

    def _stream(self, owner: str, steps: Iterator[Shown]) -> Iterator[tuple[Any, ...]]:
        yielded = False
        for shown in steps:
            yielded = True
            yield self._shown(owner, shown, listed=not shown.busy or shown.begins)
        if not yielded:  # the last answer is still being written: the question waits in the box
            yield (gr.skip(),) * SHOWN

    def _shown(self, owner: str, shown: Shown, listed: bool = False) -> tuple[Any, ...]:
        """New values of the chat's id, the conversation, the list, the box and the three buttons."""
        listing = history_html(self.kept.chats.chats(owner), shown.chat_id) if listed else gr.skip()
        return (
            shown.chat_id,
            conversation_html(shown.exchanges, () if shown.exchanges else self.examples(), shown.chat_id),
            listing,
            gr.update(value="") if shown.begins else gr.update(),
            gr.update(visible=not shown.busy),
            gr.update(visible=shown.busy),
            gr.update(visible=bool(shown.exchanges) and not shown.busy),
        )


def _history(sent: str) -> list[Turn]:
    """The turns of a question that is replayed; none where the browser sends something else."""
    try:
        return [Turn(str(question), str(answer)) for question, answer in json.loads(sent)]
    except (TypeError, ValueError):
        return []
