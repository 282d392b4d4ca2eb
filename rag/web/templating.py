"""HTML from templates: every value in them is escaped unless it is Markup already."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rag.text.setting import SPACE
from rag.web.icons import icon
from rag.web.wording import clip, count, russian_date

FOLDER = Path(__file__).parent / "templates"


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
