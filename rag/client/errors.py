"""What can go wrong between a client and its server. Texts are the server's own, in Russian.

ClientError
├── UnreachableError   nobody answers there, or not in time
├── KeyRefusedError    no key, a wrong, revoked or expired one, or one that may not do that (401, 403)
├── MissingError       no such article or answer (404)
├── InvalidError       the question, the filters or the article are not right (400, 413, 415, 422)
└── BusyServerError    too much at once, even after waiting (429, 503)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.errors import RagError


class ClientError(RagError):
    """Base of them. `status` is the HTTP status, 0 where there was none."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class UnreachableError(ClientError):
    """Nobody answers, not in time, or it isn't Сноска."""


class KeyRefusedError(ClientError):
    """The key doesn't open this."""


class MissingError(ClientError):
    """There is no such article or answer, for this key."""


class InvalidError(ClientError):
    """What was sent is not right."""


class BusyServerError(ClientError):
    """The server has no room; `seconds` after which it wants to be asked again."""

    def __init__(self, message: str, status: int = 503, seconds: float = 0.0) -> None:
        super().__init__(message, status)
        self.seconds = seconds


_BY_STATUS: dict[int, type[ClientError]] = {
    400: InvalidError,
    401: KeyRefusedError,
    403: KeyRefusedError,
    404: MissingError,
    413: InvalidError,
    415: InvalidError,
    422: InvalidError,
}


def refused(status: int, told: Mapping[str, Any], seconds: float = 0.0) -> ClientError:
    """The error for a problem document."""
    message = str(told.get("detail") or f"Сервер ответил кодом {status}.")
    if status in (429, 503):
        return BusyServerError(message, status, seconds)
    return _BY_STATUS.get(status, ClientError)(message, status)


def unreachable(address: str, error: Exception) -> UnreachableError:
    """`error` of the network, told."""
    return UnreachableError(
        f"Сервер {address} не отвечает ({type(error).__name__}). Проверьте адрес и то, что он запущен: "
        "snoska serve"
    )


def stranger(address: str) -> UnreachableError:
    """What is said of a server that answers something else."""
    return UnreachableError(f"{address} отвечает, но это не Сноска или другая её версия. Проверьте адрес.")
