"""The chat page in a real Chromium over a real server."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, Route, expect

from rag.types import Filters
from tests.patience import PATIENCE
from tests.web.sample import ARTICLES, CANAL, HOSTILE, INJECTION, SampleBot
from tests.web.sample import LENGTH as QUOTE
from tests.web.visiting import Served, answered, ask, choose_set, in_view, out_of_view, run_set

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]
LENGTH, COST, SLOW = "Какова длина канала?", "Сколько стоит канал?", "медленно: длина канала?"
NOWHERE = "Кто выиграл матч?"
OTHER_QUOTE = "В проекте длина канала указана как 131 км."


@pytest.fixture(scope="module")
def bot(sample_page: Served[SampleBot]) -> SampleBot:
    return sample_page.bot


@pytest.fixture(scope="module")
def address(sample_page: Served[SampleBot]) -> str:
    return sample_page.address


def send(page: Page, question: str) -> None:
    page.get_by_label("Ваш вопрос").fill(question)
    page.get_by_label("Ваш вопрос").press("Enter")


def begin(page: Page, bot: SampleBot, exchanges: int) -> None:
    """Ask what takes its time, and wait for its first sentence."""
    bot.gate.clear()
    send(page, SLOW)
    expect(page.locator(".exchange")).to_have_count(exchanges)
    expect(page.locator(".exchange").last.locator(".sentence")).to_have_count(1)


def begin_anew(page: Page) -> None:
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".greeting")).to_be_visible()


def test_an_example_question_is_answered_in_russian_and_its_footnotes_open_the_article(page: Page) -> None:
    assert page.evaluate("document.documentElement.lang") == "ru"
    assert page.title().startswith("Сноска")
    assert "<" not in page.locator("body").inner_text()  # no tag of the document is shown as text
    assert page.locator("#conversation [role=log]").get_attribute("aria-live") == "polite"
    page.get_by_role("button", name=LENGTH).click()
    answered(page, 1)
    expect(page.locator(".question")).to_have_text(LENGTH)
    expect(page.locator(".answer strong")).to_have_text("127,4 км")
    expect(page.locator(".sentence")).to_have_count(2)
    expect(page.locator(".doubts li")).to_have_count(1)
    expect(page.locator(".doubts")).to_contain_text("подтверждено цитатой лишь частично")
    expect(page.locator("footer")).to_be_hidden()
    mark = page.locator("#reader mark")
    first, second = page.locator(".footnote").all()
    first.click()
    expect(page.locator("#reader h2")).to_have_text("Канал через пустыню: вода придёт к весне")
    expect(page.locator("#reader .byline")).to_contain_text("Степной вестник, 23")
    expect(mark).to_have_text(QUOTE)
    in_view(page, "#reader mark")
    in_view(page, ".footnote")  # the answer is still there, beside the article
    page.evaluate("document.querySelector('#reader').scrollTo(0, 0)")
    out_of_view(page, "#reader mark")
    first.click()  # the same one finds its quote again
    in_view(page, "#reader mark")
    second.click()
    expect(mark).to_have_text(OTHER_QUOTE)
    in_view(page, "#reader mark")
    page.mouse.move(5, 5)
    page.keyboard.press("Escape")  # the hint that the mouse has called up
    page.keyboard.press("Escape")
    expect(page.locator("#reader article")).to_have_count(0)
    held: list[Route] = []
    page.route("**/run/predict*", lambda route: held.append(route))
    for footnote in (first, second):  # while the one opens, the other is pressed
        with page.expect_request("**/run/predict*"):
            footnote.click()
    for route in held:
        route.continue_()
    page.unroute("**/run/predict*")
    expect(mark).to_have_text(OTHER_QUOTE)
    page.mouse.move(5, 5)
    page.keyboard.press("Escape")  # the hint that the mouse has called up
    page.keyboard.press("Escape")
    expect(page.locator("#reader article")).to_have_count(0)
    first.focus()
    page.keyboard.press("Enter")
    expect(mark).to_have_text(QUOTE)
    page.keyboard.press("Escape")
    expect(page.locator("#reader article")).to_have_count(0)
    expect(first).to_be_focused()
    page.evaluate("document.querySelector('.footnote').dataset.article = 'gone'")
    first.click()
    expect(page.locator("#reader .failure")).to_contain_text("Этой статьи больше нет в библиотеке.")


def test_an_answer_grows_in_view_and_is_stopped_or_found_again(page: Page, bot: SampleBot) -> None:
    bot.gate.clear()
    box, stop = page.get_by_label("Ваш вопрос"), page.get_by_role("button", name="Остановить")
    box.fill(SLOW)
    page.get_by_role("button", name="Спросить").click()
    expect(page.locator(".sentence")).to_have_count(1)
    expect(page.locator(".exchange")).to_have_attribute("data-state", "writing")
    expect(box).to_have_value("")
    send(page, COST)  # not before the last answer is whole: the question waits in the box
    stop.click()
    expect(page.locator(".stopped")).to_have_text("Остановлено.")
    expect(page.locator(".sentence")).to_have_count(1)
    bot.gate.set()
    expect(box).to_have_value(COST)
    ask(page, COST, exchanges=2)
    assert bot.closed.wait(PATIENCE)
    begin(page, bot, 3)
    page.keyboard.press("Escape")
    expect(page.locator(".stopped")).to_have_count(2)
    bot.gate.set()
    assert bot.closed.wait(PATIENCE)
    begin(page, bot, 4)
    page.reload()
    expect(page.locator(".stopped")).to_have_count(2)
    expect(page.locator(".exchange").last.locator(".sentence")).to_have_count(1)
    bot.gate.set()
    expect(page.locator(".exchange").last).to_have_attribute("data-state", re.compile("done|stopped"))
    expect(stop).to_be_hidden()
    ask(page, COST, exchanges=5)


def test_an_answer_does_not_follow_into_another_chat(page: Page, bot: SampleBot) -> None:
    ask(page, LENGTH)

    def to_another_chat() -> None:
        page.locator(".chat .open").last.click()
        expect(page.locator(".question")).to_have_text(LENGTH)

    def delete_its_chat() -> None:
        page.locator(".chat[data-current] summary").click()
        page.get_by_role("button", name="Удалить").click()
        page.get_by_role("dialog").get_by_role("button", name="Удалить").click()
        expect(page.locator(".greeting")).to_be_visible()

    for leave, exchanges, chats in (
        (to_another_chat, 2, 2),
        (lambda: begin_anew(page), 1, 4),
        (delete_its_chat, 1, 5),
    ):
        begin_anew(page)
        begin(page, bot, 1)
        leave()
        bot.gate.set()
        assert bot.closed.wait(PATIENCE)
        ask(page, COST, exchanges)
        expect(page.locator(".question").last).to_have_text(COST)
        expect(page.locator(".chat")).to_have_count(chats)
    page.locator(".chat .open", has_text="медленно").first.click()
    expect(page.locator(".stopped")).to_have_text("Остановлено.")


def choose(page: Page, field: str, option: str, of: int | None = None) -> None:
    """Choose in a list of «Где искать», which offers `of` options."""
    page.locator(f"{field} input").click()
    options = page.locator("ul[role=listbox]").get_by_role("option")
    if of is not None:
        expect(options).to_have_count(of)
    options.filter(has_text=option).click()
    page.keyboard.press("Escape")


def test_where_to_search(page: Page, bot: SampleBot) -> None:
    ask(page, LENGTH)
    ask(page, "А сколько он стоит?", 2)
    _, history, filters = bot.seen[-1]
    assert [turn.question for turn in history] == [LENGTH] and filters is None
    row = page.get_by_role("button", name="Где искать")
    expect(page.get_by_role("textbox", name="Не раньше")).to_be_hidden()
    row.click()
    page.get_by_role("textbox", name="Не раньше").fill("23.02.2026")
    choose(page, "#sources", "Степной вестник", len(bot.library.sources()))
    expect(page.locator("#sources .token-remove").first).to_have_attribute("title", "Убрать: Степной вестник")
    expect(page.locator("#sources .remove-all")).to_have_attribute("aria-label", "Убрать все источники")
    choose(page, "#tags", "Вода")
    choose(page, "#articles", CANAL.info.title, len(ARTICLES))
    chips = page.locator(".chip")
    expect(chips).to_have_text([re.compile("с 23"), "Степной вестник", "Вода", CANAL.info.title])
    limited = Filters(date(2026, 2, 23), None, ("Степной вестник",), (CANAL.id,), ("Вода",))
    for exchanges in (3, 4):  # it holds for the questions that follow
        ask(page, COST, exchanges)
        assert bot.seen[-1][2] == limited
    expect(page.locator(".searched")).to_have_count(2)
    expect(page.locator(".searched").last).to_contain_text("Поиск ограничен: с 23")
    page.locator(".footnote").first.click()
    expect(page.locator("#reader mark")).to_have_text(QUOTE)
    begin_anew(page)
    expect(page.locator("#reader article")).to_have_count(0)
    expect(chips).to_have_count(0)
    page.locator(".example", has_text=LENGTH).click()
    answered(page, 1)
    assert bot.seen[-1][1:] == ([], None)  # a new conversation searches everywhere
    page.locator(".chat .open").last.click()
    expect(chips).to_have_count(4)
    ask(page, NOWHERE, 5)
    page.get_by_role("button", name="Искать везде").click()
    answered(page, 6)
    assert bot.seen[-1][2] is None
    expect(chips).to_have_count(0)


BAD = "<img src=x onerror='window.pwned=1'><script>window.pwned=1</script>"


def test_what_is_mistyped_hostile_strange_or_unknown_gets_a_polite_reply(page: Page, bot: SampleBot) -> None:
    bot.typed.clear()
    last = page.locator(".exchange").last
    typed = f'{BAD} "rfyfk" длина?'
    ask(page, typed)
    expect(page.locator(".notes")).to_contain_text(
        "Исправлена раскладка: «rfyfk» → «канал»", ignore_case=True
    )
    page.get_by_role("button", name="искать как написано").click()
    answered(page, 2)
    expect(last.locator(".question")).to_have_text(typed)
    expect(last.locator(".notes")).to_have_text("поиск по вопросу, как он написан")
    assert bot.typed == [typed] and bot.seen[-1][1] == []
    ask(page, f"зло {BAD}", 3)
    assert bot.typed == [typed]
    expect(last.locator(".answer")).to_contain_text(INJECTION[:40])
    last.locator(".footnote").click()
    expect(page.locator("#reader h2")).to_have_text(HOSTILE.info.title)
    expect(page.locator("#reader mark")).to_have_text(INJECTION)
    expect(page.locator("#reader a")).to_have_count(0)  # its address is a javascript: one
    assert page.locator("#conversation, #reader").locator("img, script").count() == 0
    for count, question in enumerate(("", "?!…", "'; DROP TABLE articles; --", "х" * 10_000), 4):
        ask(page, question, count)
        expect(last.locator(".failure, .refusal")).to_contain_text("опрос")
    ask(page, "поломка", 8)
    expect(last.locator(".failure")).to_contain_text("Что-то сломалось")
    expect(page.locator("body")).not_to_contain_text("secret")
    ask(page, NOWHERE, 9)
    expect(last.locator(".refusal")).to_contain_text("ответа на этот вопрос нет")
    expect(last.locator(".card")).to_have_count(2)
    last.locator(".card").first.click()
    expect(page.locator("#reader h2")).to_have_text("Спор о длине: 127 или 131 километр?")
    near = last.locator(".near").first  # and who else has published it
    reprint = near.locator(".reprint")
    expect(reprint).to_be_hidden()
    near.get_by_text("ещё 1 публикация").click()
    expect(reprint).to_have_text(f"{CANAL.info.title}{CANAL.info.source}, 23 февраля 2026 г.")
    reprint.click()
    expect(page.locator("#reader mark")).to_have_text(CANAL.text[:99])
    in_view(page, "#reader mark")


def test_runs_go_on_when_one_leaves_are_stopped_kept_opened_and_compared(
    page: Page, bot: SampleBot, address: str
) -> None:
    label, stop = page.locator(".run .label").first, page.get_by_role("button", name="Остановить")
    slow = "\n".join(f'{{"id": "{name}", "question": "{SLOW}", "answers": ["127,4 км"]}}' for name in "abc")
    page.get_by_role("button", name="Проверка").click()
    bot.gate.clear()
    choose_set(page, "slow.jsonl", slow)
    page.get_by_role("button", name="Проверить").click()
    expect(label).to_have_text("Идёт проверка: 0 из 3")
    page.goto("about:blank")
    page.goto(f"{address}/#trial")
    expect(label).to_have_text("Идёт проверка: 0 из 3")
    expect(page.locator(".run h2")).to_have_text("slow.jsonl")
    bot.gate.set()
    expect(label).to_have_text("Проверка закончена: 3 из 3")
    bot.gate.clear()
    choose_set(page, "slow.jsonl", slow)
    page.get_by_role("button", name="Проверить").click()
    expect(label).to_have_text("Идёт проверка: 0 из 3")
    stop.click()
    expect(label).to_have_text("Проверка остановлена: 0 из 3")
    expect(stop).to_be_hidden()
    bot.gate.set()
    length = f'{{"question": "{LENGTH}", "answers": ["127,4 км"], "articles": ["kanal-2026"]}}'
    more = f'{{"question": "{COST}", "answers": ["85 млрд"]}}'
    past = page.locator(".past .set", has_text="канал.jsonl")
    for times, lines in enumerate(([length], [length, more]), 1):
        run_set(page, "канал.jsonl", "\n".join(lines), times)
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
    expect(label).to_have_text("Проверка закончена: 1 из 1")
