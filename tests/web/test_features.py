"""What the page can do, in Chromium over a real server with the real index."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Request, expect

from rag.bot import Bot
from rag.types import Article, ArticleInfo
from rag.web.wording import clip
from tests.web.lending import PLAIN
from tests.web.sample import CANAL, HOSTILE, RIVAL
from tests.web.visiting import (
    CAPACITY,
    LENGTH,
    SMELTER,
    answered,
    ask,
    in_view,
    real_bot,
    real_server,
    visited,
)

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with real_bot(tmp_path_factory.mktemp("real")) as bot:
        yield bot


@pytest.fixture(scope="module")
def address(bot: Bot) -> Iterator[str]:
    with real_server(bot) as address:
        yield address


def chats(page: Page) -> list[str]:
    return page.locator(".chat .title").all_inner_texts()


# Reading


def test_a_footnote_leads_to_its_sentence_and_shows_it_on_hover_and_focus(page: Page) -> None:
    ask(page, CAPACITY)
    quote = "Мощность завода составит 450 тысяч тонн стали в год."
    hint, footnote = page.get_by_role("tooltip"), page.locator(".footnote").first
    expect(page.locator(".answer strong")).to_have_text("450 тысяч тонн")
    expect(page.locator(".verdict")).to_contain_text(re.compile("Уверенность (высокая|средняя|низкая)"))
    footnote.hover()
    expect(hint).to_contain_text(quote[:-1])
    expect(hint).to_contain_text("Вечерняя сводка, 15")
    page.keyboard.press("Escape")
    expect(page.locator("#hint")).to_be_hidden()
    footnote.focus()
    expect(hint).to_be_visible()
    expect(footnote).to_have_attribute("aria-describedby", "hint")
    footnote.click()
    expect(page.locator("#reader mark")).to_have_text(quote)
    in_view(page, "#reader mark")
    expect(page.locator("#reader .link a")).to_have_attribute("href", "https://example.org/zavod")
    expect(page.locator(".footnotes .link a").first).to_have_attribute("href", "https://example.org/zavod")
    softly = {text.lower() for text in page.locator("#reader .match").all_inner_texts()}
    assert {"завод", "заводу", "заводе", "темиртау"} <= softly


def test_an_article_that_has_changed_is_shown_as_it_was(page: Page, bot: Bot) -> None:
    ask(page, CAPACITY)
    try:
        bot.library.add([replace(SMELTER, text="Завод не построят. " + SMELTER.text)])
        page.locator(".footnote").first.click()
        expect(page.locator("#reader .remark")).to_contain_text("Статья с тех пор изменилась.")
        expect(page.locator("#reader mark")).to_have_text(
            "Мощность завода составит 450 тысяч тонн стали в год."
        )
        bot.library.remove([SMELTER.id])
        page.get_by_role("button", name="Закрыть статью").click()
        page.locator(".footnote").first.click()
        expect(page.locator("#reader .remark")).to_contain_text("Статьи больше нет в библиотеке.")
    finally:
        bot.library.add([SMELTER])


BAD = "<img src=x onerror='window.pwned=1'><script>window.pwned=1</script>"
IMAGES = ", ".join(f"{part} :is(img, script)" for part in (
    "#conversation", "#history", "#shelf", "#shelf-top", "#board", "#chips", "#limits", "#reader", "dialog"
))  # fmt: skip


def test_a_hostile_article_runs_nowhere(page: Page) -> None:
    """At the end of each test it is looked whether `window.pwned` was set."""
    ask(page, "Что стоит прямо в цитате?")
    button = page.locator(".footnote, .card").first
    button.hover()
    button.click()
    expect(page.locator("#reader h2")).to_be_visible()
    page.get_by_role("button", name="Библиотека").click()
    expect(page.locator(".articles tbody tr")).to_have_count(4)
    page.locator(f"[data-read^='{HOSTILE.id[:3]}']").click()
    expect(page.locator("#reader h2")).to_have_text(HOSTILE.info.title)
    assert page.locator("a[href^=javascript]").count() == 0
    assert page.locator(IMAGES).count() == 0


def test_what_a_reader_types_or_uploads_runs_nowhere(page: Page) -> None:
    ask(page, f"[x](javascript:window.pwned=1) {CAPACITY} {BAD}")
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
    row = page.get_by_role("button", name="Где искать")
    row.click()
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
    page.evaluate(DROP, [f"{BAD}.bin", "x"])
    expect(page.locator(".uploads .bad")).to_have_count(2)
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Набор вопросов").select_option("")
    line = json.dumps({"id": BAD, "question": BAD, "answers": [BAD]}).encode()
    page.get_by_label("Файл с вопросами").set_input_files(
        {"name": f"{BAD}.jsonl", "mimeType": "application/jsonl", "buffer": line}
    )
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run .label").first).to_contain_text("Проверка закончена")
    expect(page.locator(".replay .title")).to_contain_text("<script>")
    assert page.locator(IMAGES).count() == 0


# Asking


def test_a_question_is_edited_asked_again_and_taken_back_with_the_arrow(page: Page) -> None:
    ask(page, LENGTH)
    ask(page, CAPACITY, 2)
    last = page.locator(".exchange").last
    before = last.get_attribute("data-answer") or ""
    page.get_by_role("button", name="Ещё раз").click()
    expect(last).not_to_have_attribute("data-answer", before)
    answered(page, 2)
    page.get_by_label("Ваш вопрос").focus()
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


def test_shift_and_enter_is_a_new_line_and_a_key_begins_a_new_chat(page: Page) -> None:
    box = page.get_by_label("Ваш вопрос")
    box.fill("первая")
    box.press("Shift+Enter")
    box.type("вторая")
    expect(box).to_have_value("первая\nвторая")
    expect(page.locator(".exchange")).to_have_count(0)
    ask(page, CAPACITY)
    page.evaluate("document.activeElement.blur()")
    press(page, "т", "KeyN")  # on a Russian layout
    expect(page.locator(".greeting")).to_be_visible()


def test_an_answer_is_copied_and_its_chat_is_saved(page: Page) -> None:
    ask(page, CAPACITY)
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


# Where to search


def test_chips_are_removed_and_kept_with_the_chat(page: Page) -> None:
    page.get_by_role("button", name="Где искать").click()
    page.get_by_role("textbox", name="Не раньше").fill("01.01.2026")
    page.get_by_role("textbox", name="Не раньше").press("Enter")
    page.locator("#sources input").click()
    page.locator("ul[role=listbox]").get_by_role("option", name="Вечерняя сводка").click()
    page.keyboard.press("Escape")
    expect(page.locator(".chip")).to_have_count(2)
    ask(page, CAPACITY)
    expect(page.locator(".searched")).to_contain_text("источник: Вечерняя сводка")
    page.reload()
    expect(page.locator(".chip")).to_have_count(2)
    page.get_by_role("button", name="Убрать условие: Вечерняя сводка").click()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator(".chip")).to_contain_text("с 1")
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".greeting")).to_be_visible()
    page.locator(".chat .open").first.click()
    answered(page, 1)
    expect(page.locator(".chip")).to_have_count(1)


# History


def test_chats_survive_a_reload_are_searched_renamed_and_deleted(page: Page) -> None:
    ask(page, CAPACITY)
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".greeting")).to_be_visible()
    ask(page, LENGTH)
    page.reload()
    expect(page.locator(".question")).to_have_text(LENGTH)
    assert chats(page) == [LENGTH, CAPACITY]
    page.get_by_label("Поиск по разговорам").fill("заводом")
    expect(page.locator(".chat")).to_have_count(1)
    page.locator(".chat .open").click()
    expect(page.locator(".question")).to_have_text(CAPACITY)
    page.locator(".chat[data-current] summary").click()
    page.get_by_role("button", name="Переименовать").click()
    page.get_by_label("Название разговора").fill("Про завод")
    page.keyboard.press("Enter")
    expect(page.locator(".chat .title").first).to_have_text("Про завод")
    page.locator(".chat[data-current] summary").click()
    page.get_by_role("button", name="Удалить").click()
    expect(page.get_by_role("dialog")).to_contain_text("Удалить разговор «Про завод»?")
    page.get_by_role("button", name="Отмена").click()
    expect(page.locator(".chat .title").first).to_have_text("Про завод")
    page.locator(".chat[data-current] summary").click()
    page.get_by_role("button", name="Удалить").click()
    page.get_by_role("dialog").get_by_role("button", name="Удалить").click()
    expect(page.locator(".greeting")).to_be_visible()
    page.reload()
    expect(page.locator(".chat .title")).to_have_text([LENGTH])


def into_folder(page: Page, chat: str, folder: str) -> None:
    page.locator(".chat", has_text=chat).locator("summary").click()
    page.get_by_role("button", name=re.compile("В (другую )?папку")).click()
    page.get_by_label("Папка разговора").fill(folder)
    page.keyboard.press("Enter")


def test_chats_are_put_into_folders_and_a_folder_is_saved(page: Page) -> None:
    ask(page, CAPACITY)
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


def test_two_browsers_see_only_their_own_chats(page: Page, browser: Browser, address: str) -> None:
    ask(page, CAPACITY)
    with visited(browser, address) as other:
        ask(other, LENGTH)
        assert chats(other) == [LENGTH] and chats(page) == [CAPACITY]
        other.goto(page.url)  # another's chat, by its address
        expect(other.locator(".greeting")).to_be_visible()
        link = page.locator("a.act").get_attribute("href")
        other.goto(f"{address}/{link}")  # an answer is for whoever has its link
        expect(other.locator("h1")).to_have_text(CAPACITY)
        expect(other.locator("mark")).to_have_text("Мощность завода составит 450 тысяч тонн стали в год.")


# Opinions, library, evaluation


def test_an_opinion_becomes_a_question_that_can_be_run_and_replayed(page: Page) -> None:
    ask(page, CAPACITY)
    page.get_by_role("button", name="Ответ не помог").click()
    page.get_by_label("Замечание или верный ответ").fill("451 тысяча тонн")
    page.get_by_role("button", name="В набор вопросов").click()
    expect(page.locator(".feedback .told")).to_have_text("Вопрос в наборе.")
    page.reload()
    expect(page.get_by_role("button", name="Ответ не помог")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Набор вопросов").select_option("own")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run .label").first).to_contain_text("Проверка закончена")
    failed = page.locator(".failed .replay", has_text=CAPACITY)
    expect(failed).to_contain_text("Ждали: 451 тысяча тонн")
    failed.click()
    answered(page, 1)
    expect(page.locator(".question")).to_have_text(CAPACITY)


def test_a_thumb_down_is_kept_with_its_note_and_taken_back(page: Page) -> None:
    ask(page, CAPACITY)
    down, up = (
        page.get_by_role("button", name=name, exact=True) for name in ("Ответ не помог", "Ответ помог")
    )
    sent: list[Request] = []

    def hear(request: Request) -> None:
        if "api/feedback" in request.url:
            sent.append(request)

    page.on("request", hear)
    down.click()
    note = page.get_by_label("Замечание или верный ответ")
    expect(note).to_be_focused()
    page.locator(".feedback").get_by_role("button", name="Отмена").click()
    expect(down).to_have_attribute("aria-pressed", "false")
    expect(down).to_be_focused()
    assert sent == []
    down.click()
    note.fill("Спрашивали не о том")
    page.get_by_role("button", name="Сохранить", exact=True).click()
    expect(page.locator(".feedback .told")).to_have_text("Сохранено.")
    page.reload()
    expect(down).to_have_attribute("aria-pressed", "true")
    down.click()
    expect(page.locator("#status")).to_have_text("Оценка отозвана.")
    up.click()  # needs no words
    expect(page.locator(".feedback .told")).to_have_text("Сохранено.")
    down.click()
    page.locator(".feedback").get_by_role("button", name="Отмена").click()
    expect(up).to_have_attribute("aria-pressed", "true")  # as it is kept
    assert [each.method for each in sent] == ["POST", "DELETE", "POST"]


def test_a_set_from_a_file_is_run(page: Page, tmp_path: Path) -> None:
    lines = [
        f'{{"id": "a", "question": "{CAPACITY}", "answers": ["450 тысяч"], "articles": ["zavod"]}}',
        '{"id": "b", "question": "А кто его директор?", "answers": ["Никто"], '
        f'"history": [{{"question": "{CAPACITY}", "answer": "450 тысяч тонн."}}]}}',
    ]
    (tmp_path / "set.jsonl").write_text("\n".join(lines), encoding="utf-8")
    page.get_by_role("button", name="Проверка").click()
    page.reload()
    page.get_by_label("Набор вопросов").select_option("")
    page.get_by_label("Файл с вопросами").set_input_files(tmp_path / "set.jsonl")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run .label").first).to_contain_text("Проверка закончена: 2 из 2")
    expect(page.locator(".numbers")).to_contain_text("50 %")
    page.locator(".replay").click()
    answered(page, 2)  # the turn that the set gives, and the question
    expect(page.locator(".exchange .told").first).to_have_text("450 тысяч тонн.")
    (tmp_path / "broken.jsonl").write_text("{}", encoding="utf-8")
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Файл с вопросами").set_input_files(tmp_path / "broken.jsonl")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator("#board .failure")).to_contain_text("Файл, строка 1: «question»: поле не задано")
    table = f"вопрос;ответ\n{CAPACITY};450 000 тонн\n".encode("cp1251")
    (tmp_path / "excel.csv").write_bytes(table)  # as Excel saves it
    page.get_by_label("Файл с вопросами").set_input_files(tmp_path / "excel.csv")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run .label").first).to_contain_text("Проверка закончена: 1 из 1")
    expect(page.locator(".numbers")).to_contain_text("100 %")


def test_a_run_can_be_stopped_and_goes_on_when_its_browser_leaves(page: Page, address: str) -> None:
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Набор вопросов").select_option("facts")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run")).to_have_attribute("data-running", "true")
    page.get_by_role("button", name="Остановить").click()
    label = page.locator(".run .label").first
    expect(label).to_contain_text("Проверка остановлена")
    page.wait_for_timeout(500)
    expect(label).to_contain_text("Проверка остановлена")
    page.get_by_label("Набор вопросов").select_option("refusals")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run h2")).to_have_text("Отказы")
    page.goto(address + PLAIN)
    page.goto(f"{address}/#trial")
    expect(label).to_contain_text("Проверка закончена")
    done, of = re.findall(r"\d+", label.inner_text())
    assert done == of
    expect(page.locator(".run h2")).to_have_text("Отказы")


GOLD: list[tuple[str, dict[str, object]]] = [
    (
        CAPACITY,
        {
            "answers": ["450 тысяч тонн"],
            "articles": [SMELTER.id],
            "why": "ответ — в цитате",
            "quotes": ["Мощность завода составит 450 тысяч тонн стали в год."],
        },
    ),
    ("Кто директор завода?", {"answers": ["инженер"]}),
    ("Сколько лет заводу?", {"refuse": True}),
    ("Правда ли, что завод продали?", {"verdict": "no"}),
]
REVIEWED = "\n".join(
    json.dumps({"id": str(number), "question": question, **gold}, ensure_ascii=False)
    for number, (question, gold) in enumerate(GOLD)
)


def begin_review(page: Page, name: str) -> None:
    """Go through REVIEWED, chosen as a file called `name`."""
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Набор вопросов").select_option("")
    buffer = f"{REVIEWED}\n".encode()
    page.get_by_label("Файл с вопросами").set_input_files(
        {"name": name, "mimeType": "application/jsonl", "buffer": buffer}
    )
    page.get_by_role("button", name="Просмотреть").click()
    expect(page.locator(".review h2")).to_have_text(name)


def press(page: Page, key: str, code: str) -> None:
    """A key of a Russian layout, of which Playwright knows none."""
    page.evaluate(
        "(of) => document.body.dispatchEvent(new KeyboardEvent('keydown', of))",
        {"key": key, "code": code, "bubbles": True},
    )


def test_a_set_is_gone_through_by_keys(page: Page, tmp_path: Path) -> None:
    begin_review(page, "keys.jsonl")
    asked, state = page.locator(".review .asked"), page.locator(".review .label")
    expect(asked).to_have_text(CAPACITY)
    expect(page.locator(".review mark b")).to_have_text("450 тысяч тонн")
    expect(page.locator(".review cite a")).to_have_text(SMELTER.info.title)
    page.keyboard.press("j")  # «о» on a Latin layout
    expect(asked).to_have_text("Кто директор завода?")
    press(page, "и", "KeyB")
    page.get_by_label("Верные ответы").fill("Асель Турсунова")
    page.reload()  # what is being typed stays, and so does the place
    expect(page.get_by_label("Верные ответы")).to_have_value("Асель Турсунова")
    page.get_by_role("button", name="Сохранить и оставить").click()
    expect(asked).to_have_text("Сколько лет заводу?")
    press(page, "у", "KeyU")  # a phonetic layout has it elsewhere
    page.keyboard.press("Enter")  # before the next question is there
    expect(state).to_contain_text("Оставлено 3, убрано 1")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".review .choice")).to_have_text("Оставлен")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".review .choice")).to_have_text("Убран")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Скачать JSONL").click()
    assert kept.value.suggested_filename == "keys-просмотрено.jsonl"
    lines = [json.loads(line) for line in Path(kept.value.path()).read_text(encoding="utf-8").splitlines()]
    assert [(each["id"], each.get("answers")) for each in lines] == [
        ("0", ["450 тысяч тонн"]),
        ("1", ["Асель Турсунова"]),
        ("3", None),
    ]
    page.get_by_role("button", name="Проверить оставленные").click()
    expect(page.locator(".run h2")).to_have_text("keys.jsonl: просмотренные")
    expect(page.locator(".run .label").first).to_contain_text("Проверка закончена: 3 из 3")


def test_reviews_are_left_taken_up_and_removed(page: Page) -> None:
    begin_review(page, "left.jsonl")
    page.get_by_role("button", name="Убрать").click()
    expect(page.locator(".review .label")).to_contain_text("Осталось 3")
    page.get_by_role("button", name="Закрыть").click()
    row = page.locator(".begun li", has_text="left.jsonl")
    expect(row.locator(".state")).to_have_text("осталось 3 из 4, оставлено 0, убрано 1")
    row.get_by_role("button", name="Продолжить").click()
    expect(page.locator(".review .asked")).to_have_text("Кто директор завода?")
    page.go_back()
    expect(row).to_be_visible()
    row.get_by_role("button", name="Удалить").click()
    page.get_by_role("dialog").get_by_role("button", name="Удалить").click()
    expect(row).to_have_count(0)


DROP = """([name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, { type: "text/plain" }));
    data.items.add(new File([new Uint8Array([0, 1, 2, 3])], "bad.bin"));
    const zone = document.querySelector("[data-drop]");
    for (const type of ["dragover", "drop"])
        zone.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def test_articles_are_dropped_in_found_and_removed(page: Page, bot: Bot) -> None:
    page.get_by_role("button", name="Библиотека").click()
    expect(page.locator(".articles tbody tr")).to_have_count(4)
    expect(page.locator("#shelf .chart svg")).to_have_attribute(
        "aria-label", re.compile("янв 2026 — 2, фев 2026 — 1")
    )
    page.evaluate(DROP, ["mayak.txt", "Маяк на мысе Тихом\n\nВысота маяка на мысе Тихом составляет 41 метр."])
    expect(page.locator(".uploads li[data-state=added]")).to_contain_text("mayak.txt")
    expect(page.locator(".uploads li[data-state=failed]")).to_contain_text("bad.bin")
    expect(page.locator(".uploads li[data-state=failed] .state")).to_have_text(
        "не принят: формат «.bin» не поддерживается"
    )
    expect(page.locator(".articles tbody tr")).to_have_count(5)
    page.get_by_label("Слова заголовка").fill("маяка")
    expect(page.locator(".articles tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Вопросы").click()
    ask(page, "Какова высота маяка?")
    expect(page.locator(".answer strong")).to_have_text("41 метр")
    page.get_by_role("button", name="Библиотека").click()
    page.get_by_role("button", name="Убрать статью").click()
    page.get_by_role("dialog").get_by_role("button", name="Убрать").click()
    expect(page.locator("#shelf .nothing")).to_be_visible()
    assert bot.library.counts().articles == 4
    page.get_by_label("Слова заголовка").fill("")
    page.locator("select[name=source]").select_option(CANAL.info.source)
    expect(page.locator(".articles tbody tr")).to_have_count(1)


def test_many_files_go_in_several_requests(page: Page) -> None:
    page.get_by_role("button", name="Библиотека").click()
    sent: list[str] = []

    def hear(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    page.on("request", hear)
    many: list[FilePayload] = [{"name": f"{n}.bin", "mimeType": "", "buffer": b"\0"} for n in range(501)]
    page.locator("[data-files]").set_input_files(many)
    expect(page.locator(".batch .sum")).to_have_text("501 файл не принят.")
    expect(page.locator(".batch")).to_have_attribute("data-state", "failed")
    assert [each.rsplit("/", 1)[1] for each in sent if "/api/" in each] == ["articles", "articles"]


def test_a_folder_is_dropped_with_what_is_in_it(page: Page, bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "записки" / "река").mkdir(parents=True)
    for name in ("брод.txt", "река/паром.txt", "река/.скрытый.txt"):
        (tmp_path / "записки" / name).write_text(f"Запись {name}. Река неглубока.", encoding="utf-8")
    page.get_by_role("button", name="Библиотека").click()
    zone = page.locator("[data-drop]").bounding_box()
    assert zone
    dragged = {"items": [], "files": [str(tmp_path / "записки")], "dragOperationsMask": 1}
    browser = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        at = {"x": zone["x"] + 20, "y": zone["y"] + 20}
        browser.send("Input.dispatchDragEvent", {"type": kind, "data": dragged, **at})
    expect(page.locator(".batch .sum")).to_have_text("2 статьи добавлены.")
    shipped = {each.info.id for each in (CANAL, RIVAL, SMELTER, HOSTILE)}
    assert len(bot.library.remove([each for each in bot.library.store.ids() if each not in shipped])) == 2


def test_the_list_is_read_beside_sorted_and_searched_by_dates(page: Page) -> None:
    page.get_by_role("button", name="Библиотека").click()
    page.get_by_role("button", name=SMELTER.info.title, exact=True).click()
    expect(page.locator("#reader h2")).to_have_text(SMELTER.info.title)
    panel = page.locator("#reader").bounding_box()
    assert panel and panel["width"] > 500 and panel["x"] + panel["width"] == 1440
    listed = page.locator(".articles").bounding_box()
    assert listed and listed["x"] + listed["width"] <= panel["x"]  # nothing of the list lies under it
    page.keyboard.press("Escape")
    expect(page.locator("#reader article")).to_have_count(0)
    expect(page.get_by_role("button", name=SMELTER.info.title, exact=True)).to_be_focused()
    page.get_by_label("Порядок").select_option(label="по заголовку")
    titles = page.locator(".articles .title")
    wanted = [HOSTILE.info.title, CANAL.info.title, SMELTER.info.title, RIVAL.info.title]
    expect(titles).to_have_text(wanted)
    expect(page).to_have_url(re.compile(r"[?&]sort=title"))  # its order stands in the address
    page.reload()
    expect(titles).to_have_text(wanted)
    expect(page.get_by_label("Порядок")).to_have_value("title")
    page.go_back()
    expect(page.get_by_label("Порядок")).to_have_value("")
    expect(titles).to_have_text([RIVAL.info.title, CANAL.info.title, SMELTER.info.title, HOSTILE.info.title])
    until, since = (page.get_by_role("textbox", name=name) for name in ("Не позже", "Не раньше"))
    until.fill("15 января 2026")  # as dates are written here
    until.press("Enter")
    expect(page.locator(".articles tbody tr")).to_have_count(2)
    since.fill("вчера")
    since.press("Enter")
    expect(page.locator("#shelf .failure")).to_contain_text("Нужна дата вида 23.02.2026.")


def test_an_open_article_is_told_of(page: Page) -> None:
    ask(page, CAPACITY)
    page.get_by_role("button", name="Библиотека").click()
    page.get_by_role("button", name=CANAL.info.title, exact=True).click()
    page.locator("#reader").get_by_role("button", name="О чём статья").click()
    expect(page.locator(".searched")).to_have_text(f"Поиск ограничен: статья: {clip(CANAL.info.title, 40)}")
    answered(page, 1)
    expect(page.locator(".answer .footnotes > li")).to_have_count(5)
    expect(page.locator(".chip")).to_have_text(CANAL.info.title)
    page.locator(".footnote").first.click()
    expect(page.locator("#reader mark")).to_have_text(CANAL.text.split(". ")[0] + ".")
    page.go_back()
    expect(page.locator("#reader article")).to_have_count(0)
    page.go_back()  # to the article in the library, beside the former chat
    expect(page.locator("#reader h2")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/library\?.*article=" + CANAL.id))
    expect(page.locator(".question")).to_have_text(CAPACITY)
    page.locator("#reader").get_by_role("button", name="Кратко").click()
    answered(page, 1)
    expect(page.locator(".answer .footnotes > li")).to_have_count(3)


# On a phone


@pytest.fixture()
def phone(browser: Browser, address: str) -> Iterator[Page]:
    with visited(browser, address, 390) as page:
        yield page


def test_the_first_of_many_sources_can_be_chosen_on_a_phone(phone: Page, bot: Bot) -> None:
    many = [
        Article(ArticleInfo(f"many-{n}", f"Заметка {n}", f"Издание {n}"), f"В городе {n} прошёл дождь.")
        for n in range(20)
    ]
    try:
        bot.library.add(many)
        phone.reload()
        expect(phone.locator(".greeting")).to_be_visible()
        phone.get_by_role("button", name="Где искать").click()
        phone.locator("#sources input").click()
        phone.locator("ul[role=listbox]").get_by_role(
            "option"
        ).first.click()  # Playwright clicks nothing that something else lies over
        expect(phone.locator(".chip")).to_have_count(1)
    finally:
        bot.library.remove([each.id for each in many])


def test_what_is_read_and_written_stays_in_view(phone: Page) -> None:
    ask(phone, CAPACITY)
    phone.locator(".footnote").first.click()
    expect(phone.locator("#reader mark")).to_be_visible()
    phone.reload()
    expect(phone.locator(".further")).to_be_visible()  # questions come above the quote
    at = phone.locator("#reader mark").first.bounding_box()
    assert at and abs(at["y"] + at["height"] / 2 - 450) < 60  # in the middle of the window, as it was opened
    phone.get_by_role("button", name="Закрыть статью").click()
    ask(phone, LENGTH, 2)
    phone.get_by_role("button", name="Ответ не помог").last.click()
    expect(phone.locator(".exchange:last-child .feedback textarea")).to_be_focused()
    in_view(phone, ".exchange:last-child .feedback textarea")
    in_view(phone, ".exchange:last-child .feedback [type=submit]")


def test_escape_in_the_list_of_chats_ends_one_thing_at_a_time(phone: Page) -> None:
    ask(phone, CAPACITY)
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


# For everybody


def states(page: Page) -> Iterator[tuple[str, str]]:
    """The states of the page one after another: the name of each while it is shown, and where it is new.

    One walk: a load of the page takes longer than all that is looked at in it.
    """
    yield "greeting", "body"
    ask(page, CAPACITY)
    page.get_by_role("button", name="Ответ помог").click()
    expect(page.locator(".feedback .told")).to_have_text("Сохранено.")
    yield "answer", "body"
    link = page.locator("a.act").get_attribute("href") or ""
    page.locator(".footnote").first.click()
    expect(page.locator("#reader mark")).to_be_visible()
    yield "article", "#reader"
    page.get_by_role("button", name="Закрыть статью").click()
    page.get_by_role("button", name="Изменить вопрос").click()
    yield "editing", "#conversation"
    page.keyboard.press("Escape")
    ask(page, "Кто выиграл чемпионат мира по шахматам?", 2)
    expect(page.locator(".refusal")).to_be_visible()
    yield "refusal", ".exchange:last-child"
    for listing in (scopes, dialogs, libraries, evaluations):
        yield from listing(page)
    for name, path in (("link", link), ("docs", "docs"), ("error", "answers/none")):
        page.goto(page.evaluate("(path) => new URL(path, document.baseURI).href", path))
        expect(page.locator("h1")).to_be_visible()
        yield name, "body"


def scopes(page: Page) -> Iterator[tuple[str, str]]:
    page.get_by_role("button", name="Где искать").click()
    page.locator("#sources input").click()
    page.locator("ul[role=listbox]").get_by_role("option").first.click()
    expect(page.locator(".chip")).to_be_visible()
    yield "scope", "#desk"


def dialogs(page: Page) -> Iterator[tuple[str, str]]:
    if not page.locator("#history").is_visible():
        page.get_by_role("button", name="Разговоры").click()
    page.locator(".chat summary").first.click()
    yield "chats", "#history"
    page.locator(".chat .danger").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "dialog", "dialog"
    page.get_by_role("dialog").get_by_role("button", name="Отмена").click()
    page.keyboard.press("Escape")  # on a phone the list lies over the page


def libraries(page: Page) -> Iterator[tuple[str, str]]:
    page.get_by_role("button", name="Библиотека").click()
    expect(page.locator(".articles tbody tr")).to_have_count(4)
    yield "library", "body"
    page.evaluate(DROP, ["empty.txt", ""])
    expect(page.locator(".uploads .bad")).to_have_count(2)
    yield "upload", ".uploads"


def evaluations(page: Page) -> Iterator[tuple[str, str]]:
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Набор вопросов").select_option("refusals")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run .label").first).to_contain_text("Проверка закончена")
    yield "trial", "body"
    begin_review(page, "axe.jsonl")
    page.get_by_role("button", name="Изменить").click()
    page.get_by_role("button", name="Отмена").focus()
    yield "review", "#board"


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_serious(browser: Browser, address: str, width: int, scheme: str) -> None:
    source = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
    with visited(browser, address, width, scheme) as page:
        for state, where in states(page):
            if not page.evaluate("'axe' in window"):
                page.evaluate(source)
            found = page.evaluate("([where, rules]) => axe.run(where, rules)", [where, rules])["violations"]
            serious = [
                (each["id"], each["nodes"][0]["html"][:200], each["nodes"][0]["failureSummary"][:300])
                for each in found
                if each["impact"] in ("serious", "critical")
            ]
            assert serious == [], state
            assert page.evaluate("document.documentElement.scrollWidth") <= width, state
