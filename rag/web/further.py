"""What is told of an answer when somebody wants to know more: what decided, and what to ask next.

Questions to go on with are made of the sentences around the evidence, and each one is answered here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from rag.errors import NotFoundError
from rag.text.example_questions import example_questions
from rag.text.words import content_lemmas
from rag.types import Answer, Slot
from rag.web.articles import MISSING
from rag.web.growing import admission_of
from rag.web.kept import kept_of
from rag.web.limited import bot_of

if TYPE_CHECKING:
    from rag.bot import Bot

SHOWN = 3
TRIED = 9  # a few hundredths of a second each
AROUND = 2_500  # characters on each side of a quote
ARTICLES = 3
router = APIRouter(prefix="/api", tags=["answers"])


@router.get("/answers/{answer_id}/questions", summary="Что спросить дальше", responses=MISSING)
async def further(answer_id: str, request: Request) -> dict[str, Any]:
    """До трёх вопросов о том, что стоит рядом с цитатами ответа; на каждый в статьях есть ответ."""
    answer, turns = kept_of(request).answered(answer_id)
    asked = [answer.question, answer.standalone_question, *(turn.question for turn in turns)]
    bot = bot_of(request)
    found = await admission_of(request).call(lambda: list(questions(bot, answer, asked)))
    return {"answer_id": answer_id, "questions": found}


@router.get("/answers/{answer_id}/slots", summary="Что решило", responses=MISSING)
async def slots(answer_id: str, request: Request) -> dict[str, Any]:
    """Чем вопрос сошёлся с цитатами ответа и чем разошёлся: числа, даты, имена, действия."""
    answer, _ = kept_of(request).answered(answer_id)
    bot, quotes = bot_of(request), [each.quote for each in answer.citations]
    if not quotes:
        return {"answer_id": answer_id, "slots": [], "told": []}
    checked = await admission_of(request).call(lambda: bot.verify(answer.standalone_question, quotes))
    return {
        "answer_id": answer_id,
        "slots": checked.as_dict()["slots"],
        "told": [slot_told(each) for each in checked.slots],
    }


_OUTCOMES = {
    "same": "«{0}» — так и в источнике",
    "other": "в вопросе «{0}», в источнике «{1}»",
    "denied": "«{0}»: в источнике это отрицается («{1}»)",
    "absent": "«{0}»: в источнике об этом не сказано",
}


def slot_told(slot: Slot) -> str:
    """One thing that was compared, in words."""
    if slot.outcome == "same" and slot.source and slot.source.lower() != slot.claim.lower():
        return f"«{slot.claim}» — в источнике «{slot.source}»"
    return _OUTCOMES[slot.outcome].format(slot.claim, slot.source or "")


def questions(bot: Bot, answer: Answer, asked: list[str]) -> Iterator[str]:
    """At most SHOWN questions that the library answers and that were not `asked`."""
    left = SHOWN
    for tried, question in enumerate(_fresh(_candidates(bot, answer), asked)):
        if not left or tried >= TRIED:
            return
        if bot.knows(question):
            left -= 1
            yield question


def _fresh(candidates: Iterator[str], asked: list[str]) -> Iterator[str]:
    """Those that ask for something else than what was asked before, and than one another."""
    known = [frozenset(content_lemmas(each)) for each in asked]
    for question in candidates:
        lemmas = frozenset(content_lemmas(question))
        if lemmas and not any(lemmas <= each or each <= lemmas for each in known if each):
            known.append(lemmas)
            yield question


def _candidates(bot: Bot, answer: Answer) -> Iterator[str]:
    """Questions of the stretches around the quotes, those of the first footnote first."""
    seen: set[str] = set()
    for citation in answer.citations:
        if citation.article_id in seen or len(seen) >= ARTICLES:
            continue
        seen.add(citation.article_id)
        try:
            text = bot.library.article(citation.article_id).text
        except NotFoundError:  # removed since
            continue
        start = text.rfind("\n", 0, max(citation.start - AROUND, 0)) + 1
        yield from example_questions(text[start : citation.stop + AROUND])
