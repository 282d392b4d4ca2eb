"""Amounts as intervals: what can both be true, and what differs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.amounts import Amount, compared, figures

COMPATIBLE = [
    ("около 43 км", "43 км"),
    ("677 тыс. тонн", "около 680 тыс. тонн"),
    ("677 тыс. тонн", "680 тыс. тонн"),
    ("более 80 процентов", "около 80 процентов"),
    ("более 80 %", "85 процентов"),
    ("1511 км", "1 500 километров"),
    ("127 000 кв. км", "127 тыс. кв. км"),
    ("27–30 %", "28 %"),
    ("до 100 человек", "90 человек"),
    ("не менее 1,1 млрд долларов", "1,1 млрд долларов"),
    ("почти 1000 человек", "998 человек"),
]
DIFFERENT = [
    ("около 43 км", "42 км"),
    ("42 км", "43 км"),
    ("4 млрд долларов", "4,2 млрд долларов"),
    ("1,1 млрд долларов", "755 млн долларов"),
    ("12 человек", "15 человек"),
    ("трое человек", "4 человека"),
    ("более 80 %", "75 процентов"),
    ("не более 100 тонн", "120 тонн"),
]


def one(text: str) -> Amount:
    (found,) = figures(text)
    return found


@pytest.mark.parametrize(("first", "second"), COMPATIBLE)
def test_both_can_be_true(first: str, second: str) -> None:
    assert one(first).unit == one(second).unit
    assert compared(one(first), one(second)) != "other"
    assert compared(one(second), one(first)) != "other"


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_only_one_can_be_true(first: str, second: str) -> None:
    assert one(first).unit == one(second).unit
    assert compared(one(first), one(second)) == "other"
    assert compared(one(second), one(first)) == "other"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Участок занимает 127 000 кв. км степи.", ["127 000 кв. км"]),
        ("Вложат 1,1 млрд долларов и 300 тыс. тонн руды.", ["1,1 млрд долларов", "300 тыс. тонн"]),
        ("Длина — около 43 км.", ["около 43 км"]),
        ("Отменили сотни рейсов.", []),
        ("Отменили 150 из 400 рейсов.", []),
        ("Мост открыли в 1936 году.", []),
        ("Номер 66.", []),
    ],
)
def test_numbers_stay_whole(text: str, shown: list[str]) -> None:
    assert [text[each.start : each.stop] for each in figures(text)] == shown


def test_a_rate_is_another_unit() -> None:
    assert one("300 рейсов в день").unit != one("300 рейсов").unit


AMOUNTS = st.builds(
    "{}{} {}".format,
    st.sampled_from(["", "около ", "более ", "до "]),
    st.integers(1, 5000),
    st.sampled_from(["км", "тонн"]),
)


@given(AMOUNTS, AMOUNTS)
def test_being_compatible_is_mutual(first: str, second: str) -> None:
    assert compared(one(first), one(first)) == "same"
    one_way, other_way = (compared(one(a), one(b)) for a, b in ((first, second), (second, first)))
    assert (one_way == "other") == (other_way == "other")
