"""A question set under review as safe HTML: the question at hand with what proves it, and what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote as quoted

from markupsafe import Markup

from rag.judging.questions import Question
from rag.judging.reviews import Review, gold_of
from rag.types import Article
from rag.web.templating import rendered

AROUND = 220  # characters of the article that are shown before and after a quote
_GOLD = {"yes": "Да", "no": "Нет", "refuse": "Ответа в статьях нет", "answer": ""}
GOLDS = {"answer": "Ответ", "yes": "Да", "no": "Нет", "refuse": "Ответа в статьях нет"}
Find = Callable[[Question, str], Article | None]


def review_html(review: Review, place: int | None, find: Find) -> Markup:
    """The question at `place`, or, where that is None, that all have been gone through.

    `find` gives the article that a quote of a question stands in.
    """
    total = len(review.given)
    if place is None:
        return rendered("reviewed", review=review, total=total)
    question = review.question(place)
    decided = review.decisions.get(place)
    return rendered(
        "review",
        review=review,
        place=place,
        total=total,
        question=question,
        choice=decided.choice if decided else "",
        is_mended=question != review.given[place],
        gold=gold_of(question),
        golds=GOLDS,
        told=list(_told(question)),
        quotes=[_quote(question, each, find(question, each)) for each in question.quotes],
    )


def reviews_html(reviews: Sequence[Review]) -> Markup:
    """Those that were begun; nothing where none was."""
    return rendered("reviews", reviews=reviews)


def _told(question: Question) -> Iterator[str]:
    """What a right answer says."""
    if said := _GOLD[gold_of(question)]:
        yield said
    yield from question.answers
    if question.all_of:
        yield f"и всё это: {'; '.join(question.all_of)}"
    for each in question.must:
        yield f"совпадает с выражением {each}"
    for each in question.mustnot:
        yield f"не совпадает с выражением {each}"
    if question.only_articles:
        yield f"в сноске: {', '.join(question.articles)}"


def _quote(question: Question, quote: str, article: Article | None) -> dict[str, Any]:
    """A quote with the answer marked, and what of its paragraph stands around it."""
    shown: dict[str, Any] = {"marked": _marked(quote, question.answers), "before": "", "after": ""}
    start = article.text.find(quote) if article else -1
    if article is None or start < 0:
        return shown | {"title": "", "link": ""}
    stop = start + len(quote)
    before = article.text[:start].rpartition("\n")[2]
    after = article.text[stop:].partition("\n")[0]
    return shown | {
        "before": before if len(before) <= AROUND else f"…{before[-AROUND:].partition(' ')[2]}",
        "after": after if len(after) <= AROUND else f"{after[:AROUND].rpartition(' ')[0]}…",
        "title": article.info.title,
        "link": f"article/{quoted(article.info.id)}#s={start}-{stop}",
    }


def _marked(text: str, golds: Sequence[str]) -> Markup:
    """`text` with the first of `golds` that stands in it set off."""
    for gold in golds:
        start = text.lower().find(gold.lower())
        if start >= 0 and len(text.lower()) == len(text):
            stop = start + len(gold)
            return Markup("{}<b>{}</b>{}").format(text[:start], text[start:stop], text[stop:])
    return Markup("{}").format(text)
