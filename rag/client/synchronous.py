"""The client for programs that wait."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx

from rag.client import calls
from rag.client.errors import unreachable
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


class Client:
    """Asks the server at `address`; close it, or use it as a context. Safe to use from several threads.

    `timeout` are the seconds without a word from the server after which it is given up. A server that has no
    room (503 with Retry-After) is asked again, `retries` times. Every method raises ClientError.
    """

    def __init__(
        self,
        address: str = "http://127.0.0.1:7860",
        key: str = "",
        timeout: float | httpx.Timeout = calls.TIMEOUT,
        retries: int = calls.RETRIES,
    ) -> None:
        headers = {b"authorization": f"Bearer {key}".encode()} if key else {}
        self._http = httpx.Client(base_url=address.rstrip("/"), headers=headers, timeout=timeout)
        self._retries = retries

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> Answer:
        """One answer; `history` are the earlier turns, `as_typed` leaves spelling and layout alone."""
        return self._done(calls.ask(question, history, filters, as_typed))

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        as_typed: bool = False,
    ) -> Iterator[Delta | Answer]:
        """The answer as it grows, the whole one last. Closing the iterator stops the server's work."""
        response = self._sent(calls.ask(question, history, filters, as_typed, stream=True), stream=True)
        try:
            events = calls.Events(response.url)
            for line in response.iter_lines():
                piece = events.read(line)
                if piece is not None:
                    yield piece
                if isinstance(piece, Answer):
                    return
            raise events.broken()
        except httpx.TransportError as error:
            raise unreachable(str(self._http.base_url), error) from error
        finally:
            response.close()

    def search(
        self, query: str, k: int = 10, filters: Filters | None = None, as_typed: bool = False
    ) -> Found:
        """The best `k` passages."""
        return self._done(calls.search(query, k, filters, as_typed))

    def verify(self, claim: str, quotes: Sequence[str] = (), filters: Filters | None = None) -> Checked:
        """Whether `claim` follows from `quotes`, or without any from the library."""
        return self._done(calls.verify(claim, quotes, filters))

    def articles(
        self,
        words: str = "",
        text: str = "",
        filters: Filters | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Articles:
        """A page of the list: by `words` of titles, words of the `text`, sources, tags and dates."""
        return self._done(calls.articles(words, text, filters, offset, limit))

    def article(self, article_id: str, version: int | None = None) -> Article:
        """One article with its text."""
        return self._done(calls.article(article_id, version))

    def add(
        self,
        text: str,
        title: str = "",
        *,
        article_id: str | None = None,
        source: str | None = None,
        published: date | None = None,
        url: str | None = None,
        tags: Sequence[str] = (),
        author: str | None = None,
    ) -> Report:
        """Add an article, in place of the one with its id; without an id it is known by its text."""
        return self._done(calls.add(text, title, article_id, source, published, url, tags, author))

    def upload(self, *paths: Path | str) -> Report:
        """Add the articles of files, in any format that the server reads."""
        return self._done(calls.upload(paths))

    def remove(self, *ids: str) -> Removed:
        """Remove articles. Raises MissingError where none of them is there."""
        return self._done(calls.remove(ids))

    def health(self) -> Health:
        """Who answers, and how much there is."""
        return self._done(calls.health())

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _done(self, call: calls.Call[Shape]) -> Shape:
        return call.read(self._sent(call))

    def _sent(self, call: calls.Call[Shape], stream: bool = False) -> httpx.Response:
        """The response; an error's is read and raised."""
        for left in range(self._retries, -1, -1):
            try:
                response = self._http.send(call.request(self._http), stream=stream)
                if response.status_code >= 400:
                    response.read()
            except httpx.TransportError as error:
                raise unreachable(str(self._http.base_url), error) from error
            seconds = calls.wait(response)
            if seconds is None or not left:
                break
            response.close()
            time.sleep(seconds)
        calls.check(response)
        return response
