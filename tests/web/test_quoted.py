"""What stands around a quote is shown with it: the heads of a table, the printed page. In Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rag import assemble
from rag.bot import Bot
from rag.config import Config
from tests.library.reading.making import docx_of
from tests.library.reading.printing import Printed
from tests.library.test_page_pictures import marked
from tests.web.visiting import ask, in_view, real_server

pytestmark = pytest.mark.browser
PRICES = """# Прокат в Каменке

## Цены на зиму

Касса работает с девяти утра.

| Снаряжение  | Час     | День       |
| ----------- | ------- | ---------- |
| Лыжи        | 900 ₽   | 2 700 ₽    |
| Сноуборд    | 1 100 ₽ | 3 400 ₽    |
| Санки       | 300 ₽   | 800 ₽      |

Залог возвращают в тот же день.
"""
PRICE = "Сколько стоит прокат сноуборда на день?"
FERRY = "Паром «Онега» обошёлся в 940 миллионов рублей."
BARGE = "Баржу «Тобол» поднимут со дна в августе."
RAISED = "Когда поднимут баржу «Тобол»?"


def printed() -> bytes:
    """Two pages; the quote is on the second one."""
    made = Printed()
    made.add_page()
    made.said(60, 90, "Отчёт речного порта", size=20, style="B")
    made.said(60, 140, ["Порт работает с весны.", "Причалы чинят каждый год."], size=13)
    made.add_page()
    top = made.said(60, 90, "Глубина у второго причала выросла до пяти метров.", size=13)
    made.said(60, top + 200, [BARGE, "Водолазы осмотрели корпус и трюм."], size=13)
    return made.bytes()


def noted() -> bytes:
    """A Word document whose footnote says what was paid."""
    said = (f'<w:r><w:t xml:space="preserve">{each}</w:t></w:r>' for each in ("Паром заложили в марте", "."))
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    return docx_of(f"<w:p>{mark.join(said)}</w:p>", FERRY)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder: Path = tmp_path_factory.mktemp("files")
    (folder / "прокат.md").write_text(PRICES, encoding="utf-8")
    (folder / "порт.pdf").write_bytes(printed())
    (folder / "верфь.docx").write_bytes(noted())
    with assemble.open_bot(Config(data=tmp_path_factory.mktemp("data"))) as bot:
        bot.library.index([folder])
        yield bot


@pytest.fixture(scope="module")
def address(bot: Bot) -> Iterator[str]:
    with real_server(bot) as address:
        yield address


def test_a_table_a_footnote_of_word_and_a_printed_page_are_quoted(phone: Page) -> None:
    ask(phone, PRICE)
    cells = phone.locator(".answer .row .cell")
    expect(cells.locator(".head")).to_have_text(["Снаряжение", "Час", "День"])
    expect(cells.locator(".said").last).to_have_text("3 400 ₽")
    phone.get_by_role("button", name="Копировать", exact=True).click()
    expect(phone.locator("#status")).to_have_text("Скопировано.")
    copied = phone.evaluate(
        "async () => (await (await navigator.clipboard.read())[0].getType('text/html')).text()"
    )
    said = [" ".join(each.split()) for each in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", copied)]
    assert said == ["Снаряжение", "Час", "День", "Сноуборд", "1 100 ₽", "3 400 ₽ [1]"]
    phone.locator(".footnote").first.click()
    table = phone.locator("#reader .table table")
    expect(table.locator("th")).to_have_text(["Снаряжение", "Час", "День"])
    expect(table.locator("tr")).to_have_count(4)
    expect(table.locator("mark")).to_have_text(
        ["Снаряжение", "Час", "День", "Сноуборд", "1 100 ₽", "3 400 ₽"]
    )
    in_view(phone, "#reader td mark")
    phone.set_viewport_size({"width": 1440, "height": 900})
    phone.locator(".footnote").first.click()
    in_view(phone, "#reader td mark")
    phone.set_viewport_size({"width": 390, "height": 900})
    phone.get_by_role("button", name="Закрыть статью").click()
    ask(phone, "Во сколько обошёлся паром «Онега»?", 2)
    phone.locator(".footnote").last.click()
    expect(phone.locator("#reader mark")).to_have_text(FERRY)
    expect(phone.locator("#reader h2")).to_have_text("Паром заложили в марте")
    phone.get_by_role("button", name="Закрыть статью").click()
    ask(phone, RAISED, 3)
    phone.locator(".footnote").last.click()
    picture = phone.locator("#reader .printed img")
    expect(picture).to_have_attribute("alt", "Страница 2 с отмеченной цитатой")
    expect(phone.locator("#reader mark")).to_have_text(BARGE)
    phone.wait_for_function("document.querySelector('#reader .printed img').naturalWidth > 0")
    assert marked(phone.request.get(picture.evaluate("image => image.src")).body())
