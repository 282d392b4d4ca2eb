"""Articles that are sent to be added: taken out of the request, and what is answered once they are read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from hashlib import blake2b
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from pydantic_core import from_json
from starlette.datastructures import UploadFile

from rag.library.files import READ
from rag.library.report import Outcome, Report
from rag.types import Article, ArticleInfo
from rag.web import problems
from rag.web.request_models import ArticleIn, ArticlesIn
from rag.web.wording import clip
from rag.web.write_queue import Step, outcome_dict, report_dict, stream

_LOOK = 0.3  # seconds between two looks whether the client is still there


def lasts(request: Request) -> bool:
    """Whether the client asks that its work be done though it leaves: «Prefer: respond-async»."""
    return "respond-async" in request.headers.get("prefer", "")


def reader_of(sent: UploadFile) -> Any:
    """What reads a file that was sent, from its beginning."""

    def read() -> bytes:
        sent.file.seek(0)
        return sent.file.read()

    return read


async def answered(request: Request, steps: AsyncIterator[Step]) -> Response:
    """What came of it, as events to who asks for them, else in one piece."""
    if "text/event-stream" in request.headers.get("accept", ""):
        return stream(steps)
    gathering = asyncio.ensure_future(_gathered(steps))
    while not (await asyncio.wait([gathering], timeout=_LOOK))[0]:
        if await request.is_disconnected():
            gathering.cancel()  # the work ends after the batch at hand
            return Response(status_code=499)
    files, report = gathering.result()
    failed = (*report.failed, *report.unknown)
    if files and len(failed) == len(files):
        first = failed[0]
        more = f" И ещё не принято файлов: {len(files) - 1}." if len(files) > 1 else ""
        more += f" {READ}" if report.unknown else ""
        detail = f"«{clip(first.name, 100)}»: {first.reason}.{more}"
        return problems.problem(422, detail, files=[outcome_dict(each) for each in files])
    return JSONResponse(report_dict(report, files))


async def _gathered(steps: AsyncIterator[Step]) -> tuple[list[Outcome], Report]:
    """What became of each file, and the report."""
    files: list[Outcome] = []
    async with aclosing(steps) as told:  # type: ignore[type-var]
        async for step in told:
            if isinstance(step, Report):
                return files, step
            if isinstance(step, Outcome):
                files.append(step)
    raise AssertionError("there is always a report")


def articles_of(body: bytes) -> list[Article]:
    """The articles of a JSON body: one, or a list of them. Raises RequestValidationError."""
    try:
        value = from_json(body)
        several = isinstance(value, dict) and "articles" in value
        found = ArticlesIn.model_validate(value).articles if several else [ArticleIn.model_validate(value)]
    except ValidationError as error:
        raise RequestValidationError([{**e, "loc": ("body", *e["loc"])} for e in error.errors()]) from None
    except ValueError:
        raise RequestValidationError([{"type": "json_invalid", "loc": ("body",), "ctx": {}}]) from None
    return [_article(each) for each in found]


def _article(sent: ArticleIn) -> Article:
    """Without an id of its own an article is known by its text."""
    article_id = sent.id or "api-" + blake2b(sent.text.encode(), digest_size=8).hexdigest()
    published = sent.published.isoformat() if sent.published else None
    title = sent.title or clip(sent.text, 100) or article_id
    tags = tuple(sent.tags)
    info = ArticleInfo(article_id, title, sent.source, published, sent.url, tags, sent.author)
    return Article(info, sent.text)
