"""POST /api/ask: several questions at a time, and one as a stream that can be taken up again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from rag.chats.records import new_id
from rag.errors import NotFoundError, QuestionError
from rag.types import Answer
from rag.web import answer_stream, problems, saved_answers
from rag.web.answer_stream import Steps
from rag.web.request_models import QuestionIn, filters_of
from rag.web.restricted import bot_of, may_see_answer
from rag.web.write_queue import event, event_stream


def steps_of(sent: QuestionIn, request: Request, answer_id: str = "") -> Steps:
    """The steps of the answer to what was sent; see `growing.asked`."""
    filters = filters_of(sent.filters)
    return answer_stream.asked(
        request, sent.question, sent.turns(), filters, sent.as_typed, sent.explain, answer_id
    )


async def many(sent: Sequence[QuestionIn], request: Request) -> Response:
    """The answers in order, each in a turn of its own: a batch keeps nobody waiting for all of it.

    A question that can't be answered has its error in its place.
    """
    answers: list[dict[str, Any]] = []
    for each in sent:
        try:
            answer = await answer_stream.last(steps_of(each, request), request)
        except QuestionError as error:
            answers.append({"error": problems.document(*problems.public(error))})
            continue
        if answer is None:
            return Response(status_code=answer_stream.CLIENT_LEFT)
        answers.append({"answer": answer.as_dict()})
    return JSONResponse({"answers": answers})


async def streamed(sent: QuestionIn, request: Request) -> Response:
    """A stream of events; one that has been cut off goes on where its Last-Event-ID says.

    An event's id is that of the answer and the event's number: an answer that was finished is sent at once,
    another one is written again under its former id.
    """
    answer_id, _, _ = request.headers.get("last-event-id", "").partition(":")
    finished = _finished(request, answer_id, sent.question) if answer_id else None
    if finished is not None:
        return event_stream(_at_once(finished))
    answer_id = new_id()
    return event_stream(_events(await answer_stream.begun(steps_of(sent, request, answer_id)), answer_id))


def _finished(request: Request, answer_id: str, question: str) -> Answer | None:
    """The answer to `question` that was kept under `answer_id`."""
    held = saved_answers.kept_of(request)
    try:
        answer, _ = held.answered(answer_id)
    except NotFoundError:
        return None
    is_seen = may_see_answer(bot_of(request).library, answer, held.chats.evidence(answer_id))
    return answer if is_seen and answer.question == question else None


async def _at_once(answer: Answer) -> AsyncGenerator[bytes, None]:
    yield event("answer", answer.as_dict(), f"{answer.answer_id}:0")


async def _events(steps: Steps, answer_id: str) -> AsyncGenerator[bytes, None]:
    """SSE of a growing answer. When the client leaves, this is cancelled and the bot's work is closed."""
    shown, number = "", 0
    try:
        async with aclosing(steps):
            async for step in steps:
                if step is not None and step.whole:
                    yield event("answer", step.answer.as_dict(), f"{answer_id}:{number + 1}")
                elif step is not None and step.answer.found and step.answer.text != shown:
                    shown, number = step.answer.text, number + 1
                    yield event("delta", {"text": shown}, f"{answer_id}:{number}")
    except Exception as error:  # the status line is sent already: only an event can still tell
        yield event("error", problems.document(*problems.public(error)))
