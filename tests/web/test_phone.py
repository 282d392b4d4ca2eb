"""On a phone: what is pressed is large enough, and nothing lies over what is needed. Boxes are measured."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.patience import becomes
from tests.web.sample import CANAL, open_sample
from tests.web.serving import running
from tests.web.visiting import ask, in_view, visited

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]
LENGTH = "Какова длина канала?"
LEAST = 24  # pixels of what is pressed, each way (WCAG 2.2, 2.5.8)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from rag.web.api import create_app
    from rag.web.page import mount

    bot = open_sample(tmp_path_factory.mktemp("library"))
    with running(create_app(bot.as_bot, lambda app: mount(app, bot.as_bot, (LENGTH,)))) as address:
        yield address


@pytest.fixture()
def phone(browser: Browser, address: str) -> Iterator[Page]:
    with visited(browser, address, 390) as page:
        yield page


def box(found: Locator) -> tuple[float, float, float, float]:
    """Left, top, right and bottom in the window."""
    at = found.bounding_box()
    assert at
    return at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]


def overlap(one: Locator, other: Locator) -> bool:
    a, b = box(one), box(other)
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_what_is_pressed_is_large_enough(phone: Page) -> None:
    ask(phone, LENGTH)
    pressed = phone.locator(
        "#conversation :is(.footnote, .act, .edit, .source, .link a), .masthead :is(button:not(.skip), a), "
        "#desk button:visible"
    )
    assert pressed.count() > 12
    assert too_small(pressed) == []
    phone.get_by_role("button", name="Библиотека").click()
    phone.locator(".articles tbody tr").first.wait_for()
    listed = phone.locator("#shelf :is(button, input), #shelf-top :is(.pick, summary, select)")
    assert listed.count() > 12
    assert too_small(listed) == []


def too_small(pressed: Locator) -> list[tuple[str, float, float]]:
    """Those of the visible ones that a finger misses, with their width and height."""
    small = []
    for each in pressed.all():
        if not each.is_visible():
            continue
        left, top, right, bottom = box(each)
        if min(right - left, bottom - top) < LEAST:
            told = each.evaluate("(node) => node.outerHTML.slice(0, 120)")
            small.append((told, right - left, bottom - top))
    return small


def test_the_banner_of_a_lost_server_covers_nothing(phone: Page) -> None:
    ask(phone, LENGTH)
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


def test_the_frame_keeps_its_lines_and_nothing_covers_the_question(phone: Page) -> None:
    """Styles of an answer once held for parts of Gradio of the same name, and moved them."""
    ask(phone, LENGTH)
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
