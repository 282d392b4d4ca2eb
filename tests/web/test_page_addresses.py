"""Where one is on the page: addresses, Back, reloads; long chats; what is asked early, late or in between."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from rag.chats.records import Exchange
from rag.web.visitors import COOKIE
from tests.web.lending import lent
from tests.web.sample import CANAL, LENGTH, SampleBot
from tests.web.visiting import COUNT, QUIET, Served, answered, ask, in_view, visited

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]
FIRST, SECOND = "Какова длина канала?", "Сколько стоит канал?"


@pytest.fixture(scope="module")
def address(sample_page: Served[SampleBot]) -> str:
    return sample_page.address


def send(page: Page, question: str) -> None:
    page.get_by_label("Ваш вопрос").fill(question)
    page.get_by_label("Ваш вопрос").press("Enter")


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
    page.set_viewport_size({"width": 390, "height": 900})  # what covers a phone is closed by it
    page.locator(".footnote").first.click()
    expect(page.locator("#reader mark")).to_be_visible()
    page.go_back()
    expect(page.locator("#reader article")).to_have_count(0)
    page.get_by_role("button", name="Разговоры").click()
    expect(page.locator("#history")).to_be_visible()
    page.go_back()
    expect(page.locator("#history")).to_be_hidden()
    expect(page.locator(".question")).to_have_text(FIRST)


def test_a_reload_stays_where_one_was_and_a_draft_with_its_chat(page: Page, address: str) -> None:
    ask(page, FIRST)
    ask(page, SECOND, 2)
    page.locator(".exchange").last.locator(".footnote").click()
    expect(page.locator("#reader mark")).to_be_visible()
    box = page.get_by_label("Ваш вопрос")
    box.fill("Недописанное")
    page.reload()
    answered(page, 2)
    expect(page.locator("#reader mark")).to_be_visible()
    in_view(page, ".exchange:last-child .question")
    expect(box).to_have_value("Недописанное")
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".greeting")).to_be_visible()
    ask(page, SECOND)
    page.locator(".chat .open", has_text=FIRST).click()
    expect(page.locator(".question").first).to_have_text(FIRST)
    expect(box).to_have_value("Недописанное")
    page.goto(f"{address}/library?source={CANAL.info.source}")
    expect(page.locator(".articles tbody tr")).to_have_count(1)
    expect(page.locator("select[name=source]")).to_have_value(CANAL.info.source or "")
    page.goto(f"{address}/article/{CANAL.id}#s=0-9")
    expect(page.locator("#reader mark")).to_have_text(CANAL.text[:9])


def sent(page: Page, question: str) -> int:
    """How many bytes come for one answer."""
    page.wait_for_function(QUIET, polling=300)
    before = int(page.evaluate("counted"))
    ask(page, question, page.locator(".exchange").count() + 1)
    page.wait_for_function(QUIET, polling=300)
    return int(page.evaluate("counted")) - before


def test_the_two_hundredth_answer_costs_what_the_first_one_does(
    browser: Browser, sample_page: Served[SampleBot]
) -> None:
    bot, app, address = sample_page
    with visited(browser, address, script=COUNT) as page:
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


PENDING = """(question) => localStorage.setItem('snoska:pending',
    JSON.stringify({ question, chat: '', place: 0, at: Date.now() - 1000 }))"""


def test_a_question_that_did_not_get_out_goes_later(page: Page) -> None:
    ask(page, FIRST)
    page.context.set_offline(True)
    send(page, SECOND)
    expect(page.locator("#offline")).to_contain_text("Вопрос сохранён")
    page.context.set_offline(False)
    answered(page, 2)
    expect(page.locator(".question").last).to_have_text(SECOND)
    expect(page.locator("#offline")).to_be_hidden()
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".greeting")).to_be_visible()
    page.evaluate(PENDING, SECOND)  # as it is kept when the page is left before the server has taken it
    page.reload()
    answered(page, 1)
    expect(page.locator(".question")).to_have_text(SECOND)


# Keeps from the page that the stream of events which brought an answer has ended, until `letGo` is called.
HOLD_THE_END = """
const request = window.fetch, end = 'data: {"msg":"close_stream"';
const over = new Promise((go) => (window.letGo = go));
window.fetch = async (...asked) => {
    const reply = await request(...asked);
    if (!reply.url.includes("/queue/data")) return reply;
    let answered = false;
    const text = reply.body.pipeThrough(new TextDecoderStream());
    const held = text.pipeThrough(new TransformStream({ async transform(part, out) {
        answered ||= part.includes("data-state");
        const at = part.lastIndexOf(end);
        if (!answered || at < 0) return out.enqueue(part);
        out.enqueue(part.slice(0, at));
        await over;
        out.enqueue(part.slice(at));
    } }));
    return new Response(held.pipeThrough(new TextEncoderStream()), reply);
};
"""


def test_what_is_sent_while_the_stream_of_events_ends_is_answered(browser: Browser, address: str) -> None:
    with visited(browser, address, script=HOLD_THE_END) as page:
        ask(page, FIRST)
        page.locator(".footnote").first.click()
        expect(page.locator("#reader mark")).to_have_text(LENGTH)
        with page.expect_response("**/queue/join*") as joined:
            send(page, SECOND)
        joined.value.finished()
        page.evaluate("letGo()")
        answered(page, 2)


# Lets the stream of events through only when an answer is whole, all of it at once.
ALL_AT_ONCE = """
const request = window.fetch;
window.fetch = async (...asked) => {
    const reply = await request(...asked);
    if (!reply.url.includes("/queue/data")) return reply;
    let held = "";
    const text = reply.body.pipeThrough(new TextDecoderStream());
    const whole = text.pipeThrough(new TransformStream({ transform(part, out) {
        held += part;
        if (!/process_completed|close_stream/.test(held)) return;
        out.enqueue(held);
        held = "";
    } }));
    return new Response(whole.pipeThrough(new TextEncoderStream()), reply);
};
"""


def test_an_answer_that_comes_all_at_once_leaves_the_page_ready(browser: Browser, address: str) -> None:
    with visited(browser, address, script=ALL_AT_ONCE) as page:
        for count, question in enumerate((FIRST, "?", SECOND), 1):
            ask(page, question, count)
            expect(page.get_by_role("button", name="Спросить", exact=True)).to_be_visible()
            expect(page.get_by_role("button", name="Остановить")).to_be_hidden()
            expect(page.get_by_label("Ваш вопрос")).to_have_value("")


def test_what_is_asked_before_the_page_is_filled_is_answered_and_stays(
    browser: Browser, address: str
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/run/predict", lambda route: None)  # held back
        page.goto(address)
        send(page, FIRST)
        page.wait_for_timeout(1_500)  # the answer would have come by now
        page.unroute("**/run/predict")  # and let go
        expect(page.locator(".footnote").first).to_be_visible()
        page.wait_for_timeout(500)
        expect(page.locator(".footnote").first).to_be_visible()
        expect(page.locator("#history-list [data-chat]")).to_have_count(1)


def test_one_can_type_and_ask_before_gradio_is_there(browser: Browser, address: str) -> None:
    with lent(browser, address, 1440, "light") as page:
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


def test_it_works_in_a_frame(browser: Browser, address: str) -> None:
    with lent(browser, address, 800, "light") as page:
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
