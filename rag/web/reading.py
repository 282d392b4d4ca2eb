"""The article behind a footnote: as it is, or, where it has changed since, as it was when it was quoted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from rag.chats.store import ChatStore
from rag.errors import NotFoundError
from rag.library.records import Edition
from rag.text.example_questions import occurrences
from rag.types import Article
from rag.web.render_article import NO_TOOLS, article_html, changed_html, missing_html, tools_html
from rag.web.restricted import may_see

CHANGED = "Статья с тех пор изменилась. Показано, какой она была, когда давался ответ."
REMOVED = "Статьи больше нет в библиотеке. Показано, какой она была, когда давался ответ."
GONE = "Этой статьи больше нет в библиотеке. Задайте вопрос ещё раз."


FORMER = "Это версия {}. Сейчас в библиотеке другая."


class Articles(Protocol):
    """Where articles are read; `present` and `version` raise NotFoundError."""

    def present(self, article_id: str) -> Edition: ...

    def version(self, article_id: str, version: int) -> Edition: ...

    def version_with(self, article_id: str, text: str) -> int | None: ...

    def is_pictured(self, article_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Place:
    """What was clicked: a stretch of an article, in the answer `answer_id`, or all of a former `version`."""

    article_id: str
    start: int
    stop: int
    answer_id: str = ""
    version: int = 0  # 0: the present one


def opened(library: Articles, chats: ChatStore, place: Place) -> Markup:
    """The article at `place`, the question's other words marked softly. Raises RagError."""
    if place.version:
        return _former(library, place)
    kept = chats.evidence(place.answer_id).get(place.article_id) if place.answer_id else None
    if kept and not may_see(library, kept.info):
        return missing_html(GONE)
    try:
        now = library.present(place.article_id)
    except NotFoundError:
        return _opened(chats, place, kept, REMOVED) if kept else missing_html(GONE)
    quoted = slice(place.start, place.stop)
    if kept is None or kept.text[quoted] == now.article.text[quoted]:
        pictured = bool(now.article.pages) and library.is_pictured(place.article_id)
        return _opened(chats, place, now.article, tools=tools_html(now), pictured=pictured)
    changes = changed_html(kept.id, library.version_with(kept.id, kept.text))
    return _opened(chats, place, kept, CHANGED, changes)


def _former(library: Articles, place: Place) -> Markup:
    """A former version of an article."""
    former = library.version(place.article_id, place.version)
    if former.until is None:
        return article_html(former.article, place.start, place.stop, tools=tools_html(former))
    changes = changed_html(former.article.id, former.version)
    return article_html(former.article, place.start, place.stop, (), FORMER.format(former.version), changes)


def _opened(
    chats: ChatStore,
    place: Place,
    article: Article,
    note: str = "",
    tools: Markup = NO_TOOLS,
    pictured: bool = False,
) -> Markup:
    soft = occurrences(_question(chats, place.answer_id), article.text)
    return article_html(article, place.start, place.stop, soft, note, tools, pictured)


def _question(chats: ChatStore, answer_id: str) -> str:
    """The question of an answer, as it was searched; empty while it is not kept."""
    try:
        exchange = chats.exchange(answer_id)
    except NotFoundError:
        return ""
    return exchange.answer.standalone_question if exchange.answer else exchange.question
