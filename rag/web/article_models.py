"""What the API says of articles: lists, texts, versions, uploads."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from rag.web.response_models import Outcome


class Described(BaseModel):
    """Что известно о статье, кроме её текста."""

    id: str
    title: str
    source: str | None
    published: str | None = Field(description="дата вида 2026-02-23")
    url: str | None
    tags: list[str]
    author: str | None
    published_raw: str | None = Field(description="дата, как она написана")


class Listed(Described):
    """Строка списка статей."""

    characters: int
    passages: int
    indexed_at: str


class Listing(BaseModel):
    """Страница списка статей, новые первыми."""

    total: int
    items: list[Listed]


class Monthly(BaseModel):
    """Сколько статей за месяц."""

    month: str | None
    articles: int


class Sourced(BaseModel):
    """Сколько статей источника."""

    source: str | None
    articles: int


class Composition(BaseModel):
    """Состав библиотеки."""

    total: int
    months: list[Monthly]
    sources: list[Sourced]


class Texted(Described):
    """Статья с текстом."""

    pages: list[list[int]] = Field(description="где в тексте начинается страница и её номер")
    remark: str
    text: str


class Whole(Texted):
    """Статья с текстом; в него указывают смещения цитат."""

    version: int = Field(ge=1)


class Edited(Described):
    """Статья после правки её описания."""

    version: int
    edited: list[str] = Field(description="что исправлено вручную")


class Edition(Described):
    """Версия статьи; text нет при text=false."""

    pages: list[list[int]] | None = None
    remark: str | None = None
    text: str | None = None
    version: int
    since: str
    until: str | None
    characters: int


class Editions(BaseModel):
    """Версии статьи, новые первыми."""

    id: str
    current: int | None
    total: int
    items: list[Edition]


class Stretch(BaseModel):
    """Кусок сравнения."""

    kind: Literal["same", "gone", "new"]
    text: str


class Difference(BaseModel):
    """Что изменилось от версии к версии."""

    id: str
    from_: int = Field(alias="from")
    to: int
    stretches: list[Stretch]


class Reported(BaseModel):
    """Что стало с присланным."""

    added: int
    replaced: int
    unchanged: int
    removed: int
    failed: int
    articles: int
    passages: int
    stopped: bool
    seconds: float
    summary: str
    files: list[Outcome]


class Removed(BaseModel):
    """Что убрано."""

    removed: list[str]
    missing: list[str]
    articles: int


class Restored(BaseModel):
    """Что возвращено."""

    restored: list[str]
    articles: int
