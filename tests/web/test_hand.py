"""The library in hand on the page, in Chromium over a real server with the real index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Request, expect

from rag.bot import Bot
from rag.web.wording import clip
from tests.web.sample import CANAL, HOSTILE, RIVAL
from tests.web.visiting import CAPACITY, DROP, SMELTER, Served, answered, ask, visited

pytestmark = [pytest.mark.slow_file, pytest.mark.browser]
CHANGED = replace(SMELTER, text=SMELTER.text.replace("450 тысяч", "480 тысяч"))
INJECTED = "<img src=x onerror=window.pwned=1>"


@pytest.fixture(scope="module")
def bot(real_page: Served[Bot]) -> Iterator[Bot]:
    yield real_page.bot
    begin_anew(real_page.bot)


@pytest.fixture(scope="module")
def address(real_page: Served[Bot]) -> str:
    return real_page.address


def begin_anew(bot: Bot) -> None:
    bot.library.remove(bot.library.store.ids())
    bot.library.forget_versions()
    bot.library.add([CANAL, RIVAL, HOSTILE, SMELTER])


@pytest.fixture(params=[1440])
def page(browser: Browser, address: str, bot: Bot, request: pytest.FixtureRequest) -> Iterator[Page]:
    begin_anew(bot)
    with visited(browser, address, request.param) as page:
        yield page


def library(page: Page) -> None:
    page.get_by_role("button", name="Библиотека").click()
    expect(page.locator("table.articles tbody tr").first).to_be_visible()


def read(page: Page, article_id: str) -> None:
    page.locator(f'[data-read="{article_id}"]').click()
    expect(page.locator("#reader .tools")).to_be_visible()


def test_files_and_a_folder_are_dropped_in_found_and_removed(page: Page, bot: Bot, tmp_path: Path) -> None:
    rows = page.locator(".articles tbody tr")
    library(page)
    expect(rows).to_have_count(4)
    expect(page.locator("#shelf .chart svg")).to_have_attribute(
        "aria-label", re.compile("янв 2026 — 2, фев 2026 — 1")
    )
    page.evaluate(DROP, ["mayak.txt", "Маяк на мысе Тихом\n\nВысота маяка на мысе Тихом составляет 41 метр."])
    expect(page.locator(".uploads li[data-state=added]")).to_contain_text("mayak.txt")
    expect(page.locator(".uploads li[data-state=failed]")).to_contain_text("bad.bin")
    expect(page.locator(".uploads li[data-state=failed] .state")).to_have_text(
        "не принят: формат «.bin» не поддерживается"
    )
    expect(rows).to_have_count(5)
    page.get_by_label("Слова заголовка").fill("маяка")
    expect(rows).to_have_count(1)
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
    expect(rows).to_have_count(1)
    (tmp_path / "записки" / "река").mkdir(parents=True)
    for name in ("брод.txt", "река/паром.txt", "река/.скрытый.txt"):
        (tmp_path / "записки" / name).write_text(f"Запись {name}. Река неглубока.", encoding="utf-8")
    zone = page.locator("[data-drop]").bounding_box()
    assert zone
    dragged = {"items": [], "files": [str(tmp_path / "записки")], "dragOperationsMask": 1}
    browser = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        at = {"x": zone["x"] + 20, "y": zone["y"] + 20}
        browser.send("Input.dispatchDragEvent", {"type": kind, "data": dragged, **at})
    expect(page.locator(".batch .sum", has_text="2 статьи добавлены.")).to_be_visible()
    assert bot.library.counts().articles == 6


def test_many_files_go_in_several_requests(page: Page) -> None:
    library(page)
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


def test_the_list_is_read_beside_sorted_and_searched_by_dates(page: Page) -> None:
    library(page)
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


def test_an_open_article_is_told_of_and_those_that_are_ticked_are_asked(page: Page) -> None:
    ask(page, CAPACITY)
    library(page)
    page.get_by_role("button", name=CANAL.info.title, exact=True).click()
    page.locator("#reader").get_by_role("button", name="О чём статья").click()
    limited = f"Поиск ограничен: статья: {clip(CANAL.info.title, 40)}"
    expect(page.locator(".searched")).to_have_text(limited)
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
    page.get_by_role("button", name="Новый разговор").click()
    expect(page.locator(".chip")).to_have_count(0)
    library(page)
    page.locator(f'[data-pick="{SMELTER.id}"]').check()
    page.get_by_role("button", name="Спросить о выбранных").click()
    expect(page.locator(".chip")).to_have_text(SMELTER.info.title)
    ask(page, CAPACITY)
    expect(page.locator(".searched")).to_have_text(f"Поиск ограничен: статья: {SMELTER.info.title}")


@pytest.mark.parametrize("page", [390], indirect=True)
def test_an_open_article_is_searched_its_versions_compared_its_description_corrected(
    page: Page, bot: Bot
) -> None:
    bot.library.add([replace(CHANGED, text=CHANGED.text + INJECTED)])
    library(page)
    read(page, SMELTER.id)
    box, found = page.get_by_label("Найти в статье"), page.locator("#reader .found")
    box.fill("БЕТОННЫХ плит")
    box.press("Enter")
    expect(found).to_have_text("1 из 12")
    assert page.evaluate("CSS.highlights.get('found').size") == 12
    box.press("Enter")
    expect(found).to_have_text("2 из 12")
    page.get_by_role("button", name="Предыдущее место").click(click_count=2)
    expect(found).to_have_text("12 из 12")
    box.fill("дирижабль")
    box.press("Enter")
    expect(found).to_have_text("не найдено")
    edit, change = page.locator("#reader .edit"), page.locator("#reader summary", has_text="Изменить")
    change.click()
    edit.get_by_label("Заголовок").fill("Завод: " + INJECTED)
    edit.get_by_label("Дата").fill("3 марта 2026")
    edit.get_by_label("Метки").fill("сталь, завод ")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#reader h2")).to_have_text("Завод: " + INJECTED)
    expect(page.locator(f'[data-read="{SMELTER.id}"]')).to_have_text("Завод: " + INJECTED)
    info = bot.library.article(SMELTER.id).info
    assert (info.source, info.published, info.tags) == (SMELTER.info.source, "2026-03-03", ("сталь", "завод"))
    change.click()
    edit.get_by_label("Дата").fill("вчера")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#reader [role=alert]")).to_contain_text("дата")
    page.locator("#reader summary", has_text="Версии: 2").click()
    lines = page.locator("#reader .versions li")
    expect(lines).to_have_count(2)
    lines.first.get_by_role("button", name="Что изменилось").click()
    expect(page.locator("#reader .diff del")).to_have_text(["450"])
    expect(page.locator("#reader .diff ins")).to_have_text(["480", INJECTED])
    lines.last.get_by_role("button", name="Открыть").click()
    expect(page.locator("#reader .remark")).to_contain_text("Это версия 1")
    expect(page.locator("#reader .body")).to_contain_text("450 тысяч")


def test_an_answer_opens_the_text_it_quotes_and_what_became_of_it(page: Page, bot: Bot) -> None:
    ask(page, CAPACITY)
    bot.library.add([CHANGED])
    footnote, remark = page.locator(".footnote").first, page.locator("#reader .remark")
    footnote.click()
    expect(remark).to_contain_text("Статья с тех пор изменилась.")
    expect(page.locator("#reader mark")).to_contain_text("450 тысяч")
    page.locator("#reader summary", has_text="Что изменилось").click()
    expect(page.locator("#reader .diff ins")).to_have_text(["480"])
    page.get_by_role("button", name="Закрыть статью").click()
    library(page)
    panel = page.locator(".outdated")
    expect(panel.locator("summary")).to_contain_text("изменились: 1")
    panel.locator("summary").click()
    expect(panel.locator("li")).to_contain_text("«Новый завод в Темиртау» — изменилась")
    with page.context.expect_page() as opened:
        panel.get_by_role("link", name=CAPACITY).click(modifiers=["Control"])
    expect(opened.value.locator("mark").first).to_contain_text("450 тысяч")
    bot.library.remove([SMELTER.id])
    page.get_by_role("button", name="Вопросы").click()
    footnote.click()
    expect(remark).to_contain_text("Статьи больше нет в библиотеке.")


def test_a_text_is_pasted_and_found_by_its_words_and_a_wrong_address_is_told(page: Page) -> None:
    library(page)
    page.locator("summary", has_text="Добавить по адресу").click()
    form = page.locator("[data-adding=fetch]")
    form.get_by_label("Адрес").fill("http://127.0.0.1:9/")
    form.get_by_role("button", name="Добавить").click()
    expect(page.locator(".uploads .bad")).to_contain_text("внутренней сети")
    expect(form.get_by_label("Адрес")).to_have_value("http://127.0.0.1:9/")
    page.locator("summary", has_text="Вставить текст").click()
    form = page.locator("[data-adding=text]")
    form.get_by_label("Заголовок").fill("О маяке")
    form.get_by_label("Текст").fill("Смотритель маяка зажигает фонарь в шесть вечера.")
    form.get_by_role("button", name="Добавить").click()
    expect(page.locator(".uploads")).to_contain_text("добавлена")
    expect(page.locator("#shelf .total")).to_have_text("5\u00a0статей")
    page.get_by_label("Слова текста").fill("фонари")
    expect(page.locator("table.articles tbody tr")).to_have_count(1)
    expect(page.locator("table.articles .title")).to_have_text("О маяке")


def test_as_many_as_are_chosen_are_removed_and_put_back(page: Page, bot: Bot) -> None:
    """Their ids together are longer than an address may be."""
    name, everything = "о-строительстве-набережной-" * 12, page.get_by_label("Выбрать все на странице")
    bot.library.add([replace(CANAL, info=replace(CANAL.info, id=f"{name}{n}")) for n in range(46)])
    before = {each: bot.library.article(each) for each in bot.library.store.ids()}
    library(page)
    everything.check()
    page.get_by_role("button", name="Дальше").click()
    expect(page.locator(".pages")).to_contain_text("2 из 2")
    expect(everything).not_to_be_checked()
    everything.check()
    expect(page.locator(".picked [role=status]")).to_have_text("Выбрано: 50")
    page.get_by_role("button", name="Убрать выбранные").click()
    page.locator("dialog").get_by_role("button", name="Убрать").click()
    expect(page.locator("#shelf .nothing")).to_be_visible()
    page.locator("#status").get_by_role("button", name="Вернуть").click()
    expect(page.locator("#shelf .total")).to_have_text("50\u00a0статей")
    assert {each: bot.library.article(each) for each in bot.library.store.ids()} == before
