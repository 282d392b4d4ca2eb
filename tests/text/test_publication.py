import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dateline import iso_date

SAME_DAY = """2026-02-23
2026-02-23T10:15:00+05:00
2026-02-23 10:15:00
2026/2/23
2026.02.23
20260223
20260223T101500Z
23.02.2026
23.02.26
23. 2. 2026
23.02.2026 в 10:15 (МСК)
10:15, 23.02.2026
23/02/2026 10:15
02/23/2026
23-02-2026
23.II.2026
23 февраля 2026
23 февраля 2026 года, 10:15
23 февраля 2026-го
23-го февраля 2026
23 Февраля, 2026
23 ФЕВРАЛЯ 2026 ГОДА
«23» февраля 2026 г.
2026, 23 февраля
Понедельник, 23 февраля 2026 г. в 10:15
Опубликовано: 23 февраля 2026, обновлено 25 февраля 2026
Пн, 23 фев 2026
23 фев. 2026
23-фев-26
двадцать третьего февраля 2026 года
Mon, 23 Feb 2026 10:15:00 +0300
Feb 23, 2026
February 23rd, 2026
1771841700
1771841700000"""


@pytest.mark.parametrize("written", SAME_DAY.split("\n"))
def test_ways_to_write_a_day(written: str) -> None:
    assert iso_date(written) == "2026-02-23"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("8 мая 2025", "2025-05-08"),
        ("1 июня 2025", "2025-06-01"),
        ("1 июля 2025", "2025-07-01"),
        ("3 сент. 2025 г.", "2025-09-03"),
        ("9 нояб. 2025", "2025-11-09"),
        ("03.04.2025", "2025-04-03"),  # the day goes first
        ("5.1.98", "1998-01-05"),
        ("29\u00a0февраля 2024", "2024-02-29"),
        ("31 декабря 1999 г.", "1999-12-31"),
        ("7 июн. 2024", "2024-06-07"),
        ("3.2.2026", "2026-02-03"),
        ("опубликовано 31 ДЕКАБРЯ 2025", "2025-12-31"),
        ("с 25 по 28 июля 2019 года", "2019-07-28"),
    ],
)
def test_days(written: str, day: str) -> None:
    assert iso_date(written) == day


@pytest.mark.parametrize(
    "written",
    ["", "  ", "31.02.2026", "31 февраля 2026 года", "23.13.2026", "29.02.2025", "23 февраля",
     "февраль 2026", "2026", "вчера", "сегодня, 10:15",
     "скоро", "10.15", "5 мост 2024", "версия 1.2.3.2024", "т. 8-800-555-35-35"],
)  # fmt: skip
def test_what_names_no_day(written: str) -> None:
    assert iso_date(written) is None


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day) -> None:  # type: ignore[no-untyped-def]
    if day.year >= 1900 and day.year < 2100:
        assert iso_date(day.isoformat()) == day.isoformat()
        assert iso_date(day.strftime("%d.%m.%Y")) == day.isoformat()


@given(st.text(max_size=300))
def test_nothing_breaks_it(written: str) -> None:
    assert iso_date(written) is None or len(iso_date(written) or "") == 10
