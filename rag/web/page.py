"""The chat page: Gradio Blocks mounted on the application. Only wiring; render*.py make what is shown."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before Gradio is imported: no statistics, no hub, nothing asked of the network.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI
from markupsafe import Markup

from rag.errors import NotFoundError, RagError
from rag.types import Turn
from rag.web.problems import DETAILS
from rag.web.render import Exchange, conversation_html
from rag.web.render_article import article_html, missing_html
from rag.web.scope import EVERYWHERE, chosen, described, title

if TYPE_CHECKING:
    from rag.bot import Bot

log = logging.getLogger(__name__)
FOLDER = Path(__file__).parent
ASKING_AT_ONCE = 8
READING_AT_ONCE = 32
WAITING_AT_MOST = 64
ARTICLES_LISTED = 1_000  # to choose from; a browser is slow with more
SHOWN = 6  # values in what `Page._shown` gives
TURNS_KEPT = 50  # of one conversation, on the page and as context
TITLE = "Сноска — ответы по статьям"
HEADER = Markup(
    '<header class="masthead"><h1>Сноска<sup aria-hidden="true">1</sup></h1>'
    '<p>Ответы на вопросы по статьям — со сноской у каждого предложения. <a href="docs">API</a></p></header>'
)
EXAMPLES = (
    "Какова протяжённость коридора TRIPP?",
    "Какова протяжённость нефтепровода КТК?",
    "Сколько готов выделить Эксимбанк на вольфрам?",
    "Что такое поправка Джексона — Вэника?",
)
OPEN_ON_CLICK = (
    "snoska.conversation(element, (data) => trigger('click', data), (data) => trigger('example', data))"
)
SCROLL_TO_QUOTE = "snoska.reader(element, props, watch)"

Exchanges = tuple[Exchange, ...]
# The row, dates from and to, sources, tags, articles.
Scope = tuple[gr.Accordion, gr.Textbox, gr.Textbox, gr.Dropdown, gr.Dropdown, gr.Dropdown]


def mount(app: FastAPI, bot: Bot, examples: Sequence[str] = EXAMPLES) -> FastAPI:
    """Put the page at `/` of `app`."""
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build(bot, examples),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1kb",  # the page takes no files
        ssr_mode=False,
        favicon_path=str(FOLDER / "favicon.png"),
        theme=_theme(),
        head=_head(),
    )
    return mounted


def build(bot: Bot, examples: Sequence[str] = EXAMPLES) -> gr.Blocks:
    """The page around `bot`."""
    page = Page(bot, examples)
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as blocks:
        exchanges = gr.State(())
        gr.HTML(HEADER, elem_id="masthead", apply_default_css=False, js_on_load=None)
        with gr.Row(elem_id="sheet"):
            with gr.Column(elem_id="talk"):
                conversation = gr.HTML(
                    conversation_html((), examples),
                    elem_id="conversation",
                    apply_default_css=False,
                    js_on_load=OPEN_ON_CLICK,
                )
                with gr.Column(elem_id="desk"):
                    scope = _scope()
                    with gr.Row(elem_id="composer"):
                        box, send, stop, clear = _composer()
            reader = gr.HTML("", elem_id="reader", apply_default_css=False, js_on_load=SCROLL_TO_QUOTE)
        _wire(page, exchanges, conversation, reader, scope, box, send, stop, clear)
        _wire_scope(page, blocks, scope)
    return blocks.queue(max_size=WAITING_AT_MOST, default_concurrency_limit=READING_AT_ONCE, api_open=False)


def _scope() -> Scope:
    """«Где искать»: a closed row; what is chosen there holds for the questions that follow."""
    with gr.Accordion(EVERYWHERE, open=False, elem_id="scope") as row, gr.Row(elem_id="limits"):
        since = gr.Textbox(label="Не раньше", placeholder="23.02.2026", max_lines=1, elem_id="since")
        until = gr.Textbox(label="Не позже", placeholder="23.02.2026", max_lines=1, elem_id="until")
        sources = gr.Dropdown([], multiselect=True, label="Источники", elem_id="sources")
        tags = gr.Dropdown([], multiselect=True, label="Темы", elem_id="tags")
        # Ids of articles beyond those that are listed can be typed.
        articles = gr.Dropdown(
            [], multiselect=True, label="Статьи", elem_id="articles", allow_custom_value=True
        )
    return row, since, until, sources, tags, articles


def _composer() -> tuple[gr.Textbox, gr.Button, gr.Button, gr.Button]:
    box = gr.Textbox(
        placeholder="Ваш вопрос",
        label="Ваш вопрос",
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        autofocus=True,
        elem_id="box",
    )
    send = gr.Button("Спросить", elem_id="send", variant="primary")
    stop = gr.Button("Остановить", elem_id="stop", visible=False)
    clear = gr.Button("Очистить", elem_id="clear", visible=False)
    return box, send, stop, clear


def _wire(
    page: Page,
    exchanges: gr.State,
    conversation: gr.HTML,
    reader: gr.HTML,
    scope: Scope,
    box: gr.Textbox,
    send: gr.Button,
    stop: gr.Button,
    clear: gr.Button,
) -> None:
    shown = [exchanges, conversation, box, send, stop, clear]
    _, *limits = scope
    private = {"api_visibility": "private", "show_progress": "hidden"}
    # "multiple": after a stop the browser takes the old question for a running one for a second more.
    asking = {**private, "concurrency_limit": ASKING_AT_ONCE, "trigger_mode": "multiple"}
    asked = gr.on([box.submit, send.click], page.ask, [box, exchanges, *limits], shown, **asking)
    example = conversation.example(page.ask_example, [exchanges, *limits], shown, **asking)
    # First the answer ends, then it is marked as stopped: the other way round, its next part would undo that.
    stopped = stop.click(None, cancels=[asked, example], queue=False, **private)
    stopped.then(page.stop, [exchanges], shown, queue=False, **private)
    clear.click(page.clear, None, [*shown, reader], queue=False, **private)
    conversation.click(page.open, None, reader, **private)


def _wire_scope(page: Page, blocks: gr.Blocks, scope: Scope) -> None:
    row, since, until, *lists = scope
    private = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    changed = [since.blur, since.submit, until.blur, until.submit, *(each.change for each in lists)]
    gr.on(changed, page.scope, [since, until, *lists], row, **private)
    blocks.load(page.choices, None, lists, **private)


class Page:
    """What the events of the page do. One object serves all visitors: their state is passed in."""

    def __init__(self, bot: Bot, examples: Sequence[str]) -> None:
        self.bot, self.examples = bot, tuple(examples)

    def ask(
        self,
        question: str,
        exchanges: Exchanges,
        *limits: Any,
        as_typed: bool = False,
    ) -> Iterator[tuple[Any, ...]]:
        """Add `question` to the conversation and stream its answer; not before the last one is whole.

        `limits` are what `chosen` takes: dates, sources, tags, articles. A question that is asked again
        `as_typed` is no earlier turn of its own.
        """
        if exchanges and exchanges[-1].state == "writing":
            yield (gr.skip(),) * SHOWN
            return
        history = [
            Turn(e.question, e.answer.text)
            for e in exchanges
            if e.answer and e.state == "done" and not (as_typed and e.question == question)
        ]
        earlier = exchanges[-TURNS_KEPT:]
        exchange = Exchange(question, as_typed=as_typed)
        yield self._shown((*earlier, exchange), busy=True)
        try:
            filters = chosen(*limits)
            scope = described(filters)
            for answer in self.bot.stream(question, history, filters, as_typed):
                exchange = replace(exchange, answer=answer, scope=scope)
                yield self._shown((*earlier, exchange), busy=True)
            exchange = replace(exchange, state="done")
        except RagError as error:
            exchange = Exchange(question, error=str(error), state="done")
        except Exception:  # the last place where a visitor can still be told
            log.exception("answering on the page failed")
            exchange = Exchange(question, error=DETAILS[500], state="done")
        yield self._shown((*earlier, exchange), busy=False)

    def ask_example(
        self,
        exchanges: Exchanges,
        since: str | None,
        until: str | None,
        sources: Sequence[str] | None,
        tags: Sequence[str] | None,
        articles: Sequence[str] | None,
        event: gr.EventData,
    ) -> Iterator[tuple[Any, ...]]:
        """Ask the example question that was clicked, or a repaired one again as it was typed."""
        as_typed = _data(event).get("typed") is True
        limits = since, until, sources, tags, articles
        yield from self.ask(_text(event, "question"), exchanges, *limits, as_typed=as_typed)

    def scope(self, *limits: Any) -> Any:
        """What is chosen, on the row that holds it."""
        return gr.update(label=title(*limits))

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

    def stop(self, exchanges: Exchanges) -> tuple[Any, ...]:
        """Keep what is written of the last answer and say that it was stopped."""
        kept = tuple(
            replace(exchange, state="stopped") if exchange.state == "writing" else exchange
            for exchange in exchanges
        )
        return self._shown(kept, busy=False)

    def clear(self) -> tuple[Any, ...]:
        """An empty conversation and a closed article."""
        return (*self._shown((), busy=False), "")

    def open(self, event: gr.EventData) -> str:
        """The article behind the footnote or card that was clicked, with its quote marked."""
        start, stop = _number(event, "start"), _number(event, "stop")
        try:
            return article_html(self.bot.library.article(_text(event, "article")), start, stop)
        except NotFoundError:  # its own text names a command, which a visitor may not have
            return missing_html("Этой статьи больше нет в библиотеке. Задайте вопрос ещё раз.")
        except RagError as error:
            return missing_html(str(error))
        except Exception:
            log.exception("opening an article failed")
            return missing_html(DETAILS[500])

    def _shown(self, exchanges: Exchanges, busy: bool) -> tuple[Any, ...]:
        """New values of the conversation, the box and the three buttons."""
        box = gr.update(value="") if busy and exchanges[-1].answer is None else gr.update()
        return (
            exchanges,
            conversation_html(exchanges, self.examples),
            box,
            gr.update(visible=not busy),
            gr.update(visible=busy),
            gr.update(visible=bool(exchanges) and not busy),
        )


def _text(event: gr.EventData, name: str) -> str:
    """A string from the browser; anything else counts as empty."""
    value = _data(event).get(name)
    return value if isinstance(value, str) else ""


def _number(event: gr.EventData, name: str) -> int:
    """A count from the browser; anything else counts as 0."""
    value = _data(event).get(name)
    return value if isinstance(value, int) else 0


def _data(event: gr.EventData) -> Mapping[str, Any]:
    data = event._data
    return data if isinstance(data, Mapping) else {}


def _head() -> str:
    """Style and script of the page, as they are: Gradio's own `css=` rewrites selectors and breaks some."""
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    return f"<style>{style}</style><script>{script}</script>"


def _theme() -> gr.themes.Base:
    """Fonts by name only: a theme's default ones would be loaded as files."""
    sans = ["system-ui", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["ui-monospace", "Liberation Mono", "monospace"])
