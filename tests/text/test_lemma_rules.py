"""Lemmas that pymorphy3's first parse gets wrong, a line a rule; one value, one lemma."""

from __future__ import annotations

import pytest

from rag.text.lemma_rules import chosen, full_year, roman, usual_lemmas, value_lemmas
from rag.text.words import analyzer, content_lemmas, is_function_word, lemma, lemmas, words
from tests.tables import rows

# must, soft sign, surname, first form, man, no verb; short forms; lemmas.txt
LEMMAS = """
должна должны должен должно | должен
счастья счастьем | счастье
ялтунская | ялтунский
шрек | шрек
зурбагана зурбагану | зурбаган
кристиансен | кристиансен
тыс тысяч | тысяча
чаще | часто
основных основными основной | основной
нашли | найти
3-го | 3-й
"""
SAME_VALUE = """
5 мая 2026 | 05.05.2026 | 5.05.2026 | 5/5/2026 | 05.05.26 | 5.V.2026
2026 февраль 9 | 2026-02-09
1,25 млн | 1,25 миллиона
12 750 000 | 12.750.000 | 12'750'000 | 12750000
XIX век | 19 век | ХIХ веке
II квартал | 2 квартал
п. 2.3 и ст. 15 | пункт 2.3 и статья 15
"""
OTHER_VALUES = """
п. 2.3 | п. 2.13
1,25 млн | 1,25 млрд
05.06.2026 | 06.05.2026
"""
VALUES = """
1,25 млн рублей | 1250000 миллион рубль
40 тыс. т | 40000 тысяча т
двадцать первый съезд | двадцать 21 съезд
# what only looks like a value
45.13.2026 | 45 13 2026
21 тысячелетие | 21 тысячелетие
В. Зуев и сеть X | в зуев и сеть x
IXX | ixx
в 2025 5 млн | в 2025 5000000 миллион
5 ст. 3 | 5 ст 3
"""


@pytest.mark.parametrize(("words", "expected"), rows(LEMMAS))
def test_lemmas(words: str, expected: str) -> None:
    assert {word: lemma(word) for word in words.split()} == dict.fromkeys(words.split(), expected)


def test_every_line_of_the_table_changes_something_and_is_a_lemma_of_its_form() -> None:
    for form, usual in usual_lemmas().items():
        assert chosen(form, analyzer().parse(form)) == usual
        assert "ё" not in form + usual


def test_a_pronoun_behind_a_preposition_says_nothing() -> None:
    assert is_function_word("нем")


@pytest.mark.parametrize("ways", rows(SAME_VALUE))
def test_all_ways_of_writing_a_value_have_the_same_lemmas(ways: list[str]) -> None:
    assert {tuple(lemmas(way)) for way in ways} == {tuple(lemmas(ways[0]))}


@pytest.mark.parametrize(("one", "other"), rows(OTHER_VALUES))
def test_other_values_have_other_lemmas(one: str, other: str) -> None:
    assert set(lemmas(one)) != set(lemmas(other))


@pytest.mark.parametrize(("text", "expected"), rows(VALUES))
def test_lemmas_of_values(text: str, expected: str) -> None:
    assert lemmas(text) == expected.split()


def test_a_lemma_belongs_to_a_word() -> None:
    text = "07.06.26 и 2026-04-20 в XXI веке ушло 3 млн (ст. 5), на двадцать втором съезде"
    assert set(value_lemmas(text)) <= {word.start for word in words(text)}
    assert content_lemmas(text)[:3] == ["7", "июнь", "2026"]


def test_roman_numerals_and_years_of_two_digits() -> None:
    numerals = ("I", "IV", "XIV", "XXXIX", "ХVIII", "IIII", "")
    assert [roman(numeral) for numeral in numerals] == [1, 4, 14, 39, 18, 0, 0]
    assert [full_year(digits) for digits in ("26", "98", "2026")] == [2026, 1998, 2026]
