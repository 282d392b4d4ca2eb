"""What the tests of the page call in view, and that no visit leaves anything to the next one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.web.serving import running
from tests.web.visiting import IN_VIEW, visited

pytestmark = pytest.mark.browser
COVER = '<div style="position: fixed; inset: 0 0 0 {left}; background: white"></div>'


@pytest.mark.parametrize(
    ("before", "after", "style", "expected"),
    [
        ("слово " * 4, "", "", True),  # it wraps from the middle of a line
        ("слово " * 4, COVER.format(left="0"), "", False),
        ("слово " * 4, COVER.format(left="150px"), "", False),  # its first line is covered
        ("<p style='height: 2000px'></p>", "", "", False),
        ("", "", "display: none", False),
        ("", "", "visibility: hidden", False),
        ("", "", "position: relative; left: -60px", False),
    ],
)
def test_every_line_is_seen(browser: Browser, before: str, after: str, style: str, expected: bool) -> None:
    page = browser.new_page(viewport={"width": 300, "height": 400})
    mark = f"<mark style='{style}'>{'знак ' * 12}</mark>"
    page.set_content(f"<body style='font: 16px/20px monospace'>{before}{mark}{after}</body>")
    assert page.evaluate(IN_VIEW, "mark") is expected
    assert page.evaluate(IN_VIEW, "b") is False
    page.close()


KEPT = """() => [localStorage.length, sessionStorage.length, document.cookie, innerWidth,
    matchMedia("(prefers-color-scheme: dark)").matches, navigator.onLine]"""
AS_NEW = [0, 0, "", 1440, False, True]


async def empty_page(scope: Any, receive: Any, send: Any) -> None:
    """As much of the page as a visit waits for."""
    text = b'<div id="conversation"><p class="exchanges">-</p></div>'
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": text})


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running(empty_page) as address:
        yield address


def test_a_visit_leaves_nothing_to_the_next_one(browser: Browser, address: str) -> None:
    told: list[object] = []
    with visited(browser, address, 390, "dark") as first:
        first.evaluate("document.cookie = 'a=1', localStorage.a = sessionStorage.a = 1")
        assert first.evaluate(KEPT) == [1, 1, "a=1", 390, True, True]
        first.set_viewport_size({"width": 300, "height": 300})
        first.route("**/other", lambda route: route.abort())
        first.context.route("**/another", lambda route: route.abort())
        first.on("console", lambda message: told.append(message.text))
        first.context.on("request", lambda request: told.append(request.url))
        first.context.new_page()
        first.context.set_offline(True)
        told.clear()
    with visited(browser, address) as second:
        assert second is first and second.context.pages == [second]
        assert second.evaluate(KEPT) == AS_NEW
        second.evaluate("console.log('heard by nobody')")
        for path in ("other", "another"):
            reply = second.goto(f"{address}/{path}")
            assert reply and reply.ok
    assert told == []


def test_two_visits_at_once_have_nothing_in_common(browser: Browser, address: str) -> None:
    with visited(browser, address) as first:
        first.evaluate("document.cookie = 'a=1', localStorage.a = 1")
        with visited(browser, address) as second:
            assert second.context != first.context
            assert second.evaluate(KEPT) == AS_NEW


def test_what_would_last_needs_a_page_alone(browser: Browser, address: str) -> None:
    with visited(browser, address) as lent, pytest.raises(AssertionError, match="alone"):
        lent.add_init_script("window.left = 1")
    with visited(browser, address, alone=True) as alone:
        alone.add_init_script("window.left = 1")
        alone.reload()
        assert alone.evaluate("left") == 1
    with visited(browser, address) as after:
        assert after is lent and after.evaluate("window.left") is None


def test_what_a_failed_test_has_left_is_thrown_away(browser: Browser, address: str) -> None:
    with pytest.raises(ZeroDivisionError), visited(browser, address) as failed:
        assert 1 / 0
    with visited(browser, address) as after:
        assert after is not failed
