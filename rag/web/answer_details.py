"""What is told of an answer when somebody wants to know more: what decided, and what to ask next.

Questions to go on with are made of the sentences around the evidence, and each one is answered here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from rag.errors import NotFoundError
from rag.text.example_questions import example_questions, further_questions
from rag.text.words import content_lemmas
from rag.types import Answer, Turn
from rag.web.answer_stream import admission_of
from rag.web.articles import MISSING
from rag.web.callers import caller_of
from rag.web.restricted import bot_of
from rag.web.saved_answers import check_seen, kept_of
from rag.web.wording import slot_told

if TYPE_CHECKING:
    from rag.bot import Bot

SHOWN = 3
TRIED = 12  # a few hundredths of a second each
ARTICLES = 4
STRETCH, READ = 2_500, 40_000  # characters of a part, and of an article
COMES_BACK = 3  # times that an article names what it is about
router = APIRouter(prefix="/api", tags=["answers"])


@router.get("/answers/{answer_id}/questions", summary="Что спросить дальше", responses=MISSING)
async def further(answer_id: str, request: Request) -> dict[str, Any]:
    """До трёх вопросов о том, что стоит рядом с цитатами ответа; на каждый в статьях есть ответ."""
    answer, turns = _answered(request, answer_id)
    asked = [answer.question, answer.standalone_question, *(turn.question for turn in turns)]
    bot = bot_of(request)
    if caller_of(request.scope).sees:  # whether it is answered is looked up in all articles
        return {"answer_id": answer_id, "questions": []}
    found = await admission_of(request).call(lambda: list(questions(bot, answer, asked)))
    return {"answer_id": answer_id, "questions": found}


@router.get("/answers/{answer_id}/slots", summary="Что решило", responses=MISSING)
async def slots(answer_id: str, request: Request) -> dict[str, Any]:
    """Чем вопрос сошёлся с цитатами ответа и чем разошёлся: числа, даты, имена, действия."""
    answer, _ = _answered(request, answer_id)
    bot, quotes = bot_of(request), [each.quote for each in answer.citations]
    if not quotes:
        return {"answer_id": answer_id, "slots": [], "told": []}
    checked = await admission_of(request).call(lambda: bot.verify(answer.standalone_question, quotes))
    return {
        "answer_id": answer_id,
        "slots": checked.as_dict()["slots"],
        "told": [slot_told(each) for each in checked.slots],
    }


def _answered(request: Request, answer_id: str) -> tuple[Answer, tuple[Turn, ...]]:
    """A kept answer that whoever asks may see, and the turns before it. Raises NotFoundError."""
    kept = kept_of(request)
    answer, turns = kept.answered(answer_id)
    check_seen(request, answer, kept.chats.evidence(answer_id))
    return answer, turns


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
    """Questions of the articles quoted, the stretches around the quotes first, then of other near ones."""
    places = [(each.article_id, each.start) for each in answer.citations]
    places += [(hit.article.id, hit.passage.start) for hit in answer.hits]
    seen: set[str] = set()
    for article_id, start in places:
        if article_id in seen or len(seen) >= ARTICLES:
            continue
        seen.add(article_id)
        try:
            text = bot.library.article(article_id).text
        except NotFoundError:  # removed since
            continue
        for stretch in _stretches(text, start):
            yield from (each for each in example_questions(stretch) if _is_of(each, text))
            yield from further_questions(stretch)


def _stretches(text: str, place: int) -> Iterator[str]:
    """Parts of the beginning of `text`, those nearest to `place` first."""
    starts = range(0, min(len(text), READ), STRETCH)
    for start in sorted(starts, key=lambda each: abs(each + STRETCH / 2 - place)):
        first = text.rfind("\n", 0, start) + 1
        yield text[first : start + STRETCH]


def _is_of(question: str, text: str) -> bool:
    """Whether an article is about what a question asks «что такое …» of: it comes back to it."""
    found = re.fullmatch(r"Что такое (.+)\?", question)
    if not found:
        return True
    stems = [word[: max(len(word) - 2, 3)].lower() for word in found[1].split()]
    is_name = any(letter.isupper() for letter in found[1])
    return (is_name or len(stems) == 1) and all(text.lower().count(stem) >= COMES_BACK for stem in stems)
