"""The library in hand on the page, in Chromium over a real server with the real index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from rag.bot import Bot
from rag.types import Article, ArticleInfo
from tests.web.sample import CANAL, HOSTILE, RIVAL
from tests.web.visiting import CAPACITY, SMELTER, ask, in_view, real_bot, real_server, visited

pytestmark = pytest.mark.browser
CHANGED = replace(SMELTER, text=SMELTER.text.replace("450 тысяч", "480 тысяч"))
INJECTED = "<img src=x onerror=window.pwned=1>"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with real_bot(tmp_path_factory.mktemp("real")) as bot:
        yield bot


@pytest.fixture(scope="module")
def address(bot: Bot) -> Iterator[str]:
    with real_server(bot) as address:
        yield address


@pytest.fixture(params=[1440])
def page(browser: Browser, address: str, bot: Bot, request: pytest.FixtureRequest) -> Iterator[Page]:
    bot.library.remove(bot.library.store.ids())
    bot.library.forget_versions()
    bot.library.add([CANAL, RIVAL, HOSTILE, SMELTER])
    with visited(browser, address, request.param) as page:
        yield page


on_a_phone = pytest.mark.parametrize("page", [390], indirect=True)


def library(page: Page) -> None:
    page.get_by_role("button", name="Библиотека").click()
    expect(page.locator("table.articles tbody tr").first).to_be_visible()


def read(page: Page, article_id: str) -> None:
    page.locator(f'[data-read="{article_id}"]').click()
    expect(page.locator("#reader .tools")).to_be_visible()


@on_a_phone
def test_a_description_is_corrected_in_place(page: Page, bot: Bot) -> None:
    library(page)
    read(page, SMELTER.id)
    edit = page.locator("#reader .edit")
    page.locator("#reader summary", has_text="Изменить").click()
    edit.get_by_label("Заголовок").fill("Завод: " + INJECTED)
    edit.get_by_label("Дата").fill("3 марта 2026")
    edit.get_by_label("Метки").fill("сталь, завод ")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#reader h2")).to_have_text("Завод: " + INJECTED)
    expect(page.locator(f'[data-read="{SMELTER.id}"]')).to_have_text("Завод: " + INJECTED)
    info = bot.library.article(SMELTER.id).info
    assert (info.source, info.published, info.tags) == (SMELTER.info.source, "2026-03-03", ("сталь", "завод"))
    page.locator("#reader summary", has_text="Изменить").click()
    edit.get_by_label("Дата").fill("вчера")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator("#reader [role=alert]")).to_contain_text("дата")


@on_a_phone
def test_versions_show_what_has_changed_and_open(page: Page, bot: Bot) -> None:
    bot.library.add([replace(CHANGED, text=CHANGED.text + INJECTED)])
    library(page)
    read(page, SMELTER.id)
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
    page.locator(".footnote").first.click()
    expect(page.locator("#reader mark")).to_contain_text("450 тысяч")
    page.locator("#reader summary", has_text="Что изменилось").click()
    expect(page.locator("#reader .diff ins")).to_have_text(["480"])
    library(page)
    panel = page.locator(".outdated")
    expect(panel.locator("summary")).to_contain_text("изменились: 1")
    panel.locator("summary").click()
    expect(panel.locator("li")).to_contain_text("«Новый завод в Темиртау» — изменилась")
    with page.context.expect_page() as opened:
        panel.get_by_role("link", name=CAPACITY).click(modifiers=["Control"])
    expect(opened.value.locator("mark").first).to_contain_text("450 тысяч")


def test_a_text_is_pasted_and_found_by_its_words_and_a_wrong_address_is_told(page: Page, bot: Bot) -> None:
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


@on_a_phone
def test_several_articles_are_removed_and_put_back(page: Page, bot: Bot) -> None:
    library(page)
    before = {each: bot.library.article(each) for each in bot.library.store.ids()}
    page.locator(f'[data-pick="{CANAL.id}"]').check()
    page.locator(f'[data-pick="{SMELTER.id}"]').check()
    expect(page.locator(".picked [role=status]")).to_have_text("Выбрано: 2")
    page.get_by_role("button", name="Убрать выбранные").click()
    page.locator("dialog").get_by_role("button", name="Убрать").click()
    expect(page.locator("#shelf .total")).to_have_text("2\u00a0статьи")
    page.locator("#status").get_by_role("button", name="Вернуть").click()
    expect(page.locator("#shelf .total")).to_have_text("4\u00a0статьи")
    assert {each: bot.library.article(each) for each in bot.library.store.ids()} == before
    page.get_by_label("Выбрать все на странице").check()
    expect(page.locator(".picked [role=status]")).to_have_text("Выбрано: 4")


def test_as_many_as_are_chosen_are_removed_and_put_back(page: Page, bot: Bot) -> None:
    """Their ids together are longer than an address may be."""
    name = "о-строительстве-набережной-" * 12
    bot.library.add([replace(CANAL, info=replace(CANAL.info, id=f"{name}{n}")) for n in range(46)])
    library(page)
    page.get_by_label("Выбрать все на странице").check()
    page.get_by_role("button", name="Дальше").click()
    expect(page.locator(".pages")).to_contain_text("2 из 2")
    expect(page.get_by_label("Выбрать все на странице")).not_to_be_checked()
    page.get_by_label("Выбрать все на странице").check()
    expect(page.locator(".picked [role=status]")).to_have_text("Выбрано: 50")
    page.get_by_role("button", name="Убрать выбранные").click()
    page.locator("dialog").get_by_role("button", name="Убрать").click()
    expect(page.locator("#shelf .nothing")).to_be_visible()
    page.locator("#status").get_by_role("button", name="Вернуть").click()
    expect(page.locator("#shelf .total")).to_have_text("50\u00a0статей")


@on_a_phone
def test_words_are_found_in_the_open_article(page: Page) -> None:
    library(page)
    read(page, SMELTER.id)
    box = page.get_by_label("Найти в статье")
    box.fill("БЕТОННЫХ плит")
    box.press("Enter")
    expect(page.locator("#reader .found")).to_have_text("1 из 12")
    assert page.evaluate("CSS.highlights.get('found').size") == 12
    box.press("Enter")
    expect(page.locator("#reader .found")).to_have_text("2 из 12")
    page.get_by_role("button", name="Предыдущее место").click(click_count=2)
    expect(page.locator("#reader .found")).to_have_text("12 из 12")
    box.fill("дирижабль")
    box.press("Enter")
    expect(page.locator("#reader .found")).to_have_text("не найдено")


@pytest.mark.parametrize("page", [1440, 390], indirect=True)
def test_a_long_article_opens_at_its_quote(page: Page, bot: Bot, address: str) -> None:
    """Of its paragraphs only those in view are laid out, so their heights are guessed at first."""
    line = "Смена приняла склад и записала, что в нём было. "
    said = "Ключи нашли под лестницей."
    half = "\n\n".join(line * (1 + number % 9) for number in range(500))
    text = f"{half}\n\n{said}\n\n{half}"
    bot.library.add([Article(ArticleInfo("журнал", "Журнал склада"), text)])
    place = text.index(said)
    page.goto(f"{address}/article/журнал#s={place}-{place + len(said)}")
    expect(page.locator("#reader .long mark")).to_have_text(said)
    page.wait_for_timeout(500)  # what came into view has taken its place
    in_view(page, "#reader mark")
