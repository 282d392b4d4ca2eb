"""The library over HTTP: its list, one article, adding and removing. File names are data, never paths."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from rag.errors import NotFoundError, QuestionError
from rag.library.uploads import Upload, given
from rag.types import Article, ArticleInfo, Filters
from rag.web import addresses, article_models
from rag.web.article_uploads import answered, articles_of, lasts, reader_of
from rag.web.origins import site_of
from rag.web.response_models import gives
from rag.web.restricted import bot_of
from rag.web.wording import clip
from rag.web.write_queue import Desk, Work

if TYPE_CHECKING:
    from rag.library.library import Library

UPLOAD_LIMIT = 100_000_000  # bytes of the files of one request
JSON_LIMIT = 25_000_000  # an article of 10 MB, escaped
OWNER_LIMIT = 1_000_000_000  # of what commands of the owner send at a time
MOST_FILES = 1_000
MOST = 1_000_000_000  # of any number in an address: SQLite knows no larger ones than 2^63
_SHORT = 2_000_000  # bytes that are taken in within seconds; more is passed by other uploads
_FEW = 20  # files, too
_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
INVALID: dict[int | str, dict[str, Any]] = {
    422: {"description": "Запрос не подходит; в detail сказано почему", **_PROBLEM}
}
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "С тех пор не изменилось (If-None-Match)"}}
MISSING: dict[int | str, dict[str, Any]] = {404: {"description": "Такой статьи нет", **_PROBLEM}}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": f"файлы статей: один или несколько, до {MOST_FILES}",
                        }
                    },
                }
            },
            "application/json": {"schema": {"anyOf": [_reference("ArticleIn"), _reference("ArticlesIn")]}},
        },
    }
}

addresses.allow_any_id()
router = APIRouter(prefix="/api")


def same_site(request: Request) -> None:
    """Refuse writing to a page of another site that is open in a browser on this machine."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    own = site_of(origin) == request.headers.get("host", "").lower() if origin else True
    if not (site in ("same-origin", "none") if site else own):
        raise HTTPException(403)


def asked_filters(
    source: Annotated[list[str], Query(max_length=100, description="только эти источники")] = [],  # noqa: B006
    since: Annotated[date | None, Query(alias="from", description="не раньше этой даты")] = None,
    until: Annotated[date | None, Query(alias="to", description="не позже этой даты")] = None,
    tag: Annotated[list[str], Query(max_length=100, description="с одной из этих меток")] = [],  # noqa: B006
) -> Filters:
    """Filters from the address. Raises QuestionError."""
    if since and until and since > until:
        raise QuestionError(f"Дата «from» ({since}) позже даты «to» ({until}).")
    return Filters(since, until, sources=tuple(source), tags=tuple(tag))


Asked = Annotated[Filters, Depends(asked_filters)]
Words = Annotated[
    str, Query(alias="q", max_length=300, description="слова заголовка в любой форме, или их начала")
]
Text = Annotated[str, Query(max_length=300, description="слова текста, все, в любой форме")]


@router.get(
    "/articles",
    summary="Список статей",
    response_model=None,
    responses=gives(article_models.Listing) | UNCHANGED | INVALID,
)
def articles(
    request: Request,
    filters: Asked,
    words: Words = "",
    text: Text = "",
    offset: Annotated[int, Query(ge=0, le=10_000_000, description="сколько статей пропустить")] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="сколько статей вернуть")] = 50,
) -> Response:
    """Страница списка статей библиотеки, без текстов; новые первыми."""
    library = _library(request)
    items = [
        {
            **info_dict(listed.info),
            "characters": listed.characters,
            "passages": listed.passages,
            "indexed_at": listed.indexed_at,
        }
        for listed in library.articles(offset, limit, filters, words, text)
    ]
    is_all = not (filters or words or text)
    total = library.counts().articles if is_all else library.shares(filters, words, text).total
    return tagged(request, {"total": total, "items": items})


@router.get(
    "/library",
    summary="Состав библиотеки",
    response_model=None,
    responses=gives(article_models.Composition) | INVALID,
)
def library(request: Request, filters: Asked, words: Words = "", text: Text = "") -> dict[str, Any]:
    """Сколько статей по месяцам и по источникам; с теми же условиями, что и список."""
    shares = _library(request).shares(filters, words, text)
    return {
        "total": shares.total,
        "months": [{"month": month, "articles": held} for month, held in shares.months.items()],
        "sources": [{"source": name, "articles": held} for name, held in shares.sources.items()],
    }


@router.get(
    "/articles/{article_id:any}/pages/{number}.png",
    summary="Страница статьи картинкой",
    response_class=Response,
    responses=INVALID | MISSING | {200: {"content": {"image/png": {}}}},
)
def page_picture(
    article_id: str,
    number: Annotated[int, Path(ge=0, le=MOST)],
    request: Request,
    start: Annotated[int, Query(ge=0, le=MOST, description="начало цитаты в тексте статьи")] = 0,
    stop: Annotated[int, Query(ge=0, le=MOST, description="конец цитаты")] = 0,
    near: Annotated[bool, Query(description="true: только то, что вокруг цитаты")] = False,
) -> Response:
    """Страница PDF или скана с отмеченной цитатой; пока файл, из которого прочитана статья, на месте."""
    picture = _library(request).page_picture(article_id, number, start, stop, near)
    return Response(picture, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})


