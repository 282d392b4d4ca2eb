"""The HTTP API: thin routes over the bot. Bot calls run in the thread pool, so nothing blocks the loop."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

from rag import __version__
from rag.judging.trials import Trials
from rag.types import Answer
from rag.web import articles, editing, kept, owner, problems, resting
from rag.web.articles import INVALID
from rag.web.desk import STREAM_HEADERS, Desk, event
from rag.web.docs import docs_page
from rag.web.frame import Frame
from rag.web.keys import Keys
from rag.web.readable import Readable
from rag.web.schemas import AskIn, SearchIn, filters_of
from rag.web.visitors import Visitors

if TYPE_CHECKING:
    from rag.bot import Bot

log = logging.getLogger(__name__)
BODY_LIMIT = 1_000_000
CLIENT_LEFT = 499  # as nginx logs it; nobody is there to read it
PAGE_API = "/gradio_api"  # how the page talks to the server
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
DESCRIPTION = "Ответы на вопросы по статьям на русском языке, с проверяемой сноской у каждого предложения."
router = APIRouter(prefix="/api")
# Of two whose addresses fit, the first one answers: those of `editing` go on from those of `articles`.
ROUTERS = (editing.router, articles.router, resting.router, kept.router, router)


def create_app(
    bot: Bot,
    mount_page: Callable[[FastAPI], FastAPI] | None = None,
    keys: Sequence[str] = (),
    root_path: str = "",
) -> FastAPI:
    """The application around `bot`: API, its description at /docs, and what `mount_page` adds at `/`.

    With `keys`, nothing is served without one of them. `root_path` is the prefix of a reverse proxy. What
    readers leave is kept in the folder of the library. Raises LibraryError.
    """
    app = FastAPI(title="Сноска", description=DESCRIPTION, version=__version__, docs_url=None, redoc_url=None)
    app.state.bot, app.state.root_path, app.state.locked = bot, root_path, bool(keys)
    app.state.kept = kept.open_kept(bot.library.folder, bot.library)
    app.router.add_event_handler("shutdown", app.state.kept.chats.close)
    problems.install(app)
    app.state.desk = Desk()
    app.router.add_event_handler("shutdown", app.state.desk.close)
    app.state.trials = Trials(bot.ask)
    app.router.add_event_handler("shutdown", app.state.trials.close)
    app.add_middleware(problems.BodyLimit, limit=_body_limit, prefixes=("/api", PAGE_API))
    app.add_middleware(problems.PlainErrors, kept=PAGE_API, allowed=lambda scope: _allowed(app.routes, scope))
    for each in (owner.router, *ROUTERS):
        app.include_router(each)
    methods = ["GET", "HEAD"]
    app.add_api_route("/docs", _docs, methods=methods, include_in_schema=False, response_class=HTMLResponse)
    app.add_middleware(Visitors)
    if keys:
        app.add_middleware(Keys, keys=keys)
    app.add_middleware(Readable)
    app.add_middleware(Frame, root=root_path)
    return mount_page(app) if mount_page else app


@router.post("/ask", summary="Задать вопрос", responses=INVALID)
async def ask(question: AskIn, request: Request) -> Response:
    """Ответ со сносками. При stream: true или Accept: text/event-stream — события SSE."""
    bot, filters, finish = _bot(request), filters_of(question.filters), _finisher(question, request)
    answers = bot.stream(question.question, question.turns(), filters, question.as_typed)
    if question.stream or "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(
            _events(answers, finish), media_type="text/event-stream", headers=STREAM_HEADERS
        )
    answer = await _last(answers, request)
    if answer is None:
        return Response(status_code=CLIENT_LEFT)
    return JSONResponse((await run_in_threadpool(finish, answer)).as_dict())


def _finisher(question: AskIn, request: Request) -> Callable[[Answer], Answer]:
    """What a whole answer still gets: the explanations asked for, an id by which it can be judged."""
    bot, remember = _bot(request), kept.kept_of(request).remember

    def finish(answer: Answer) -> Answer:
        return remember(bot.explained(answer) if question.explain else answer, question.turns())

    return finish


@router.post("/search", summary="Найти отрывки", responses=INVALID)
def search(query: SearchIn, request: Request) -> dict[str, Any]:
    """Отрывки статей с оценкой и местом на каждом этапе поиска, лучшие первыми."""
    bot, filters = _bot(request), filters_of(query.filters)
    hits = bot.search(query.query, query.k, filters, query.as_typed)
    repaired = bot.repaired(query.query, query.as_typed)
    hits = bot.explain(repaired.text, hits) if query.explain else hits
    notes = [*repaired.notes, *bot.remarks(repaired.text, filters)]
    return {"hits": [hit.as_dict() for hit in hits], **repaired.as_dict(), "notes": notes}


@router.get("/health", summary="Состояние")
def health(request: Request) -> dict[str, Any]:
    """Работает ли сервис и что в библиотеке."""
    bot = _bot(request)
    counts = bot.library.counts()
    return {
        "status": "ok",
        "articles": counts.articles,
        "passages": counts.passages,
        "encoder": bot.encoder_name,
        "writer": bot.writer_name,
        "reading": bot.reading_state,
        "version": __version__,
    }


@router.api_route("/{rest:path}", methods=METHODS, include_in_schema=False)
def unknown(request: Request) -> None:
    """Anything else under /api: without this the chat page, mounted at `/`, would answer instead."""
    if allowed := _allowed([route for each in ROUTERS for route in each.routes], request.scope):
        raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
    raise HTTPException(404)


def _body_limit(scope: Scope) -> int:
    """How large the body of a request may be, in bytes."""
    if scope["path"].startswith("/api/owner/"):
        return articles.OWNER_LIMIT
    if (scope["method"], scope["path"]) != ("POST", "/api/articles"):
        return BODY_LIMIT
    is_form = dict(scope["headers"]).get(b"content-type", b"").startswith(b"multipart/")
    return articles.UPLOAD_LIMIT if is_form else articles.JSON_LIMIT


def _allowed(routes: Iterable[BaseRoute], scope: Scope) -> set[str]:
    """Methods of the address that are not the one asked for."""
    allowed: set[str] = set()
    for route in routes:
        if not isinstance(route, Mount) and route.matches(scope)[0] is Match.PARTIAL:
            allowed |= getattr(route, "methods", None) or set()
    return allowed


def _docs(request: Request) -> HTMLResponse:
    return HTMLResponse(docs_page(request.app.openapi()))


def _bot(request: Request) -> Bot:
    bot: Bot = request.app.state.bot
    return bot


async def _last(answers: Iterator[Answer], request: Request) -> Answer | None:
    """The whole answer; None, and the bot's work is closed, when the client doesn't wait for it any more."""
    whole: Answer | None = None
    try:
        async for answer in iterate_in_threadpool(answers):
            if await request.is_disconnected():
                return None
            whole = answer
    finally:
        _close(answers)
    return whole


async def _events(
    answers: Iterator[Answer], finish: Callable[[Answer], Answer] | None = None
) -> AsyncIterator[bytes]:
    """SSE of a growing answer; `finish` has the last word on the whole one.

    When the client leaves, this is cancelled and the bot's work is closed.
    """
    last: Answer | None = None
    try:
        async for answer in iterate_in_threadpool(answers):
            if answer.found and (last is None or answer.text != last.text):
                yield event("delta", {"text": answer.text})
            last = answer
        if last is not None:
            whole = await run_in_threadpool(finish, last) if finish else last
            yield event("answer", whole.as_dict())
    except Exception as error:  # the status line is sent already: only an event can still tell
        yield event("error", problems.document(*problems.public(error)))
    finally:
        _close(answers)


def _close(answers: Iterator[Answer]) -> None:
    close = getattr(answers, "close", None)
    if close is not None:
        with suppress(ValueError):  # the server stops, and a thread is still at it
            close()
