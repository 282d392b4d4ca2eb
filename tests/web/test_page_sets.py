"""Sets of questions on the page, run and gone through; and that everybody can use each state of the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rag.bot import Bot
from tests.web.visiting import CAPACITY, DROP, SMELTER, Served, answered, ask, choose_set, press, run_set

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]


@pytest.fixture(scope="module")
def bot(real_page: Served[Bot]) -> Bot:
    return real_page.bot


@pytest.fixture(scope="module")
def address(real_page: Served[Bot]) -> str:
    return real_page.address


def test_a_set_from_a_file_is_run(page: Page) -> None:
    lines = (
        {"id": "a", "question": CAPACITY, "answers": ["450 тысяч"], "articles": [SMELTER.id]},
        {
            "id": "b",
            "question": "А кто его директор?",
            "answers": ["Никто"],
            "history": [{"question": CAPACITY, "answer": "450 тысяч тонн."}],
        },
    )
    page.get_by_role("button", name="Проверка").click()
    page.reload()
    run_set(page, "set.jsonl", "\n".join(json.dumps(line) for line in lines), 2)
    expect(page.locator(".numbers")).to_contain_text("50 %")
    page.locator(".replay").click()
    answered(page, 2)  # the turn that the set gives, and the question
    expect(page.locator(".exchange .told").first).to_have_text("450 тысяч тонн.")
    page.get_by_role("button", name="Проверка").click()
    choose_set(page, "broken.jsonl", "{}")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator("#board .failure")).to_contain_text("Файл, строка 1: «question»: поле не задано")
    run_set(
        page, "excel.csv", f"вопрос;ответ\n{CAPACITY};450 000 тонн\n".encode("cp1251")
    )  # as Excel saves it
    expect(page.locator(".numbers")).to_contain_text("100 %")


GOLD: tuple[dict[str, object], ...] = (
    {
        "question": CAPACITY,
        "answers": ["450 тысяч тонн"],
        "articles": [SMELTER.id],
        "why": "ответ — в цитате",
        "quotes": ["Мощность завода составит 450 тысяч тонн стали в год."],
    },
    {"question": "Кто директор завода?", "answers": ["инженер"]},
    {"question": "Сколько лет заводу?", "refuse": True},
    {"question": "Правда ли, что завод продали?", "verdict": "no"},
)
REVIEWED = "\n".join(json.dumps({"id": str(number), **gold}) for number, gold in enumerate(GOLD))


def begin_review(page: Page, name: str) -> None:
    """Go through REVIEWED, chosen as a file called `name`."""
    page.get_by_role("button", name="Проверка").click()
    choose_set(page, name, REVIEWED)
    page.get_by_role("button", name="Просмотреть").click()
    expect(page.locator(".review h2")).to_have_text(name)


def test_a_set_is_gone_through_by_keys(page: Page) -> None:
    begin_review(page, "keys.jsonl")
    asked, state = page.locator(".review .asked"), page.locator(".review .label")
    choice = page.locator(".review .choice")
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
    for told in ("Оставлен", "Убран"):
        page.keyboard.press("ArrowLeft")
        expect(choice).to_have_text(told)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Скачать JSONL").click()
    assert kept.value.suggested_filename == "keys-просмотрено.jsonl"
    lines = [json.loads(line) for line in Path(kept.value.path()).read_text(encoding="utf-8").splitlines()]
    assert [(each["id"], each.get("answers")) for each in lines] == [
        ("0", ["450 тысяч тонн"]), ("1", ["Асель Турсунова"]), ("3", None)
    ]  # fmt: skip
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
    page.get_by_role("button", name="Где искать").click()
    page.locator("#sources input").click()
    page.locator("ul[role=listbox]").get_by_role("option").first.click()
    expect(page.locator(".chip")).to_be_visible()
    yield "scope", "#desk"
    page.get_by_role("button", name="Разговоры").click()
    page.locator(".chat summary").first.click()
    yield "chats", "#history"
    page.locator(".chat .danger").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "dialog", "dialog"
    page.get_by_role("dialog").get_by_role("button", name="Отмена").click()
    page.keyboard.press("Escape")  # on a phone the list lies over the page
    page.get_by_role("button", name="Библиотека").click()
    expect(page.locator(".articles tbody tr")).to_have_count(4)
    yield "library", "body"
    page.evaluate(DROP, ["empty.txt", ""])
    expect(page.locator(".uploads .bad")).to_have_count(2)
    yield "upload", ".uploads"
    page.get_by_role("button", name="Проверка").click()
    page.get_by_label("Набор вопросов").select_option("refusals")
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".run .label").first).to_contain_text("Проверка закончена")
    yield "trial", "body"
    begin_review(page, "axe.jsonl")
    page.get_by_role("button", name="Изменить").click()
    page.get_by_role("button", name="Отмена").focus()
    yield "review", "#board"
    for name, path in (("link", link), ("docs", "docs"), ("error", "answers/none")):
        page.goto(page.evaluate("(path) => new URL(path, document.baseURI).href", path))
        expect(page.locator("h1")).to_be_visible()
        yield name, "body"


def test_axe_finds_nothing_serious(phone: Page) -> None:
    """Each state on a phone at night and on a wide screen by day."""
    source = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
    for state, where in states(phone):
        if not phone.evaluate("'axe' in window"):
            phone.evaluate(source)
        for scheme, width in (("light", 1440), ("dark", 390)):  # the walk goes on on the phone
            phone.set_viewport_size({"width": width, "height": 900})
            phone.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = phone.evaluate("([where, rules]) => axe.run(where, rules)", [where, rules])["violations"]
            serious = [
                (each["id"], each["nodes"][0]["html"][:200], each["nodes"][0]["failureSummary"][:300])
                for each in found
                if each["impact"] in ("serious", "critical")
            ]
            assert serious == [], (state, width)
            assert phone.evaluate("document.documentElement.scrollWidth") <= width, state
