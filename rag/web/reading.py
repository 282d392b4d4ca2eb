"""The article behind a footnote: as it is, or, where it has changed since, as it was when it was quoted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from markupsafe import Markup

from rag.chats.store import ChatStore
from rag.errors import NotFoundError
from rag.text.occurrences import occurrences
from rag.types import Article
from rag.web.render_article import article_html, missing_html

CHANGED = "Статья с тех пор изменилась. Показано, какой она была, когда давался ответ."
REMOVED = "Статьи больше нет в библиотеке. Показано, какой она была, когда давался ответ."
GONE = "Этой статьи больше нет в библиотеке. Задайте вопрос ещё раз."


class Articles(Protocol):
    """Where articles are read; `article` raises NotFoundError."""

    def article(self, article_id: str) -> Article: ...

    def original(self, article_id: str) -> Path | None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """What was clicked: a stretch of an article, in the answer `answer_id`."""

    article_id: str
    start: int
    stop: int
    answer_id: str = ""


def opened(library: Articles, chats: ChatStore, place: Place) -> Markup:
    """The article at `place`, the question's other words marked softly. Raises RagError."""
    article, note = _found(library, chats, place)
    if article is None:
        return missing_html(GONE)
    soft = occurrences(_question(chats, place.answer_id), article.text)
    pictured = not note and bool(article.pages) and library.original(article.id) is not None
    return article_html(article, place.start, place.stop, soft, note, pictured)


def _found(library: Articles, chats: ChatStore, place: Place) -> tuple[Article | None, str]:
    kept = chats.evidence(place.answer_id).get(place.article_id) if place.answer_id else None
    try:
        now = library.article(place.article_id)
    except NotFoundError:
        return kept, REMOVED
    quoted = slice(place.start, place.stop)
    changed = kept is not None and kept.text[quoted] != now.text[quoted]
    return (kept, CHANGED) if changed else (now, "")


def _question(chats: ChatStore, answer_id: str) -> str:
    """The question of an answer, as it was searched; empty while it is not kept."""
    try:
        exchange = chats.exchange(answer_id)
    except NotFoundError:
        return ""
    return exchange.answer.standalone_question if exchange.answer else exchange.question
