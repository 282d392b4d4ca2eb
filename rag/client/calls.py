"""Every request there is, described once for both clients: what is sent, and what is read of the answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from rag.client.errors import ClientError, refused, stranger
from rag.client.shapes import (
    Answer,
    Article,
    Articles,
    Checked,
    Delta,
    Filters,
    Found,
    Health,
    Removed,
    Report,
    Turn,
)

Shape = TypeVar("Shape")
TIMEOUT = httpx.Timeout(60.0, connect=5.0)  # seconds: a language model may take its time
RETRIES = 3  # of a server that has no room
LONGEST_WAIT = 30.0  # seconds between two tries, whatever the server asks for


@dataclass(frozen=True, slots=True)
class Call(Generic[Shape]):
    """A request and the shape of its answer."""

    method: str
    path: str
    shape: type[Shape]
    body: Mapping[str, Any] | None = None
    params: Sequence[tuple[str, str]] = ()
    files: Sequence[tuple[str, tuple[str, bytes]]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def request(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        return client.build_request(
            self.method,
            self.path,
            json=self.body,
            params=list(self.params) or None,
            files=list(self.files) or None,
            headers=dict(self.headers),
        )

    def read(self, response: httpx.Response) -> Shape:
        """What the server answers. Raises ClientError."""
        check(response)
        return shaped(self.shape, response.content, response.request.url)


def ask(
    question: str, history: Iterable[Turn], filters: Filters | None, as_typed: bool, stream: bool = False
) -> Call[Answer]:
    body = {"question": question, "history": [asdict(turn) for turn in history], "as_typed": as_typed}
    return Call("POST", "/api/ask", Answer, {**body, "stream": stream, **_filters(filters)})


def search(query: str, k: int, filters: Filters | None, as_typed: bool) -> Call[Found]:
    body = {"query": query, "k": k, "as_typed": as_typed, **_filters(filters)}
    return Call("POST", "/api/search", Found, body)


def verify(claim: str, quotes: Sequence[str], filters: Filters | None) -> Call[Checked]:
    body = {"claim": claim, **({"quotes": list(quotes)} if quotes else {}), **_filters(filters)}
    return Call("POST", "/api/verify", Checked, body)


def articles(words: str, text: str, filters: Filters | None, offset: int, limit: int) -> Call[Articles]:
    wanted = filters or Filters()
    params = [("q", words), ("text", text), ("offset", str(offset)), ("limit", str(limit))]
    params += [("source", each) for each in wanted.sources] + [("tag", each) for each in wanted.tags]
    days = {"from": wanted.since, "to": wanted.until}
    params += [(name, day.isoformat()) for name, day in days.items() if day]
    return Call("GET", "/api/articles", Articles, params=params)


def article(article_id: str, version: int | None) -> Call[Article]:
    params = [("version", str(version))] if version else []
    return Call("GET", f"/api/articles/{quote(article_id, safe='/')}", Article, params=params)


def add(
    text: str,
    title: str,
    article_id: str | None,
    source: str | None,
    published: date | None,
    url: str | None,
    tags: Sequence[str],
    author: str | None,
) -> Call[Report]:
    known = {"id": article_id, "source": source, "url": url, "author": author}
    known |= {"published": published.isoformat() if published else None}
    body: dict[str, Any] = {"text": text, "title": title, "tags": list(tags)}
    return Call("POST", "/api/articles", Report, body | {key: value for key, value in known.items() if value})


def upload(paths: Iterable[Path | str]) -> Call[Report]:
    files = [("files", (Path(path).name, Path(path).read_bytes())) for path in paths]
    return Call("POST", "/api/articles", Report, files=files)


def remove(ids: Sequence[str]) -> Call[Removed]:
    return Call("DELETE", "/api/articles", Removed, params=[("id", each) for each in ids])


def health() -> Call[Health]:
    return Call("GET", "/api/health", Health)


def check(response: httpx.Response) -> None:
    """Raises ClientError for a response that tells of an error; its body must have been read."""
    if response.status_code < 400:
        return
    try:
        told = json.loads(response.content)
    except ValueError:
        told = {}
    raise refused(response.status_code, told if isinstance(told, dict) else {}, wait(response) or 0.0)


def wait(response: httpx.Response) -> float | None:
    """Seconds after which a server without room wants to be asked again; None for any other response."""
    if response.status_code != 503:
        return None
    after = response.headers.get("retry-after", "")
    return min(float(after), LONGEST_WAIT) if after.isdigit() else None


class Events:
    """Server-Sent Events of one answer, line by line."""

    def __init__(self, address: httpx.URL | str) -> None:
        self._address = str(address)
        self._name = ""

    def read(self, line: str) -> Delta | Answer | None:
        """What `line` brings. Raises ClientError for an answer that failed half-way."""
        kind, _, value = line.partition(": ")
        if kind == "event":
            self._name = value
        if kind != "data":
            return None
        if self._name == "error":
            told = json.loads(value)
            raise refused(int(told.get("status", 500)), told)
        if self._name == "answer":
            return shaped(Answer, value.encode(), self._address)
        return shaped(Delta, value.encode(), self._address)

    def broken(self) -> ClientError:
        """What is said where the answer ends before it is whole."""
        return ClientError(f"Сервер {self._address} оборвал ответ. Повторите вопрос.")


def shaped(shape: type[Shape], content: bytes, address: httpx.URL | str) -> Shape:
    """`content` as `shape`. Raises UnreachableError for what is something else."""
    kind: Any = shape
    try:
        read: Shape = _adapter(kind).validate_json(content)
        return read
    except ValidationError as error:
        raise stranger(str(address)) from error


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _filters(filters: Filters | None) -> dict[str, Any]:
    told = filters.body() if filters else {}
    return {"filters": told} if told else {}
