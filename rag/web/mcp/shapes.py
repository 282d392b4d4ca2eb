"""What the tools of MCP give back. `search` and `fetch` have the fields that ChatGPT looks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from rag.types import Answer, Article, Checked, Citation, Hit
from rag.web.article_page import address_of

Support = Literal["supported", "partial", "unsupported"]


class Quote(BaseModel):
    """Сноска: дословная цитата и её место; article.text[start:stop] == quote."""

    number: int
    article_id: str
    title: str
    url: str
    source: str | None
    published: str | None
    quote: str
    start: int
    stop: int


class Said(BaseModel):
    """Предложение ответа."""

    text: str
    citations: list[int]
    support: Support
    reasons: list[str]


class Answered(BaseModel):
    """Ответ со сносками; found: false — отказ."""

    found: bool
    text: str
    short_answer: str | None
    verdict: Literal["yes", "no"] | None
    confidence: float
    sentences: list[Said]
    citations: list[Quote]
    notes: list[str]


class Result(BaseModel):
    """Найденная статья с лучшим её отрывком."""

    id: str
    title: str
    url: str
    source: str | None
    published: str | None
    text: str
    start: int
    stop: int
    score: float


class Results(BaseModel):
    """Найденные статьи, лучшие первыми."""

    results: list[Result]


class Fetched(BaseModel):
    """Статья целиком."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, Any]


class Compared(BaseModel):
    """Что в утверждении с чем сравнивалось."""

    slot: str
    outcome: Literal["same", "other", "denied", "unreal", "absent"]
    claim: str
    source: str | None


class Verified(BaseModel):
    """Следует ли утверждение из текстов."""

    support: Support
    reasons: list[str]
    slots: list[Compared]
    citations: list[Quote]


class Item(BaseModel):
    """Строка списка статей."""

    id: str
    title: str
    url: str
    source: str | None
    published: str | None
    tags: list[str]
    characters: int


class Listing(BaseModel):
    """Страница списка статей, новые первыми."""

    total: int
    items: list[Item]


class TurnIn(BaseModel):
    """Прежний вопрос и ответ на него."""

    question: Annotated[str, Field(max_length=20_000)]
    answer: Annotated[str, Field(max_length=20_000)] = ""


def quote(citation: Citation, base: str) -> Quote:
    """`base` is the address of the server, for articles without one of their own."""
    url = address_of(base, citation.article_id, citation.url, citation.start, citation.stop)
    return Quote(
        number=citation.number,
        article_id=citation.article_id,
        title=citation.title,
        url=url,
        source=citation.source,
        published=citation.published,
        quote=citation.quote,
        start=citation.start,
        stop=citation.stop,
    )


def answered(answer: Answer, base: str) -> Answered:
    return Answered(
        found=answer.found,
        text=answer.text,
        short_answer=answer.short_answer,
        verdict=answer.verdict,
        confidence=round(answer.confidence, 4),
        sentences=[
            Said(text=s.text, citations=list(s.citations), support=s.support, reasons=list(s.reasons))
            for s in answer.sentences
        ],
        citations=[quote(each, base) for each in answer.citations],
        notes=list(answer.notes),
    )


def results(hits: Sequence[Hit], base: str) -> Results:
    """The articles of `hits`, each with its best passage."""
    best = {hit.article.id: hit for hit in reversed(hits)}
    return Results(results=[_result(best[key], base) for key in dict.fromkeys(h.article.id for h in hits)])


def _result(hit: Hit, base: str) -> Result:
    article, passage = hit.article, hit.passage
    return Result(
        id=article.id,
        title=article.title,
        url=address_of(base, article.id, article.url, passage.start, passage.stop),
        source=article.source,
        published=article.published,
        text=passage.text,
        start=passage.start,
        stop=passage.stop,
        score=round(hit.score, 4),
    )


def fetched(article: Article, base: str) -> Fetched:
    info = article.info
    known = {"source": info.source, "published": info.published, "author": info.author}
    return Fetched(
        id=info.id,
        title=info.title,
        text=article.text,
        url=address_of(base, info.id, info.url),
        metadata={name: value for name, value in known.items() if value} | {"tags": list(info.tags)},
    )


def checked(found: Checked, base: str) -> Verified:
    return Verified(
        support=found.verdict.support,
        reasons=list(found.verdict.reasons),
        slots=[Compared(slot=s.slot, outcome=s.outcome, claim=s.claim, source=s.source) for s in found.slots],
        citations=[quote(each, base) for each in found.citations],
    )
