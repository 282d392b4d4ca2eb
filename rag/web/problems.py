"""Errors of the API as `application/problem+json` (RFC 9457): a Russian `detail`, nothing internal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import (
    ArticleError,
    EvaluationError,
    LibraryAwayError,
    LibraryBusyError,
    ModelError,
    NotFoundError,
    QuestionError,
    RagError,
)
from rag.web.admission import BusyError
from rag.web.logs import request_id
from rag.web.request_models import MANY, ONE
from rag.web.wording import clip

log = logging.getLogger(__name__)

TITLES = {
    400: "Запрос не разобран",
    401: "Нужен ключ",
    403: "Запрещено",
    404: "Не найдено",
    405: "Метод не поддерживается",
    408: "Запрос не дождались",
    413: "Слишком большой запрос",
    415: "Неподдерживаемый тип данных",
    421: "Чужое имя",
    422: "Неверные данные",
    429: "Слишком много попыток",
    431: "Слишком длинные заголовки",
    500: "Внутренняя ошибка",
    503: "Временно недоступно",
}
DETAILS = {
    400: "Тело запроса не удалось прочитать. Пришлите JSON в кодировке UTF-8.",
    403: "Запрос пришёл со страницы другого сайта, а таким Сноска не отвечает. Откройте её саму или "
    "обратитесь к API без браузера.",
    404: "Такого адреса здесь нет. Список адресов — на странице /docs.",
    408: "Запрос приходил слишком медленно. Пришлите его ещё раз, целиком.",
    405: "Этот адрес не отвечает на такой метод. Что он умеет — на странице /docs.",
    413: "Запрос больше 1 МБ. Сократите его и пришлите снова.",
    415: "Пришлите JSON с заголовком Content-Type: application/json.",
    500: "Что-то сломалось на сервере; подробности записаны в его журнал. Попробуйте ещё раз.",
    503: "Библиотека сейчас недоступна; подробности записаны в журнал сервера. Попробуйте позже.",
}
MOST_ERRORS = 20  # wrong fields that are named; a body may have thousands
COME_AGAIN = 5  # seconds, where nobody knows better


class ToldError(RagError):
    """What is wrong, for whoever may know all of it: the owner of the library."""


# Errors a caller can act on keep their own text; the rest stay in the log.
PUBLIC_STATUS: tuple[tuple[type[RagError], int], ...] = (
    (ToldError, 500),
    (BusyError, 503),
    (QuestionError, 422),
    (ArticleError, 422),
    (EvaluationError, 422),
    (NotFoundError, 404),
)
REASONS = {
    "missing": "обязательное поле",
    "extra_forbidden": "такого поля нет",
    "string_type": "нужна строка",
    "string_unicode": "в строке недопустимые символы",
    "string_too_short": "слишком коротко: нужно не меньше {min_length} символов",
    "string_too_long": "слишком длинно: можно не больше {max_length} символов",
    "too_long": "слишком много: можно не больше {max_length}",
    "greater_than_equal": "нужно число не меньше {ge}",
    "less_than_equal": "нужно число не больше {le}",
    "list_type": "нужен список",
    "json_invalid": "это не JSON",
    "value_error": "{error}",
}
EMPTY = "тело запроса пустое: пришлите JSON"
REASONS_BY_PREFIX = {
    "int": "нужно целое число",
    "bool": "нужно true или false",
    "date": "нужна дата вида 2026-02-23",
    "model": "нужен объект JSON",
    "dict": "нужен объект JSON",
}


def document(status: int, detail: str | None = None, **extra: Any) -> dict[str, Any]:
    """The problem document for `status`; `detail` overrides the usual Russian text."""
    return {
        "type": "about:blank",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or DETAILS.get(status) or DETAILS[500],
        **({"request_id": known} if (known := request_id.get()) else {}),
        **extra,
    }


def problem(
    status: int, detail: str | None = None, headers: Mapping[str, str] | None = None, **extra: Any
) -> JSONResponse:
    """The response that carries `document(…)`."""
    body, sent = document(status, detail, **extra), dict(headers or {})
    if status == 503:
        sent.setdefault("Retry-After", str(COME_AGAIN))
    return JSONResponse(body, status, sent, media_type="application/problem+json")


def public(error: BaseException) -> tuple[int, str]:
    """Status and Russian text with which `error` may be shown outside; logs what stays inside."""
    for kind, status in PUBLIC_STATUS:
        if isinstance(error, kind):
            return status, str(error)
    log.error("request failed: %s", error, exc_info=error)
    status = 503 if isinstance(error, LibraryAwayError | LibraryBusyError | ModelError) else 500
    return status, DETAILS[status]


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem document."""

    @app.exception_handler(RagError)
    async def rag_error(_: Request, error: RagError) -> JSONResponse:
        headers = {"Retry-After": str(error.seconds)} if isinstance(error, BusyError) else None
        return problem(*public(error), headers)

    @app.exception_handler(HTTPException)
    async def http_error(_: Request, error: HTTPException) -> JSONResponse:
        detail = str(error.detail) if isinstance(error, TooLargeError) else None
        return problem(error.status_code, detail, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [{"field": _field(e["loc"]), "reason": _reason(e)} for e in error.errors()]
        return problem(422, _summary(errors), errors=errors[:MOST_ERRORS])

    @app.exception_handler(Exception)
    async def crash(_: Request, error: Exception) -> JSONResponse:
        # Starlette re-raises after this, and the server logs the traceback: no second copy here.
        # It closes the connection then, which a caller that keeps connections must know.
        return problem(500, headers={"Connection": "close"})


def _summary(errors: Sequence[Mapping[str, str]]) -> str:
    first, more = errors[0], len(errors) - 1
    text = f"Поле «{first['field']}»: {first['reason']}." if first["field"] else _sentence(first["reason"])
    return text + (f" И ещё ошибок: {more}." if more else "")


def _sentence(reason: str) -> str:
    if reason == EMPTY:
        return reason[0].upper() + reason[1:] + "."
    return "В теле запроса " + reason + "." if reason.startswith("нужен") else "Тело запроса: " + reason + "."


def _field(location: Sequence[str | int]) -> str:
    """«history[0].question» from ("body", "history", 0, "question")."""
    path = ""
    location = [part for part in location if part not in (ONE, MANY)]
    for part in location[1:]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return "" if location[1:] and isinstance(location[1], int) and len(location) == 2 else clip(path, 80)


def _reason(error: Mapping[str, Any]) -> str:
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind == "missing" and tuple(error["loc"]) == ("body",):
        return EMPTY
    if kind in REASONS:
        return REASONS[kind].format(**context)
    return REASONS_BY_PREFIX.get(kind.split("_")[0], "неверное значение")


class TooLargeError(HTTPException):
    """A body of more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        detail = f"Запрос больше {limit // 1_000_000} МБ. Сократите его или пришлите по частям."
        super().__init__(413, detail, {"Connection": "close"})


class BodyLimit:
    """Refuses requests under `prefixes` whose body is larger than `limit` allows, announced or not."""

    def __init__(self, app: ASGIApp, limit: Callable[[Scope], int], prefixes: tuple[str, ...]) -> None:
        self.app, self.limit, self.prefixes = app, limit, prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self.prefixes):
            await self.app(scope, receive, send)
            return
        headers, limit = dict(scope["headers"]), self.limit(scope)
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > limit:
            refused = TooLargeError(limit)
            await problem(413, str(refused.detail), refused.headers)(scope, receive, send)
            return
        await self.app(scope, _counted(receive, limit), send)


def _counted(receive: Receive, limit: int) -> Receive:
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise TooLargeError(limit)
        return message

    return counted


class PlainErrors:
    """Replaces the JSON errors of the page mounted at `/` by problem documents.

    `allowed` names the methods of the address, where it is one of ours. Below `kept` the page talks to
    itself: there only a body that is too large or too slow is replaced.
    """

    def __init__(self, app: ASGIApp, kept: str, allowed: Callable[[Scope], Iterable[str]]) -> None:
        self.app, self.kept, self.allowed = app, kept, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        allowed = ", ".join(sorted(self.allowed(scope)))
        statuses = (408, 413) if scope["path"].startswith(self.kept) else (404, 405, 408, 413)
        replaced = False

        async def checked(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                plain = headers.get("content-type", "").startswith("application/json")
                replaced = plain and message["status"] in statuses
                if replaced:
                    await _instead(message["status"], headers.get("allow") or allowed)(scope, receive, send)
            if not replaced:
                await send(message)

        await self.app(scope, receive, checked)


def _instead(status: int, allowed: str) -> JSONResponse:
    if status in (408, 413):
        return problem(status, headers={"Connection": "close"})
    return problem(405, headers={"Allow": allowed}) if allowed else problem(status)
