"""GET /v1/models and POST /v1/embeddings: who writes here, and the encoder that searches here."""

from __future__ import annotations

import base64
import time
from typing import Any, Literal

import numpy as np
from fastapi import APIRouter, Request
from pydantic import Field

from rag.errors import QuestionError
from rag.types import Vectors
from rag.web import addresses
from rag.web.answer_stream import admission_of
from rag.web.openai import asking, errors, returned
from rag.web.response_models import example, gives
from rag.web.restricted import bot_of

addresses.allow_any_id()
router = APIRouter(prefix=errors.PREFIX, tags=["openai"])
MOST_TEXTS = 2_048
LONGEST_TEXT = 200_000  # characters
_STARTED = int(time.time())


class EmbeddingsIn(asking.Loose):
    """Запрос в форме OpenAI Embeddings."""

    model_config = example(model="snoska", input=["вольфрам"])
    input: str | list[str] = Field(description="текст или список текстов")
    model: str = Field(asking.DEFAULT, max_length=300, description="snoska или имя кодировщика")
    encoding_format: Literal["float", "base64"] | None = Field(None, description="float или base64")
    dimensions: int | None = Field(None, description="если задано, то как у кодировщика")
    input_type: str | None = Field(
        None, max_length=40, description="query: тексты — вопросы; без него — отрывки статей"
    )


@router.get("/models", summary="Модели в форме OpenAI", response_model=None, responses=gives(returned.Models))
def models(request: Request) -> dict[str, Any]:
    """Кто пишет ответы и кодировщик."""
    return {"object": "list", "data": [_model(name, request) for name in _names(request)]}


@router.get(
    "/models/{name:any}",
    summary="Одна модель в форме OpenAI",
    response_model=None,
    responses=gives(returned.Model),
)
def model(name: str, request: Request) -> dict[str, Any]:
    """Модель из списка."""
    if name not in _names(request):
        raise asking.unknown_model(name, asking.DEFAULT)
    return _model(name, request)


@router.post(
    "/embeddings",
    summary="Векторы в форме OpenAI",
    response_model=None,
    responses=gives(returned.Embeddings),
)
async def embeddings(sent: EmbeddingsIn, request: Request) -> dict[str, Any]:
    """Векторы текстов, какими их кодирует поиск: единичной длины."""
    bot = bot_of(request)
    if sent.model not in (asking.DEFAULT, bot.encoder_name):
        raise asking.unknown_model(sent.model, bot.encoder_name)
    texts = [sent.input] if isinstance(sent.input, str) else sent.input
    _check(texts)
    are_queries = sent.input_type == "query"
    vectors = await admission_of(request).call(lambda: bot.encode(texts, are_queries))
    dimension = vectors.shape[1]
    if sent.dimensions not in (None, dimension):
        raise QuestionError(f"У кодировщика {bot.encoder_name} векторы длиной {dimension}, других нет.")
    used = asking.tokens(*texts)
    return {
        "object": "list",
        "model": bot.encoder_name,
        "data": [
            {"object": "embedding", "index": place, "embedding": each}
            for place, each in enumerate(_packed(vectors, sent.encoding_format == "base64"))
        ],
        "usage": {"prompt_tokens": used, "total_tokens": used},
    }


def _check(texts: list[str]) -> None:
    """Raises QuestionError."""
    if not 0 < len(texts) <= MOST_TEXTS:
        raise QuestionError(f"Текстов в input должно быть от 1 до {MOST_TEXTS}, а прислано {len(texts)}.")
    longest = max(map(len, texts))
    if longest > LONGEST_TEXT:
        raise QuestionError(f"Текст длиной {longest} знаков не поместится: пришлите до {LONGEST_TEXT}.")
    empty = [place for place, text in enumerate(texts) if not text.strip()]
    if empty:
        raise QuestionError(f"В input нет слов в тексте номер {empty[0] + 1}.")


def _packed(vectors: Vectors, as_base64: bool) -> list[Any]:
    if as_base64:
        return [base64.b64encode(each.astype("<f4").tobytes()).decode() for each in np.asarray(vectors)]
    packed: list[Any] = vectors.tolist()
    return packed


def _names(request: Request) -> list[str]:
    bot = bot_of(request)
    return list(dict.fromkeys([asking.DEFAULT, bot.writer_name, bot.encoder_name]))


def _model(name: str, request: Request) -> dict[str, Any]:
    """With `type`, as other servers tell it, and `root`, as vLLM does: which model it is by another name."""
    bot = bot_of(request)
    is_encoder = name == bot.encoder_name
    return {
        "id": name,
        "object": "model",
        "created": _STARTED,
        "owned_by": "snoska",
        "type": "embedding" if is_encoder else "chat",
        "root": name if is_encoder else bot.writer_name,
    }
