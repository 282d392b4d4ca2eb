"""Where one is on the page: addresses, Back, reloads; long chats; what was typed and not sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, Route, expect

from rag.chats.records import Exchange
from rag.web.visitors import COOKIE
from tests.web.chromium import patient
from tests.web.sample import CANAL, LENGTH, SampleBot
from tests.web.serving import running
from tests.web.visiting import COUNT, QUIET, answered, ask, in_view, visited

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]
FIRST, SECOND = "Какова длина канала?", "Сколько стоит канал?"


@pytest.fixture(scope="module")
def app(bot: SampleBot) -> FastAPI:
    from rag.web.api import create_app
    from rag.web.page import mount

    return create_app(bot.as_bot, lambda app: mount(app, bot.as_bot, (FIRST,)))


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with running(app) as address:
        yield address


@pytest.fixture()
def phone(browser: Browser, address: str) -> Iterator[Page]:
    with visited(browser, address, 390) as page:
        yield page


def test_back_and_forward_lead_through_chats_articles_and_the_library(page: Page) -> None:
    ask(page, FIRST)
    expect(page).to_have_url(re.compile(r"/chat/[\w-]+$"))
    page.locator(".footnote").first.click()
    expect(page.locator("#reader mark")).to_have_text(LENGTH)
    start = CANAL.text.index(LENGTH)
    expect(page).to_have_url(re.compile(rf"article={CANAL.id}.*#s={start}-{start + len(LENGTH)}$"))
    page.go_back()
    expect(page.locator("#reader article")).to_have_count(0)
    page.go_forward()
    expect(page.locator("#reader mark")).to_have_text(LENGTH)
    page.get_by_role("button", name="Закрыть статью").click()
    page.get_by_role("button", name="Библиотека").click()
    expect(page.locator(".articles tbody tr")).to_have_count(3)
    page.locator("select[name=source]").select_option(CANAL.info.source)
    expect(page.locator(".articles tbody tr")).to_have_count(1)
    page.go_back()
    expect(page.locator(".articles tbody tr")).to_have_count(3)
    page.go_back()
    expect(page.locator(".question")).to_be_visible()
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".greeting")).to_be_visible()
    page.go_back()
    expect(page.locator(".question")).to_have_text(FIRST)


def test_a_reload_stays_where_one_was(page: Page, address: str) -> None:
    ask(page, FIRST)
    ask(page, SECOND, 2)
    page.locator(".exchange").last.locator(".footnote").click()
    expect(page.locator("#reader mark")).to_be_visible()
    page.reload()
    answered(page, 2)
    expect(page.locator("#reader mark")).to_be_visible()
    in_view(page, ".exchange:last-child .question")
    page.goto(f"{address}/library?source={CANAL.info.source}")
    expect(page.locator(".articles tbody tr")).to_have_count(1)
    expect(page.locator("select[name=source]")).to_have_value(CANAL.info.source or "")
    page.goto(f"{address}/article/{CANAL.id}#s=0-9")
    expect(page.locator("#reader mark")).to_have_text(CANAL.text[:9])


def test_back_closes_what_covers_a_phone(phone: Page) -> None:
    ask(phone, FIRST)
    phone.locator(".footnote").first.click()
    expect(phone.locator("#reader mark")).to_be_visible()
    phone.go_back()
    expect(phone.locator("#reader article")).to_have_count(0)
    phone.get_by_role("button", name="Разговоры").click()
    expect(phone.locator("#history")).to_be_visible()
    phone.go_back()
    expect(phone.locator("#history")).to_be_hidden()
    expect(phone.locator(".question")).to_have_text(FIRST)


def sent(page: Page, question: str) -> int:
    """How many bytes come for one answer."""
    page.wait_for_function(QUIET, polling=300)
    before = int(page.evaluate("counted"))
    number = page.locator(".exchange").count()
    box = page.get_by_label("Ваш вопрос")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".exchange")).to_have_count(number + 1)
    expect(page.locator(".exchange").last).to_have_attribute("data-state", "done")
    page.wait_for_function(QUIET, polling=300)
    return int(page.evaluate("counted")) - before


def test_the_two_hundredth_answer_costs_what_the_first_one_does(
    page_alone: Page, app: FastAPI, bot: SampleBot, address: str
) -> None:
    page = page_alone
    page.add_init_script(COUNT)
    page.reload()
    expect(page.locator(".greeting")).to_be_visible()
    first = sent(page, FIRST)
    chats = app.state.kept.chats
    owner = next(each["value"] for each in page.context.cookies() if each["name"] == COOKIE)
    chat = page.url.rsplit("/", 1)[1]
    for place in range(1, 199):
        told = Exchange(f"Вопрос {place}", answer=bot.ask(SECOND), state="done")
        chats.save(owner, chat, place, told)
    page.reload()
    expect(page.locator(".exchange")).to_have_count(30)  # the end of it
    last = sent(page, FIRST)
    assert first > 1000
    assert last < 1.3 * first
    expect(page.locator(".exchange").last).to_have_attribute("data-place", "199")
    page.get_by_role("button", name="Показать прежние вопросы: 169").click()
    expect(page.locator(".exchange")).to_have_count(61)
    expect(page.locator(".exchange").first).to_have_attribute("data-place", "139")


def test_a_draft_stays_with_its_chat(page: Page) -> None:
    ask(page, FIRST)
    box = page.get_by_label("Ваш вопрос")
    box.fill("Недописанное")
    page.reload()
    answered(page, 1)
    expect(box).to_have_value("Недописанное")
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".greeting")).to_be_visible()
    ask(page, SECOND)
    page.locator(".chat .open", has_text=FIRST).click()
    expect(page.locator(".question")).to_have_text(FIRST)
    expect(box).to_have_value("Недописанное")


def test_a_question_that_is_sent_offline_goes_out_later(page: Page) -> None:
    ask(page, FIRST)
    page.context.set_offline(True)
    box = page.get_by_label("Ваш вопрос")
    box.fill(SECOND)
    box.press("Enter")
    expect(page.locator("#offline")).to_contain_text("Вопрос сохранён")
    page.context.set_offline(False)
    answered(page, 2)
    expect(page.locator(".question").last).to_have_text(SECOND)
    expect(page.locator("#offline")).to_be_hidden()


def test_a_question_asked_right_before_a_reload_is_shown(page: Page, bot: SampleBot) -> None:
    expect(page.locator(".greeting")).to_be_visible()  # and the page has looked for what was not sent
    page.evaluate(
        "(question) => localStorage.setItem('snoska:pending', "
        "JSON.stringify({ question, chat: '', place: 0, at: Date.now() - 1000 }))",
        SECOND,
    )  # as it is kept when the server has not taken it
    page.reload()
    answered(page, 1)
    expect(page.locator(".question")).to_have_text(SECOND)


def test_one_can_type_and_ask_before_gradio_is_there(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = patient(context.new_page())
        held: list[Route] = []
        page.route("**/assets/*.js", lambda route: held.append(route))
        page.goto(address, wait_until="commit")
        early = page.locator("#first textarea")
        early.fill(FIRST)
        early.press("Enter")
        expect(page.locator("#first .question")).to_have_text(FIRST)
        early.fill("И ещё")
        page.route("**/assets/*.js", lambda route: route.continue_())  # what comes from now on
        for route in held:
            route.continue_()
        answered(page, 1)
        expect(page.locator(".exchange .question")).to_have_text(FIRST)
        expect(page.locator("#first")).to_have_count(0)


def test_a_new_conversation_searches_everywhere(page: Page, bot: SampleBot) -> None:
    page.get_by_role("button", name="Где искать").click()
    page.locator("#sources input").click()
    page.locator("ul[role=listbox]").get_by_role("option", name=CANAL.info.source).click()
    page.keyboard.press("Escape")
    expect(page.locator(".chip")).to_have_count(1)
    ask(page, "Кто выиграл матч?")
    expect(page.locator(".refusal")).to_be_visible()
    page.get_by_role("button", name="Искать везде").click()
    answered(page, 2)
    assert bot.seen[-1][2] is None
    expect(page.locator(".chip")).to_have_count(0)


def test_the_articles_that_are_ticked_are_asked(page: Page, bot: SampleBot) -> None:
    page.get_by_role("button", name="Библиотека").click()
    page.locator(f'[data-pick="{CANAL.id}"]').check()
    page.get_by_role("button", name="Спросить о выбранных").click()
    expect(page.locator(".chip")).to_have_text(CANAL.info.title)
    ask(page, FIRST)
    assert bot.seen[-1][2] and bot.seen[-1][2].articles == (CANAL.id,)
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".chip")).to_have_count(0)
    ask(page, FIRST)
    assert bot.seen[-1][2] is None


def test_it_works_in_a_frame(browser: Browser, address: str) -> None:
    with browser.new_context(viewport={"width": 800, "height": 700}) as context:
        page = patient(context.new_page())
        page.goto(f"{address}/api/health/live")
        page.evaluate(
            "(src) => document.body.replaceChildren(Object.assign(document.createElement('iframe'), "
            "{ src, style: 'width: 380px; height: 640px' }))",
            address,
        )
        frame = page.frame_locator("iframe")
        box = frame.get_by_label("Ваш вопрос")
        box.fill(FIRST)
        box.press("Enter")
        expect(frame.locator(".exchange")).to_have_attribute("data-state", "done")
        frame.locator(".footnote").first.click()
        expect(frame.locator("#reader mark")).to_have_text(LENGTH)
