"""A file of every kind, written by the usual library for it, with the constructs a reader has to see."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import xlwt
from docx.oxml import parse_xml
from odfdo import Cell, Document, DrawPage, Frame, Header, List, Paragraph, Row, Table
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from .making import epub_of, zip_of

# What stands in a cell, or that with its format and what LibreOffice writes for it.
PRICES: list[list[Any]] = [
    ["Товар", "Цена, руб.", "Доля", "Привоз"],
    ["Гвозди", 45.5, (0.125, "0.0%", "12,5%"), date(2026, 2, 3)],
    ["Скобы", (1200, '#,##0 "₽"', "1 200 ₽"), (0.5, "0%", "50%"), None],
]
ROWS = [[cell if isinstance(cell, tuple) else (cell, "", "") for cell in row] for row in PRICES]
HEADS = "| Товар | Цена, руб. | Доля | Привоз |\n|---|---|---|---|"
TOLD = f"{HEADS}\n| Гвозди | 45,5 | 12,5% | 03.02.2026 |\n| Скобы | 1 200 ₽ | 50% |  |"


def saved(save: Callable[[BytesIO], Any]) -> bytes:
    file = BytesIO()
    save(file)
    return file.getvalue()


def xlsx() -> bytes:
    """A line over a table, a table, another under heads over two columns, and an empty sheet."""
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Прайс"
    first["A1"] = "Цены склада на Портовой"
    first.merge_cells("A1:C1")
    for row in ROWS:
        first.append([value for value, _, _ in row])
        for cell, (_, code, _) in zip(first[first.max_row], row, strict=False):
            cell.number_format = code or cell.number_format
    first["E7"], first["F7"] = "Смена", "Часы"
    first["E8"], first["F8"] = "ночная", datetime(2026, 2, 3, 22, 30)
    second = book.create_sheet("Проценты")
    second.append(["Весна", None])
    second.append(["план", True])
    second.append(["пуск", date(2026, 2, 1)])
    second["B3"].number_format = "mmmm yyyy"
    second.merge_cells("A1:B1")
    book.create_sheet("Пусто")
    return saved(book.save)


def xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Прайс")
    for number, row in enumerate(ROWS):
        for column, (value, code, _) in enumerate(row):
            if value is not None:
                shown = code or ("DD.MM.YYYY" if isinstance(value, date) else "General")
                sheet.write(number, column, value, xlwt.easyxf(num_format_str=shown))
    return saved(book.save)


def ods() -> bytes:
    book = Document("spreadsheet")
    book.body.clear()
    table = Table("Прайс")
    for row in ROWS:
        line = Row()
        for value, code, text in row:
            kind = "percentage" if "%" in code else "currency" if "₽" in code else None
            cell = Cell(value, cell_type=kind)
            cell.text_content = text or cell.text_content
            line.append_cell(cell)
        table.append_row(line)
    book.body.append(table)
    return saved(book.save)


def pptx_slides() -> bytes:
    """Title and body, a table, a chart, a group, notes; a slide without a title."""
    show = pptx.Presentation()
    show.core_properties.title, show.core_properties.author = "Итоги порта", "Анна Ким"
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Грузы"
    slide.placeholders[1].text = "Уголь пошёл через новый причал.\nЗерно ждёт весны."
    slide.notes_slide.notes_text_frame.text = "Сказать о ледоколе."
    slide = show.slides.add_slide(show.slide_layouts[6])
    table = slide.shapes.add_table(2, 2, *[Inches(1)] * 4).table
    for place, text in zip(((0, 0), (0, 1), (1, 0), (1, 1)), ("Год", "Тонн", "2025", "900"), strict=True):
        table.cell(*place).text = text
    data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["май", "июнь"]
    data.add_series("Суда", (7, 8.5))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *[Inches(1)] * 4, data)
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(*[Inches(1)] * 4).text_frame.text = "Начальник порта — Ли."
    return saved(show.save)


def odt() -> bytes:
    """Headings, spaces, a break, lists in lists, a table with heads, a footnote, a text box, a header."""
    text = Document("text")
    text.body.clear()
    text.meta.title, text.meta.initial_creator = "Мост через Лену", "Анна Ким"
    text.body.append(Header(1, "Стройка"))
    built = Paragraph("Мост строят  третий год, и конца не видно.")
    text.body.append(built)
    built.insert_note(after="год", note_id="n1", citation="7", body="Кроме зимы.")
    boxed = Paragraph("Опоры стоят на сваях.")
    boxed.append(Frame.text_frame([Paragraph("Проход закрыт.")], size=("5cm", "1cm")))
    text.body.append(boxed)
    text.body.append(Header(2, "Бригады"))
    items = List(["сварщики", "монтажники"])
    items.get_items()[1].append(List(["ночная смена"]))
    text.body.append(items)
    table = Table("Сроки")
    table.set_values([["Пролёт", "Месяц"], ["Первый", "май"]])
    text.body.append(table)
    return saved(text.save)


def odp() -> bytes:
    show = Document("presentation")
    show.body.clear()
    page = DrawPage("p1", name="Первая")
    title = Frame.text_frame("Грузы", presentation_class="title")
    page.append(title)
    page.append(Frame.text_frame("Уголь пошёл через новый причал."))
    show.body.append(page)
    return saved(show.save)


def docx_file() -> bytes:
    """A heading, a list, a table, a footer, an insertion that is tracked and a deletion."""
    document = docx.Document()
    document.core_properties.author = "Анна Ким"
    document.add_heading("Склад", 1)
    paragraph = document.add_paragraph("Склад открыт ")
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paragraph._p.append(
        parse_xml(f"<w:ins {space} w:id='1' w:author='а'><w:r><w:t>ночью.</w:t></w:r></w:ins>")
    )
    gone = f"<w:del {space} w:id='2' w:author='а'><w:r><w:delText>днём</w:delText></w:r></w:del>"
    paragraph._p.append(parse_xml(gone))
    document.add_paragraph("вход с реки", style="List Bullet")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Пропуск", "нужен всем"
    document.sections[0].footer.paragraphs[0].text = "Дирекция порта"
    return saved(document.save)


FB2 = """<?xml version="1.0" encoding="windows-1251"?>
<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">
<description><title-info><genre>prose</genre><author><first-name>Олег</first-name><last-name>Мохов</last-name>
</author><book-title>Речные истории</book-title><annotation><p>Рассказы о паромщиках.</p></annotation>
<keywords>река, паром</keywords></title-info><publish-info><publisher>Затон</publisher><year>2019</year>
</publish-info></description>
<body><title><p>Речные</p><p>истории</p></title><section><title><p>Глава 1</p></title>
<epigraph><p>Река всё помнит.</p><text-author>Паромщик</text-author></epigraph>
<section><title><p>Весна</p></title>
<p>Лёд <emphasis>сошёл</emphasis> рано<a l:href="#n1" type="note">1</a>.</p>
<empty-line/><poem><stanza><v>Плыви, паром,</v><v>под новым днём.</v></stanza></poem>
<subtitle>О ценах</subtitle><table><tr><th>Груз</th><th>Плата</th></tr><tr><td>воз</td><td>5 копеек</td></tr>
</table></section></section></body>
<body name="notes"><section id="n1"><title><p>1</p></title><p>В апреле.</p></section></body>
<binary id="c.jpg" content-type="image/jpeg">AAAA</binary></FictionBook>"""


def fb2() -> bytes:
    return FB2.encode("cp1251")


def fb2_zip() -> bytes:
    return zip_of({"мохов.fb2": fb2()})


def eml() -> bytes:
    """A letter in two shapes, with an attachment."""
    letter = EmailMessage()
    letter["Subject"], letter["From"] = "Пропуск на склад", "Анна Ким <kim@example.org>"
    letter["To"], letter["Date"] = "Порт <port@example.org>", "Tue, 03 Feb 2026 10:15:00 +0300"
    letter.set_content("Пропуск готов.\n\nЗаберите его в дирекции.\n")
    letter.add_alternative("<p>Пропуск готов.</p>", subtype="html")
    letter.add_attachment(b"x", maintype="application", subtype="pdf", filename="схема проезда.pdf")
    return letter.as_bytes()


def mbox() -> bytes:
    second = eml().replace(b"\n\n", b"\n\n>From ", 1)
    return (
        b"From kim Tue Feb  3 10:15:00 2026\n" + eml() + b"\n\nFrom kim Tue Feb  3 10:16:00 2026\n" + second
    )


# Word's own shape: a table, a list, a footnote, a header, a deletion, signs in three spellings.
RTF = r"""{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0 Arial;}}{\stylesheet{\s1\outlinelevel0 heading 1;}}
{\info{\title TITLE}}{\header\pard TOP\par}\pard\s1\outlinelevel0\b HEAD\b0\par
\pard OPEN{\deleted  GONE} \u1079?\u1080?\u1084?\u1086?\u1081?.{\super\chftn}{\footnote\pard NOTE\par}\par
\pard{\listtext 1.\tab}ITEM\par\trowd\cellx100\cellx200\pard\intbl A1\cell A2\cell\row
\trowd\cellx100\cellx200\pard\intbl B1\cell B2\cell\row\pard END\par}"""
RTF_WORDS = {
    "TITLE": "Склад порта", "TOP": "Дирекция порта", "HEAD": "Часы", "OPEN": "Склад открыт", "GONE": "всегда",
    "NOTE": "Кроме среды.", "ITEM": "вход с реки", "A1": "День", "A2": "Часы", "B1": "вторник",
    "B2": "с 9 до 18", "END": "Звоните заранее.",
}  # fmt: skip


def rtf() -> bytes:
    markup = RTF
    for name, words in RTF_WORDS.items():
        markup = markup.replace(name, "".join(f"\\'{byte:02x}" for byte in words.encode("cp1251")))
    return markup.encode("ascii")


SRT = """1
00:00:01,000 --> 00:00:03,500
<i>Ледокол вышел</i>
из порта в полночь.

