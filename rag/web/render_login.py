"""Pages of their own, without Gradio: the login and the frame around a kept answer."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from markupsafe import Markup

_FOLDER = Path(__file__).parent
_PAGE = Markup(
    '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="robots" content="noindex">'
    "<title>{title}</title><style>{style}</style></head><body class={kind}>{body}</body></html>"
)
_LOGIN = Markup(
    '<main class="login"><h1>Сноска<sup aria-hidden="true">1</sup></h1>'
    "<p>Эта Сноска открывается по ключу.</p>"
    '<form method="post" action="{action}"><input type="hidden" name="next" value="{onward}">'
    '<label>Ключ<input type="password" name="key" required autofocus autocomplete="current-password"></label>'
    '{message}<button type="submit">Войти</button></form></main>'
)


@cache
def _style() -> Markup:
    return Markup((_FOLDER / "standalone.css").read_text(encoding="utf-8"))


def page_html(title: str, body: Markup, kind: str) -> str:
    """A whole page around `body`."""
    return str(_PAGE.format(title=title, style=_style(), body=body, kind=kind))


def login_html(action: str, onward: str, message: str) -> str:
    """The login; `onward` is where it leads, `message` what was wrong."""
    told = Markup('<p class="wrong" role="alert">{}</p>').format(message) if message else ""
    return page_html("Сноска: вход", _LOGIN.format(action=action, onward=onward, message=told), "login-page")
