"""Pages of their own, without Gradio, and the login, which is one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from rag.web.templating import rendered

_FOLDER = Path(__file__).parent


@cache
def _style() -> Markup:
    return Markup((_FOLDER / "standalone.css").read_text(encoding="utf-8"))


def page_html(name: str, title: str, kind: str, **values: Any) -> str:
    """The whole page that the template `name`, which extends "standalone.html", makes of `values`.

    `kind` is the class by which the style knows it.
    """
    return str(rendered(name, title=title, kind=kind, style=_style(), **values))


def login_html(action: str, onward: str, message: str) -> str:
    """The login; `onward` is where it leads, `message` what was wrong."""
    return page_html("login", "Сноска: вход", "login-page", action=action, onward=onward, message=message)
