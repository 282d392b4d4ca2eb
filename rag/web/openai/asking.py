"""What programs send to /v1, and what of it is a question: fields that we have no use for are passed over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from rag.errors import NotFoundError, QuestionError
from rag.types import Answer, Turn
from rag.web.article_page import address_of, base_of
from rag.web.markdown import Address, Mark, untold
from rag.web.request_models import ANSWER_LIMIT, QUESTION_LIMIT, FiltersIn
from rag.web.restricted import bot_of
from rag.web.wording import clip

DEFAULT = "snoska"  # whoever writes here
FILTERS = "по каким статьям отвечать; поле Сноски"
MODEL = "snoska или имя из GET /v1/models"
_TURNS = 50
_MESSAGES = 1_000
_TEXT = frozenset({"text", "input_text", "output_text"})
_TOKEN = re.compile(r"\w+|[^\w\s]")


class Loose(BaseModel):
    """Fields of models that we don't know mean nothing to us."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(Loose):
    """Часть сообщения."""

    type: str = Field("text", max_length=100)
    text: str | None = Field(None, description="текст части")


class Message(Loose):
    """Сообщение разговора; system и developer не читаются."""

    role: str = Field("user", max_length=100, description="user, assistant или другая")
    content: str | list[Part] | None = Field(None, description="текст или список частей")

    def text(self) -> str:
        """Its words. Raises QuestionError where there is something else to look at."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        other = next((part.type for part in self.content if part.type not in _TEXT), None)
        if other is not None:
            raise QuestionError(f"Сноска читает только текст, а в сообщении есть «{clip(other, 40)}».")
        return "\n".join(part.text or "" for part in self.content)


Messages = list[Message]
MessagesField = Field(min_length=1, max_length=_MESSAGES, description="разговор; последнее — вопрос")


class Asked(Loose):
    """What every way of asking has."""

    model: str = Field(DEFAULT, max_length=300, description=MODEL)
    stream: bool | None = Field(None, description="true: ответ приходит по частям")
    filters: FiltersIn | None = Field(None, description=FILTERS)


def conversation(messages: Sequence[Message]) -> tuple[str, list[Turn]]:
    """The question and the turns before it. Raises QuestionError where the last word isn't the user's."""
    said = [(each.role, each.text()) for each in messages if each.role in ("user", "assistant")]
    if not said or said[-1][0] != "user":
        raise QuestionError("Последним должно быть сообщение с role «user»: это и есть вопрос.")
    turns: list[Turn] = []
    question: str | None = None
    for role, text in said:
        if role == "assistant":
            if question is not None:
                turns.append(Turn(question[:QUESTION_LIMIT], untold(text)[:ANSWER_LIMIT]))
            question = None
            continue
        if question is not None:
            turns.append(Turn(question[:QUESTION_LIMIT], ""))
        question = text
    return question or "", turns[-_TURNS:]


def check_model(request: Request, name: str) -> None:
    """Raises NotFoundError for a model that nobody here is."""
    if name not in (DEFAULT, bot_of(request).writer_name):
        raise unknown_model(name, DEFAULT)


def unknown_model(name: str, instead: str) -> NotFoundError:
    """What is said of a name that isn't in the list of models."""
    shown = clip(name, 100)
    return NotFoundError(f"Модели «{shown}» здесь нет. Назовите «{instead}» или другую из GET /v1/models.")


def tokens(*texts: str) -> int:
    """How long `texts` are for `usage`: in words and signs, for there are no tokens of a model here."""
    return sum(sum(1 for _ in _TOKEN.finditer(text)) for text in texts)


def addresses(request: Request) -> Address:
    """Where footnotes lead: the articles' own addresses, else pages of ours."""
    base = base_of(request)
    return lambda citation: address_of(base, citation.article_id, citation.url, citation.start, citation.stop)


def annotation(mark: Mark, address: Address) -> dict[str, Any]:
    """A footnote's mark as OpenAI's `url_citation`, with what they have no field for under `snoska`."""
    citation, sentence = mark.citation, mark.sentence
    return {
        "url": address(citation),
        "title": citation.title,
        "start_index": mark.start,
        "end_index": mark.stop,
        "snoska": {
            "number": citation.number,
            "article_id": citation.article_id,
            "source": citation.source,
            "published": citation.published,
            "quote": citation.quote,
            "start": citation.start,
            "stop": citation.stop,
            "sentence": sentence.text if sentence else None,
            "support": sentence.support if sentence else None,
            "reasons": list(sentence.reasons) if sentence else [],
        },
    }


def whole(answer: Answer) -> dict[str, Any]:
    """The answer as our own API tells it."""
    return answer.as_dict()
