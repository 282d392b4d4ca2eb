"""Things told apart by a number: one line a way of telling."""

from __future__ import annotations

import pytest

from rag.text.namesakes import numbered, of_another_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Цены во II квартале выросли", {("квартал", "2")}),
        ("во 2-м квартале и в третьем квартале", {("квартал", "2"), ("квартал", "3")}),
        ("в 18 веке", {("век", "18")}),
        ("двадцать первый съезд", {("съезд", "21")}),
        ("Приказ №118-к и школа № 4", {("приказ", "118"), ("школа", "4")}),
        ("п. 2.3 и ст. 15", {("пункт", "2.3"), ("статья", "15")}),
        ("Ракета С-300", {("с", "300")}),
        ("первый мэр", {("мэр", "1")}),
        # amounts number nothing
        ("в городе 5 школ", set()),
        ("18 тонн и 2 рубля", set()),
        ("В 2025 году", set()),
    ],
)
def test_numbered(text: str, expected: set[tuple[str, str]]) -> None:
    assert numbered(text) == expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Что утвердили приказом № 117?", "Приказом № 118 создан штаб.", True),
        ("Что утвердили приказом № 117?", "Приказами № 118 и приказом № 117 созданы штабы.", False),
        ("Что построили в 18 веке?", "Церковь возвели в XVII веке.", True),
        ("Что построили в 18 веке?", "Парк разбили в ХVIII веке.", False),
        ("Что построили в 18 веке?", "Парк разбили давно.", False),
        ("Что построили?", "Церковь возвели в XVII веке.", False),
    ],
)
def test_of_another_number(question: str, text: str, expected: bool) -> None:
    assert of_another_number(question, text) is expected