2
00:00:03,600 --> 00:00:05,000
Команда спит,

3
00:01:04,000 --> 00:01:06,000
и только вахта на месте.

4
01:02:05,000 --> 01:02:07,000
— Кто идёт?
"""
VTT = """WEBVTT - запись

NOTE ради проверки

STYLE
::cue { color: red }

first
00:01.000 --> 00:03.500 align:left
<v Ведущий>Кто поведёт <b>ледокол</b> &amp; баржу?

00:04.000 --> 00:06.000
<v Капитан Ли>Я поведу.
"""
JSON = """{"Порт": {"Начальник": "Ли", "Причалов": 7, "открыт": true,
 "Суда": [{"имя": "Нина", "тонн": 900.5}, {"имя": "Лада", "тонн": 40}], "Грузы": ["уголь", "зерно"],
 "Смены": [{"часы": [1, 2], "люди": [{"кто": "Ким", "где": {"пост": "вахта"}}]}]}}"""


def write_all(folder: Path) -> None:
    """One file of each kind into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "xlsx": xlsx(), "xls": xls(), "ods": ods(), "pptx": pptx_slides(), "odp": odp(), "odt": odt(),
        "docx": docx_file(), "fb2": fb2(), "eml": eml(), "rtf": rtf(), "srt": SRT.encode(),
        "vtt": VTT.encode(), "json": JSON.encode(), "html": HTML.encode(), "csv": CSV.encode(),
        "jsonl": JSONL.encode(), "rss": RSS.encode(), "md": MARKDOWN.encode(), "txt": TEXT.encode("cp1251"),
        "epub": epub_of({"a.xhtml": HTML}),
    }  # fmt: skip
    for suffix, data in files.items():
        (folder / f"склад-{suffix}.{suffix}").write_bytes(data)


