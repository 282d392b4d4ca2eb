"""Dify's external knowledge API: POST /retrieval gives passages to applications that are made in Dify."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse
from starlette.types import Scope

from rag.errors import NotFoundError, QuestionError
from rag.types import Filters, Hit
from rag.web.answer_stream import admission_of
from rag.web.article_page import address_of, base_of
from rag.web.error_shapes import Document
from rag.web.request_models import QUESTION_LIMIT
from rag.web.response_models import example, gives
from rag.web.restricted import bot_of
from rag.web.wording import clip

PATH = "/retrieval"
WHOLE = "snoska"
# Dify's own numbers of what goes wrong; its users see them.
_WRONG_KEY, _NO_KNOWLEDGE = 1002, 2001
_KEPT_AWAY = "Условия на метаданные (metadata_condition) Сноска не понимает. Уберите их в Dify."
router = APIRouter(tags=["dify"])


class Loose(BaseModel):
    """Dify adds fields from version to version."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class DifyError(BaseModel):
    """Ошибка в форме Dify."""

    model_config = example(error_code=2001, error_msg="Базы знаний «novosti» нет. Впишите snoska.")
    error_code: int
    error_msg: str


class Record(BaseModel):
    """Отрывок; metadata говорит, где он стоит."""

    content: str
    score: float
    title: str
    metadata: dict[str, Any]


class Records(BaseModel):
    """Отрывки, лучшие первыми."""

    records: list[Record]


class RetrievalSetting(Loose):
    """Сколько отрывков и каких."""

    top_k: int = Field(default=5, ge=1, le=100, description="сколько отрывков")
    score_threshold: float | None = Field(
        default=None, description="отрывки с меньшей оценкой не нужны, от 0 до 1"
    )


class RetrievalIn(Loose):
    """Запрос в форме External Knowledge API."""

    model_config = example(knowledge_id="snoska", query="вольфрам", retrieval_setting={"top_k": 5})
    knowledge_id: str = Field(
        WHOLE, max_length=300, description="snoska — вся библиотека; source:ИМЯ или tag:МЕТКА — её часть"
    )
    query: str = Field(max_length=QUESTION_LIMIT, description="что искать")
    retrieval_setting: RetrievalSetting = RetrievalSetting()
    metadata_condition: dict[str, Any] | None = Field(None, description="не поддерживается")


@router.post(
    PATH,
    summary="Отрывки для Dify (External Knowledge API)",
    response_model=None,
    responses=gives(Records),
)
async def retrieve(sent: RetrievalIn, request: Request) -> dict[str, Any]:
    """Отрывки с оценкой от 0 до 1, лучшие первыми; metadata говорит, где они стоят в статье."""
    if sent.metadata_condition and sent.metadata_condition.get("conditions"):
        raise QuestionError(_KEPT_AWAY)
    bot, wanted, base = bot_of(request), sent.retrieval_setting, base_of(request)
    filters = part_of(sent.knowledge_id, bot.library)
    hits = await admission_of(request).call(lambda: bot.search(sent.query, wanted.top_k, filters))
    records = [_record(hit, base) for hit in hits]
    return {"records": [each for each in records if each["score"] >= (wanted.score_threshold or 0.0)]}


def part_of(knowledge_id: str, library: Any) -> Filters | None:
    """Which articles a knowledge of Dify is made of. Raises NotFoundError."""
    kind, _, name = knowledge_id.partition(":")
    if knowledge_id in ("", WHOLE):
        return None
    if kind == "source" and name in library.sources():
        return Filters(sources=(name,))
    if kind == "tag" and name in library.tags():
        return Filters(tags=(name,))
    raise NotFoundError(
        f"Базы знаний «{clip(knowledge_id, 100)}» нет. Впишите {WHOLE} (вся библиотека), "
        "source:ИМЯ ИСТОЧНИКА или tag:МЕТКА."
    )


def _record(hit: Hit, base: str) -> dict[str, Any]:
    article, passage = hit.article, hit.passage
    return {
        "content": passage.text,
        "score": round(min(max(hit.score, 0.0), 1.0), 4),
        "title": article.title,
        "metadata": {
            "path": address_of(base, article.id, article.url, passage.start, passage.stop),
            "article_id": article.id,
            "passage_id": passage.id,
            "source": article.source,
            "published": article.published,
            "start": passage.start,
            "stop": passage.stop,
        },
    }


def applies(scope: Scope) -> bool:
    """Whether Dify asks."""
    return bool(scope["path"] == PATH)


def error_response(told: Document, scope: Scope) -> JSONResponse:
    """A problem document as Dify shows it to its users."""
    status = int(told["status"])
    number = {401: _WRONG_KEY, 404: _NO_KNOWLEDGE}.get(status, status)
    return JSONResponse({"error_code": number, "error_msg": told["detail"]}, status)
