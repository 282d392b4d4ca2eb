"""Articles in hand, over HTTP: what is set by hand, former texts, removals undone, pages by their address."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import AliasChoices, Field, field_validator
from starlette.concurrency import run_in_threadpool

from rag.errors import NotFoundError, QuestionError
from rag.library.arrivals import Reading
from rag.library.reading.addresses import is_address
from rag.library.reading.places import fetched
from rag.library.records import Edition
from rag.library.versions import compared
from rag.text.dateline import iso_date
from rag.web import article_models
from rag.web.article_uploads import answered, lasts
from rag.web.articles import INVALID, MISSING, MOST, article_dict, desk_of, info_dict, missing, same_site
from rag.web.request_models import Name, Strict
from rag.web.response_models import example, gives
from rag.web.restricted import bot_of

if TYPE_CHECKING:
    from rag.library.library import Library

router = APIRouter(prefix="/api", tags=["articles"])
EVENTS = "text/event-stream"
FILE: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_WRITING: dict[str, Any] = {"dependencies": [Depends(same_site)], "response_model": None}


class EditIn(Strict):
    """Что изменить; чего нет в запросе, то остаётся. null убирает источник или дату."""

    model_config = example(title="Новый мост", published="2026-02-23", tags=["стройка"])
    title: str | None = Field(None, max_length=1000, description="заголовок")
    source: Name | None = Field(None, description="источник")
    published: date | None = Field(
        None, validation_alias=AliasChoices("published", "date"), description="дата публикации"
    )
    tags: list[Name] | None = Field(None, max_length=100, description="метки, все сразу")

    @field_validator("published", mode="before")
    @classmethod
    def _as_written_here(cls, given: Any) -> Any:
        return (iso_date(given) or given or None) if isinstance(given, str) else given


class RestoreIn(Strict):
    """Какие убранные статьи вернуть."""

    model_config = example(ids=["most"])
    ids: list[Annotated[str, Field(max_length=500)]] = Field(min_length=1, max_length=1000)


class AddressIn(Strict):
    """Откуда взять статью."""

    model_config = example(url="https://example.org/novosti/most")
    url: str = Field(max_length=2000, description="адрес страницы, ленты или файла, с http:// или https://")


@router.patch("/articles/{article_id:any}", summary="Исправить описание статьи",
              responses=gives(article_models.Edited) | INVALID | MISSING, **_WRITING)  # fmt: skip
async def edit(article_id: str, given: EditIn, request: Request) -> dict[str, Any]:
    """Заголовок, источник, дата и метки; остаются такими и после нового чтения файла статьи."""
    library = _library(request)
    changes = given.model_dump(mode="json", exclude_unset=True)
    try:
        await desk_of(request).call(lambda: library.edit(article_id, changes))
    except NotFoundError:
        raise missing([article_id]) from None
    return described(library, library.present(article_id))


@router.post("/articles/restore", summary="Вернуть убранные статьи",
             responses=gives(article_models.Restored) | INVALID | MISSING, **_WRITING)  # fmt: skip
async def restore(given: RestoreIn, request: Request) -> dict[str, Any]:
    """Статьи, убранные не больше 30 дней назад, такими, какими они были."""
    library = _library(request)
    restored = await desk_of(request).call(lambda: library.restore(given.ids))
    if not restored:
        raise missing(given.ids)
    return {"restored": restored, "articles": library.counts().articles}


@router.post("/articles/fetch", summary="Добавить статью по адресу",
             responses=gives(article_models.Reported, EVENTS) | INVALID, **_WRITING)  # fmt: skip
async def fetch(given: AddressIn, request: Request) -> Response:
    """Страница, лента со страницами или файл из сети; адреса внутренней сети не читаются."""
    url = given.url.strip()
    if not is_address(url):
        raise QuestionError("Нужен адрес, который начинается с http:// или https://.")
    place, library = await run_in_threadpool(fetched, url), _library(request)
    reading = Reading([place], library.held())
    steps = desk_of(request).follow(
        lambda watch: library.take(reading, watch, reading.total, aftermath=reading.aftermath),
        lasts=lasts(request),
    )
    return await answered(request, steps)


@router.get("/articles/{article_id:any}/versions", summary="Версии статьи",
            response_model=None, responses=gives(article_models.Editions) | INVALID | MISSING)  # fmt: skip
def versions(
    article_id: str,
    request: Request,
    offset: Annotated[int, Query(ge=0, le=MOST, description="сколько версий пропустить")] = 0,
    limit: Annotated[int, Query(ge=1, le=100, description="сколько версий вернуть")] = 20,
    text: Annotated[bool, Query(description="false: без текстов")] = True,
) -> dict[str, Any]:
    """Нынешний и прежние тексты статьи, новые первыми; у убранной статьи — только прежние."""
    try:
        found = _library(request).versions(article_id)
    except NotFoundError:
        return _named_alike(request, article_id, "versions")
    current = found[0].version if found[0].until is None else None
    items = [version_dict(each, text) for each in found[offset : offset + limit]]
    return {"id": article_id, "current": current, "total": len(found), "items": items}


@router.get("/articles/{article_id:any}/diff", summary="Что изменилось",
            response_model=None, responses=gives(article_models.Difference) | INVALID | MISSING)  # fmt: skip
def diff(
    article_id: str,
    request: Request,
    old: Annotated[int | None, Query(alias="from", ge=1, le=MOST, description="прежняя версия")] = None,
    new: Annotated[
        int | None, Query(alias="to", ge=1, le=MOST, description="новая; без неё — последняя")
    ] = None,
) -> dict[str, Any]:
    """Два текста статьи по словам: что осталось (same), пропало (gone) и появилось (new)."""
    try:
        found = {each.version: each for each in _library(request).versions(article_id)}
    except NotFoundError:
        return _named_alike(request, article_id, "diff")
    after = new or max(found)
    before = old or max((each for each in found if each < after), default=after)
    if absent := [each for each in (before, after) if each not in found]:
        raise NotFoundError(f"Версии {absent[0]} у статьи «{article_id[:100]}» нет.")
    stretches = compared(found[before], found[after])
    told = [{"kind": each.kind, "text": each.text} for each in stretches]
    return {"id": article_id, "from": before, "to": after, "stretches": told}


@router.get("/articles/{article_id:any}/original", summary="Файл статьи", response_class=Response,
            responses={200: {"content": FILE}} | INVALID | MISSING)  # fmt: skip
def original(
    article_id: str,
    request: Request,
    version: Annotated[int | None, Query(ge=1, le=MOST, description="версия; без неё — нынешняя")] = None,
) -> Response:
    """Файл, из которого прочитана статья, если его хранят: RAG_KEEP_ORIGINALS=1."""
    library = _library(request)
    try:
        found = library.version(article_id, version) if version else library.present(article_id)
    except NotFoundError:
        return JSONResponse(_named_alike(request, article_id, "original"))
    if found.original is None:
        raise NotFoundError(
            f"Файл статьи «{article_id[:100]}» не хранится. Файлы хранит сервер с RAG_KEEP_ORIGINALS=1: "
            "пришлите файл снова, когда он так запущен."
        )
    path = library.originals.path(found.original)
    return FileResponse(path, media_type="application/octet-stream", filename=found.original.name)


def described(library: Library, edition: Edition) -> dict[str, Any]:
    """The JSON shape of a present article without its text."""
    edits = library.edits().get(edition.article.id, {})
    return {
        **info_dict(edition.article.info),
        "version": edition.version,
        "edited": sorted(edits),
    }


def version_dict(edition: Edition, text: bool) -> dict[str, Any]:
    """The JSON shape of one version of an article, with its `text` or without."""
    article = edition.article
    return {
        **(article_dict(article) if text else info_dict(article.info)),
        "version": edition.version,
        "since": edition.since,
        "until": edition.until,
        "characters": len(article.text),
    }


def _named_alike(request: Request, above: str, last: str) -> dict[str, Any]:
    """An article whose own id ends like an address of this file. Raises NotFoundError."""
    try:
        return article_dict(_library(request).article(f"{above}/{last}"))
    except NotFoundError:
        raise missing([above]) from None


def _library(request: Request) -> Library:
    """The library as far as whoever asks may see; whoever may write sees all of it."""
    return bot_of(request).library
