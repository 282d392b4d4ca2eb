"""What a browser sends with an event, taken for nothing more than it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from rag.web.visitors import owner_of


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
    """Whose browser it is."""
    return owner_of(request.cookies if request else {})
