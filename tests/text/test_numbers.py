"""Numbers as values, with exact spans."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.numbers import Number, values
from tests.tables import rows

# A text | its value | its unit
TABLE = """
127 000 | 127000 |
127 тыс. квадратных километров | 127000 | км²
127 000 кв. км | 127000 | км²
2,3 млрд долларов | 2.3e9 | доллар
$1,1 млрд | 1.1e9 | доллар
€20 | 20 | евро
7,5 % | 7.5 | %
7.5% | 7.5 | %
74 процента | 74 | %
410 тыс. т | 410000 | т
312,31 км² | 312.31 | км²
16 м3 | 16 | м³
565 °C | 565 | градус
минус 5 градусов | -5 | градус
сто двадцать пять | 125 |
миллион двести пятьдесят тысяч | 1250000 |
полмиллиона человек | 500000 | человек
полтора миллиона | 1500000 |
четверть | 0.25 |
половину | 0.5 |
тысячи рабочих | 1000 |
1961 г. | 1961 | год
5 г золота | 5 | г
"""
SEVERAL = """
20 из 60 видов | 20 60
от 27–30 % до 35 | 27 30 35
5–7 млн тонн | 5e6 7e6
12 апреля 1961 года | 12 1961
пять, шесть и семь | 5 6 7
Числа тут нет, есть млн |
"""


@pytest.mark.parametrize(("text", "value", "unit"), rows(TABLE))
def test_value_and_unit(text: str, value: str, unit: str) -> None:
    (found,) = values(text)
    assert found.value == pytest.approx(float(value))
    assert (found.unit or "") == unit


@pytest.mark.parametrize(("text", "numbers"), rows(SEVERAL))
def test_several(text: str, numbers: str) -> None:
    expected = [float(each) for each in numbers.split()]
    assert [number.value for number in values(text)] == pytest.approx(expected)


def test_a_range_shares_its_unit_and_a_span_holds_number_scale_and_unit() -> None:
    text = "Сплав содержит 27–30 % меди, дали $1,1 млрд и 410 тыс. тонн угля."
    found = values(text)
    assert [number.unit for number in found] == ["%", "%", "доллар", "т"]
    assert [text[number.start : number.stop] for number in found[2:]] == ["$1,1 млрд", "410 тыс. тонн"]


@given(st.text(alphabet="0123456789 ,.-–%$тысмлнрдвадцатьодингод€°²\u00a0\n", max_size=60))
def test_spans_are_ordered_and_inside(text: str) -> None:
    found = values(text)
    assert all(0 <= number.start < number.stop <= len(text) for number in found)
    assert all(before.stop <= after.start for before, after in pairwise(found))


@given(st.integers(0, 10**9))
def test_any_integer_is_its_value(value: int) -> None:
    text = f"{value:,}".replace(",", " ")
    assert values(text) == [Number(float(value), 0, len(text))]
