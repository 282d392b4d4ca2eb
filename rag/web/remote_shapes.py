"""Articles, answers and filters as the API writes them in JSON, read and written by the commands' side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter

from rag.library.records import Listed
from rag.types import Answer, Article, ArticleInfo, Explanation, Filters, Hit, Passage, Reprint, Turn

_ANSWER = TypeAdapter(Answer)
_INFO = TypeAdapter(ArticleInfo)
_EXPLANATION = TypeAdapter(Explanation)
_REPRINTS = TypeAdapter(tuple[Reprint, ...])
Json = dict[str, Any]


def article(told: Json) -> Article:
    """An article with its text, from its JSON shape."""
    pages = tuple((start, page) for start, page in told["pages"])
    return Article(_INFO.validate_python(told), told["text"], pages, told["remark"])


def answer(told: Json) -> Answer:
    """An answer, from its JSON shape."""
    return _ANSWER.validate_python(told | {"hits": [hit(each) for each in told["hits"]]})


def told_before(history: Sequence[Turn]) -> Json:
    """Earlier turns, as a request has them."""
    turns = [{"question": turn.question, "answer": turn.answer} for turn in history]
    return {"history": turns} if turns else {}


def in_address(filters: Filters) -> Iterator[tuple[str, str]]:
    """Filters, as an address has them."""
    yield from (("source", each) for each in filters.sources)
    yield from (("tag", each) for each in filters.tags)
    if filters.since:
        yield "from", filters.since.isoformat()
    if filters.until:
        yield "to", filters.until.isoformat()


def in_body(filters: Filters | None) -> Json:
    """Filters, as a request has them."""
    if not filters:
        return {}
    named = {"sources": filters.sources, "articles": filters.articles, "tags": filters.tags}
    dates = {"from": filters.since, "to": filters.until}
    days = {name: day.isoformat() for name, day in dates.items() if day}
    return {"filters": {**{name: list(each) for name, each in named.items()}, **days}}


def listed(told: Json) -> Listed:
    """A row of the list of articles, from its JSON shape."""
    return Listed(_INFO.validate_python(told), told["characters"], told["passages"], told["indexed_at"])


def hit(told: Json) -> Hit:
    """A hit from its JSON shape, which has no sentences."""
    info = ArticleInfo(told["article_id"], told["title"], told["source"], told["published"], told["url"])
    place = (told["start"], told["stop"], told["text"])
    passage = Passage(told["passage_id"], info.id, *place, (), info.title)
    explained = told.get("explanation")
    return Hit(
        passage, info, told["score"], told["ranks"], told["scores"],
        _EXPLANATION.validate_python(explained) if explained else None,
        _REPRINTS.validate_python(told["reprints"]),
        page=told.get("page"),
    )  # fmt: skip