@router.get(
    "/articles/{article_id:any}",
    summary="Статья с текстом",
    response_model=None,
    responses=gives(article_models.Whole) | UNCHANGED | INVALID | MISSING,
)
def article(
    article_id: str,
    request: Request,
    version: Annotated[int | None, Query(ge=1, le=MOST, description="версия; без неё — нынешняя")] = None,
) -> Response:
    """Одна статья; смещения цитат указывают в её text, в той версии, которую называет цитата."""
    library = _library(request)
    try:
        found = library.version(article_id, version) if version else library.present(article_id)
    except NotFoundError:  # its own text names a command, which a caller of the API may not have
        named = f", версия {version}" if version else ""
        raise missing([article_id], named) from None
    return tagged(request, {**article_dict(found.article), "version": found.version})


@router.post(
    "/articles",
    summary="Добавить статьи",
    response_model=None,
    responses=gives(article_models.Reported, "text/event-stream") | INVALID,
    openapi_extra=_UPLOAD_BODY,
    dependencies=[Depends(same_site)],
)
async def add(request: Request) -> Response:
    """Файлы (multipart/form-data) или статья в JSON, или {"articles": […]} с несколькими.

    Статья с тем же id заменяется. С Accept: text/event-stream — события SSE: file, progress, doing (чем
    сейчас занят и какая доля готова), report. С Prefer: respond-async чтение продолжится, даже если
    соединение закрыть.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _add_files(request)
    if kind == "application/json":
        found = await run_in_threadpool(articles_of, await request.body())
        library = _library(request)
        work: Work = lambda watch: library.take(given(found, library.held()), watch, len(found))  # noqa: E731
        is_long = len(found) > _FEW or sum(len(each.text) for each in found) > _SHORT
        return await answered(request, desk_of(request).follow(work, is_long=is_long, lasts=lasts(request)))
    raise HTTPException(415)


@router.delete(
    "/articles",
    summary="Убрать статьи",
    response_model=None,
    responses=gives(article_models.Removed) | MISSING,
    dependencies=[Depends(same_site)],
)
async def remove_several(
    request: Request, id: Annotated[list[str], Query(min_length=1, max_length=1000, description="id статей")]
) -> dict[str, Any]:
    """Убрать одну или несколько статей по id."""
    return await _removed(request, id)


@router.delete(
    "/articles/{article_id:any}",
    summary="Убрать статью",
    response_model=None,
    responses=gives(article_models.Removed) | MISSING,
    dependencies=[Depends(same_site)],
)
async def remove(article_id: str, request: Request) -> dict[str, Any]:
    """Убрать статью из библиотеки; её файл на диске остаётся."""
    return await _removed(request, [article_id])


async def _removed(request: Request, ids: Sequence[str]) -> dict[str, Any]:
    library = _library(request)
    removed = await desk_of(request).call(lambda: library.remove(ids))
    if not removed:
        raise missing(ids)
    absent = [each for each in dict.fromkeys(ids) if each not in set(removed)]
    return {"removed": removed, "missing": absent, "articles": library.counts().articles}


async def _add_files(request: Request) -> Response:
    form = await request.form(max_files=MOST_FILES, max_fields=100)
    sent = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]

    def close() -> None:
        for each in sent:
            each.file.close()

    if not sent:
        raise QuestionError("В запросе нет файлов. Пришлите их полями формы с именем files.")
    uploads = [Upload(each.filename or "", reader_of(each)) for each in sent]
    library = _library(request)
    is_long = len(sent) > _FEW or sum(each.size or 0 for each in sent) > _SHORT
    is_long = is_long or any(each.holds_several for each in uploads)
    work: Work = lambda watch: library.upload(uploads, watch)  # noqa: E731
    return await answered(request, desk_of(request).follow(work, close, is_long, lasts(request)))


def missing(ids: Sequence[str], more: str = "") -> NotFoundError:
    """What is said of articles that are not there."""
    named = ", ".join(f"«{clip(each, 100)}»" for each in ids[:3]) + more
    return NotFoundError(f"Статьи {named} в библиотеке нет. Список статей: GET /api/articles")


def info_dict(info: ArticleInfo) -> dict[str, Any]:
    """The JSON shape of an article without its text."""
    return {name: getattr(info, name) for name in ArticleInfo.__slots__}


def article_dict(found: Article) -> dict[str, Any]:
    """The JSON shape of an article with its text."""
    described = {"pages": [list(each) for each in found.pages], "remark": found.remark}
    return {**info_dict(found.info), **described, "text": found.text}


def _library(request: Request) -> Library:
    """The library as far as whoever asks may see; whoever may write sees all of it."""
    return bot_of(request).library


def desk_of(request: Request) -> Desk:
    """Where writing is asked for."""
    desk: Desk = request.app.state.desk
    return desk


# Responses with an ETag: who has the same content already is told only that.


def tagged(request: Request, content: Any) -> Response:
    """`content` as JSON with its tag; 304 where `If-None-Match` names that tag.

    Weak, for the same content may come compressed or not.
    """
    whole = JSONResponse(content)
    tag = f'"{blake2b(bytes(whole.body), digest_size=16).hexdigest()}"'
    headers = {"ETag": f"W/{tag}", "Cache-Control": "private, no-cache"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    whole.headers.update(headers)
    return whole
