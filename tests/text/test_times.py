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

WRITTEN = date(2026, 3, 18)  # a Wednesday

# A text | the times in it, parted by «; » | the days of each, or «?».
TIMES = """
Это было двадцать первого января 2014 года. | двадцать первого января 2014 года | 2014-01-21 2014-01-21
Третьего мая 2014-го. | Третьего мая 2014-го | 2014-05-03 2014-05-03
Открыли 15.01.2014 утром. | 15.01.2014 | 2014-01-15 2014-01-15
Открыли 12  мая 2014 года утром. | 12  мая 2014 года | 2014-05-12 2014-05-12
Шли 1–3 мая 2014 г. до реки. | 1–3 мая 2014 г. | 2014-05-01 2014-05-03
Рост в январе—марте 2025 года. | январе—марте 2025 года | 2025-01-01 2025-03-31
Рост в декабре—феврале 2025 года. | декабре—феврале 2025 года | 2024-12-01 2025-02-28
Рост с декабря по февраль 2025 года. | декабря по февраль 2025 года | 2024-12-01 2025-02-28
Правил с 1321 по 1323 год. | 1321 по 1323 год | 1321-01-01 1323-12-31
Правил между 1321 и 1323 годами. | 1321 и 1323 годами | 1321-01-01 1323-12-31
Правил (1321–1323). | 1321–1323 | ?
Правил в 1321–23 годах. | 1321–23 годах | 1321-01-01 1323-12-31
В 2019-м — 1450 тонн. | 2019-м | 2019-01-01 2019-12-31
Открыли в начале 1990-х годов. | начале 1990-х годов | 1990-01-01 1993-04-30
Во второй половине 1990-х. | второй половине 1990-х | 1995-01-01 1999-12-31
В конце прошлого года. | конце прошлого года | 2025-09-01 2025-12-31
В марте прошлого года. | марте прошлого года | 2025-03-01 2025-03-31
Зимой 2013–2014 годов. | Зимой 2013–2014 годов | 2013-12-01 2014-02-28
Минувшей зимой шёл снег. | Минувшей зимой | 2025-12-01 2026-02-28
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


@pytest.mark.parametrize("line", TIMES.strip().splitlines())
def test_where_a_time_stands_and_which_days_it_means(line: str) -> None:
    text, typed, days = (part.strip() for part in line.split("|"))
    found = find_times(text, WRITTEN)
    assert [text[each.start : each.stop] for each in found] == [each for each in typed.split("; ") if each]
    meant = [" ".join(map(str, each.days)) if each.days else "?" for each in found]
    assert meant == [each for each in days.split("; ") if each]


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


@pytest.mark.parametrize(
    ("claimed", "held", "expected"),
    [
        ("15 января 2014-го", "15.01.2014", True),
        ("в 2014 году", "15 января 2014 года", True),
        ("15 января 2014 года", "в 2014 году", False),
        ("15 января", "15 января 2014 года", True),
        ("16 января", "15 января 2014 года", False),
        ("с 5 по 13 июня 2014 года", "с 6 по 13 июня 2014 года", False),
        ("2001–2012 годы", "2001–2002 годы", False),
        # what lasted was so in between
        ("в 1968 году", "с 1961 по 1975 год", True),
        ("в 1979 году", "с 1961 по 1975 год", False),
        ("8 апреля 2021 года", "между 3 марта и 5 мая 2021 года", True),
        ("вчера", "вчера", True),
        ("за последние 2 недели", "за последние две недели", True),
        ("в прошлом году", "в 2014 году", False),
        ("вчера", "сегодня", False),
        ("29 февраля", "29 февраля 2024 года", True),
    ],
)
def test_which_time_bears_out_which(claimed: str, held: str, expected: bool) -> None:
    (first,), (second,) = find_times(claimed), find_times(held)
    assert same_time(first, second) is expected


def test_a_missing_year_is_that_of_the_publication_or_one_the_source_names() -> None:
    (claimed,), (held,) = find_times("5 мая 2024 года"), find_times("5 мая")
    assert not same_time(claimed, held)
    assert same_time(claimed, held, [2024])
    (dated,) = find_times("5 мая", date(2024, 6, 1))
    assert same_time(claimed, dated)
    (ahead,) = find_times("5 мая", date(2023, 12, 1))  # «выставка пройдёт 5 мая»
    assert same_time(claimed, ahead)
