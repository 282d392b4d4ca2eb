"""Going through a question set on the page, over HTTP: pieces of the page, and the set that comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from rag.errors import EvaluationError, RagError
from rag.judging.questions import Question
from rag.judging.reviews import Choice, Decision, Gold, Review, Reviews, mended
from rag.types import Article
from rag.web.articles import same_site
from rag.web.question_sets import QuestionSets
from rag.web.render_review import review_html, reviews_html
from rag.web.request_models import QUESTION_LIMIT, Strict
from rag.web.restricted import bot_of
from rag.web.visitors import reader_of
from rag.web.wording import clip

if TYPE_CHECKING:
    from rag.bot import Bot

SET_LIMIT = 3_000_000  # bytes of a file with questions
_LOOKED_IN = 3  # passages among which the article of a quote is looked for
router = APIRouter(prefix="/api/reviews", include_in_schema=False)


class MendedIn(Strict):
    """A question as a reader has changed it."""

    question: str = Field(min_length=1, max_length=QUESTION_LIMIT)
    gold: Gold
    answers: list[Annotated[str, Field(max_length=QUESTION_LIMIT)]] = Field([], max_length=100)


class DecisionIn(Strict):
    """What becomes of a question."""

    choice: Choice
    mended: MendedIn | None = None


@router.post("", dependencies=[Depends(same_site)])
async def begin(
    request: Request,
    set: Annotated[str, Query(max_length=100)] = "",
    file: Annotated[str, Query(max_length=1000)] = "",
) -> HTMLResponse:
    """Begin with the set of that name, or with the file that is the body; or go on where it was left."""
    content = await request.body()
    return await run_in_threadpool(_begun, request, set, file, content)


def _begun(request: Request, name: str, file: str, content: bytes) -> HTMLResponse:
    sets = QuestionSets(request.app.state.kept.own_set)
    title = sets.title(name) if name else clip(file, 80) or sets.title("")
    review = _reviews(request).begin(reader_of(request), title, sets.read(name, content))
    return _shown(request, review, review.next_open())


@router.get("")
def begun(request: Request) -> HTMLResponse:
    """All that this reader has begun."""
    return HTMLResponse(reviews_html(_reviews(request).of(reader_of(request))))


@router.get("/{review_id}")
def look(
    request: Request, review_id: str, at: Annotated[int | None, Query(ge=0, le=10**9)] = None
) -> HTMLResponse:
    """The question at a place; without one the first that is open. Beyond the last: the end of the review."""
    review = _reviews(request).get(review_id, reader_of(request))
    place = review.next_open() if at is None else at if at < len(review.given) else None
    return _shown(request, review, place)


@router.get("/{review_id}/kept.jsonl")
def kept(request: Request, review_id: str) -> Response:
    """What was kept, for `python -m eval run` and for the page."""
    review = _reviews(request).get(review_id, reader_of(request))
    lines = "".join(
        f"{each.model_dump_json(by_alias=True, exclude_defaults=True)}\n" for each in review.kept()
    )
    name = quote(f"{review.title.rpartition('.')[0] or review.title}-просмотрено.jsonl", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(lines, 200, headers, "application/jsonl; charset=utf-8")


@router.post("/{review_id}/{place}", dependencies=[Depends(same_site)])
def decide(
    request: Request,
    review_id: str,
    place: Annotated[int, Path(ge=0, le=10**9)],
    sent: Annotated[DecisionIn, Body()],
) -> HTMLResponse:
    """Decide about a question; gives the next one that is open."""
    reviews, owner = _reviews(request), reader_of(request)
    review = reviews.get(review_id, owner)
    changed = None
    if sent.mended and place < len(review.given):
        new = sent.mended
        changed = mended(review.question(place), new.question, new.gold, new.answers)
    review = reviews.decide(review_id, owner, Decision(place=place, choice=sent.choice, mended=changed))
    return _shown(request, review, review.next_open(place))


@router.delete("/{review_id}", dependencies=[Depends(same_site)])
def remove(request: Request, review_id: str) -> HTMLResponse:
    """Forget a review; gives those that are left."""
    _reviews(request).remove(review_id, reader_of(request))
    return begun(request)


def _reviews(request: Request) -> Reviews:
    found: Reviews = request.app.state.reviews
    return found


def _shown(request: Request, review: Review, place: int | None) -> HTMLResponse:
    bot = bot_of(request)
    return HTMLResponse(review_html(review, place, lambda question, text: _holder(bot, question, text)))


def _holder(bot: Bot, question: Question, text: str) -> Article | None:
    """The article with this quote, which a question without an answer doesn't name; None for none."""
    for known in (*question.articles, *_likely(bot, text)):
        try:
            article = bot.library.article(known)
        except RagError:
            continue
        if text in article.text:
            return article
    return None


def _likely(bot: Bot, text: str) -> Iterator[str]:
    """Articles that a search for the quote finds."""
    try:
        yield from (hit.article.id for hit in bot.search(text, _LOOKED_IN, as_typed=True))
    except RagError:  # a quote too long to be searched for
        return


def kept_questions(reviews: Reviews, review_id: str, owner: str) -> tuple[str, list[Question]]:
    """The title of a review and what was kept. Raises EvaluationError where nothing was."""
    review = reviews.get(review_id, owner)
    questions = review.kept()
    if not questions:
        raise EvaluationError("В этом просмотре пока ничего не оставлено: проверять нечего.")
    return f"{review.title}: просмотренные", questions
