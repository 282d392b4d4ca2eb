"""The article behind a footnote: as it is, or, where it has changed since, as it was when it was quoted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Annotated, Protocol
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup

from rag.chats.store import ChatStore
from rag.errors import NotFoundError
from rag.library.records import Edition
from rag.text.example_questions import occurrences
from rag.types import Article
from rag.web.articles import MOST
from rag.web.parts import LONG, parts_of
from rag.web.render_article import (
    NO_TOOLS,
    Places,
    article_html,
    changed_html,
    missing_html,
    parts_html,
    tools_html,
)
from rag.web.restricted import bot_of, may_see
from rag.web.saved_answers import kept_of

CHANGED = "Статья с тех пор изменилась. Показано, какой она была, когда давался ответ."
REMOVED = "Статьи больше нет в библиотеке. Показано, какой она была, когда давался ответ."
GONE = "Этой статьи больше нет в библиотеке. Задайте вопрос ещё раз."
OTHER = "Статья изменилась, пока была открыта. Откройте её ещё раз."
AT_ONCE = 12  # parts
router = APIRouter()
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


@dataclass(frozen=True, slots=True)
class _Shown:
    """The text that is shown of an article, with what stands around it."""

    article: Article
    note: str = ""
    tools: Markup = NO_TOOLS
    pictured: bool = False


def opened(library: Articles, chats: ChatStore, place: Place) -> Markup:
    """The article at `place`, the question's other words marked softly. Raises RagError."""
    found = _found(library, chats, place)
    if found is None:
        return missing_html(GONE)
    softly, rest = _softly(chats, place), rest_of(place, found.article.text)
    return article_html(
        found.article, place.start, place.stop, softly, found.note, found.tools, found.pictured, rest
    )


def _found(library: Articles, chats: ChatStore, place: Place) -> _Shown | None:
    """What is shown of the article at `place`; None where there is nothing. Raises RagError."""
    if place.version:
        return _former(library, place)
    kept = chats.evidence(place.answer_id).get(place.article_id) if place.answer_id else None
    if kept and not may_see(library, kept.info):
        return None
    try:
        now = library.present(place.article_id)
    except NotFoundError:
        return _Shown(kept, REMOVED) if kept else None
    quoted = slice(place.start, place.stop)
    if kept is None or kept.text[quoted] == now.article.text[quoted]:
        pictured = bool(now.article.pages) and library.is_pictured(place.article_id)
        return _Shown(now.article, tools=tools_html(now), pictured=pictured)
    return _Shown(kept, CHANGED, changed_html(kept.id, library.version_with(kept.id, kept.text)))


def _former(library: Articles, place: Place) -> _Shown:
    """A former version of an article."""
    former = library.version(place.article_id, place.version)
    if former.until is None:
        return _Shown(former.article, tools=tools_html(former))
    changes = changed_html(former.article.id, former.version)
    return _Shown(former.article, FORMER.format(former.version), changes)


def _softly(chats: ChatStore, place: Place) -> Callable[[str], Places]:
    """What finds the words of the question in a text; nothing in a former version."""
    question = "" if place.version else _question(chats, place.answer_id)
    return lambda text: occurrences(question, text)


def _question(chats: ChatStore, answer_id: str) -> str:
    """The question of an answer, as it was searched; empty while it is not kept."""
    try:
        exchange = chats.exchange(answer_id)
    except NotFoundError:
        return ""
    return exchange.answer.standalone_question if exchange.answer else exchange.question


# Of a long article the parts about the quote come first, the others when the page asks for them.


def rest_of(place: Place, text: str) -> str:
    """Where the other parts of a long text are asked for, below any prefix of a proxy; "" for a short one."""
    return f"api/parts?{urlencode({**asdict(place), 'of': digest(text)})}" if len(text) > LONG else ""


def digest(text: str) -> str:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=12).hexdigest()


_Number = Annotated[int, Query(ge=0, le=MOST)]


def _asked(article_id: str, start: _Number, stop: _Number, version: _Number, answer_id: str = "") -> Place:
    return Place(article_id, start, stop, answer_id, version)


@router.get("/api/parts", include_in_schema=False)
def parts(
    request: Request, place: Annotated[Place, Depends(_asked)], of: str, first: _Number, last: _Number
) -> dict[int, str]:
    """The parts from `first` to `last` of the open article, as safe HTML; at most `AT_ONCE` of them.

    `of` tells which text it was when it was opened: parts of another one don't go with it.
    """
    chats = kept_of(request).chats
    found = _found(bot_of(request).library, chats, place)
    if found is None or digest(found.article.text) != of:
        raise NotFoundError(OTHER)
    pieces = parts_of(found.article.text)
    numbers = range(first, min(last + 1, first + AT_ONCE, len(pieces)))
    made = parts_html(found.article.text, pieces, numbers, (place.start, place.stop), _softly(chats, place))
    return {number: str(each) for number, each in made.items()}
