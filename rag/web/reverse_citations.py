"""From articles back to the saved answers that rest on them: which ones rest on a text that is no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request

from rag.chats.records import Rested
from rag.chats.store import MISSING_ANSWER
from rag.chats.stored import text_digest
from rag.errors import NotFoundError
from rag.types import Article, Citation
from rag.web import response_models
from rag.web.articles import INVALID, MISSING
from rag.web.response_models import gives
from rag.web.restricted import bot_of, may_see_answer
from rag.web.saved_answers import kept_of
from rag.web.visitors import reader_of

router = APIRouter(prefix="/api/answers", tags=["answers"])
State = Literal["same", "changed", "removed"]
Read = Callable[[str], Article]


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of an article since it was cited; `stands`: it still has every quote word for word."""

    article_id: str
    title: str
    state: State
    stands: bool

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.article_id, "title": self.title, "state": self.state, "quotes_stand": self.stands}


@router.get("/outdated", summary="Ответы по изменившимся статьям",
            response_model=None, responses=gives(response_models.AllOutdated) | INVALID)  # fmt: skip
def outdated(
    request: Request,
    article: Annotated[str | None, Query(max_length=500, description="только по этой статье")] = None,
) -> dict[str, Any]:
    """Сохранённые ответы этого браузера, статьи которых с тех пор изменились или убраны; новые первыми."""
    library = bot_of(request).library
    found = kept_of(request).chats.rested(reader_of(request), article)
    items = [
        {
            "answer_id": rested.answer_id,
            "chat_id": rested.chat_id,
            "question": rested.question,
            "updated": rested.updated,
            "articles": [each.as_dict() for each in standings],
        }
        for rested, standings in stale(found, library.article)
        if may_see_answer(library, rested.exchange().answer)
    ]
    return {"total": len(items), "items": items}


@router.get("/{answer_id}", summary="Сохранённый ответ и его статьи",
            response_model=None, responses=gives(response_models.Remembered) | MISSING)  # fmt: skip
def one(answer_id: str, request: Request) -> dict[str, Any]:
    """Ответ по его answer_id и что с тех пор стало со статьями, на которые он опирается."""
    library, standings = bot_of(request).library, []
    answer, _ = kept_of(request).answered(answer_id)
    if not may_see_answer(library, answer, kept_of(request).chats.evidence(answer_id)):
        raise NotFoundError(MISSING_ANSWER)
    for article_id, citations in _by_article(answer.citations).items():
        try:
            now = library.present(article_id)
        except NotFoundError:
            standings.append(_removed(article_id, citations))
            continue
        is_same = all(each.version == now.version and _in_place(now.article, each) for each in citations)
        standings.append(_standing(now.article, citations, "same" if is_same else "changed"))
    return {
        "answer": answer.as_dict(),
        "outdated": any(each.state != "same" for each in standings),
        "articles": [each.as_dict() for each in standings],
    }


def stale(found: Iterable[Rested], read: Read) -> Iterator[tuple[Rested, list[Standing]]]:
    """The answers among `found` that rest on an article which is another now, with these articles."""
    digest = cache(lambda article_id: _digest(read, article_id))  # answers of one chat cite the same ones
    for rested in found:
        changed = [each for each, kept in rested.digests.items() if digest(each) != kept]
        if standings := list(_standings(rested, changed, read)):
            yield rested, standings


def _standings(rested: Rested, changed: Sequence[str], read: Read) -> Iterator[Standing]:
    """Of what a refusal was offered nothing is cited: it rests on no article."""
    cited = _by_article(rested.citations) if changed else {}
    for article_id in filter(cited.__contains__, changed):
        try:
            yield _standing(read(article_id), cited[article_id], "changed")
        except NotFoundError:
            yield _removed(article_id, cited[article_id])


def _standing(now: Article, citations: Sequence[Citation], state: State) -> Standing:
    stands = all(_in_place(now, each) or each.quote in now.text for each in citations)
    return Standing(now.id, now.info.title, state, stands)


def _removed(article_id: str, citations: Sequence[Citation]) -> Standing:
    return Standing(article_id, citations[0].title, "removed", False)


def _in_place(article: Article, citation: Citation) -> bool:
    return article.text[citation.start : citation.stop] == citation.quote


def _digest(read: Read, article_id: str) -> str | None:
    """What tells the article's present text; None where it is no more."""
    try:
        return text_digest(read(article_id).text)
    except NotFoundError:
        return None


def _by_article(citations: Iterable[Citation]) -> Mapping[str, list[Citation]]:
    found: dict[str, list[Citation]] = {}
    for each in citations:
        found.setdefault(each.article_id, []).append(each)
    return found
