"""What the tests of the page call in view."""

from __future__ import annotations

import pytest

from tests.web.chromium import CHROMIUM
from tests.web.visiting import IN_VIEW

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed"),
]
Browser = playwright.Browser
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
