"""What callers may send to the API, with limits; the shapes they get back are `as_dict()` of the nouns."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from rag.types import Filters, Turn
from rag.web.response_models import example

# An upper bound for the wire only; how long a question may be is for the bot to say.
QUESTION_LIMIT = 20_000
ANSWER_LIMIT = 20_000
EXPLAIN = "true: у каждого отрывка в explanation сказано, почему он найден"
AS_TYPED = "true: не исправлять раскладку и опечатки"
MOST_QUESTIONS = 100
TALK = {"question": "Что такое КТК?", "answer": "Это нефтепровод."}
Name = Annotated[str, Field(max_length=300)]


class Strict(BaseModel):
    """A misspelt field is an error, not something to ignore."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FiltersIn(Strict):
    """По каким статьям отвечать."""

    since: date | None = Field(None, alias="from", description="не раньше этой даты (включительно)")
    until: date | None = Field(None, alias="to", description="не позже этой даты (включительно)")
    sources: list[Name] = Field([], max_length=100, description="только эти источники")
    articles: list[Name] = Field([], max_length=1000, description="только статьи с этими id")
    tags: list[Name] = Field([], max_length=100, description="статьи хотя бы с одной из этих меток")

    @model_validator(mode="after")
    def _ordered(self) -> FiltersIn:
        if self.since and self.until and self.since > self.until:
            raise ValueError("дата «from» позже даты «to»")
        return self

    def value(self) -> Filters:
        named = (tuple(self.sources), tuple(self.articles), tuple(self.tags))
        return Filters(self.since, self.until, *named)


class TurnIn(Strict):
    """Один прежний вопрос и ответ на него."""

    question: str = Field(max_length=QUESTION_LIMIT)
    answer: str = Field(max_length=ANSWER_LIMIT)


class QuestionIn(Strict):
    """Вопрос к библиотеке."""

    model_config = example(
        question="А какова его протяжённость?", history=[TALK], filters={"from": "2025-01-01"}
    )
    question: str = Field(max_length=QUESTION_LIMIT, description="вопрос на русском языке")
    history: list[TurnIn] = Field([], max_length=50, description="прежние вопросы и ответы, по порядку")
    filters: FiltersIn | None = Field(None, description="по каким статьям отвечать")
    as_typed: bool = Field(False, description=AS_TYPED)
    explain: bool = Field(False, description=EXPLAIN)

    def turns(self) -> list[Turn]:
        return [Turn(turn.question, turn.answer) for turn in self.history]


class AskIn(QuestionIn):
    """Вопрос к библиотеке."""

    model_config = example(question="Какова протяжённость коридора TRIPP?")
    stream: bool = Field(False, description="true: ответ приходит по частям, событиями SSE")


class AskManyIn(Strict):
    """Несколько вопросов к библиотеке, каждый сам по себе."""

    model_config = example(questions=[{"question": "Что такое офтейк?"}, {"question": "Какова длина КТК?"}])
    questions: list[QuestionIn] = Field(min_length=1, max_length=MOST_QUESTIONS, description="вопросы")


def _how_many(sent: Any) -> str:
    return MANY if isinstance(sent, dict) and "questions" in sent else ONE


# The tags stand in the places of errors: problems.py leaves them out.
ONE, MANY = "one question", "many questions"
AskedIn = Annotated[Annotated[AskIn, Tag(ONE)] | Annotated[AskManyIn, Tag(MANY)], Discriminator(_how_many)]


class SearchIn(Strict):
    """Поиск отрывков."""

    model_config = example(query="вольфрам", k=5)
    query: str = Field(max_length=QUESTION_LIMIT, description="что искать")
    k: int = Field(10, ge=1, le=100, description="сколько отрывков вернуть")
    as_typed: bool = Field(False, description=AS_TYPED)
    explain: bool = Field(False, description=EXPLAIN)
    filters: FiltersIn | None = Field(None, description="по каким статьям отвечать")


class VerifyIn(Strict):
    """Утверждение, которое нужно проверить."""

    model_config = example(claim="Права получены на 99 лет.", quotes=["Права она получит на 49 лет."])
    claim: str = Field(max_length=QUESTION_LIMIT, description="утверждение, одно предложение")
    quotes: list[Annotated[str, Field(max_length=QUESTION_LIMIT)]] | None = Field(
        None,
        min_length=1,
        max_length=50,
        description="тексты, из которых оно должно следовать; без них — библиотека",
    )
    filters: FiltersIn | None = Field(None, description="по каким статьям проверять")


class ArticleIn(Strict):
    """Одна статья."""

    model_config = example(id="most", title="Новый мост", text="Длина моста — 312 метров.", source="Вестник")
    id: str | None = Field(None, min_length=1, max_length=500, description="без него — по тексту")
    title: str = Field("", max_length=1000, description="заголовок; без него — начало текста")
    text: str = Field(min_length=1, max_length=10_485_760, description="текст статьи, абзацы по строкам")
    source: Name | None = Field(None, description="источник")
    published: date | None = Field(None, description="дата публикации")
    url: str | None = Field(None, max_length=2000, description="адрес статьи")
    tags: list[Name] = Field([], max_length=100, description="метки")
    author: Name | None = Field(None, description="автор")


class ArticlesIn(Strict):
    """Несколько статей."""

    model_config = example(articles=[{"id": "most", "text": "Длина моста — 312 метров."}])
    articles: list[ArticleIn] = Field(min_length=1, max_length=1000, description="статьи")


def filters_of(given: FiltersIn | None) -> Filters | None:
    """Filters for the bot; None where nothing was asked for."""
    return given.value() if given else None
