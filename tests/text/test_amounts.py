"""Amounts with their hedges: what they are, and which bear out which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.amounts import Amount, amounts, compared, figures
from rag.text.numbers import ordinal
from rag.text.synonyms import opposed, same_way
from tests.tables import rows

AMOUNTS = """
около 43 км | 43 | about | около 43 км
более чем 100 тонн | 100 | more | более чем 100 тонн
не более $5 млн | 5e6 | less | не более $5 млн
чуть больше 3 % | 3 | over | чуть больше 3 %
почти 3 % | 3 | under | почти 3 %
трёх четвертей | 0.75 | | трёх четвертей
в XIX веке | 19 | | XIX веке
Александр II | 2 | | II
счёт 2:1 | 2001 | | 2:1
превысило 5 тонн | 5 | more | превысило 5 тонн
Цена выросла вдвое | 2 | | вдвое
Доля — 1/4 | 0.25 | | 1/4
семь с половиной тысяч тонн | 7500 | | семь с половиной тысяч тонн
"""
# What is claimed | what the source has | how they compare
COMPARED = """
43 км | около 43 км | same
1500 м | 1,5 км | same
2500 кг | 2500 т | other
5 рублей | 5 долларов | other
50 % | половина | same
5 % | 5 | same
около 130 км | 127 км | same
130 км | 127 км | compatible
около 127 км | 130 км | compatible
более 200 км | 127 км | other
100 км | более 100 км | hedged
около 0 км | 0 км | same
-5 % | 5 % | other
677 тыс. тонн | 680 тыс. тонн | compatible
1511 км | 1 500 километров | compatible
более 80 процентов | около 80 процентов | hedged
более 80 % | 75 процентов | other
почти 1000 человек | 998 человек | same
4 млрд долларов | 4,2 млрд долларов | other
трое человек | 4 человека | other
не более 100 тонн | 120 тонн | other
"""
# A text | the figures that are compared in it
FIGURES = """
Участок занимает 127 000 кв. км степи. | 127 000 кв. км
Вложат 1,1 млрд долларов и 300 тыс. тонн руды. | 1,1 млрд долларов; 300 тыс. тонн
Отменили сотни рейсов. |
Отменили 150 из 400 рейсов. |
Мост открыли в 1936 году. |
Номер 66. |
"""


def one(text: str) -> Amount:
    (found,) = figures(text)
    return found


@pytest.mark.parametrize(("text", "value", "hedge", "whole"), rows(AMOUNTS))
def test_what_amounts_are(text: str, value: str, hedge: str, whole: str) -> None:
    (found,) = amounts(text)
    assert found.value == pytest.approx(float(value))
    assert (found.hedge, text[found.start : found.stop]) == (hedge, whole)


@pytest.mark.parametrize(("claimed", "held", "expected"), rows(COMPARED))
def test_which_amount_bears_out_which(claimed: str, held: str, expected: str) -> None:
    (first,), (second,) = amounts(claimed), amounts(held)
    assert compared(first, second) == expected


@pytest.mark.parametrize(("text", "shown"), rows(FIGURES))
def test_numbers_stay_whole(text: str, shown: str) -> None:
    assert "; ".join(text[each.start : each.stop] for each in figures(text)) == shown


def test_a_rate_is_another_unit_a_range_one_figure_and_a_bound_a_hedge() -> None:
    assert one("300 рейсов в день").unit != one("300 рейсов").unit
    assert compared(one("27–30 %"), one("28 %")) == compared(one("28 %"), one("27–30 %")) == "compatible"
    assert compared(one("до 100 человек"), one("90 человек")) == "same"


SOME = st.builds(
    "{}{} {}".format,
    st.sampled_from(["", "около ", "более ", "до "]),
    st.integers(1, 5000),
    st.sampled_from(["км", "тонн"]),
)


@given(SOME, SOME)
def test_being_compatible_is_mutual(first: str, second: str) -> None:
    assert compared(one(first), one(first)) == "same"
    one_way, other_way = (compared(one(a), one(b)) for a, b in ((first, second), (second, first)))
    assert (one_way == "other") == (other_way == "other")


def test_ordinals() -> None:
    words = ("первого", "третья", "двадцатым", "первые", "мост")
    assert [ordinal(word) for word in words] == [1, 3, 20, 0, 0]


def test_opposites_and_words_of_one_side() -> None:
    assert opposed(["вырасти"], ["упасть"])
    assert opposed(["до"], ["после"])
    assert not opposed(["вырасти"], ["увеличиться"])
    assert not opposed(["мост"], ["река"])
    assert same_way(["вырасти"], ["увеличиться"])
    assert not same_way(["отец"], ["брат"])  # one side, but two people
    assert not same_way(["мост"], ["мост"])
