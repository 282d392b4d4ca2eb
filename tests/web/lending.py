"""A page of the browser that one test after another visits with.

A fresh one costs a second of the processor more: Gradio's scripts are fetched and compiled anew. What is lent
comes back as new: no cookies, nothing stored, no listeners or routes, online, of the usual size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from tests.web.chromium import patient

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Of the same origin, or the process that has compiled the scripts would be left. It keeps no connection.
PLAIN = "/robots.txt"
LASTING = ("add_init_script", "expose_binding", "expose_function", "once")  # can't be taken back
SETTINGS: dict[str, Any] = {
    "locale": "ru-RU",
    "reduced_motion": "reduce",
    "accept_downloads": True,
    "permissions": ["clipboard-read", "clipboard-write"],
}
_idle: dict[Browser, Page] = {}


@contextmanager
def lent(browser: Browser, address: str, width: int, scheme: str, alone: bool = False) -> Iterator[Page]:
    """A page as if new, that will open `address`; two at once have nothing in common.

    One that is `alone` may be changed in what can't be taken back: nobody has it afterwards.
    """
    page = None if alone else _idle.pop(browser, None)
    page = page or patient(browser.new_context(**SETTINGS).new_page())
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    take_back = [] if alone else _limited(page)
    kept = False
    try:
        yield page
        if not alone and browser not in _idle:
            _clear(page, address, take_back)
            _idle[browser] = page
            kept = True
    finally:  # nobody knows what a test that failed has left
        if not kept:
            page.context.close()


def _limited(page: Page) -> list[Callable[[], object]]:
    """Have listeners counted, and refused what lasts; gives what takes the listeners back."""
    take_back: list[Callable[[], object]] = []

    def limit(what: Any) -> None:
        def on(event: str, listener: Callable[..., Any]) -> None:
            take_back.append(lambda: what.remove_listener(event, listener))
            type(what).on(what, event, listener)

        what.on = on
        for name in LASTING:
            if hasattr(what, name):
                setattr(what, name, _refused)

    limit(page)
    limit(page.context)
    return take_back


def _refused(*_: object, **__: object) -> None:
    raise AssertionError("the next test would have it too: visit with a page of your own (alone=True)")


def _clear(page: Page, address: str, take_back: list[Callable[[], object]]) -> None:
    for each in take_back:
        each()
    context = page.context
    for other in context.pages:
        if other is not page:
            other.close()
    context.set_offline(False)
    for what in (page, context):
        what.unroute_all(behavior="ignoreErrors")
    page.goto(urljoin(address, PLAIN))
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    context.clear_cookies()
