"""The shapes that programs get back from /v1, for /openapi.json: OpenAI's, with ours beside them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from rag.web.response_models import Answered, example


class Wrong(BaseModel):
    """Что не так."""

    message: str = Field(description="по-русски, для человека")
    type: Literal["server_error", "invalid_request_error"]
    param: str | None
    code: str | None


class OpenAIError(BaseModel):
    """Ошибка в форме OpenAI."""

    model_config = example(
        error={
            "message": "Модели «gpt-9» здесь нет. Назовите «snoska» или другую из GET /v1/models.",
            "type": "invalid_request_error",
            "param": None,
            "code": "not_found",
        }
    )
    error: Wrong


class Footnote(BaseModel):
    """Знак сноски в тексте ответа."""

    url: str
    title: str
    start_index: int
    end_index: int


class Annotated(BaseModel):
    """Сноска: куда она ведёт и что в ней процитировано."""

    type: Literal["url_citation"]
    url_citation: Footnote
    snoska: dict[str, Any] = Field(description="статья, цитата, её место и опора")


class ChatMessage(BaseModel):
    """Сообщение с ответом, Markdown со сносками."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[Annotated]


class Choice(BaseModel):
    """Единственный ответ."""

    index: int
    message: ChatMessage
    logprobs: None
    finish_reason: Literal["stop"]


class Used(BaseModel):
    """Длина вопроса и ответа в словах и знаках."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completed(BaseModel):
    """Ответ в форме Chat Completions; snoska — ответ целиком."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Used
    snoska: Answered


class Responded(BaseModel):
    """Ответ в форме Responses; snoska — ответ целиком."""

    id: str
    object: Literal["response"]
    created_at: int
    status: Literal["completed"]
    model: str
    output: list[dict[str, Any]] = Field(description="сообщение с output_text и его annotations")
    error: None
    incomplete_details: None
    instructions: None
    metadata: dict[str, Any]
    parallel_tool_calls: bool
    previous_response_id: str | None
    temperature: None
    tool_choice: Literal["none"]
    tools: list[Any]
    top_p: None
    usage: dict[str, Any]
    snoska: Answered


class Model(BaseModel):
    """Кто пишет ответы, или кодировщик."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: Literal["snoska"]
    type: Literal["chat", "embedding"] = Field(description="для чего модель")
    root: str = Field(description="какая это модель, если имён у неё несколько")


class Models(BaseModel):
    """Все модели."""

    object: Literal["list"]
    data: list[Model]


class Embedded(BaseModel):
    """Вектор одного текста; строка — base64."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class Embeddings(BaseModel):
    """Векторы текстов."""

    object: Literal["list"]
    model: str
    data: list[Embedded]
    usage: dict[str, int]
