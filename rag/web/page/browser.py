"""What a browser sends with an event, taken for nothing more than it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from starlette.requests import HTTPConnection

from rag.types import Filters
from rag.web.callers import EVERYTHING, Caller, caller_of
from rag.web.visitors import owner_of, reader_of


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose conversations are shown, and which articles they may see."""

    owner: str
    sees: Filters = Filters()  # noqa: RUF009  # frozen


def data(event: gr.EventData) -> Mapping[str, Any]:
    sent = event._data
    return sent if isinstance(sent, Mapping) else {}


def text(event: gr.EventData, name: str) -> str:
    """A string from the browser; anything else counts as empty."""
    value = data(event).get(name)
    return value if isinstance(value, str) else ""


def number(event: gr.EventData, name: str) -> int:
    """A count from the browser; anything else counts as 0."""
    value = data(event).get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def flag(event: gr.EventData, name: str) -> bool:
    return data(event).get(name) is True


def owner(request: gr.Request | None) -> str:
    """Whose conversations they are."""
    connection = _connection(request)
    return reader_of(connection) if connection else owner_of(request.cookies if request else {})


def reader(request: gr.Request | None) -> Reader:
    """Who reads."""
    return Reader(owner(request), caller(request).sees)


def caller(request: gr.Request | None) -> Caller:
    """Who asks, by their key."""
    connection = _connection(request)
    return caller_of(connection.scope) if connection else EVERYTHING


def _connection(request: gr.Request | None) -> HTTPConnection | None:
    found = request.request if request else None
    return found if isinstance(found, HTTPConnection) else None
