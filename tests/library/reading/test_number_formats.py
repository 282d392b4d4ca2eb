"""Cells of a spreadsheet are told as the spreadsheet shows them."""

from __future__ import annotations

from datetime import date

import pytest

from rag.library.reading.number_formats import day_told, number_told

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
