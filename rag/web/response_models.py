"""The shapes that callers of the API get back, for /openapi.json: what `as_dict()` of the nouns gives.

They describe and check nothing at run time; tests hold what is really sent to them.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Support = Literal["supported", "partial", "unsupported"]
Status = Literal["added", "replaced", "unchanged", "failed"]
QUOTE = "Протяжённость нефтепровода — 1511 км."


def example(**values: Any) -> ConfigDict:
    """The settings of a model whose example this is."""
    return ConfigDict(json_schema_extra={"examples": [values]})


def gives(model: Any, *medias: str) -> dict[int | str, dict[str, Any]]:
    """What a route that goes well gives: JSON of the shape `model`, or other `medias`."""
    return {200: {"model": model, "description": "Готово", "content": {media: {} for media in medias}}}


class FieldError(BaseModel):
    """Что не так с одним полем запроса."""

    field: str = Field(description="какое поле")
    reason: str = Field(description="что с ним не так")


class Outcome(BaseModel):
    """Что стало с одним файлом."""

    name: str
    status: Status
    id: str | None = Field(description="id статьи")
    reason: str | None = Field(description="почему не принят или что в нём пропущено")


class Problem(BaseModel):
    """Ошибка (RFC 9457); что случилось и что делать, сказано в detail."""

    model_config = example(
        type="about:blank",
        title="Неверные данные",
        status=422,
        detail="Поле «question»: обязательное поле.",
        request_id="5f0c9d2ab1c34e0f",
        errors=[{"field": "question", "reason": "обязательное поле"}],
    )
    type: str
    title: str
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="по-русски, для человека")
    request_id: str | None = Field(None, description="этот запрос в журнале сервера; он же X-Request-ID")
    errors: list[FieldError] | None = Field(None, description="поля, которые не подошли")
    files: list[Outcome] | None = Field(None, description="файлы, которые не приняты")


class Quoted(BaseModel):
    """Сноска: article.text[start:stop] == quote в названной версии статьи."""

    number: int
    article_id: str
    title: str
    source: str | None
    url: str | None
    published: str | None = Field(description="дата вида 2026-02-23")
    quote: str
    start: int = Field(ge=0)
    stop: int = Field(ge=0)
    passage_id: str
    context: list[str] = Field(description="под какими заголовками стоит")
    page: int | None
    version: int = Field(ge=1)


class Compared(BaseModel):
    """Что в утверждении с чем сравнивалось."""

    slot: Literal["number", "date", "name", "action", "thing", "quality"]
    outcome: Literal["same", "other", "denied", "unreal", "absent"]
    claim: str
    source: str | None


class Said(BaseModel):
    """Предложение ответа с номерами его сносок."""

    text: str
    citations: list[int]
    support: Support
    reasons: list[str] = Field(description="чего в цитатах нет или что в них иначе")
    slots: list[Compared] | None = Field(None, description="что с чем сравнивалось; при explain: true")


class Reprinted(BaseModel):
    """Отрывок другой статьи, где сказано то же."""

    article_id: str
    passage_id: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    start: int
    stop: int


class Found(BaseModel):
    """Найденный отрывок."""

    article_id: str
    passage_id: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    text: str
    start: int = Field(ge=0)
    stop: int = Field(ge=0)
    page: int | None
    score: float
    ranks: dict[str, int] = Field(description="место на каждом этапе поиска")
    scores: dict[str, float] = Field(description="оценка на каждом этапе поиска")
    reprints: list[Reprinted]
    explanation: dict[str, Any] | None = Field(None, description="почему найден; при explain: true")


class Mended(BaseModel):
    """Что в вопросе исправлено."""

    typed: str
    meant: str


class Stated(BaseModel):
    """Что говорит один источник."""

    value: str
    citation: int
    source: str | None
    published: str | None
    stated: str | None


class Differing(BaseModel):
    """В чём источники расходятся."""

    matter: Literal["figure", "date", "status"]
    develops: bool = Field(description="true: менялось со временем")
    versions: list[Stated]


class Answered(BaseModel):
    """Ответ; found: false — отказ."""

    model_config = example(
        answer_id="1Y0tLk3sVdB8mTqWmZr7aA",
        question="Какова протяжённость КТК?",
        standalone_question="Какова протяжённость КТК?",
        found=True,
        kind="answer",
        missing=None,
        verdict=None,
        text="Протяжённость нефтепровода — 1511 км [1].",
        short_answer="1511 км",
        sentences=[{"text": QUOTE, "citations": [1], "support": "supported", "reasons": []}],
        citations=[
            {
                "number": 1,
                "article_id": "ktk",
                "title": "Труба на 1511 километров",
                "source": "Справка",
                "url": None,
                "published": "2025-12-11",
                "quote": QUOTE,
                "start": 205,
                "stop": 242,
                "passage_id": "190c66d148886d6f",
                "context": [],
                "page": None,
                "version": 1,
            }
        ],
        hits=[],
        confidence=0.93,
        notes=[],
        repairs=[],
        listed=False,
        disagreements=[],
        writer="extractive",
        elapsed_ms=26.3,
    )
    answer_id: str | None = Field(None, description="по нему ответ можно оценить и открыть")
    question: str
    standalone_question: str = Field(description="вопрос, каким его искали")
    found: bool
    kind: Literal["answer", "refusal", "talk", "summary"]
    missing: str | None = Field(description="чего из вопроса нет в статьях")
    verdict: Literal["yes", "no"] | None = Field(description="на вопрос «да или нет»")
    text: str
    short_answer: str | None
    sentences: list[Said]
    citations: list[Quoted]
    hits: list[Found]
    confidence: float = Field(ge=0, le=1)
    notes: list[str]
    repairs: list[Mended]
    listed: bool
    disagreements: list[Differing]
    writer: str
    elapsed_ms: float


class OneOfMany(BaseModel):
    """Ответ на один вопрос из нескольких или ошибка вместо него."""

    answer: Answered | None = None
    error: Problem | None = None


class ManyAnswered(BaseModel):
    """Ответы на несколько вопросов, в их порядке."""

    answers: list[OneOfMany]


class Searched(BaseModel):
    """Найденные отрывки, лучшие первыми."""

    hits: list[Found]
    notes: list[str]
    repairs: list[Mended]


class Verified(BaseModel):
    """Следует ли утверждение из текстов."""

    model_config = example(
        support="unsupported",
        reasons=["в источнике «49 лет», в ответе «99 лет»"],
        slots=[{"slot": "number", "outcome": "other", "claim": "99 лет", "source": "49 лет"}],
        citations=[],
    )
    support: Support
    reasons: list[str]
    slots: list[Compared]
    citations: list[Quoted]


class Alive(BaseModel):
    """Всё в порядке."""

    status: Literal["ok"]


class Budget(BaseModel):
    """Сколько ответов могут быть неверными и на чём это проверено («snoska tune»)."""

    at_most: float = Field(description="доля неверных ответов, не больше")
    threshold: float = Field(description="уверенность, с которой ответ даётся")
    level: float = Field(description="вероятность, с которой обещание верно")
    asked: int
    answered: int
    wrong: int
    reader: str
    articles: int
    sets: str
    made: str
    promise: str


class Healthy(Alive):
    """Что в библиотеке и кто отвечает."""

    articles: int
    passages: int
    encoder: str
    writer: str
    reading: str
    error_budget: Budget | None = Field(description="что обещано о доле неверных ответов; null, если ничего")
    version: str


class Judged(BaseModel):
    """Принятая оценка."""

    answer_id: str
    good: bool
    note: str
    kept: bool = Field(description="вопрос есть в наборе для проверки")


class Standing(BaseModel):
    """Что стало со статьёй с тех пор, как её процитировали."""

    id: str
    title: str
    state: Literal["same", "changed", "removed"]
    quotes_stand: bool


class Remembered(BaseModel):
    """Сохранённый ответ и его статьи."""

    answer: Answered
    outdated: bool
    articles: list[Standing]


class Outdated(BaseModel):
    """Ответ, статьи которого изменились."""

    answer_id: str
    chat_id: str
    question: str
    updated: str
    articles: list[Standing]


class AllOutdated(BaseModel):
    """Такие ответы, новые первыми."""

    total: int
    items: list[Outdated]
