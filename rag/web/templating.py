"""HTML from templates: every value in them is escaped unless it is Markup already."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rag.text.setting import SPACE
from rag.web.wording import clip, count, russian_date

# Small line drawings for buttons, inline so that nothing is loaded. Each is hidden from screen readers.

_PATHS = {
    "again": "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
    "chats": "M2.5 3.5h11v7h-6l-3 2.5v-2.5h-2z",
    "copy": "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
    "cross": "M4 4l8 8M12 4l-8 8",
    "down": "M5 2.5v7M5 3h6.2l1.8 5v1.5H9.5l.5 3-1 1L5 9.5H2.5v-7H5",
    "file": "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
    "link": "M6.5 9.5l3-3M7 4.5l1.5-1.5a2.8 2.8 0 0 1 4 4L11 8.5M9 11.5L7.5 13a2.8 2.8 0 0 1-4-4L5 7.5",
    "pencil": "M3 13l.7-3L10.5 3.200l2.3 2.300L6 12.300z",
    "plus": "M8 3v10M3 8h10",
    "up": "M5 13.500v-7M5 13h6.200l1.8-5V6.500H9.500l.5-3-1-1L5 6.500H2.500v7H5",
}


def icon(name: str) -> Markup:
    """The drawing `name`, in the colour of the text around it."""
    return Markup(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" '
        'stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        '<path d="{}"/></svg>'
    ).format(_PATHS[name])


_HERE = Path(__file__).parent
FOLDER = _HERE / "templates"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,  # a misspelt name is an error
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(icon=icon)
    made.filters.update(clip=clip, count=count, grouped=grouped, russian_date=russian_date)
    return made


def grouped(number: int) -> str:
    """«12 345», not broken at a line's end."""
    return f"{number:,}".replace(",", SPACE)


def rendered(name: str, **values: Any) -> Markup:
    """The template `name` of `rag/web/templates` with `values`, as safe HTML."""
    return Markup(_environment().get_template(f"{name}.html").render(values).strip())


def page_html(name: str, title: str, kind: str, **values: Any) -> str:
    """The whole page, without Gradio, that the template `name`, which extends "standalone.html", makes.

    `kind` is the class by which the style knows it.
    """
    return str(rendered(name, title=title, kind=kind, style=_style(), **values))


@cache
def _style() -> Markup:
    return Markup((_HERE / "standalone.css").read_text(encoding="utf-8"))
