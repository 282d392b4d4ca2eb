"""What the events of the chat do: values of components in, new values out."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import RagError
from rag.types import Filters, Turn
from rag.web.admission import Admission
from rag.web.chat_answers import Asked, Shown, Talking
from rag.web.page import browser
from rag.web.problems import DETAILS
from rag.web.reading import Place, opened
from rag.web.render_article import missing_html
from rag.web.render_chat import history_html, step_html
from rag.web.restricted import limited
from rag.web.saved_answers import Kept
from rag.web.scope import EVERYWHERE, chips_html, chosen, limits_of, titles_of, trouble, without

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.library.library import Library

log = logging.getLogger(__name__)
ARTICLES_LISTED = 1_000  # to choose from; a browser is slow with more
MOST_ASKED = 200  # articles that a conversation is begun about
SHOWN = 7  # values in what `Talk._shown` gives
BUTTONS = 3  # the last of them


class Talk:
    """One object serves all visitors: whose browser it is comes with each event."""

    def __init__(
        self,
        bot: Bot,
        kept: Kept,
        examples: Callable[[], Sequence[str]],
        admission: Admission | None = None,
    ) -> None:
        self._bot, self.kept, self._examples = bot, kept, examples
        self.talking = Talking(bot, kept, admission)

    # Asking

    def ask(
        self, question: str, chat: str, since: Any, until: Any, sources: Any, tags: Any, articles: Any,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
        """Ask what is in the box."""
        reader, limits = browser.reader(request), (since, until, sources, tags, articles)
        asked = Asked(reader.owner, chat, question, limits, sees=reader.sees)
        yield from self._stream(reader, self.talking.ask(asked))

    def example(
        self, chat: str, since: Any, until: Any, sources: Any, tags: Any, articles: Any,
        event: gr.EventData, request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
        """Ask what was clicked: an example, a question as it was typed, an edited one, the last again."""
        reader, place = browser.reader(request), browser.data(event).get("place")
        asked = Asked(
            reader.owner,
            chat,
            browser.text(event, "question"),
            (since, until, sources, tags, articles),
            place if isinstance(place, int) and place >= 0 else None,
            browser.flag(event, "typed"),
            reader.sees,
        )
        yield from self._stream(reader, self.talking.ask(asked))

    def replay(self, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Ask a question of an evaluation again, in a chat of its own."""
        reader, limits = browser.reader(request), limits_of(None)
        asked = Asked(reader.owner, "", browser.text(event, "question"), limits, sees=reader.sees)
        steps = self.talking.replay(asked, _history(browser.text(event, "history")))
        for shown in self._stream(reader, steps):
            yield (*shown, *limits)

    def everywhere(self, chat: str, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Ask again what was refused, in all articles; the questions that follow are asked there, too."""
        reader, limits = browser.reader(request), limits_of(None)
        asked = Asked(reader.owner, chat, browser.text(event, "question"), limits, sees=reader.sees)
        for shown in self._stream(reader, self.talking.ask(asked)):
            yield (*shown, *limits)

    def stop(self, chat: str, request: gr.Request) -> tuple[Any, ...]:
        """Keep what is written of the last answer and say that it was stopped."""
        reader = browser.reader(request)
        return self._shown(reader, self.talking.stop(reader.owner, chat))

    # Chats

    def clear(self, chat: str, request: gr.Request) -> tuple[Any, ...]:
        """An empty conversation and a closed article; the former one stays in the list, its answer ends."""
        return self._begun(chat, request, None)

    def only(self, chat: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """An empty conversation about the articles that were chosen."""
        return self._begun(chat, request, _picked(event))

    def _begun(self, chat: str, request: gr.Request, filters: Filters | None) -> tuple[Any, ...]:
        reader = browser.reader(request)
        self.talking.stop(reader.owner, chat)
        return (*self._shown(reader, Shown(), listed=True), "", *limits_of(filters))

    def about(self, chat: str, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """A conversation about the articles that were chosen, begun with a question; no article is open."""
        reader, limits = browser.reader(request), limits_of(_picked(event))
        self.talking.stop(reader.owner, chat)
        asked = Asked(reader.owner, "", browser.text(event, "question"), limits, sees=reader.sees)
        article: Any = ""
        for shown in self._stream(reader, self.talking.ask(asked)):
            yield (*shown, article, *limits)
            article = gr.skip()  # one that is opened meanwhile stays

    def load(self, chat: str, request: gr.Request) -> tuple[Any, ...]:
        """What is shown when the page is opened at a chat, and whether its last answer is being written."""
        reader = browser.reader(request)
        shown = self.talking.show(reader.owner, chat)
        return (*self._opened(reader, shown), shown.busy)

    def _opened(self, reader: browser.Reader, shown: Shown) -> tuple[Any, ...]:
        """A chat with its limits, and no article open."""
        filters = self.talking.filters(reader.owner, shown.chat_id)
        return (*self._shown(reader, shown, listed=True), "", *limits_of(filters))

    async def follow(self, chat: str, busy: bool, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        """The rest of an answer that was being written as the page was opened."""
        yield (gr.skip(),) * SHOWN
        reader = browser.reader(request)
        if not busy:
            return
        async for shown in self.talking.follow(reader.owner, chat):
            yield self._shown(reader, shown)

    def pick(self, chat: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Another chat; an answer that is being written in the one that is left ends."""
        reader, picked = browser.reader(request), browser.text(event, "chat")
        if picked != chat:
            self.talking.stop(reader.owner, chat)
        return self._opened(reader, self.talking.show(reader.owner, picked))

    def alter(self, chat: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Change a chat or search; the list of chats and, where this one is gone, an empty conversation."""
        reader, named = browser.reader(request), browser.text(event, "chat")
        query = browser.text(event, "query")
        try:
            if browser.text(event, "do") == "rename":
                self.kept.chats.rename(reader.owner, named, browser.text(event, "title"))
            elif browser.text(event, "do") in ("pin", "unpin"):
                self.kept.chats.pin(reader.owner, named, browser.text(event, "do") == "pin")
            elif browser.text(event, "do") == "file":
                self.kept.chats.file(reader.owner, named, browser.text(event, "folder"))
            elif browser.text(event, "do") == "delete":
                self.talking.stop(reader.owner, named)
                self.kept.chats.delete(reader.owner, named)
        except RagError as error:
            log.warning("a chat could not be changed: %s", error)
        gone = bool(chat) and not self.talking.show(reader.owner, chat).chat_id
        shown = self._shown(reader, Shown()) if gone else (gr.skip(),) * SHOWN
        current = "" if gone else chat
        return (
            *shown[:2],
            history_html(self.kept.chats.chats(reader.owner, query), current, query),
            *shown[3:],
        )

    def earlier(self, chat: str, event: gr.EventData, request: gr.Request) -> str:
        """What stands before the place from which on a chat is shown."""
        shown = self.talking.before(browser.reader(request).owner, chat, browser.number(event, "place"))
        return step_html(shown, kind="earlier")

    # Reading and limits

    def open(self, event: gr.EventData, request: gr.Request) -> str:
        """The article that was clicked, with the quote marked that a footnote or card names."""
        start, stop = browser.number(event, "start"), browser.number(event, "stop")
        version = browser.number(event, "version")
        place = Place(browser.text(event, "article"), start, stop, browser.text(event, "answer"), version)
        try:
            return opened(self._library(request), self.kept.chats, place)
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
            self.kept.chats.keep_filters(browser.reader(request).owner, chat, chosen(*limits))
        titles = titles_of(self._library(request), articles or ())
        return gr.update(label=trouble(*limits)), chips_html(titles, *limits)

    def unchoose(
        self, since: Any, until: Any, sources: Any, tags: Any, articles: Any, event: gr.EventData
    ) -> tuple[Any, ...]:
        """The fields without the chip that was removed."""
        limits = since, until, sources, tags, articles
        return without(limits, browser.text(event, "kind"), browser.text(event, "value"))

    def choices(self, request: gr.Request) -> tuple[Any, ...]:
        """The sources, tags and newest articles there are to choose from; none without a library to ask."""
        library = self._library(request)
        try:
            articles = [(each.info.title, each.info.id) for each in library.articles(0, ARTICLES_LISTED)]
            lists = library.sources(), library.tags(), articles
            return tuple(gr.update(choices=each) for each in lists)
        except RagError:
            log.exception("listing what can be chosen failed")
            return (gr.skip(),) * 3

    def _library(self, request: gr.Request) -> Library:
        """The library as far as whoever asks may see."""
        return limited(self._bot, browser.caller(request).sees).library

    def _stream(self, reader: browser.Reader, steps: Iterator[Shown]) -> Iterator[tuple[Any, ...]]:
        buttons: tuple[Any, ...] = (gr.skip(),) * BUTTONS
        for shown in steps:
            # The list gains a line with a chat's first answer; which chat is the newest the page knows.
            values = self._shown(reader, shown, listed=shown.begins and not shown.since)
            buttons = values[-BUTTONS:]
            yield values
        # Gradio sends the last of it once more at the end. By then another chat may be open; and while the
        # last answer is still being written there is nothing to show: the question waits in the box.
        # The buttons stay as they are: Gradio's client changes an update in place when the next one lacks
        # something, and where both come at once, the page would never see it.
        yield (*(gr.skip(),) * (SHOWN - BUTTONS), *buttons)

    def _shown(self, reader: browser.Reader, shown: Shown, listed: bool = False) -> tuple[Any, ...]:
        """New values of the chat's id, the step of the conversation, the list, the box and its buttons."""
        # They are made of all articles.
        examples = () if shown.exchanges or reader.sees else self._examples()
        listing = history_html(self.kept.chats.chats(reader.owner), shown.chat_id) if listed else gr.skip()
        return (
            shown.chat_id,
            step_html(shown, examples),
            listing,
            "" if shown.begins else gr.skip(),  # a value, not an update of one: see `_stream`
            gr.update(visible=not shown.busy),
            gr.update(visible=shown.busy),
            gr.update(visible=bool(shown.exchanges) and not shown.busy),
        )


def _picked(event: gr.EventData) -> Filters | None:
    """The articles that the browser names, as a limit; None where it names none."""
    sent = browser.data(event).get("articles")
    ids = tuple(each for each in sent if isinstance(each, str)) if isinstance(sent, list) else ()
    return Filters(articles=ids[:MOST_ASKED]) if ids else None


def _history(sent: str) -> list[Turn]:
    """The turns of a question that is replayed; none where the browser sends something else."""
    try:
        return [Turn(str(question), str(answer)) for question, answer in json.loads(sent)]
    except (TypeError, ValueError):
        return []
