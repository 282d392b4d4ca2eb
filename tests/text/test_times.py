"""Times of a text, and which bear out which."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.days import months
from rag.text.pieces import same_time
from rag.text.times import find_times
from tests.tables import rows

WRITTEN = date(2026, 3, 18)  # a Wednesday

# A text | the times in it, parted by «; » | the days of each, or «?».
TIMES = """
Это было двадцать первого января 2014 года. | двадцать первого января 2014 года | 2014-01-21 2014-01-21
Третьего мая 2014-го. | Третьего мая 2014-го | 2014-05-03 2014-05-03
Открыли 12  мая 2014 года утром. | 12  мая 2014 года | 2014-05-12 2014-05-12
Шли 1–3 мая 2014 г. до реки. | 1–3 мая 2014 г. | 2014-05-01 2014-05-03
Рост с декабря по февраль 2025 года. | декабря по февраль 2025 года | 2024-12-01 2025-02-28
Правил с 1321 по 1323 год. | 1321 по 1323 год | 1321-01-01 1323-12-31
Правил между 1321 и 1323 годами. | 1321 и 1323 годами | 1321-01-01 1323-12-31
Правил (1321–1323). | 1321–1323 | ?
Правил в 1321–23 годах. | 1321–23 годах | 1321-01-01 1323-12-31
Открыли в начале 1990-х годов. | начале 1990-х годов | 1990-01-01 1993-04-30
Во второй половине 1990-х. | второй половине 1990-х | 1995-01-01 1999-12-31
В конце прошлого года. | конце прошлого года | 2025-09-01 2025-12-31
Зимой 2013–2014 годов. | Зимой 2013–2014 годов | 2013-12-01 2014-02-28
Это было полгода назад. | полгода назад | 2025-07-01 2025-12-31
Это было 10 000 лет назад. | |
Вторник — 10 марта 2026 года. | Вторник; 10 марта 2026 года | ?; 2026-03-10 2026-03-10
В 1865 году до н. э. умер. | 1865 году до н. э. | ?
В 500 году, в 41-м году. | 500 году; 41-м году | ?; ?
На 75 году жизни, 22 года, 1500 тонн. | |
За 2000 лет, версия 2.2014.1. | |
В XIX веке, в 90-х годах. | XIX веке; 90-х годах | ?; ?
Что было 30 февраля 2025 года? | 30 февраля 2025 года | ?
Весной. В пятницу. Накануне. | Весной; пятницу; Накануне | ?; ?; ?
"""


# What is claimed | what the source has
BORNE_OUT = """
15 января 2014-го | 15.01.2014
в 2014 году | 15 января 2014 года
15 января | 15 января 2014 года
29 февраля | 29 февраля 2024 года
# what lasted was so in between
в 1968 году | с 1961 по 1975 год
8 апреля 2021 года | между 3 марта и 5 мая 2021 года
за последние 2 недели | за последние две недели
"""
NOT_BORNE_OUT = """
15 января 2014 года | в 2014 году
16 января | 15 января 2014 года
с 5 по 13 июня 2014 года | с 6 по 13 июня 2014 года
2001–2012 годы | 2001–2002 годы
в 1979 году | с 1961 по 1975 год
в прошлом году | в 2014 году
вчера | сегодня
"""


@pytest.mark.parametrize(("text", "typed", "days"), rows(TIMES))
def test_where_a_time_stands_and_which_days_it_means(text: str, typed: str, days: str) -> None:
    found = find_times(text, WRITTEN)
    assert "; ".join(text[each.start : each.stop] for each in found) == typed
    assert "; ".join(" ".join(map(str, each.days)) if each.days else "?" for each in found) == days


WORDS = st.sampled_from(
    """в с по до — - и между 1 5 30 31 99 500 1837 2024 2025 первого марта мая феврале прошлой прошлого
    неделе году года г. последние три дня назад лет квартал первом летом конце начале века XIX 1990-х
    н. э. . , вчера""".split()
)


@given(st.lists(WORDS, max_size=9).map(" ".join) | st.text(max_size=60), st.none() | st.dates())
def test_any_text_on_any_day(text: str, written: date | None) -> None:
    found = find_times(text, written)
    assert all(each.stop <= following.start for each, following in pairwise(found))
    for each in found:
        assert 0 <= each.start < each.stop <= len(text)
        assert each.days is None or each.days.since <= each.days.until
        assert each.dated is (written is not None)


def test_months_run_over_the_ends_of_years() -> None:
    assert months(2025, 0, 3) == (date(2024, 12, 1), date(2025, 2, 28))
    assert months(2024, 13) == (date(2025, 1, 1), date(2025, 1, 31))
    assert months(5, -100) == (date(1, 8, 1), date(1, 8, 31))  # no date has an earlier year


@pytest.mark.parametrize(("claimed", "held"), rows(BORNE_OUT))
def test_a_time_that_bears_another_out(claimed: str, held: str) -> None:
    (first,), (second,) = find_times(claimed), find_times(held)
    assert same_time(first, second)


@pytest.mark.parametrize(("claimed", "held"), rows(NOT_BORNE_OUT))
def test_a_time_that_does_not(claimed: str, held: str) -> None:
    (first,), (second,) = find_times(claimed), find_times(held)
    assert not same_time(first, second)


def test_a_missing_year_is_that_of_the_publication_or_one_the_source_names() -> None:
    (claimed,), (held,) = find_times("5 мая 2024 года"), find_times("5 мая")
    assert not same_time(claimed, held)
    assert same_time(claimed, held, [2024])
    (dated,) = find_times("5 мая", date(2024, 6, 1))
    assert same_time(claimed, dated)
    (ahead,) = find_times("5 мая", date(2023, 12, 1))  # «выставка пройдёт 5 мая»
    assert same_time(claimed, ahead)
