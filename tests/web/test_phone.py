"""At every width nothing lies over what is needed, and on a phone what is pressed is large enough."""

from __future__ import annotations

from functools import partial
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.patience import becomes
from tests.web.sample import CANAL, SampleBot
from tests.web.visiting import FITS, Served, ask, in_view

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]
LENGTH = "Какова длина канала?"
LEAST = 24  # pixels of what is pressed, each way (WCAG 2.2, 2.5.8)


@pytest.fixture(scope="module")
def address(sample_page: Served[SampleBot]) -> str:
    return sample_page.address


def box(found: Locator) -> tuple[float, float, float, float]:
    """Left, top, right and bottom in the window."""
    at = found.bounding_box()
    assert at
    return at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]


def overlap(one: Locator, other: Locator) -> bool:
    a, b = box(one), box(other)
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def too_small(pressed: Locator) -> list[tuple[str, float, float]]:
    """Those of the visible ones that a finger misses, with their width and height; there must be many."""
    assert pressed.count() > 12
    small = []
    for each in pressed.all():
        if not each.is_visible():
            continue
        left, top, right, bottom = box(each)
        if min(right - left, bottom - top) < LEAST:
            told = each.evaluate("(node) => node.outerHTML.slice(0, 120)")
            small.append((told, right - left, bottom - top))
    return small


def test_what_is_pressed_is_large_enough_and_nothing_covers_the_question(phone: Page) -> None:
    """Styles of an answer once held for parts of Gradio of the same name, and moved them."""
    ask(phone, LENGTH)
    pressed = phone.locator(
        "#conversation :is(.footnote, .act, .edit, .source, .link a), .masthead :is(button:not(.skip), a), "
        "#desk button:visible"
    )
    assert too_small(pressed) == []
    phone.evaluate("scrollTo(0, 0)")
    assert box(phone.locator("#sheet"))[1] == box(phone.locator("#masthead"))[3]
    middles = []
    for name in ("Где искать", "Новый разговор"):
        _, top, _, bottom = box(phone.locator("#desk").get_by_role("button", name=name))
        middles.append((top + bottom) / 2)
    assert abs(middles[0] - middles[1]) < 2
    phone.get_by_role("button", name="Копировать", exact=True).click()
    told = phone.locator("#status")
    expect(told).to_have_text("Скопировано.")
    for part in ("#box textarea", "#send", "#scope"):
        assert not overlap(told, phone.locator(part))
    left, _, right, _ = box(told)
    assert left >= 0 and right <= 390
    phone.context.set_offline(True)
    banner = phone.locator("#offline")
    expect(banner).to_contain_text("потеряна")
    phone.evaluate("scrollTo(0, 300)")
    for name in ("Разговоры", "Библиотека", "Проверка"):
        button = phone.locator(".masthead").get_by_role("button", name=name)
        becomes(partial(overlap, banner, button), False)  # what lies below gives way
    in_view(phone, ".masthead nav [data-view=library]")
    in_view(phone, "#box textarea")
    phone.context.set_offline(False)
    expect(banner).to_be_hidden()
    phone.get_by_role("button", name="Библиотека").click()
    phone.locator(".articles tbody tr").first.wait_for()
    listed = phone.locator("#shelf :is(button, input), #shelf-top :is(.pick, summary, select)")
    assert too_small(listed) == []


def test_where_to_search_closes_after_a_choice_and_the_phone_may_lie(phone: Page) -> None:
    phone.get_by_role("button", name="Где искать").click()
    phone.locator("#sources input").click()
    source = CANAL.info.source or ""
    phone.locator("ul[role=listbox]").get_by_role("option", name=source).click()
    expect(phone.locator(".chip")).to_have_text(source)
    expect(phone.locator("#limits")).to_be_hidden()
    expect(phone.locator("ul[role=listbox]")).to_have_count(0)
    phone.get_by_role("button", name="Где искать").click()  # it opens again
    expect(phone.locator("#since")).to_be_visible()
    _, top, _, bottom = box(phone.locator("#desk"))
    assert bottom - top < 450  # half of the screen
    phone.set_viewport_size({"width": 844, "height": 390})
    _, top, _, bottom = box(phone.locator("#masthead"))
    assert bottom - top < 50  # one line above the page


LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = (
    (390, "light"), (390, "dark"), (1024, "light"), (1440, "dark"),
)  # fmt: skip


def test_every_width_and_scheme(page: Page) -> None:
    ask(page, "Какова длина канала? Ответь списком")
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(FITS), width
        for item in page.locator(".answer ul.listed > li").all():
            assert item.evaluate("each => getComputedStyle(each).listStyleType") == "disc"
            # The bullet hangs left of its item: there must be room for it inside the column.
            left = item.evaluate("each => each.getBoundingClientRect().left")
            column = page.locator(".answer").evaluate("each => each.getBoundingClientRect().left")
            assert left - column >= 16
        boxes = [row.bounding_box() for row in page.locator(".disagreement tbody tr").all()]
        assert [box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes] == [True] * 2
        page.get_by_role("button", name="Где искать").click()
        expect(page.locator("#sources")).to_be_visible()
        assert page.evaluate(FITS), width
        page.get_by_role("button", name="Где искать").click()
        page.locator(".footnote").first.click()
        in_view(page, "#reader mark")
        assert page.evaluate(FITS), width
        chat, reader = page.locator("#talk").bounding_box(), page.locator("#reader").bounding_box()
        assert chat and reader
        if width < 860:
            assert reader["y"] >= chat["y"] + chat["height"]
        else:
            assert reader["x"] >= chat["x"] + chat["width"]
        brightness = "parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
        assert (page.evaluate(brightness) > 127) == (scheme == "light")
        page.get_by_role("button", name="Закрыть статью").click()
        in_view(page, ".footnote")
    assert page.locator(".answer ul.listed > li").count() == 2
