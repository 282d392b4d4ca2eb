"""One answer as it grows, for every face that asks the bot: its turn, its end, and who leaves before that."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from fastapi import Request

from rag.types import Answer, Filters, Turn
from rag.web import saved_answers
from rag.web.admission import Admission
from rag.web.logs import REQUESTS
from rag.web.restricted import bot_of

log = logging.getLogger(REQUESTS)
CLIENT_LEFT = 499  # as nginx logs it; nobody is there to read it
SOON = 2.0  # seconds in which a question is found to be wrong, or a library out of order
Steps = AsyncGenerator["Grown | None", None]


@dataclass(frozen=True, slots=True)
class Grown:
    """An answer as far as it is written; `whole`: this is all of it."""

    answer: Answer
    whole: bool = False


def asked(
    request: Request,
    question: str,
    history: Sequence[Turn],
    filters: Filters | None,
    as_typed: bool = False,
    explain: bool = False,
    answer_id: str = "",
) -> Steps:
    """The steps of an answer, once it is its turn; None from time to time while there is nothing new.

    A whole answer gets the explanations asked for and an id by which it can be judged: `answer_id`, or a
    new one.
    Its first step raises BusyError, QuestionError and whatever the library has to say.
    """
    bot, remember = bot_of(request), saved_answers.kept_of(request).remember
    if request.app.state.log_questions:
        log.info("asked: %s", question, extra={"fields": {"question": question}})

    def finish(answer: Answer) -> Answer:
        return remember(bot.explained(answer) if explain else answer, history, answer_id)

    return admission_of(request).follow(_finished(bot.stream(question, history, filters, as_typed), finish))


async def last(steps: Steps, request: Request) -> Answer | None:
    """The whole answer; None, and the bot's work is closed, when the client doesn't wait for it any more."""
    whole: Answer | None = None
    async with aclosing(steps):
        async for step in steps:
            if await request.is_disconnected():
                return None
            whole = step.answer if step else whole
    return whole


async def begun(steps: Steps) -> Steps:
    """`steps`, the first of them waited for if it comes soon.

    What is wrong with a question shows at once, while there is still a status to say it with.
    """
    ends = time.monotonic() + SOON
    first: Grown | None = None
    async for step in steps:
        first = step
        if step is not None or time.monotonic() > ends:
            break
    return _chained(first, steps)


async def _chained(first: Grown | None, steps: Steps) -> Steps:
    async with aclosing(steps):
        yield first
        async for step in steps:
            yield step


def _finished(answers: Iterator[Answer], finish: Callable[[Answer], Answer]) -> Iterator[Grown]:
    """`answers` as they grow; `finish` has the last word on the whole one."""
    last: Answer | None = None
    try:
        for last in answers:
            yield Grown(last)
        if last is not None:
            yield Grown(finish(last), whole=True)
    finally:
        close = getattr(answers, "close", None)
        if close is not None:
            close()


def admission_of(request: Request) -> Admission:
    """Where answers wait for their turn."""
    admission: Admission = request.app.state.admission
    return admission
