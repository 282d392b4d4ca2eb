"""What the events of the library tab do."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import gradio as gr

from rag.errors import QuestionError, RagError
from rag.types import Filters
from rag.web.page import browser
from rag.web.render_evaluation import broken_html
from rag.web.render_library import PAGE_SIZE, Shelf, order_of, shelf_html
from rag.web.restricted import limited
from rag.web.scope import chosen

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.library.library import Library
    from rag.web.saved_answers import Kept

log = logging.getLogger(__name__)


class ShelfTab:
    """The list of articles with its chart."""

    def __init__(self, bot: Bot, kept: Kept) -> None:
        self._bot, self.kept = bot, kept

    def list(self, event: gr.EventData, request: gr.Request) -> str:
        """The page of the list that was asked for."""
        source, page = browser.text(event, "source"), browser.number(event, "page")
        since, until = browser.text(event, "since"), browser.text(event, "until")
        words, text = browser.text(event, "words"), browser.text(event, "text")
        order, library = order_of(browser.text(event, "sort")), self._library(request)
        try:
            filters = chosen(since, until, (source,) if source else ()) or Filters()
            shares = library.shares(filters, words, text)
            page = min(page, max(shares.total - 1, 0) // PAGE_SIZE)
            listed = library.articles(page * PAGE_SIZE, PAGE_SIZE, filters, words, text, order)
            return shelf_html(Shelf(page, listed, shares, bool(filters or words or text)))
        except QuestionError as error:
            return broken_html(str(error))
        except RagError as error:
            log.exception("listing the articles failed")
            return broken_html(str(error))

    def _library(self, request: gr.Request) -> Library:
        """The library as far as whoever asks may see."""
        return limited(self._bot, browser.caller(request).sees).library
