"""Cells of a spreadsheet are told as the spreadsheet shows them."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import xlwt
from odfdo import Cell, Document, Row, Table

from rag.library.reading.number_formats import day_told, number_told
from rag.text.structure import Structure

from .making import only
from .written import saved

RUBLES = '_-* #,##0.00\\ "₽"_-;\\-* #,##0.00\\ "₽"_-;_-* "-"??\\ "₽"_-;_-@_-'  # Excel's own for money


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.125, "0.0%", "12,5%"),
        (0.125, "0.0 %", "12,5 %"),
        (0.15, "0%", "15%"),
        (1200, '#,##0 "₽"', "1 200 ₽"),
        (1200, "#,##0\\ [$₽-419]", "1 200 ₽"),
        (1200, "$#,##0.00", "$1 200,00"),
        (1234567.891, "#,##0.00", "1 234 567,89"),
        (-1200, "#,##0", "-1 200"),
        (-1200, "#,##0;(#,##0)", "(1 200)"),
        (-0.001, "0.0", "0,0"),
        (0, '0;-0;"нет"', "нет"),
        (1, '"да";"нет"', "да"),
        (300, "[Red]0;[Blue]-0", "300"),
        (1200, RUBLES, "1 200,00 ₽"),
        (-5, RUBLES, "-5,00 ₽"),
        (0, RUBLES, "- ₽"),
        (1234567, "#\\ ###\\ ##0", "1 234 567"),
        (12, "#\\ ##0", "12"),
        (5, "00", "05"),
        (9161234567, "000\\-000\\-00\\-00", "916-123-45-67"),
        (1500000, '0.0,," млн"', "1,5 млн"),
        (45.5, "0.##", "45,5"),
        (45, "0.##", "45"),
        (0.3, "#.##", ",3"),
        (2.5, "0", "3"),  # as Excel rounds, not as Python does
        (12, '"№ "0', "№ 12"),
        (7, '0" шт."', "7 шт."),
        (1e21, "0", "1" + 21 * "0"),
        (0.5, "General", None),
        (0.5, "# ?/?", None),
        (5, "0.00E+00", None),
        (3, "[<5]0;0", None),
        (3, "@", None),
        (3, ";;;", None),  # what is hidden is told all the same
        (0, "#", None),
    ],
)  # fmt: skip
def test_numbers(value: float, code: str, shown: str | None) -> None:
    assert number_told(value, code) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("mmmm yyyy", "февраль 2026"),
        ("[$-419]mmmm yyyy;@", "февраль 2026"),
        ('yyyy" г."', "2026"),
        ("mm.yyyy", "02.2026"),
        ("dd.mm.yyyy", None),
        ("d mmm", None),
    ],
)
def test_days(code: str, shown: str | None) -> None:
    assert day_told(date(2026, 2, 1), code) == shown


# Value, code, and what LibreOffice writes for it.
CELLS: list[list[tuple[Any, str, str]]] = [
    [("Статья", "General", ""), ("Доля", "General", ""), ("Сумма", "General", ""), ("Месяц", "General", "")],
    [("Порт", "General", ""), (0.125, "0.0%", "12,5%"), (1200, '#,##0 "₽"', "1 200 ₽"),
     (date(2026, 2, 1), "MMMM YYYY", "")],
    [("Склад", "General", ""), (0.5, "0%", "50%"), (-45.5, "General", "-45,5"),
     (date(2026, 3, 1), "DD.MM.YYYY", "")],
]  # fmt: skip
HEAD = "| Статья | Доля | Сумма | Месяц |\n|---|---|---|---|"
TOLD = f"{HEAD}\n| Порт | 12,5% | 1 200 ₽ | февраль 2026 |\n| Склад | 50% | -45,5 | 01.03.2026 |"


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Итоги"
    for line, row in enumerate(CELLS, 3):  # not from the first row and column on
        for column, (value, code, _) in enumerate(row, 2):
            sheet.cell(line, column, value).number_format = code.lower() if "Y" in code else code
    return saved(book.save)


def xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Итоги")
    for line, row in enumerate(CELLS, 2):
        for column, (value, code, _) in enumerate(row, 1):
            sheet.write(line, column, value, xlwt.easyxf(num_format_str=code))
    return saved(book.save)


def ods() -> bytes:
    book = Document("spreadsheet")
    book.body.clear()
    table = Table("Итоги")
    for row in CELLS:
        line = Row()
        for value, code, text in row:
            kind = "percentage" if "%" in code else "currency" if "₽" in code else None
            cell = Cell(value, cell_type=kind)
            if text:
                cell.text_content = text
            line.append_cell(cell)
        table.append_row(line)
    book.body.append(table)
    return saved(book.save)


@pytest.mark.parametrize("make", [xlsx, xls])
def test_cells_are_told_as_the_sheet_shows_them(make: Any) -> None:
    article = only(make(), f"a.{make.__name__}")
    assert article.text == f"## Итоги\n\n{TOLD}"
    row = Structure(article.text).row(article.text.index("1 200 ₽"))
    assert row and row.told == "Статья: Порт; Доля: 12,5%; Сумма: 1 200 ₽; Месяц: февраль 2026"


def test_an_ods_has_the_text_of_its_cells() -> None:
    """LibreOffice shows months too as days: of those the whole day is told."""
    assert only(ods(), "a.ods").text == f"## Итоги\n\n{TOLD}".replace("февраль 2026", "01.02.2026")


def test_a_sheet_whose_styles_are_odd_is_read_all_the_same() -> None:
    odd = BytesIO()
    with ZipFile(BytesIO(xlsx())) as book, ZipFile(odd, "w") as into:
        for name in book.namelist():
            part = book.read(name)
            into.writestr(name, part.replace(b'numFmtId="9"', b'numFmtId="?"') if "styles" in name else part)
    assert "Порт | 0,125 | 1200" in only(odd.getvalue(), "a.xlsx").text
