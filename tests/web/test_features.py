"""What the page can do with questions, answers and chats, in Chromium over a real server and index."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from rag.bot import Bot
from rag.types import Article, ArticleInfo
from tests.web.sample import HOSTILE
from tests.web.visiting import CAPACITY, DROP, LENGTH, Served, answered, ask, in_view, press, run_set, visited

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]
QUOTE = "Мощность завода составит 450 тысяч тонн стали в год."


@pytest.fixture(scope="module")
def bot(real_page: Served[Bot]) -> Bot:
    return real_page.bot


@pytest.fixture(scope="module")
def address(real_page: Served[Bot]) -> str:
    return real_page.address


def chats(page: Page) -> list[str]:
    return page.locator(".chat .title").all_inner_texts()


def test_an_answer_leads_to_its_sentence_and_is_copied_saved_and_linked_to(
    page: Page, browser: Browser, address: str
) -> None:
    ask(page, CAPACITY)
    hint, footnote = page.get_by_role("tooltip"), page.locator(".footnote").first
    expect(page.locator(".answer strong")).to_have_text("450 тысяч тонн")
    expect(page.locator(".verdict")).to_contain_text(re.compile("Уверенность (высокая|средняя|низкая)"))
    footnote.hover()
    expect(hint).to_contain_text(QUOTE[:-1])
    expect(hint).to_contain_text("Вечерняя сводка, 15")
    page.keyboard.press("Escape")
    expect(page.locator("#hint")).to_be_hidden()
    footnote.focus()
    expect(hint).to_be_visible()
    expect(footnote).to_have_attribute("aria-describedby", "hint")
    footnote.click()
    expect(page.locator("#reader mark")).to_have_text(QUOTE)
    in_view(page, "#reader mark")
    expect(page.locator("#reader .link a")).to_have_attribute("href", "https://example.org/zavod")
    expect(page.locator(".footnotes .link a").first).to_have_attribute("href", "https://example.org/zavod")
    softly = {text.lower() for text in page.locator("#reader .match").all_inner_texts()}
    assert {"завод", "заводу", "заводе", "темиртау"} <= softly
    page.get_by_role("button", name="Закрыть статью").click()
    page.get_by_role("button", name="Копировать", exact=True).click()
    expect(page.locator("#status")).to_have_text("Скопировано.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "450 тысяч тонн стали в год [1]." in copied
    assert "[1] «Мощность завода" in copied and "https://example.org/zavod" in copied
    for kind, suffix in {"Word": ".docx", "Markdown": ".md", "Веб-страницу": ".html"}.items():
        page.locator(".chat summary").click()
        with page.expect_download() as download:
            page.get_by_role("link", name=kind).click()
        assert download.value.suggested_filename.endswith(suffix)
        content = Path(download.value.path()).read_bytes()
        assert content.startswith(b"PK") or "450 тысяч тонн" in content.decode()
    with visited(browser, address) as other:
        other.goto(page.url)  # another's chat, by its address
        expect(other.locator(".greeting")).to_be_visible()
        assert chats(other) == [] and chats(page) == [CAPACITY]
        link = page.locator("a.act").get_attribute("href")
        other.goto(f"{address}/{link}")  # an answer is for whoever has its link
        expect(other.locator("h1")).to_have_text(CAPACITY)
        expect(other.locator("mark")).to_have_text(QUOTE)


BAD = "<img src=x onerror='window.pwned=1'><script>window.pwned=1</script>"
IMAGES = ", ".join(f"{part} :is(img, script)" for part in (
    "#conversation", "#history", "#shelf", "#shelf-top", "#board", "#chips", "#limits", "#reader", "dialog"
))  # fmt: skip


def test_what_articles_hold_and_readers_type_or_upload_runs_nowhere(page: Page) -> None:
    """At the end of each test it is looked whether `window.pwned` was set."""
    ask(page, "Что стоит прямо в цитате?")
    button = page.locator(".footnote, .card").first
    button.hover()
    button.click()
    expect(page.locator("#reader h2")).to_be_visible()
    assert page.locator(IMAGES).count() == 0
    ask(page, f"[x](javascript:window.pwned=1) {CAPACITY} {BAD}", 2)
    assert page.locator("a[href^=javascript]").count() == 0
    page.locator(".chat summary").click()
    page.get_by_role("button", name="Переименовать").click()
    page.get_by_label("Название разговора").fill(BAD)
    page.keyboard.press("Enter")
    expect(page.locator(".chat .title")).to_have_text(BAD)
    page.locator(".chat summary").click()
    page.get_by_role("button", name="Удалить").click()
    expect(page.get_by_role("dialog")).to_contain_text(BAD)
    assert page.locator(IMAGES).count() == 0
    page.get_by_role("button", name="Отмена").click()
    page.get_by_role("button", name="Где искать").click()
    page.locator("#articles input").click()
    page.keyboard.type(BAD)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".chip")).to_contain_text("<img src=x")
    since = page.get_by_role("textbox", name="Не раньше")
    since.fill(BAD)
    since.press("Enter")
    expect(page.get_by_role("button", name="Где искать: Дата «<img")).to_be_visible()
    page.get_by_role("button", name="Библиотека").click()
    expect(page.locator(".articles tbody tr")).to_have_count(4)
    page.evaluate(DROP, [f"{BAD}.bin", "x"])
    expect(page.locator(".uploads .bad")).to_have_count(2)
    page.locator(f"[data-read^='{HOSTILE.id[:3]}']").click()
    expect(page.locator("#reader h2")).to_have_text(HOSTILE.info.title)
    assert page.locator("a[href^=javascript]").count() == 0
    assert page.locator(IMAGES).count() == 0
    page.get_by_role("button", name="Проверка").click()
    line = json.dumps({"id": BAD, "question": BAD, "answers": [BAD]})
    run_set(page, f"{BAD}.jsonl", line)
    expect(page.locator(".replay .title")).to_contain_text("<script>")
    assert page.locator(IMAGES).count() == 0


def test_a_question_is_edited_asked_again_and_taken_back_with_the_arrow(page: Page) -> None:
    box = page.get_by_label("Ваш вопрос")
    box.fill("первая")
    box.press("Shift+Enter")
    box.type("вторая")
    expect(box).to_have_value("первая\nвторая")
    expect(page.locator(".exchange")).to_have_count(0)
    ask(page, LENGTH)
    ask(page, CAPACITY, 2)
    last = page.locator(".exchange").last
    before = last.get_attribute("data-answer") or ""
    page.get_by_role("button", name="Ещё раз").click()
    expect(last).not_to_have_attribute("data-answer", before)
    answered(page, 2)
    box.focus()
    page.keyboard.press("ArrowUp")
    edited = page.get_by_role("textbox", name="Вопрос", exact=True)
    expect(edited).to_have_value(CAPACITY)
    page.keyboard.press("Escape")
    expect(edited).to_have_count(0)
    page.get_by_role("button", name="Изменить вопрос; ответы").click()
    edited.fill("Кто директор завода?")
    edited.press("Enter")
    answered(page, 1)  # what came after the edited question is gone
    expect(page.locator(".question")).to_have_text("Кто директор завода?")
    page.reload()
    expect(page.locator(".question")).to_have_text("Кто директор завода?")
    page.evaluate("document.activeElement.blur()")
    press(page, "т", "KeyN")  # on a Russian layout
    expect(page.locator(".greeting")).to_be_visible()


def into_folder(page: Page, chat: str, folder: str) -> None:
    page.locator(".chat", has_text=chat).locator("summary").click()
    page.get_by_role("button", name=re.compile("В (другую )?папку")).click()
    page.get_by_label("Папка разговора").fill(folder)
    page.keyboard.press("Enter")


def test_chats_survive_a_reload_with_their_chips_are_put_into_folders_and_found(page: Page) -> None:
    since, chips = page.get_by_role("textbox", name="Не раньше"), page.locator(".chip")
    page.get_by_role("button", name="Где искать").click()
    since.fill("01.01.2026")
    since.press("Enter")
    page.locator("#sources input").click()
    page.locator("ul[role=listbox]").get_by_role("option", name="Вечерняя сводка").click()
    page.keyboard.press("Escape")
    expect(chips).to_have_count(2)
    ask(page, CAPACITY)
    expect(page.locator(".searched")).to_contain_text("источник: Вечерняя сводка")
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".greeting")).to_be_visible()
    ask(page, LENGTH)
    into_folder(page, CAPACITY, "Заводы")
    folder = page.locator(".folder[data-folder=Заводы]")
    expect(folder.locator(".chat .title")).to_have_text(CAPACITY)
    assert chats(page) == [CAPACITY, LENGTH]
    folder.locator("> summary").click()
    expect(folder.locator(".chat")).to_be_hidden()
    page.reload()
    expect(page.locator(".question")).to_have_text(LENGTH)
    expect(page.locator(".chat[data-current]")).to_be_visible()
    expect(folder.locator(".chat")).to_be_hidden()
    page.get_by_text("Сохранить разговоры").click()
    page.get_by_label("Какие разговоры").select_option("Заводы")
    with page.expect_download() as download:
        page.get_by_role("button", name="Markdown").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.namelist() == [f"{CAPACITY.rstrip('?')}.md"]
    folder.locator("> summary").click()
    into_folder(page, CAPACITY, "")
    expect(page.locator(".folder")).to_have_count(0)
    assert chats(page) == [LENGTH, CAPACITY]
    page.get_by_label("Поиск по разговорам").fill("заводом")
    expect(page.locator(".chat")).to_have_count(1)
    page.locator(".chat .open").click()
    expect(page.locator(".question")).to_have_text(CAPACITY)
    expect(chips).to_have_count(2)
    page.get_by_role("button", name="Убрать условие: Вечерняя сводка").click()
    expect(chips).to_have_count(1)
    expect(chips).to_contain_text("с 1")
    page.get_by_role("button", name="Новый разговор").click()
    expect(chips).to_have_count(0)
    page.get_by_label("Поиск по разговорам").fill("")
    page.locator(".chat .open", has_text=CAPACITY).click()
    answered(page, 1)
    expect(chips).to_have_count(1)


def test_an_opinion_is_kept_taken_back_and_becomes_a_question_that_can_be_run_and_replayed(
    page: Page,
) -> None:
    ask(page, CAPACITY)
    down, up = (
        page.get_by_role("button", name=name, exact=True) for name in ("Ответ не помог", "Ответ помог")
    )
    told, note = page.locator(".feedback .told"), page.get_by_label("Замечание или верный ответ")
    cancel = page.locator(".feedback").get_by_role("button", name="Отмена")
    sent: list[Request] = []

    def hear(request: Request) -> None:
        if "api/feedback" in request.url:
            sent.append(request)

    page.on("request", hear)
    down.click()
    expect(note).to_be_focused()
    cancel.click()
    expect(down).to_have_attribute("aria-pressed", "false")
    expect(down).to_be_focused()
    assert sent == []
    down.click()
    note.fill("Спрашивали не о том")
    page.get_by_role("button", name="Сохранить", exact=True).click()
    expect(told).to_have_text("Сохранено.")
    page.reload()
    expect(down).to_have_attribute("aria-pressed", "true")
    down.click()
    expect(page.locator("#status")).to_have_text("Оценка отозвана.")
    up.click()  # needs no words
    expect(told).to_have_text("Сохранено.")
    down.click()
    cancel.click()
    expect(up).to_have_attribute("aria-pressed", "true")  # as it is kept
    assert [each.method for each in sent] == ["POST", "DELETE", "POST"]
    down.click()
    note.fill("451 тысяча тонн")
    page.get_by_role("button", name="В набор вопросов").click()
    expect(told).to_have_text("Вопрос в наборе.")
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Набор вопросов").select_option("own")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run .label").first).to_contain_text("Проверка закончена")
    failed = page.locator(".failed .replay", has_text=CAPACITY)
    expect(failed).to_contain_text("Ждали: 451 тысяча тонн")
    failed.click()
    answered(page, 1)
    expect(page.locator(".question")).to_have_text(CAPACITY)


def test_on_a_phone_what_is_read_and_written_stays_in_view_and_lists_close(phone: Page, bot: Bot) -> None:
    many = [
        Article(ArticleInfo(f"many-{n}", f"Заметка {n}", f"Издание {n}"), f"В городе {n} прошёл дождь.")
        for n in range(20)
    ]
    ask(phone, CAPACITY)
    try:
        bot.library.add(many)
        phone.locator(".footnote").first.click()
        expect(phone.locator("#reader mark")).to_be_visible()
        phone.reload()
        expect(phone.locator(".further")).to_be_visible()  # questions come above the quote
        at = phone.locator("#reader mark").first.bounding_box()
        assert at and abs(at["y"] + at["height"] / 2 - 450) < 60  # in the middle, as it was opened
        phone.get_by_role("button", name="Закрыть статью").click()
        ask(phone, LENGTH, 2)
        phone.get_by_role("button", name="Ответ не помог").last.click()
        expect(phone.locator(".exchange:last-child .feedback textarea")).to_be_focused()
        in_view(phone, ".exchange:last-child .feedback textarea")
        in_view(phone, ".exchange:last-child .feedback [type=submit]")
        phone.get_by_role("button", name="Где искать").click()
        phone.locator("#sources input").click()
        # Playwright clicks nothing that something else lies over.
        phone.locator("ul[role=listbox]").get_by_role("option").first.click()
        expect(phone.locator(".chip")).to_have_count(1)
    finally:
        bot.library.remove([each.id for each in many])
    # Escape ends one thing at a time.
    phone.get_by_role("button", name="Разговоры").click()
    phone.locator(".chat summary").click()
    phone.get_by_role("button", name="Переименовать").click()
    expect(phone.locator(".menu:visible")).to_have_count(0)
    phone.get_by_label("Название разговора").fill("Другое")
    phone.keyboard.press("Escape")
    expect(phone.locator(".chat .title")).to_have_text(CAPACITY)
    expect(phone.locator(".chat summary")).to_be_focused()
    phone.locator(".chat summary").click()
    phone.get_by_role("button", name="Удалить").click()
    expect(phone.get_by_role("dialog")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("dialog")).to_have_count(0)
    expect(phone.locator(".chat")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(phone.locator(".chat")).to_be_hidden()
