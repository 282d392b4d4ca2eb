"""The chat page in a real Chromium over a real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from rag.types import Filters
from tests.patience import PATIENCE
from tests.web.sample import ARTICLES, CANAL, HOSTILE, INJECTION, LENGTH, SampleBot
from tests.web.serving import running
from tests.web.visiting import FITS, answered, ask, in_view, out_of_view

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]
EXAMPLES = ("Какова длина канала?", "Кто выиграл матч?")


@pytest.fixture(scope="module")
def address(bot: SampleBot) -> Iterator[str]:
    from rag.web.api import create_app
    from rag.web.page import mount

    with running(create_app(bot.as_bot, lambda app: mount(app, bot.as_bot, EXAMPLES))) as address:
        yield address


def test_an_example_question_is_answered_in_russian_and_its_footnotes_open_the_article(page: Page) -> None:
    assert page.evaluate("document.documentElement.lang") == "ru"
    assert page.title().startswith("Сноска")
    assert "<" not in page.locator("body").inner_text()  # no tag of the document is shown as text
    assert page.locator("#conversation [role=log]").get_attribute("aria-live") == "polite"
    page.get_by_role("button", name=EXAMPLES[0]).click()
    answered(page, 1)
    expect(page.locator(".question")).to_have_text(EXAMPLES[0])
    expect(page.locator(".answer strong")).to_have_text("127,4 км")
    expect(page.locator(".sentence")).to_have_count(2)
    expect(page.locator(".doubts li")).to_have_count(1)
    expect(page.locator(".doubts")).to_contain_text("подтверждено цитатой лишь частично")
    expect(page.locator("footer")).to_be_hidden()
    first, second = page.locator(".footnote").all()
    first.click()
    expect(page.locator("#reader h2")).to_have_text("Канал через пустыню: вода придёт к весне")
    expect(page.locator("#reader .byline")).to_contain_text("Степной вестник, 23")
    expect(page.locator("#reader mark")).to_have_text(LENGTH)
    in_view(page, "#reader mark")
    in_view(page, ".footnote")  # the answer is still there, beside the article
    page.evaluate("document.querySelector('#reader').scrollTo(0, 0)")
    out_of_view(page, "#reader mark")
    first.click()  # the same one finds its quote again
    in_view(page, "#reader mark")
    second.click()
    expect(page.locator("#reader mark")).to_have_text("В проекте длина канала указана как 131 км.")
    in_view(page, "#reader mark")


def test_an_answer_grows_in_view_and_can_be_stopped(page: Page, bot: SampleBot) -> None:
    bot.gate.clear()
    box = page.get_by_label("Ваш вопрос")
    box.fill("медленно: длина канала?")
    page.get_by_role("button", name="Спросить").click()
    expect(page.locator(".sentence")).to_have_count(1)
    expect(page.locator(".exchange")).to_have_attribute("data-state", "writing")
    expect(box).to_have_value("")
    box.fill("Сколько стоит канал?")
    box.press("Enter")  # not before the last answer is whole: the question waits in the box
    page.get_by_role("button", name="Остановить").click()
    expect(page.locator(".stopped")).to_have_text("Остановлено.")
    expect(page.locator(".sentence")).to_have_count(1)
    bot.gate.set()
    expect(box).to_have_value("Сколько стоит канал?")
    ask(page, "Сколько стоит канал?", exchanges=2)
    assert bot.closed.wait(PATIENCE)


def test_escape_stops_an_answer(page: Page, bot: SampleBot) -> None:
    bot.gate.clear()
    box = page.get_by_label("Ваш вопрос")
    box.fill("медленно: длина канала?")
    box.press("Enter")
    expect(page.locator(".sentence")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".stopped")).to_have_text("Остановлено.")
    bot.gate.set()
    page.reload()
    expect(page.locator(".stopped")).to_have_text("Остановлено.")
    ask(page, "Сколько стоит канал?", exchanges=2)


def begin(page: Page, exchanges: int) -> None:
    """Ask what takes its time, and wait for its first sentence."""
    box = page.get_by_label("Ваш вопрос")
    box.fill("медленно: длина канала?")
    box.press("Enter")
    expect(page.locator(".exchange")).to_have_count(exchanges)
    expect(page.locator(".exchange").last.locator(".sentence")).to_have_count(1)


def test_a_page_that_is_reloaded_in_the_middle_of_an_answer_comes_to_its_end(
    page: Page, bot: SampleBot
) -> None:
    bot.gate.clear()
    begin(page, 1)
    page.reload()
    expect(page.locator(".exchange .sentence")).to_have_count(1)
    bot.gate.set()
    expect(page.locator(".exchange")).to_have_attribute("data-state", re.compile("done|stopped"))
    expect(page.get_by_role("button", name="Остановить")).to_be_hidden()
    ask(page, "Сколько стоит канал?", exchanges=2)


@pytest.mark.parametrize("way", ["another chat", "a new one", "its chat is deleted"])
def test_an_answer_does_not_follow_into_another_chat(page: Page, bot: SampleBot, way: str) -> None:
    ask(page, "Какова длина канала?")
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".greeting")).to_be_visible()
    bot.gate.clear()
    begin(page, 1)
    expect(page.locator(".chat")).to_have_count(2)
    if way == "another chat":
        page.locator(".chat .open").last.click()
        expect(page.locator(".question")).to_have_text("Какова длина канала?")
    elif way == "a new one":
        page.get_by_role("button", name="Новый разговор").click()
        expect(page.locator(".greeting")).to_be_visible()
    else:
        page.locator(".chat[data-current] summary").click()
        page.get_by_role("button", name="Удалить").click()
        page.get_by_role("dialog").get_by_role("button", name="Удалить").click()
        expect(page.locator(".greeting")).to_be_visible()
    bot.gate.set()
    assert bot.closed.wait(PATIENCE)
    ask(page, "Сколько стоит канал?", exchanges=2 if way == "another chat" else 1)
    expect(page.locator(".question").last).to_have_text("Сколько стоит канал?")
    expect(page.locator(".chat")).to_have_count({"another chat": 2, "a new one": 3}.get(way, 2))
    if way == "a new one":
        page.locator(".chat .open", has_text="медленно").click()
        expect(page.locator(".stopped")).to_have_text("Остановлено.")


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


def test_what_is_sent_while_the_stream_of_events_ends_is_answered(page_alone: Page) -> None:
    page = page_alone
    page.add_init_script(HOLD_THE_END)
    page.reload()
    expect(page.locator(".greeting")).to_be_visible()
    ask(page, "Какова длина канала?")
    page.locator(".footnote").first.click()
    expect(page.locator("#reader mark")).to_have_text(LENGTH)
    box = page.get_by_label("Ваш вопрос")
    box.fill("Сколько стоит канал?")
    with page.expect_response("**/queue/join*") as joined:
        box.press("Enter")
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


def test_an_answer_that_comes_all_at_once_leaves_the_page_ready(page_alone: Page) -> None:
    page = page_alone
    page.add_init_script(ALL_AT_ONCE)
    page.reload()
    expect(page.locator(".greeting")).to_be_visible()
    for count, question in enumerate(("Какова длина канала?", "?", "Сколько стоит канал?"), 1):
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
        page.get_by_label("Ваш вопрос").fill(LENGTH)
        page.get_by_label("Ваш вопрос").press("Enter")
        page.wait_for_timeout(1_500)  # the answer would have come by now
        page.unroute("**/run/predict")  # and let go
        expect(page.locator(".footnote").first).to_be_visible()
        page.wait_for_timeout(500)
        expect(page.locator(".footnote").first).to_be_visible()
        expect(page.locator("#history-list [data-chat]")).to_have_count(1)


def test_a_second_footnote_counts_while_the_first_one_opens(page: Page) -> None:
    ask(page, "Какова длина канала?")
    held: list[Route] = []
    page.route("**/run/predict*", lambda route: held.append(route))
    for footnote in page.locator(".footnote").all():
        with page.expect_request("**/run/predict*"):
            footnote.click()
    for route in held:
        route.continue_()
    expect(page.locator("#reader mark")).to_have_text("В проекте длина канала указана как 131 км.")


def test_a_footnote_works_from_the_keyboard_and_tells_that_its_article_is_gone(page: Page) -> None:
    ask(page, "Сколько стоит канал?")
    page.locator(".footnote").focus()
    page.keyboard.press("Enter")
    in_view(page, "#reader mark")
    page.keyboard.press("Escape")
    expect(page.locator("#reader article")).to_have_count(0)
    expect(page.locator(".footnote")).to_be_focused()
    page.evaluate("document.querySelector('.footnote').dataset.article = 'gone'")
    page.locator(".footnote").click()
    expect(page.locator("#reader .failure")).to_contain_text("Этой статьи больше нет в библиотеке.")


def test_a_refusal_offers_the_nearest_passages_and_who_else_has_published_them(page: Page) -> None:
    ask(page, "Кто выиграл матч?")
    expect(page.locator(".refusal")).to_contain_text("ответа на этот вопрос нет")
    expect(page.locator(".card")).to_have_count(2)
    page.locator(".card").first.click()
    expect(page.locator("#reader h2")).to_have_text("Спор о длине: 127 или 131 километр?")
    near = page.locator(".near").first
    button = near.locator(".reprint")
    expect(button).to_be_hidden()
    near.get_by_text("ещё 1 публикация").click()
    expect(button).to_have_text(f"{CANAL.info.title}{CANAL.info.source}, 23 февраля 2026 г.")
    button.click()
    expect(page.locator("#reader mark")).to_have_text(CANAL.text[:99])
    in_view(page, "#reader mark")


def test_the_conversation_goes_on_and_can_be_cleared(page: Page, bot: SampleBot) -> None:
    ask(page, "Какова длина канала?")
    ask(page, "А сколько он стоит?", exchanges=2)
    assert [turn.question for turn in bot.seen[-1][1]] == ["Какова длина канала?"]
    page.locator(".footnote").first.click()
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".greeting")).to_be_visible()
    expect(page.locator("#reader article")).to_have_count(0)
    ask(page, "Какова длина канала?")
    assert bot.seen[-1][1] == []


def test_where_to_search(page: Page, bot: SampleBot) -> None:
    ask(page, "Какова длина канала?")
    assert bot.seen[-1][2] is None
    row = page.get_by_role("button", name="Где искать")
    expect(page.get_by_role("textbox", name="Не раньше")).to_be_hidden()
    row.click()
    page.get_by_role("textbox", name="Не раньше").fill("23.02.2026")
    page.locator("#sources input").click()
    expect(page.locator("ul[role=listbox]").get_by_role("option")).to_have_count(len(bot.library.sources()))
    page.locator("ul[role=listbox]").get_by_role("option", name="Степной вестник").click()
    page.keyboard.press("Escape")
    expect(page.locator(".chip").last).to_have_text("Степной вестник")
    expect(page.locator("#sources .token-remove").first).to_have_attribute("title", "Убрать: Степной вестник")
    expect(page.locator("#sources .remove-all")).to_have_attribute("aria-label", "Убрать все источники")
    page.locator("#tags input").click()
    page.locator("ul[role=listbox]").get_by_role("option", name="Вода").click()
    page.keyboard.press("Escape")
    page.locator("#articles input").click()
    expect(page.locator("ul[role=listbox]").get_by_role("option")).to_have_count(len(ARTICLES))
    page.locator("ul[role=listbox]").get_by_role("option", name=CANAL.info.title).click()
    page.keyboard.press("Escape")
    expect(page.locator(".chip").nth(2)).to_have_text("Вода")
    expect(page.locator(".chip").nth(3)).to_have_text(CANAL.info.title)
    limited = Filters(date(2026, 2, 23), None, ("Степной вестник",), (CANAL.id,), ("Вода",))
    for exchanges in (2, 3):  # it holds for the questions that follow
        ask(page, "Сколько стоит канал?", exchanges)
        assert bot.seen[-1][2] == limited
    expect(page.locator(".searched")).to_have_count(2)
    expect(page.locator(".searched").last).to_contain_text("Поиск ограничен: с 23")
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".chip")).to_have_count(0)
    page.locator(".example", has_text=EXAMPLES[0]).click()
    expect(page.locator(".exchange")).to_have_attribute("data-state", "done")
    assert bot.seen[-1][2] is None  # a new conversation searches everywhere


def test_a_wrong_date_is_told(page: Page, bot: SampleBot) -> None:
    row = page.get_by_role("button", name="Где искать")
    row.click()
    until = page.get_by_role("textbox", name="Не позже")
    until.press_sequentially("вчера", delay=50)  # the row's fields are made when it is opened
    until.press("Enter")
    expect(row).to_contain_text("Дата «вчера» непонятна")
    before = len(bot.seen)
    ask(page, "Какова длина канала?")
    expect(page.locator(".failure")).to_contain_text("Нужна дата вида 23.02.2026.")
    assert len(bot.seen) == before


def test_a_repair_is_shown_and_undone_with_one_click(page: Page, bot: SampleBot) -> None:
    bot.typed.clear()
    typed = """<img src=x onerror='window.pwned=1'> "rfyfk" длина?"""
    ask(page, typed)
    expect(page.locator(".notes")).to_contain_text(
        "Исправлена раскладка: «rfyfk» → «канал»", ignore_case=True
    )
    page.get_by_role("button", name="искать как написано").click()
    expect(page.locator(".exchange")).to_have_count(2)
    expect(page.locator(".exchange").last).to_have_attribute("data-state", "done")
    expect(page.locator(".exchange").last.locator(".question")).to_have_text(typed)
    expect(page.locator(".exchange").last.locator(".notes")).to_have_text("поиск по вопросу, как он написан")
    assert bot.typed == [typed]
    assert bot.seen[-1][1] == []
    ask(page, "Какова длина канала?", exchanges=3)
    assert bot.typed == [typed]
    assert page.locator("#conversation img").count() == 0


def test_hostile_articles_do_not_run_and_strange_questions_get_a_polite_reply(page: Page) -> None:
    ask(page, "зло <img src=x onerror='window.pwned=1'><script>window.pwned=1</script>")
    expect(page.locator(".answer")).to_contain_text(INJECTION[:40])
    page.locator(".footnote").click()
    expect(page.locator("#reader h2")).to_have_text(HOSTILE.info.title)
    expect(page.locator("#reader mark")).to_have_text(INJECTION)
    expect(page.locator("#reader a")).to_have_count(0)  # its address is a javascript: one
    assert page.locator("#conversation img, #conversation script, #reader img, #reader script").count() == 0
    for count, question in enumerate(("", "?!…", "'; DROP TABLE articles; --", "х" * 10_000), 2):
        ask(page, question, exchanges=count)
        expect(page.locator(".exchange").last.locator(".failure, .refusal")).to_contain_text("опрос")
    ask(page, "поломка", 6)
    expect(page.locator(".failure").last).to_contain_text("Что-то сломалось")
    expect(page.locator("body")).not_to_contain_text("secret")


def test_a_run_can_be_stopped_by_who_comes_back(page: Page, bot: SampleBot, address: str) -> None:
    bot.gate.clear()
    line = '{"id": "%s", "question": "медленно: длина канала?", "answers": ["127,4 км"]}'
    content = "\n".join(line % name for name in "abc").encode()
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Набор вопросов").select_option("")
    page.get_by_label("Файл с вопросами").set_input_files(
        {"name": "set.jsonl", "mimeType": "application/jsonl", "buffer": content}
    )
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run .label").first).to_have_text("Идёт проверка: 0 из 3")
    page.goto("about:blank")
    page.goto(f"{address}/#trial")
    expect(page.locator(".run .label").first).to_have_text("Идёт проверка: 0 из 3")
    expect(page.locator(".run h2")).to_have_text("set.jsonl")
    page.get_by_role("button", name="Остановить").click()
    expect(page.locator(".run .label").first).to_have_text("Проверка остановлена: 0 из 3")
    expect(page.get_by_role("button", name="Остановить")).to_be_hidden()
    bot.gate.set()


def run_file(page: Page, lines: list[str]) -> None:
    content = "\n".join(lines).encode()
    page.get_by_label("Файл с вопросами").set_input_files(
        {"name": "канал.jsonl", "mimeType": "application/jsonl", "buffer": content}
    )
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run .label").first).to_have_text(
        f"Проверка закончена: {len(lines)} из {len(lines)}"
    )


def test_runs_are_kept_opened_and_compared(page: Page) -> None:
    length = '{"question": "Какова длина канала?", "answers": ["127,4 км"], "articles": ["kanal-2026"]}'
    more = '{"question": "Сколько стоит канал?", "answers": ["85 млрд"]}'
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Набор вопросов").select_option("")
    past = page.locator(".past .set", has_text="канал.jsonl")
    for times, lines in enumerate(([length], [length, more]), 1):
        run_file(page, lines)
        expect(past.locator(".times")).to_have_text(str(times))
    page.locator(".rights > summary").click()
    page.locator(".rights .case > summary").click()
    expect(page.locator(".rights .quotes li").first).to_contain_text("127,4 км")
    expect(page.locator(".rights .quotes a").first).to_have_attribute(
        "href", re.compile(r"^article/kanal-2026#s=\d+-\d+$")
    )
    past.locator("> summary").click()
    expect(past.locator("svg .dot")).to_have_count(2)
    past.get_by_role("button", name="Сравнить").click()
    expect(page.locator(".run h2")).to_have_text("канал.jsonl: было и стало")
    expect(page.locator(".run")).to_contain_text("Все общие вопросы (1) вышли так же")
    expect(page.locator(".run")).to_contain_text("только в новой: 1")
    past.get_by_role("button", name="Открыть").last.click()
    expect(page.locator(".run .label").first).to_have_text("Проверка закончена: 1 из 1")


def test_every_width_and_scheme(page: Page) -> None:
    ask(page, "Какова длина канала?")
    looks: list[tuple[int, Literal["light", "dark"]]]
    looks = [(390, "light"), (390, "dark"), (1024, "light"), (1440, "dark")]
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(FITS), width
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
