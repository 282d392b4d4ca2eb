"""For commands of whoever owns the data folder, while the server has it: their work is done here.

They read the files themselves and send articles: the server never opens a path that a request names, so a
token that got out would give nobody the files of the user who runs it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile, SpooledTemporaryFile
from typing import IO, TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from rag import __version__
from rag.chats.moving import bring_back
from rag.errors import RagError
from rag.library.arrivals import SETTINGS, Aftermath, Item
from rag.library.backup import restore_beside
from rag.library.reading.pieces import source_of
from rag.library.records import Entry
from rag.library.report import Report
from rag.library.run import Watch
from rag.web import problems
from rag.web.articles import desk_of
from rag.web.write_queue import Step, stream

if TYPE_CHECKING:
    from rag.library.library import Library

_IN_MEMORY = 5_000_000  # bytes of a request; more waits on the disk
_ENTRIES = TypeAdapter(Entry)
_AFTERMATH = TypeAdapter(Aftermath)


def owner_only(request: Request) -> None:
    """Nobody else so much as sees that these addresses are there."""
    token = getattr(request.app.state, "owner_token", None)
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or not secrets.compare_digest(given.encode(), token.encode()):
        raise HTTPException(404)


router = APIRouter(prefix="/api/owner", include_in_schema=False, dependencies=[Depends(owner_only)])


@router.get("/held")
def held(request: Request) -> Response:
    """What a reading has to know of the library, and by which settings this server reads."""
    found = _library(request).held()
    return JSONResponse(
        {
            "version": __version__,
            "settings": SETTINGS,
            "signatures": {
                article_id: [each.content, each.settings] for article_id, each in found.signatures.items()
            },
            "origins": found.origins,
            "copies": found.copies,
            "originals": found.originals is not None,
            "files": {
                origin: [each.id, each.signature.content, each.signature.settings]
                for origin, each in found.files.items()
            },
        }
    )


@router.post("/articles")
async def take(request: Request) -> Response:
    """Articles, one JSON object a line; events as they are taken."""
    spooled: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed when the work is over
    async for chunk in request.stream():
        await run_in_threadpool(spooled.write, chunk)
    spooled.seek(0)
    library = _library(request)
    steps = desk_of(request).follow(lambda watch: library.take(_items(spooled), watch), spooled.close, True)
    return stream(_told(steps))


@router.post("/aftermath")
async def settle(request: Request) -> Response:
    """What follows from a reading: articles that go, files that moved."""
    body, library = await request.body(), _library(request)
    try:
        aftermath = _AFTERMATH.validate_json(body)
    except ValidationError:
        raise HTTPException(400) from None
    try:
        removed = await desk_of(request).call(lambda: library.settle(aftermath))
    except RagError as error:
        raise problems.ToldError(str(error)) from error
    return JSONResponse({"removed": removed})


@router.post("/restore")
async def restore(request: Request) -> Response:
    """A backup, whose library comes in the place of this one; events as articles are compared."""
    library = _library(request)
    sent = NamedTemporaryFile(prefix="restore-", suffix=".zip", dir=library.folder)  # noqa: SIM115  # as above
    async for chunk in request.stream():
        await run_in_threadpool(sent.write, chunk)
    await run_in_threadpool(sent.flush)

    def work(watch: Watch) -> Report:
        def tell(done: int, total: int) -> bool:
            watch.progress and watch.progress(done, total)
            return True

        restore_beside(library, Path(sent.name), lambda folder: bring_back(folder, library), tell)
        counts = library.counts()
        return Report(articles=counts.articles, passages=counts.passages)

    return stream(_told(desk_of(request).follow(work, sent.close, is_long=True, lasts=True)))


@router.post("/rebuild")
async def rebuild(request: Request) -> Response:
    """Every index anew; events as they grow."""
    library = _library(request)

    def work(watch: Watch) -> Report:
        library.rebuild(watch.progress)
        counts = library.counts()
        return Report(articles=counts.articles, passages=counts.passages)

    return stream(_told(desk_of(request).follow(work, is_long=True)))


@router.post("/originals")
async def keep(request: Request, name: str) -> Response:
    """A file that an article to come was read from."""
    body, library = await request.body(), _library(request)
    source = source_of(body, "original", "original")
    kept = await run_in_threadpool(library.originals.keep, source, name)
    return JSONResponse({"name": kept.name, "digest": kept.digest})


@router.delete("/versions")
async def forget_versions(request: Request) -> Response:
    """Former texts are forgotten."""
    library = _library(request)
    return JSONResponse({"forgotten": await desk_of(request).call(library.forget_versions)})


@router.get("/differences")
async def differences(request: Request) -> Response:
    """What a look at every passage finds wrong."""
    return JSONResponse({"differences": await desk_of(request).call(_library(request).differences)})


async def _told(steps: AsyncIterator[Step]) -> AsyncIterator[Step]:
    """The owner is told what is wrong with their own folder."""
    try:
        async for step in steps:
            yield step
    except RagError as error:
        raise problems.ToldError(str(error)) from error


def _items(lines: Iterable[bytes]) -> Iterator[Item]:
    for line in lines:
        entry = _ENTRIES.validate_json(line)
        yield Item(entry.article.id, entry)


def _library(request: Request) -> Library:
    held: Library = request.app.state.bot.library
    return held


def line(entry: Entry) -> bytes:
    """An entry as it is sent."""
    return _ENTRIES.dump_json(entry) + b"\n"


def aftermath_json(aftermath: Aftermath) -> bytes:
    """An aftermath as it is sent."""
    return _AFTERMATH.dump_json(aftermath)
