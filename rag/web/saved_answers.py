"""What is kept, over HTTP: one answer by its link, a chat as a file, opinions, the readers' question set."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from rag.chats import export
from rag.chats.records import Chat, Opinion, new_id, turns
from rag.chats.store import LISTED_AT_MOST, MISSING_ANSWER, ChatStore
from rag.chats.store import MISSING as MISSING_CHAT
from rag.errors import NotFoundError, RagError
from rag.judging.own_set import OwnSet, line_of
from rag.types import Answer, Article, Turn
from rag.web import response_models
from rag.web.articles import INVALID, MISSING, same_site
from rag.web.render_permalink import permalink_html
from rag.web.request_models import Strict
from rag.web.response_models import example, gives
from rag.web.restricted import bot_of, may_see_answer
from rag.web.visitors import reader_of
from rag.web.wording import clip

log = logging.getLogger(__name__)
router = APIRouter()


class FeedbackIn(Strict):
    """Помог ли ответ."""

    model_config = example(answer_id="1Y0tLk3sVdB8mTqWmZr7aA", good=False, note="Верно: 1511 км.")
    answer_id: str = Field(max_length=100, description="answer_id из ответа")
    good: bool = Field(description="true: ответ помог")
    note: str = Field("", max_length=2_000, description="замечание или верный ответ")
    keep: bool = Field(False, description="true: сделать из вопроса строку набора для проверки")


@dataclass(frozen=True, slots=True)
class Kept:
    """The conversations with all answers, and the readers' question set."""

    chats: ChatStore
    own_set: OwnSet

    def remember(self, answer: Answer, history: Sequence[Turn], answer_id: str = "") -> Answer:
        """`answer` with an id by which it can be judged; one that can't be kept is given all the same."""
        if not self.chats.days:
            return answer
        known = replace(answer, answer_id=answer_id or new_id())
        try:
            self.chats.remember(known, history)
        except RagError:
            log.exception("an answer of the API could not be kept")
        return known

    def answered(self, answer_id: str) -> tuple[Answer, tuple[Turn, ...]]:
        """An answer with the turns before it. Raises NotFoundError."""
        remembered = self.chats.remembered(answer_id)
        if remembered is not None:
            return remembered
        exchange, before = self.chats.exchange(answer_id), self.chats.before(answer_id)
        if exchange.answer is None:
            raise NotFoundError(MISSING_ANSWER)
        return exchange.answer, tuple(turns(before))


def open_kept(folder: Path, library: Any, days: int = 30) -> Kept:
    """What is kept in the data folder, the conversations in the library's shared database where it has one.

    Of the API's answers those of the last `days`. Raises LibraryError.
    """
    home = library.home.part("chats") if library.home else folder
    chats = ChatStore(home, lambda article_id: library.article(article_id), days)
    return Kept(chats, OwnSet(folder))


@router.post("/api/feedback", summary="Оценить ответ", tags=["feedback"],
             response_model=None, responses=gives(response_models.Judged) | INVALID | MISSING)  # fmt: skip
def feedback(given: FeedbackIn, request: Request, _: None = Depends(same_site)) -> dict[str, Any]:
    """Помог ли ответ; с keep: true вопрос попадает в набор для проверки."""
    kept = kept_of(request)
    answer, history = kept.answered(given.answer_id)
    check_seen(request, answer, kept.chats.evidence(given.answer_id))
    if given.keep:
        kept.own_set.add(line_of(answer, history, given.good, given.note))
    before = kept.chats.opinion(given.answer_id)
    in_set = given.keep or (before is not None and before.kept)
    kept.chats.judge(given.answer_id, answer.question, Opinion(given.good, given.note, in_set))
    return {"answer_id": given.answer_id, "good": given.good, "note": given.note, "kept": in_set}


