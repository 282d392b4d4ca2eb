"""A long article comes in parts: those about the quote first, and in the end the whole text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from playwright.sync_api import Page, expect

from rag import assemble
from rag.bot import Bot
from rag.chats.records import Exchange
from rag.config import Config
from rag.types import Answer, Article, ArticleInfo
from rag.web.parts import LONG, around, parts_of
from rag.web.reading import AT_ONCE, Place, digest, rest_of
from rag.web.render_article import article_html, body_html, parts_html
from rag.web.render_permalink import permalink_html
from tests.web.sample import citation
from tests.web.serving import running
from tests.web.visiting import in_view, with_page

SAID = "Ключи нашли под лестницей."
LINES = [f"Запись {number}. Смена приняла склад." + " Всё на месте." * (number % 9) for number in range(6000)]
LINES[3000] = SAID
DIARY = Article(ArticleInfo("журнал/склада", "Журнал склада"), "\n\n".join(LINES))
PLACE = DIARY.text.index(SAID)
QUOTED = (PLACE, PLACE + len(SAID))
ROWS = "\n".join(f"| Ящик {number} | {number * 7} |" for number in range(12_000))
TABLE = f"Опись.\n\n| Что | Сколько |\n|---|---|\n{ROWS}\n\nКонец описи."


def words(html: str) -> str:
    """The text of HTML, without any blanks."""
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


@pytest.mark.parametrize(
    "text",
    [
        DIARY.text,
        "\n".join(LINES),  # one paragraph
        " ".join(LINES),  # of one line
        "я" * 2 * LONG,  # of one word
        TABLE,
        "\n \n".join(LINES) + "\n\n\n",
    ],
    ids=["paragraphs", "lines", "words", "letters", "table", "blank lines with blanks"],
)
def test_parts_are_the_whole_text_once(text: str) -> None:
    parts = parts_of(text)
    assert len(parts) > 3
    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
    assert parts[-1].stop == len(text)
    assert max(part.stop - part.start for part in parts) <= 40_000
    assert {text[: part.begun].rstrip(" ")[-1:] for part in parts} <= {"", "\n"}  # where paragraphs begin
    made = parts_html(text, parts, range(len(parts)), (0, 0))
    assert words("".join(made.values())) == words(body_html(text, [])).replace("|---|---|", "")


def test_a_short_text_is_one_part() -> None:
    assert len(parts_of("я" * LONG)) == 1


@pytest.mark.parametrize("quoted", [QUOTED, (0, 7), (len(DIARY.text) - 5, len(DIARY.text)), (0, 0)])
def test_the_parts_about_the_quote_come_first(quoted: tuple[int, int]) -> None:
    parts = parts_of(DIARY.text)
    shown = around(parts, *quoted)
    assert 2 <= len(shown) <= 3
    assert parts[shown[0]].start <= quoted[0] and quoted[1] <= parts[shown[-1]].stop
    html = article_html(DIARY, *quoted, rest="api/parts?x=1")
    missing = [int(number) for number in re.findall(r'data-part="(\d+)"></div>', html)]
    assert sorted([*missing, *shown]) == list(range(len(parts)))
    assert "".join(re.findall("<mark>(.*?)</mark>", html)) == DIARY.text[slice(*quoted)]


def test_a_row_far_below_the_heads_of_its_table_is_marked_alone() -> None:
    parts, row = parts_of(TABLE), "| Ящик 9000 | 63000 |"
    quoted = (TABLE.index("| Что"), TABLE.index(row) + len(row))
    shown = around(parts, *quoted)
    assert parts[shown[0]].start > TABLE.index("| Ящик 3000")
    made = parts_html(TABLE, parts, range(len(parts)), quoted)
    near, html = "".join(made[number] for number in shown), "".join(made.values())
    assert re.findall("<mark>(.*?)</mark>", near) == ["Ящик 9000", "63000"]
    assert re.findall("<mark>(.*?)</mark>", html) == ["Что", "Сколько", "Ящик 9000", "63000"]
    assert html.count("<tr>") == 12_001 and html.count("<th>") == 2


def test_words_of_the_question_are_marked_in_every_part() -> None:
    parts = parts_of(DIARY.text)
    found = parts_html(
        DIARY.text, parts, [7], (0, 0), lambda text: [each.span() for each in re.finditer("склад", text)]
    )
    assert found[7].count('<span class="match">склад</span>') == DIARY.text[
        parts[7].start : parts[7].stop
    ].count("склад")


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with assemble.open_bot(Config(data=tmp_path_factory.mktemp("library"))) as bot:
        bot.library.add([DIARY])
        yield bot


@pytest.fixture(scope="module")
def address(bot: Bot) -> Iterator[str]:
    with running(with_page(bot)) as address:
        yield address


def test_the_other_parts_can_be_had_while_the_text_is_the_same(http: httpx.Client) -> None:
    rest, parts = rest_of(Place(DIARY.id, *QUOTED), DIARY.text), parts_of(DIARY.text)
    found = http.get(f"{rest}&first=0&last=5000").json()
    assert [int(number) for number in found] == list(range(AT_ONCE))
    assert words(found["3"]) == words(body_html(DIARY.text, [], part=parts[3]))
    assert http.get(f"{rest}&first=5000&last=5001").json() == {}
    assert http.get(f"{rest}&first={10**30}&last=0").status_code == 422
    for of, article_id in (("x", DIARY.id), (digest(DIARY.text), "нет")):
        place = f"article_id={article_id}&start=0&stop=0&version=0&first=0&last=0"
        assert http.get(f"/api/parts?{place}&of={of}").status_code == 404


def test_a_page_of_a_long_article_shows_what_is_about_its_quote(http: httpx.Client) -> None:
    page = http.get(f"/articles/{DIARY.id}", params={"start": QUOTED[0], "stop": QUOTED[1]})
    assert f'<mark id="quote-{PLACE}">{SAID}</mark>' in page.text
    assert len(page.text) < LONG
    told = words(page.text)
    for way in ("prev", "next"):  # its neighbours, which don't overlap
        link = unescape(re.findall(f'rel="{way}" href="(.*?)"', page.text)[0])
        other = http.get(f"/articles/{DIARY.id}{link}").text
        assert SAID not in other
        assert not set(re.findall(r"Запись\d+\.", told)) & set(re.findall(r"Запись\d+\.", words(other)))
    whole = http.get(f"/articles/{DIARY.id}?start={QUOTED[0]}&stop={QUOTED[1]}&whole=true").text
    assert words(DIARY.text) in words(whole) and "Показать целиком" not in whole
    assert f'<mark id="quote-{PLACE}">{SAID}</mark>' in whole


def test_a_kept_answer_shows_what_is_about_its_quotes() -> None:
    ends = (citation(1, DIARY, SAID), citation(2, DIARY, LINES[5998]))
    answer = Answer("Где ключи?", "Где ключи?", True, SAID, None, (), ends, (), 0.9, (), "x", 1.0)
    exchange = Exchange("Где ключи?", answer=answer, state="done")
    html = permalink_html(exchange, {DIARY.id: DIARY})
    assert re.findall("<mark.*?>(.*?)</mark>", html) == [SAID, LINES[5998]]
    assert html.count('<p class="label">…</p>') == 2  # above the first quote, and between them
    assert len(html) < LONG
    whole = permalink_html(exchange, {DIARY.id: DIARY}, whole=True)
    assert words(DIARY.text) in words(whole) and "Показать целиком" not in whole


def opened_at_its_quote(page: Page, address: str) -> None:
    """The diary, its other parts held back."""
    page.route("**/api/parts*", lambda _: None)
    with page.expect_request("**/api/parts*"):
        page.goto(f"{address}/article/{DIARY.id}#s={QUOTED[0]}-{QUOTED[1]}")
    expect(page.locator("#reader .long mark")).to_have_text(SAID)
    in_view(page, "#reader mark")
    assert page.locator("#reader [data-part]").count() > 3  # none of them has come yet


def test_a_long_article_opens_at_its_quote_and_becomes_whole(page: Page, address: str) -> None:
    opened_at_its_quote(page, address)
    at = page.locator("#reader mark").bounding_box()
    page.unroute("**/api/parts*")  # lets those go on that were held
    expect(page.locator("#reader [data-part]")).to_have_count(0)
    page.wait_for_timeout(300)  # time to move, if anything does
    assert page.locator("#reader mark").bounding_box() == at
    assert "".join((page.locator("#reader .body").text_content() or "").split()) == "".join(
        DIARY.text.split()
    )
    page.goto(f"{address}/robots.txt")
    page.set_viewport_size({"width": 390, "height": 900})
    opened_at_its_quote(page, address)
    box = page.get_by_label("Найти в статье")
    box.fill("Запись 5990")
    box.press("Enter")
    expect(page.locator("#reader .found")).to_have_text("ищу…")  # it waits for the parts that have not come
    page.unroute("**/api/parts*")
    expect(page.locator("#reader .found")).to_have_text("1 из 1")
    now = "[...CSS.highlights.get('found-now')][0].getBoundingClientRect()"
    page.wait_for_function(f"{now}.top > 0 && {now}.bottom < innerHeight")
    page.route("**/api/parts*", lambda route: route.abort(), times=1)  # what did not come is asked for again
    with page.expect_event("requestfailed"):
        page.reload()
    expect(page.locator("#reader [data-part]")).to_have_count(0)