TEXT = "Склад порта открыт с 9 до 18.\n\nКроме среды. Звоните заранее.\n"
MARKDOWN = f"# Склад\n\n{TEXT}\n| День | Часы |\n|---|---|\n| вторник | с 9 до 18 |\n\n- вход **с реки**\n"
CSV = 'заголовок;текст\nСклад;"Открыт зимой.\nИ летом."\nПорт;Порт замёрз.\n'
JSONL = '{"title": "Склад", "text": "<p>Открыт зимой.</p><p>И летом.</p>"}\n'
RSS = """<rss version="2.0" xmlns:yandex="http://news.yandex.ru"><channel><title>Вести</title>
<item><title>Склад</title><description>Склад открыли.</description>
<yandex:full-text>Склад &amp;laquo;Южный&amp;raquo; открыли зимой.</yandex:full-text></item>
</channel></rss>"""
HTML = """<html><head><title>Склад</title></head><body><article><h1>Склад порта</h1>
<p>Склад порта открыт зимой и летом, и работает он без выходных, кроме одной только среды.</p>
<p>Дорога к складу идёт вдоль реки, и с пропуском на неё пускают в любое время суток.</p>
<h2>Плата</h2><table><tr><th>Груз</th><th>Лето</th></tr>
<tr><td>воз</td><td><ul><li>пять рублей</li></ul></td></tr></table>
<dl><dt>Начало смены</dt><dd>утром</dd></dl><details><summary>Нужен ли пропуск?</summary>
<p>Нужен, и его выдаёт дирекция порта, если попросить заранее.</p></details>
<ol><li>Позвоните.</li><li>Приходите.</li></ol>
</article></body></html>"""


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
