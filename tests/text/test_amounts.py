"""Amounts with their hedges, and which bear out which."""

from __future__ import annotations

import pytest

from rag.text.amounts import Outcome, amounts, compared
from rag.text.numbers import ordinal
from rag.text.synonyms import opposed, same_way


@pytest.mark.parametrize(
    ("text", "value", "hedge", "whole"),
    [
        ("около 43 км", 43, "about", "около 43 км"),
        ("Не менее двадцати лет", 20, "more", "Не менее двадцати лет"),
        ("более чем 100 тонн", 100, "more", "более чем 100 тонн"),
        ("не более $5 млн", 5e6, "less", "не более $5 млн"),
        ("чуть больше 3 %", 3, "over", "чуть больше 3 %"),
        ("немногим меньше 3 %", 3, "under", "немногим меньше 3 %"),
        ("почти 3 %", 3, "under", "почти 3 %"),
        ("две трети", 2 / 3, "", "две трети"),
        ("трёх четвертей", 3 / 4, "", "трёх четвертей"),
        ("в XIX веке", 19, "", "XIX веке"),
        ("Александр II", 2, "", "II"),
        ("счёт 2:1", 2001, "", "2:1"),
        ("превысило 5 тонн", 5, "more", "превысило 5 тонн"),
        ("Цена выросла вдвое", 2, "", "вдвое"),
        ("Доля — 1/3", 1 / 3, "", "1/3"),
        ("третий этап", 3, "", "третий"),
        ("семь с половиной тысяч тонн", 7500, "", "семь с половиной тысяч тонн"),
        ("свыше ста человек", 100, "more", "свыше ста человек"),
    ],
)
def test_what_amounts_are(text: str, value: float, hedge: str, whole: str) -> None:
    (found,) = amounts(text)
    assert found.value == pytest.approx(value)
    assert (found.hedge, text[found.start : found.stop]) == (hedge, whole)


@pytest.mark.parametrize(
    ("claimed", "held", "expected"),
    [
        ("43 км", "около 43 км", "same"),
        ("1500 м", "1,5 км", "same"),
        ("2500 кг", "2500 т", "other"),
        ("5 рублей", "5 долларов", "other"),
        ("50 %", "половина", "same"),
        ("5 %", "5", "same"),
        ("около 130 км", "127 км", "same"),
        ("130 км", "127 км", "compatible"),
        ("около 130 км", "около 127 км", "compatible"),
        ("около 127 км", "130 км", "compatible"),
        ("более 100 км", "127 км", "same"),
        ("более 200 км", "127 км", "other"),
        ("менее 100 км", "более 100 км", "other"),
        ("100 км", "более 100 км", "hedged"),
        ("около 0 км", "0 км", "same"),
        ("-5 %", "5 %", "other"),
    ],
)
def test_which_amount_bears_out_which(claimed: str, held: str, expected: Outcome) -> None:
    (first,), (second,) = amounts(claimed), amounts(held)
    assert compared(first, second) == expected


def test_ordinals() -> None:
    assert [ordinal(word) for word in ("первого", "третья", "двадцатым", "первые", "мост")] == [
        1,
        3,
        20,
        0,
        0,
    ]


def test_opposites() -> None:
    assert opposed(["вырасти"], ["упасть"])
    assert opposed(["до"], ["после"])
    assert not opposed(["вырасти"], ["увеличиться"])
    assert not opposed(["мост"], ["река"])


def test_words_of_one_side() -> None:
    assert same_way(["вырасти"], ["увеличиться"])
    assert not same_way(["отец"], ["брат"])  # one side, but two people
    assert not same_way(["мост"], ["мост"])
