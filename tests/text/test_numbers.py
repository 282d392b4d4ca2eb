"""Numbers as values, with exact spans."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.numbers import Number, values

TABLE = [
    ("127 000", 127_000, None),
    ("127 тыс.", 127_000, None),
    ("127 тысяч", 127_000, None),
    ("127 000 кв. км", 127_000, "км²"),
    ("127 тыс. квадратных километров", 127_000, "км²"),
    ("1 250 000 жителей", 1_250_000, "житель"),
    ("2,3 млрд долларов", 2.3e9, "доллар"),
    ("$1,1 млрд", 1.1e9, "доллар"),
    ("€20", 20, "евро"),
    ("7,5 %", 7.5, "%"),
    ("7.5%", 7.5, "%"),
    ("74 процента", 74, "%"),
    ("410 тыс. тонн", 410_000, "т"),
    ("410 тыс. т", 410_000, "т"),
    ("312,31 км²", 312.31, "км²"),
    ("16 м3", 16, "м³"),
    ("565 °C", 565, "градус"),
    ("минус 5 градусов", -5, "градус"),
    ("двадцать три вида", 23, "вид"),
    ("двадцати трёх видов", 23, "вид"),
    ("сто двадцать пять", 125, None),
    ("две тысячи триста", 2_300, None),
    ("миллион двести пятьдесят тысяч", 1_250_000, None),
    ("полмиллиона человек", 500_000, "человек"),
    ("полтора миллиона", 1_500_000, None),
    ("треть", 1 / 3, None),
    ("половину", 0.5, None),
    ("тысячи рабочих", 1_000, None),
    ("2026 году", 2026, "год"),
    ("1961 г.", 1961, "год"),
    ("5 г золота", 5, "г"),
]


@pytest.mark.parametrize(("text", "value", "unit"), TABLE, ids=[line[0] for line in TABLE])
def test_value_and_unit(text: str, value: float, unit: str | None) -> None:
    (found,) = values(text)
    assert found.value == pytest.approx(value)
    assert found.unit == unit


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("20 из 60 видов", [20, 60]),
        ("от 27–30 % до 35", [27, 30, 35]),
        ("5–7 млн тонн", [5e6, 7e6]),
        ("12 апреля 1961 года", [12, 1961]),
        ("пять, шесть и семь", [5, 6, 7]),
        ("Числа тут нет, есть млн", []),
        ("", []),
    ],
)
def test_several(text: str, numbers: list[float]) -> None:
    assert [number.value for number in values(text)] == pytest.approx(numbers)


def test_range_shares_its_unit() -> None:
    assert [number.unit for number in values("Сплав содержит 27–30 % меди")] == ["%", "%"]


def test_span_holds_number_scale_and_unit() -> None:
    text = "Заводу дали $1,1 млрд и 410 тыс. тонн угля."
    assert [text[number.start : number.stop] for number in values(text)] == ["$1,1 млрд", "410 тыс. тонн"]


@given(st.text(alphabet="0123456789 ,.-–%$тысмлнрдвадцатьодингод€°²\u00a0\n", max_size=60))
def test_spans_are_ordered_and_inside(text: str) -> None:
    found = values(text)
    assert all(0 <= number.start < number.stop <= len(text) for number in found)
    assert all(before.stop <= after.start for before, after in pairwise(found))


@given(st.integers(0, 10**9))
def test_any_integer_is_its_value(value: int) -> None:
    text = f"{value:,}".replace(",", " ")
    assert values(text) == [Number(float(value), 0, len(text))]
