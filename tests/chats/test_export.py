"""Conversations as files: every footnote is there, and nothing that came from outside runs."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import docx
import pytest

from rag.chats.document import footnotes, sections
from rag.chats.export import markdown, plain_text, reference, web_page
from rag.chats.export_docx import document
from rag.chats.records import Exchange
from rag.types import Article, ArticleInfo, Sentence
from tests.chats.sample import answer, citation, refusal

TITLE = "Разговор"
CHAT = (
    Exchange("Какова длина моста?", answer(), state="done"),
    Exchange("А ещё раз?", answer(), state="stopped", scope="с 1 марта"),
    Exchange("Кто выиграл?", refusal(), state="done"),
    Exchange("Поломка?", error="Что-то сломалось.", state="done"),
    Exchange("Раньше?", told="Ответ, данный раньше.", state="done"),
)
PRICES = Article(
    ArticleInfo("prokat", "Прокат", None, None, None),
    "| Снаряжение | День |\n| --- | --- |\n| Лыжи | 2 700 ₽ |\n| Санки <b> | 800 ₽ |",
)
PRICED = Exchange(
    "Сколько стоит прокат?",
    replace(
        answer(),
        sentences=(
            Sentence("Снаряжение: Лыжи; День: 2 700 ₽ [1]", (1,), "supported"),
            Sentence("Снаряжение: Санки <b>; День: 800 ₽ [2]", (2,), "supported"),
        ),
        citations=(citation(1, PRICES, 54), citation(2, PRICES, len(PRICES.text))),
        disagreements=(),
        notes=(),
    ),
    state="done",
)
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) ![](http://evil) *a* # b"


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


def test_footnotes_count_through_the_document() -> None:
    notes = footnotes(sections(CHAT))
    assert [note.number for note in notes] == [1, 2, 3, 4]
    assert notes[0].text == (
        "«Длина моста через Ишим — 312 метров.» — Мост через Ишим, Степной вестник, "
        "23\u00a0февраля 2026\u00a0г."
    )
    assert [note.url for note in notes] == ["https://example.org/most", None] * 2


def test_markdown_and_the_clipboard() -> None:
    text = markdown("Про мост", CHAT[:1])
    assert text.startswith("# Про мост\n\n## Какова длина моста?\n\n*Исправлена опечатка*\n\n")
    assert "312 метров[^1]. Подрядчик уверяет иначе[^2]." in text
    assert "*«Подрядчик уверяет иначе.»: цитата подтверждает лишь частично; в источнике 308 метров*" in text
    assert "**Источники расходятся**\n\n- 312 метров — Степной вестник" in text
    assert "\n[^1]: «Длина моста через Ишим — 312 метров.» — Мост" in text
    assert "<https://example.org/most>" in text and "javascript" not in text
    text = plain_text(CHAT[0])
    assert "Длина моста через Ишим — 312 метров [1]." in text
    assert text.endswith("[2] «Подрядчик уверяет: длина моста — 308 метров.» — Спор <b>о мосте</b>, Отметка")
    assert "Длина моста через Ишим — 312 метров.» — Мост через Ишим" in text
    assert "https://example.org/most" in text


def test_everything_said_is_in_every_format() -> None:
    for text in (markdown(TITLE, CHAT), web_page(TITLE, CHAT), words(document(TITLE, CHAT))):
        for expected in ("Остановлено.", "Поиск ограничен: с 1 марта", "Ответ, данный раньше.", "сломалось"):
            assert expected in text


def words(file: bytes) -> str:
    """Those of a Word document."""
    with zipfile.ZipFile(BytesIO(file)) as package:
        return re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode())


def test_word_has_real_footnotes() -> None:
    file = document(TITLE, CHAT)
    assert docx.Document(BytesIO(file)).paragraphs[0].text == TITLE
    with zipfile.ZipFile(BytesIO(file)) as package:
        body, notes = (package.read(f"word/{name}.xml").decode() for name in ("document", "footnotes"))
        assert "/word/footnotes.xml" in package.read("[Content_Types].xml").decode()
    referred = re.findall(r'<w:footnoteReference w:id="(\d+)"', body)
    assert sorted(set(referred)) == ["1", "2", "3", "4"]
    written = re.findall(r'<w:footnote (?:w:type="\w+" )?w:id="(-?\d+)"', notes)
    assert written == ["-1", "0", "1", "2", "3", "4"]
    assert "«Длина моста через Ишим — 312 метров.» — Мост через Ишим" in notes


def test_rows_of_a_table_are_a_table() -> None:
    (section,) = sections([PRICED])
    assert [line.kind for line in section.lines[1:3]] == ["row", "row"]
    text = markdown("Прокат", [PRICED])
    rows = "| Снаряжение | День |\n| --- | --- |\n| Лыжи | 2 700 ₽[^1] |\n| Санки \\<b\\> | 800 ₽[^2] |"
    assert f"\n\n{rows}\n\n" in text
    assert re.findall(r"<t[hd]\b[^>]*>(.*?)(?:<sup|</t)", web_page("Прокат", [PRICED])) == [
        "Снаряжение", "День", "Лыжи", "2 700 ₽", "Санки &lt;b&gt;", "800 ₽"
    ]  # fmt: skip
    (table,) = docx.Document(BytesIO(document(TITLE, (PRICED,)))).tables
    said = [[cell.text for cell in row.cells] for row in table.rows]
    assert said == [["Снаряжение", "День"], ["Лыжи", "2 700 ₽"], ["Санки <b>", "800 ₽"]]
    assert "Снаряжение: Лыжи; День: 2 700 ₽ [1]" in plain_text(PRICED)


def test_signs_of_markdown_are_left_out() -> None:
    """And where the quotes don't bear out all of it, nothing is called sure."""
    marked = Article(ArticleInfo("a", "А"), "> **Мост** длиной `312` м, см. [план](https://example.org/a).")
    said = Sentence("**Мост** длиной `312` м [1].", (1,), "partial")
    cited = citation(1, marked, len(marked.text))
    bare = replace(answer(), sentences=(said,), citations=(cited,), disagreements=(), confidence=0.95)
    text = plain_text(Exchange("?", bare, state="done"))
    assert "Мост длиной 312 м [1]." in text and "«Мост длиной 312 м, см. план.» — А" in text
    assert "Уверенность средняя" in text
    assert reference(cited) == "«Мост длиной 312 м, см. план.» (А)."


def test_hostile_text_stays_text() -> None:
    given = answer(HOSTILE)
    bad = replace(given, sentences=(replace(given.sentences[0], text=HOSTILE),), notes=(HOSTILE,))
    chat = [Exchange(HOSTILE, bad, state="done", scope=HOSTILE, told=HOSTILE), Exchange("?", error=HOSTILE)]
    page = Tags(web_page(HOSTILE, chat))
    assert not {"script", "img", "iframe"} & set(page.names)
    assert all(each.startswith(("#", "https://")) for each in page.addresses)
    text = markdown(HOSTILE, chat)
    assert not re.search(r"(?<!\\)<script|(?<!\\)\]\(|(?<!\\)!\\?\[(?!\^)", text)
    assert HOSTILE in words(document(TITLE, tuple(chat))).replace("&lt;", "<").replace("&gt;", ">")


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\ud800"])
def test_signs_that_xml_cannot_hold(sign: str) -> None:
    assert "до" in words(document(TITLE, (Exchange(f"до{sign}после", told=f"a{sign}b", state="done"),)))
