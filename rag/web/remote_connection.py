"""One exchange with a running server: what it answers, event by event, and its errors as ours."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader
from typing import Any
from urllib.parse import urlsplit

from rag.errors import LibraryError, NotFoundError, QuestionError
from rag.library.lock import Server
from rag.web.remote_shapes import Json

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
