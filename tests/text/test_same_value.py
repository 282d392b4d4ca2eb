"""One value, one lemma: a line a way of writing it."""

from __future__ import annotations

import pytest

from rag.text.lemma_rules import full_year, roman, value_lemmas
from rag.text.words import content_lemmas, lemmas, words


@pytest.mark.parametrize(
    "ways",
    [
        ["5 мая 2026", "05.05.2026", "5.05.2026", "5/5/2026", "05.05.26", "5.V.2026"],
        ["2026 февраль 9", "2026-02-09"],
        ["1,25 млн", "1,25 миллиона"],
        ["12 750 000", "12.750.000", "12'750'000", "12750000"],
        ["XIX век", "19 век", "ХIХ веке"],
        ["II квартал", "2 квартал"],
        ["V век", "5 века"],
        ["ХХ съезд", "20 съезд"],
        ["п. 2.3 и ст. 15", "пункт 2.3 и статья 15"],
    ],
)  # fmt: skip
def test_all_ways_of_writing_a_value_have_the_same_lemmas(ways: list[str]) -> None:
    assert {tuple(lemmas(way)) for way in ways} == {tuple(lemmas(ways[0]))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,25 млн рублей", "1250000 миллион рубль"),
        ("40 тыс. т", "40000 тысяча т"),
        ("двадцать первый съезд", "двадцать 21 съезд"),
        # what only looks like a value
        ("45.13.2026", "45 13 2026"),
        ("версия 1.2.3", "версия 1 2 3"),
        ("10.0.0.1", "10 0 0 1"),
        ("21 тысячелетие", "21 тысячелетие"),
        ("В. Зуев и сеть X", "в зуев и сеть x"),
        ("IXX", "ixx"),
        ("MIX", "mix"),
        ("в 2025 5 млн", "в 2025 5000000 миллион"),
        ("5 ст. 3", "5 ст 3"),
    ],
)
def test_lemmas_of_values(text: str, expected: str) -> None:
    assert lemmas(text) == expected.split()


@pytest.mark.parametrize(
    ("one", "other"), [("п. 2.3", "п. 2.13"), ("1,25 млн", "1,25 млрд"), ("05.06.2026", "06.05.2026")]
)
def test_other_values_have_other_lemmas(one: str, other: str) -> None:
    assert set(lemmas(one)) != set(lemmas(other))


def test_a_lemma_belongs_to_a_word() -> None:
    text = "07.06.26 и 2026-04-20 в XXI веке ушло 3 млн (ст. 5), на двадцать втором съезде"
    assert set(value_lemmas(text)) <= {word.start for word in words(text)}
    assert content_lemmas(text)[:3] == ["7", "июнь", "2026"]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("I", 1), ("IV", 4), ("XIV", 14), ("XXXIX", 39), ("ХVIII", 18), ("IIII", 0), ("", 0)],
)
def test_roman_numerals(numeral: str, value: int) -> None:
    assert roman(numeral) == value


@pytest.mark.parametrize(("digits", "year"), [("26", 2026), ("98", 1998), ("2026", 2026)])
def test_years_of_two_digits(digits: str, year: int) -> None:
    assert full_year(digits) == year
