"""Kinds that fail in their own ways, and small rules of each reader."""

from __future__ import annotations

import stat
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from rag.errors import ArticleError
from rag.library.reading import rich
from rag.library.reading.markup import markup_text
from rag.library.reading.quoting import records
from rag.library.reading.tables import sheet_text

from . import written
from .making import articles, epub_of, only, zip_of

TEXT = "Рудник открыли весной. Он даёт медь."


def test_an_old_document_is_read_by_a_program_or_tells_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ArticleError, match="sudo apt-get install antiword"):
        only(data, "a.doc")
    program = tmp_path / "antiword"
    program.write_text(f"#!/bin/sh\necho '{TEXT}'\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    assert only(data, "a.doc").text == TEXT
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    with pytest.raises(ArticleError, match="не документ Word"):
        only(data, "a.doc")


def test_a_doc_may_be_something_newer() -> None:
    for data in (written.rtf(), written.docx_file(), "<html><p>Склад открыт.</p></html>".encode()):
        assert "Склад открыт" in only(data, "a.doc").text


def test_a_group_of_rtf_that_never_ends_is_read_to_the_end() -> None:
    kept, apart = rich._parted(r"{\rtf1 a{\footnote b{c}")
    assert (kept, apart) == (r"{\rtf1 a", [("footnote", "b{c}")])


def test_a_saved_page_in_one_file() -> None:
    saved = EmailMessage()
    saved["Subject"], saved["Snapshot-Content-Location"] = "Рудник", "https://example.org/1"
    saved.set_content(
        f"<html><head><title>Рудник</title></head><body><p>{TEXT}</p></body></html>", subtype="html"
    )
    saved.add_related(b"x", maintype="image", subtype="png")
    assert only(saved.as_bytes(), "a.mht").text.strip() == TEXT


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (f'[{{"text": "{TEXT}", "id": 7}}, {{"text": "Медь."}}]', {"a/7": TEXT, "a/2": "Медь."}),
        (f'{{"data": {{"items": [{{"headline": "Рудник", "body": "{TEXT}"}}]}}}}', {"a/1": TEXT}),
        (f'{{"title": "Рудник", "text": "{TEXT}"}}', {"a": TEXT}),
        ('{"Порт": {"text_size": 5}}', {"a": "## Порт\n\ntext size: 5"}),
        ('["весло", "каяк"]', {"a": "- весло\n- каяк"}),
    ],
)
def test_articles_inside_json(data: str, found: dict[str, str]) -> None:
    assert {each.id: each.text for each in articles(data.encode(), "a.json")} == found


@pytest.mark.parametrize(
    ("written", "rows"),
    [
        ('a,b\n1,"2\n3"\n', [(1, ["a", "b"], False), (2, ["1", "2\n3"], False)]),
        ('a,b\n1,"2\n3,4\n', [(1, ["a", "b"], False), (2, ["1", "2"], True), (3, ["3", "4"], False)]),
        (
            'a,b\n1,"x, y\n3,4\n5,"6, 7"\n',
            [(1, ["a", "b"], False), (2, ["1", "x, y"], True), (3, ["3", "4"], False),
             (4, ["5", "6, 7"], False)],
        ),
        ('a,b\n1,"2 "x" 3"\n', [(1, ["a", "b"], False), (2, ["1", '2 x" 3"'], False)]),
    ],
)  # fmt: skip
def test_a_quote_without_an_end_swallows_no_rows(
    written: str, rows: list[tuple[int, list[str], bool]]
) -> None:
    lines = iter(written.splitlines(keepends=True))
    assert [(each.line, each.cells, each.is_unclosed) for each in records(lines, ",")] == rows


def test_quotes_without_an_end_end_some_time() -> None:
    """Every line opens a quote that only the end of the file would close."""
    with pytest.raises(ArticleError, match="слишком много незакрытых кавычек"):
        for _ in records(iter(['a"b,"c' + "x" * 60 + "\n"] * 50_000), ","):
            pass


def test_an_unclosed_quote_is_told_with_its_line() -> None:
    first, second = articles(f'title,text\nМедь,"{TEXT}\nПорт,Порт открыт.\n'.encode(), "a.csv")
    assert (first.text, second.text) == (TEXT, "Порт открыт.")
    assert (first.left_out, second.left_out) == (("строка 2: кавычка не закрыта",), ())