@router.delete("/api/feedback/{answer_id}", summary="Отозвать оценку", responses=MISSING, tags=["feedback"])
def take_back(answer_id: str, request: Request, own: None = Depends(same_site)) -> dict[str, Any]:
    """Оценки ответа больше нет; строка в наборе для проверки, если её сделали, остаётся."""
    kept = kept_of(request)
    answer, _ = kept.answered(answer_id)
    check_seen(request, answer, kept.chats.evidence(answer_id))
    kept.chats.unjudge(answer_id)
    return {"answer_id": answer_id, "good": None}


@router.get("/api/questions", summary="Набор вопросов читателей", response_class=Response,
            responses={200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}}})  # fmt: skip
def questions(request: Request) -> Response:
    """JSONL: строка на вопрос, для `python -m eval run`."""
    headers = _attached("Вопросы читателей.jsonl")
    return Response(kept_of(request).own_set.content(), 200, headers, "application/jsonl; charset=utf-8")


@router.get("/answers/{answer_id}", include_in_schema=False)
def answer(answer_id: str, request: Request, whole: bool = False) -> HTMLResponse:
    """One answer with its evidence as it was; with `whole`, also long articles from beginning to end."""
    chats = kept_of(request).chats
    exchange, evidence = chats.exchange(answer_id), chats.evidence(answer_id)
    check_seen(request, exchange.answer, evidence)
    return HTMLResponse(permalink_html(exchange, evidence, whole))


@router.get("/chats/{chat_id}/export.{kind}", include_in_schema=False)
def exported(chat_id: str, kind: Literal["md", "html", "docx"], request: Request) -> Response:
    """A chat of this browser as a file."""
    chat = kept_of(request).chats.chat(reader_of(request), chat_id)
    headers = _attached(f"{_name(chat.title)}.{kind}")
    return Response(_file(chat, kind), 200, headers, export.TYPES[kind])


@router.get("/chats/export.zip", include_in_schema=False)
def several_exported(
    request: Request,
    kind: export.Format,
    chat: Annotated[list[str], Query(min_length=1, max_length=LISTED_AT_MOST)],
) -> Response:
    """Chats of this browser, a file each, in one archive; what is no chat of it is left out."""
    owner, chats = reader_of(request), kept_of(request).chats
    packed, names = io.BytesIO(), set[str]()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for chat_id in dict.fromkeys(chat):
            try:
                found = chats.chat(owner, chat_id)
            except NotFoundError:
                continue
            name = _free(_name(found.title), names)
            archive.writestr(f"{name}.{kind}", _file(found, kind))
    if not names:
        raise NotFoundError(MISSING_CHAT)
    return Response(packed.getvalue(), 200, _attached("Разговоры.zip"), "application/zip")


def _free(name: str, names: set[str]) -> str:
    """`name`, with a number where another file is called so."""
    numbered = (f"{name} ({n})" for n in count(2))
    found = next(each for each in chain([name], numbered) if each not in names)
    names.add(found)
    return found


def check_seen(request: Request, answer: Answer | None, evidence: dict[str, Article]) -> None:
    """Raises NotFoundError where an answer speaks of an article that whoever asks may not see."""
    if not may_see_answer(bot_of(request).library, answer, evidence):
        raise NotFoundError(MISSING_ANSWER)


def _file(chat: Chat, kind: export.Format) -> str | bytes:
    if kind == "docx":
        from rag.chats.export_docx import document

        return document(chat.title, chat.exchanges)
    make = export.markdown if kind == "md" else export.web_page
    return make(chat.title, chat.exchanges)


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def _name(title: str) -> str:
    """What a file of that title is called, less its suffix: without signs that a system forbids."""
    safe = "".join(
        sign if sign not in '/\\:*?"<>|' and sign.isprintable() else " " for sign in clip(title, 80)
    )
    return " ".join(safe.split()).strip(" .…") or "Разговор"


def kept_of(request: Request) -> Kept:
    found: Kept = request.app.state.kept
    return found
