"""Datelines («text | date | agency | what is left of the text») and days as sites write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dateline import dateline, iso_date
from tests.tables import lines, rows

FORMS = """
date 2026-02-23 БАКУ /Trend/ - Добыча растёт. | 2026-02-23 | Trend | Добыча растёт.
РОСТОВ-НА-ДОНУ, 2 апр - РИА Новости. Суд решил. | | РИА Новости | Суд решил.
ОРСК (Оренбургская область), 5 апр - РИА Новости. Суд. | | РИА Новости | Суд.
АСТАНА, 23 февраля 2026 года. /КазТАГ/. Договор. | 2026-02-23 | КазТАГ | Договор.
Москва. 19 июля. INTERFAX.RU - Рейс отменён. | | INTERFAX.RU | Рейс отменён.
АСТАНА. КАЗИНФОРМ – Договор. | | КАЗИНФОРМ | Договор.
МОСКВА, 9 июл ПРАЙМ. Курс растёт. | | ПРАЙМ | Курс растёт.
МОСКВА — ТАСС. Курс растёт. | | ТАСС | Курс растёт.
БИШКЕК (АКИpress) — Закон принят. | | АКИpress | Закон принят.
18:25 REGNUM Закон принят. | | REGNUM | Закон принят.
БАКУ, 5 марта 2025 г. — Закон принят. | 2025-03-05 | | Закон принят.
23.02.2026, 10:15 Закон принят. | 2026-02-23 | | Закон принят.
14:00 08.11.2018 Закон принят. | 2018-11-08 | | Закон принят.
Дата: 23.02.2026 Закон принят. | 2026-02-23 | | Закон принят.
date 2026-02-23T10:15:00+05:00 Закон принят. | 2026-02-23 | | Закон принят.
"""
SENTENCES = """
23.02.2026 в Баку прошла встреча.
23 февраля 2026 года в Баку прошла встреча.
США - крупнейший покупатель.
Баку. Здесь прошла встреча.
МИД Казахстана (Астана) - участник встречи.
Встреча министров 5/6 марта отложена.
"""
SAME_DAY = """
2026-02-23T10:15:00+05:00
2026/2/23
2026.02.23
20260223
20260223T101500Z
23.02.2026
23.02.26
23. 2. 2026
23/02/2026 10:15
02/23/2026
23-02-2026
23.II.2026
23 февраля 2026 года, 10:15
23-го февраля 2026-го
23 ФЕВРАЛЯ 2026 ГОДА
«23» февраля 2026 г.
2026, 23 февраля
Опубликовано: 23 февраля 2026, обновлено 25 февраля 2026
23-фев-26
двадцать третьего февраля 2026 года
Mon, 23 Feb 2026 10:15:00 +0300
February 23rd, 2026
1771841700
1771841700000
"""
# how the months are written, two-digit years of the other century, the day before the month
DAYS = """
8 мая 2025 | 2025-05-08
7 июл. 2024 | 2024-07-07
3 сент. 2025 г. | 2025-09-03
03.04.2025 | 2025-04-03
5.1.98 | 1998-01-05
29\u00a0февраля 2024 | 2024-02-29
с 25 по 28 июля 2019 года | 2019-07-28
"""
NO_DAY = """
31.02.2026
31 февраля 2026 года
23.13.2026
23 февраля
2026
5 мост 2024
версия 1.2.3.2024
т. 8-800-555-35-35
"""


@pytest.mark.parametrize(("text", "published", "source", "rest"), rows(FORMS))
def test_forms(text: str, published: str, source: str, rest: str) -> None:
    found = dateline(f" {text}")
    assert (found.published or "", found.source or "", f" {text}"[found.stop :]) == (published, source, rest)


@pytest.mark.parametrize(
    "text", ["23.02.2026, 10:15\nЗакон принят.", "23 февраля 2026\n\nЗакон принят.", "23.02.2026"]
)
def test_a_date_in_a_line_of_its_own(text: str) -> None:
    found = dateline(text)
    assert (found.published, text[found.stop :]) == ("2026-02-23", text.partition("\n")[2].strip())


@pytest.mark.parametrize("text", [*lines(SENTENCES), ""])
def test_a_sentence_is_no_dateline(text: str) -> None:
    assert dateline(text).stop == 0


@pytest.mark.parametrize("text", ["А" * 300, "А-" * 150, "АА " * 100, "/" * 300, "АБ, 5 мар — " + "Аб " * 90])
def test_hostile_beginnings_end(text: str) -> None:
    assert dateline(text).stop <= len(text)


@pytest.mark.parametrize("written", lines(SAME_DAY))
def test_ways_to_write_a_day(written: str) -> None:
    assert iso_date(written) == "2026-02-23"


@pytest.mark.parametrize(("written", "day"), rows(DAYS))
def test_days(written: str, day: str) -> None:
    assert iso_date(written) == day


@pytest.mark.parametrize("written", [*lines(NO_DAY), "", "  "])
def test_what_names_no_day(written: str) -> None:
    assert iso_date(written) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    assert iso_date(day.isoformat()) == iso_date(day.strftime("%d.%m.%Y")) == day.isoformat()


@given(st.text(max_size=300))
def test_nothing_breaks_it(written: str) -> None:
    assert iso_date(written) is None or len(iso_date(written) or "") == 10
