"""Between a command and a running server: an exchange, its events and errors, articles on their way to it."""

from __future__ import annotations

import http.client
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BufferedReader
from typing import Any
from urllib.parse import urlsplit

from rag.errors import LibraryError, NotFoundError, QuestionError
from rag.library.arrivals import Item
from rag.library.lock import Server
from rag.library.report import Doing, Failure
from rag.library.run import Do, GoesOn, Progress
from rag.web.owner_requests import line
from rag.web.remote_shapes import Json

_SENT_AT_ONCE = 50_000_000  # bytes
Body = Mapping[str, Any] | bytes | BufferedReader | None


class Response:
    """One exchange with the server, as a context; its errors are ours."""

    def __init__(self, server: Server, method: str, path: str, body: Body, patience: float) -> None:
        place = urlsplit(server.address)
        self._address = server.address
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(place.hostname or "", place.port, timeout=patience)
        self._headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
        path = place.path.rstrip("/") + path
        if isinstance(body, BufferedReader):
            self._headers["Content-Length"] = str(os.fstat(body.fileno()).st_size)
        self._asked = method, path, json.dumps(body).encode() if isinstance(body, Mapping) else body

    def __enter__(self) -> http.client.HTTPResponse:
        try:
            self._connection.request(*self._asked, headers=self._headers)
            response = self._connection.getresponse()
            if response.status >= 400:
                raise _refused(response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise LibraryError(_silent(self._address)) from error
        except BaseException:
            self._connection.close()
            raise
        return response

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._connection.close()
        if isinstance(error, OSError | http.client.HTTPException | ValueError):
            raise LibraryError(_silent(self._address)) from error


def _silent(address: str) -> str:
    return (
        f"Сервер {address}, у которого библиотека, перестал отвечать. Что он подтвердил, сохранено; "
        f"повторите команду, а если не поможет, перезапустите его: snoska serve"
    )


def _refused(status: int, body: bytes) -> Exception:
    try:
        detail = str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"Сервер ответил кодом {status}. Перезапустите его: snoska serve"
    return {404: NotFoundError, 422: QuestionError}.get(status, LibraryError)(detail)


def events(response: Iterable[bytes], beats: bool = False) -> Iterator[tuple[str, Json]]:
    """Name and data of each event; with `beats` an empty one of each comment that keeps the line alive."""
    name = ""
    for raw in response:
        if beats and raw.startswith(b":"):
            yield "", {}
        kind, _, value = raw.decode().rstrip("\n").partition(": ")
        if kind == "event":
            name = value
        elif kind == "data":
            yield name, json.loads(value)


class Sending:
    """Articles on their way to the server, and what it has said of them."""

    def __init__(
        self,
        events: Callable[[str, bytes, GoesOn], Iterator[tuple[str, Json]]],
        total: int | None,
        progress: Progress | None,
        goes_on: GoesOn,
        doing: Do,
    ) -> None:
        self.tally: Counter[str] = Counter()
        self.failed: list[Failure] = []
        self.unknown: list[Failure] = []
        self.remarks: list[Failure] = []
        self._events, self._total, self._progress, self._goes_on = events, total, progress, goes_on
        self._doing = doing
        self._body, self._waiting = bytearray(), 0

    def take(self, item: Item) -> bool:
        """Note what became of an item, or send its article; False when it is time to stop."""
        if item.entry:
            self.remarks += [Failure(item.name, remark) for remark in item.entry.article.left_out]
            self._body += line(item.entry)
            self._waiting += 1
        elif item.failure:
            failures = self.unknown if item.is_unknown else self.failed
            failures.append(Failure(item.name, item.failure))
        else:
            self.tally["unchanged"] += 1
        self._tell()
        return (self.send() if len(self._body) > _SENT_AT_ONCE else True) and self._goes_on()

    def send(self) -> bool:
        """Send what waits; whether all of it was taken."""
        if self._body:
            for name, data in self._events("/api/owner/articles", bytes(self._body), self._goes_on):
                if name == "doing":
                    self._doing(Doing(data["step"], data["name"], data["share"]))
                elif name == "file":
                    self._waiting -= 1
                    self.tally[data["status"]] += 1
                    self._tell()
            self._body.clear()
        return not self._waiting

    def _tell(self) -> None:
        if self._progress:
            done = sum(self.tally[status] for status in ("added", "replaced", "unchanged"))
            self._progress(done + len(self.failed) + len(self.unknown), self._total)
