"""The HTTP API: thin routes over the bot. Its work is done in threads of its own, in turn: see admission."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

from rag import __version__
from rag.judging.reviews import Reviews
from rag.judging.run_history import PastRuns
from rag.judging.trials import Trials
from rag.web import (
    answer_details,
    answer_stream,
    article_page,
    articles,
    asking,
    description,
    dify,
    editing,
    error_shapes,
    key_making,
    owner_requests,
    problems,
    reading,
    response_models,
    reverse_citations,
    reviewing,
    saved_answers,
    topics,
    widget,
)
from rag.web import metrics as measured
from rag.web.access import Access, RequestIds
from rag.web.admission import Admission
from rag.web.answer_stream import admission_of
from rag.web.articles import INVALID
from rag.web.docs import docs_page
from rag.web.error_shapes import Retold
from rag.web.keys import Keys
from rag.web.mcp.http import Mcp
from rag.web.middleware import Frame
from rag.web.openai import chat, errors, models, responses
from rag.web.origins import Names, OwnSite, is_loopback
from rag.web.rates import Rates
from rag.web.request_models import AskedIn, AskManyIn, SearchIn, VerifyIn, filters_of
from rag.web.response_models import gives
from rag.web.restricted import bot_of
from rag.web.terms import Terms
from rag.web.traffic import Punctual, Traffic
from rag.web.visitors import Visitors
from rag.web.widget import Guests
from rag.web.write_queue import Desk

if TYPE_CHECKING:
    from rag.bot import Bot

log = logging.getLogger(__name__)
BODY_LIMIT = 1_000_000
PAGE_API = "/gradio_api"  # how the page talks to the server
LIMITED = ("/api", "/v1", "/retrieval", "/mcp", PAGE_API)  # addresses that take bodies
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
DESCRIPTION = "Ответы на вопросы по статьям на русском языке, с проверяемой сноской у каждого предложения."
BUSY: dict[int | str, dict[str, Any]] = {
    503: {"description": "Очередь полна или сервер останавливается; Retry-After говорит, когда повторить"}
}
EVENTS = "text/event-stream"
router = APIRouter(prefix="/api")
# Of two whose addresses fit, the first one answers: those of `editing` go on from those of `articles`.
ROUTERS = (
    editing.router,
    articles.router,
    answer_details.router,
    reading.router,
    reverse_citations.router,
    saved_answers.router,
    reviewing.router,
    router,
)
FACES = (chat, responses, models, dify, article_page, topics, widget, measured)


def create_app(
    bot: Bot,
    mount_page: Callable[[FastAPI], FastAPI] | None = None,
    keys: Sequence[str] = (),
    root_path: str = "",
    terms: Terms = Terms(),  # noqa: B008  # frozen
) -> FastAPI:
    """The application around `bot`: API, its description at /docs, and what `mount_page` adds at `/`.

    With `keys`, or some in the library, nothing is served without one of them. `root_path` is the prefix of
    a reverse proxy. What readers leave is kept in the folder of the library. Raises LibraryError.
    """
    app = described()
    app.state.root_path, app.state.locked = root_path, bool(keys or bot.library.keys.keys())
    _open_state(app, bot, terms)
    agents = Mcp(bot, app.state.admission)
    state = app.state
    for closed in (state.admission, state.desk, state.trials, state.kept.chats, agents, state.metrics):
        app.router.add_event_handler("shutdown", closed.close)
    problems.install(app)
    app.router.routes.append(agents.route())
    methods = ["GET", "HEAD"]
    app.add_api_route("/docs", _docs, methods=methods, include_in_schema=False, response_class=HTMLResponse)
    _surround(app, bot, keys, terms)
    return mount_page(app) if mount_page else app


def _open_state(app: FastAPI, bot: Bot, terms: Terms) -> None:
    """What the routes share: the bot and what goes with it. Raises LibraryError."""
    state, folder = app.state, bot.library.folder
    state.bot, state.origins, state.log_questions = bot, terms.origins, terms.log_questions
    state.kept = saved_answers.open_kept(folder, bot.library, terms.keep_days)
    state.admission = Admission(terms.at_once, terms.queue)
    state.metrics = measured.Metrics(bot, state.admission)
    state.health = ThreadPoolExecutor(1, "health")
    state.desk, state.traffic = Desk(), Traffic()
    state.trials, state.reviews = Trials(bot.ask, PastRuns(folder)), Reviews(folder)


def _surround(app: FastAPI, bot: Bot, keys: Sequence[str], terms: Terms) -> None:
    """Put around the routes what every request passes, the innermost first."""
    root = app.state.root_path
    app.add_middleware(problems.BodyLimit, limit=_body_limit, prefixes=LIMITED)
    app.add_middleware(problems.PlainErrors, kept=PAGE_API, allowed=lambda scope: _allowed(app.routes, scope))
    app.add_middleware(Visitors)
    if terms.rate:
        app.add_middleware(Rates, rate=terms.rate)
    folder, keyring = bot.library.folder, bot.library.keys
    private = is_loopback(terms.host)
    app.add_middleware(Keys, keys=keys, folder=folder, keyring=keyring, is_private=private)
    app.add_middleware(Retold, applies=error_shapes.is_read, tell=error_shapes.error_page)
    app.add_middleware(Punctual)
    app.add_middleware(OwnSite, names=Names(terms.names, terms.host))
    app.add_middleware(app.state.traffic.around)
    app.add_middleware(Retold, applies=errors.applies, tell=errors.error_response)
    app.add_middleware(Retold, applies=dify.applies, tell=dify.error_response)
    # It leaves streams of events alone. Packed tighter, a long article takes half a second more.
    app.add_middleware(GZipMiddleware, minimum_size=2_000, compresslevel=4)
    app.add_middleware(Access, metrics=app.state.metrics)
    app.add_middleware(Frame, root=root)
    app.add_middleware(Guests, origins=terms.origins, root=root)
    app.add_middleware(RequestIds)


def described() -> FastAPI:
    """The routes with their description, which needs no library."""
    app = FastAPI(title="Сноска", description=DESCRIPTION, version=__version__, docs_url=None, redoc_url=None)
    for each in (owner_requests.router, key_making.router, *ROUTERS, *(face.router for face in FACES)):
        app.include_router(each)
    description.install(app)
    return app


@router.post(
    "/ask",
    summary="Задать вопрос",
    response_model=None,
    responses=gives(response_models.Answered | response_models.ManyAnswered, EVENTS) | INVALID | BUSY,
)
async def ask(sent: Annotated[AskedIn, Body()], request: Request) -> Response:
    """Ответ со сносками. При stream: true или Accept: text/event-stream — события SSE.

    Несколько вопросов, {"questions": […]}, получают ответы по порядку; вопрос, на который ответить не
    удалось, — ошибку на своём месте. Поток продолжается с Last-Event-ID: готовый ответ приходит сразу.
    """
    if isinstance(sent, AskManyIn):
        return await asking.many(sent.questions, request)
    if sent.stream or "text/event-stream" in request.headers.get("accept", ""):
        return await asking.streamed(sent, request)
    answer = await answer_stream.last(asking.steps_of(sent, request), request)
    return JSONResponse(answer.as_dict()) if answer else Response(status_code=answer_stream.CLIENT_LEFT)


@router.post(
    "/search",
    summary="Найти отрывки",
    response_model=None,
    responses=gives(response_models.Searched) | INVALID | BUSY,
)
async def search(query: SearchIn, request: Request) -> dict[str, Any]:
    """Отрывки статей с оценкой и местом на каждом этапе поиска, лучшие первыми."""
    bot = bot_of(request)
    return await admission_of(request).call(lambda: _found(bot, query))


def _found(bot: Bot, query: SearchIn) -> dict[str, Any]:
    filters = filters_of(query.filters)
    hits = bot.search(query.query, query.k, filters, query.as_typed)
    repaired = bot.repaired(query.query, query.as_typed)
    hits = bot.explain(repaired.text, hits) if query.explain else hits
    notes = [*repaired.notes, *bot.remarks(repaired.text, filters)]
    return {"hits": [hit.as_dict() for hit in hits], **repaired.as_dict(), "notes": notes}


@router.post(
    "/verify",
    summary="Проверить утверждение",
    response_model=None,
    responses=gives(response_models.Verified) | INVALID | BUSY,
)
async def verify(sent: VerifyIn, request: Request) -> dict[str, Any]:
    """Следует ли утверждение из цитат или из статей библиотеки: support, причины и что с чем сравнивалось."""
    bot, filters = bot_of(request), filters_of(sent.filters)
    checked = await admission_of(request).call(lambda: bot.verify(sent.claim, sent.quotes or (), filters))
    return checked.as_dict()


@router.get("/health", summary="Состояние", response_model=None, responses=gives(response_models.Healthy))
async def health(request: Request) -> dict[str, Any]:
    """Работает ли сервис и что в библиотеке."""
    told = asyncio.get_running_loop().run_in_executor(request.app.state.health, _health, bot_of(request))
    return await told


@router.get(
    "/health/live", summary="Жив ли сервер", response_model=None, responses=gives(response_models.Alive)
)
async def live() -> dict[str, str]:
    """Отвечает всегда, пока сервер работает; ключа не требует."""
    return {"status": "ok"}


@router.get(
    "/health/ready",
    summary="Готов ли сервер отвечать",
    response_model=None,
    responses=gives(response_models.Alive) | BUSY,
)
async def ready(request: Request) -> dict[str, str]:
    """503, если очередь вопросов полна или сервер останавливается; ключа не требует."""
    admission_of(request).check()
    return {"status": "ok"}


def _health(bot: Bot) -> dict[str, Any]:
    counts = bot.library.counts()
    return {
        "status": "ok",
        "articles": counts.articles,
        "passages": counts.passages,
        "encoder": bot.encoder_name,
        "writer": bot.writer_name,
        "reading": bot.reading_state,
        "error_budget": bot.budget.as_dict() if bot.budget else None,
        "version": __version__,
    }


@router.api_route("/{rest:any}", methods=METHODS, include_in_schema=False)
def unknown(request: Request) -> None:
    """Anything else under /api: without this the chat page, mounted at `/`, would answer instead."""
    if allowed := _allowed([route for each in ROUTERS for route in each.routes], request.scope):
        raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
    raise HTTPException(404)


def _body_limit(scope: Scope) -> int:
    """How large the body of a request may be, in bytes."""
    if scope["path"].startswith("/api/owner/"):
        return articles.OWNER_LIMIT
    if (scope["method"], scope["path"]) == ("POST", "/api/reviews"):
        return reviewing.SET_LIMIT
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
    return HTMLResponse(docs_page(request.app.openapi(), topics.navigation("docs/", "./docs")))