def test_a_missing_chapter_loses_that_chapter() -> None:
    whole = ZipFile(BytesIO(epub_of({"a.xhtml": "Первая глава.", "b.xhtml": "Вторая глава."})))
    data = zip_of({name: whole.read(name) for name in whole.namelist() if not name.endswith("b.xhtml")})
    article = only(data, "a.epub")
    assert article.text == "Первая глава."
    (remark,) = article.left_out
    assert remark.startswith("глава пропущена: внутри нет части") and "b.xhtml" in remark
    with pytest.raises(ArticleError, match="глава пропущена"):
        only(zip_of({name: whole.read(name) for name in whole.namelist() if "xhtml" not in name}), "a.epub")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<dl><dt>Час заезда</dt><dd>14:00</dd><dt>Можно с собакой?</dt><dd><p>Можно.</p></dd></dl>",
         "Час заезда: 14:00\n\nМожно с собакой? Можно."),
        ("<details><summary>Цены</summary><p>Вход 500 рублей.</p></details>", "Цены\n\nВход 500 рублей."),
        ("<table><tr><th rowspan=2>Номер</th><th colspan=2>2026</th></tr><tr><th>Лето</th><th>Зима</th></tr>"
         "<tr><td rowspan=2>Люкс</td><td>7</td><td>6</td></tr>"
         "<tr><td colspan=2>с завтраком</td></tr></table>",
         "| Номер | 2026 Лето | 2026 Зима |\n|---|---|---|\n| Люкс | 7 | 6 |\n"
         "| Люкс | с завтраком | с завтраком |"),
        ("<p>Течёт 88 вёрст.<a epub:type='noteref' href='#n'>1</a> Мельник жил один.</p>",
         "Течёт 88 вёрст. Мельник жил один."),
        ("<table><tr><td><dl><dt>Вес</dt><dd>5 кг</dd></dl></td><td><ul><li>да</li></ul></td></tr></table>",
         "Вес: 5 кг | да"),
    ],
)  # fmt: skip
def test_structure_of_markup(markup: str, text: str) -> None:
    assert markup_text(markup) == text


def test_a_page_keeps_its_tables_and_terms() -> None:
    prose = f"<p>{TEXT} Рудник стоит у реки, и дорога к нему одна, через перевал и старый мост.</p>" * 3
    heads = "<tr><th>Смена</th><th>Плата</th></tr>"
    rows = heads + "<tr><td>ночь</td><td><ul><li>900</li><li>обед</li></ul></td></tr>"
    terms = "<dl><dt>Начало смены</dt><dd>22:00</dd></dl>"
    inside = f"<h1>Рудник</h1>{prose}<table>{rows}</table>{terms}{prose}"
    page = f"<html><body><article>{inside}</article></body></html>"
    text = only(page.encode(), "a.html").text
    assert "| ночь | 900; обед |" in text and "Начало смены: 22:00" in text


def test_a_feed_in_other_words() -> None:
    feed = """<rss version="2.0" xmlns:yandex="http://news.yandex.ru" xmlns:turbo="http://turbo.yandex.ru"
     xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Вести</title><link>https://example.org</link>
     <item><title>Рудник</title><link>/news/1</link><description>Рудник открыли.</description>
     <yandex:full-text>Рудник открыли. Он даёт медь.</yandex:full-text>
     <media:content url="a.jpg"><media:text>Рудник с реки</media:text></media:content></item>
     <item><title>Порт</title><link>news/2</link>
     <turbo:content><![CDATA[<p>Порт замёрз.</p>]]></turbo:content></item>
     </channel></rss>"""
    first, second = articles(feed.encode(), "a.rss")
    assert first.text == "Рудник открыли. Он даёт медь.\n\nРудник с реки"
    assert (first.info.url, second.info.url) == ("https://example.org/news/1", "https://example.org/news/2")
    assert second.text == "Порт замёрз."


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([["Цена", ""], ["", ""], ["а", "5"], ["б", "7"]], "Цена\n\nа | 5\nб | 7"),
        ([["", "2025", "2026"], ["пар", "5", "7"]], "| 2025 | 2026"),
        ([["Год", "2025"], ["пар", "5"]], "| Год | 2025 |\n|---|---|\n| пар | 5 |"),
        ([["12", "15"], ["5", "7"]], "12 | 15\n5 | 7"),
    ],
)  # fmt: skip
def test_tables_of_a_sheet(rows: list[list[str]], text: str) -> None:
    assert text in sheet_text(rows)
