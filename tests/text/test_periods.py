"""Times in questions, as asked on Wednesday, 18 March 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.days import described
from rag.text.periods import times
from rag.types import Times
from tests.tables import lines, rows

TODAY = date(2026, 3, 18)

# What stands in the question | what is understood; several periods are parted by «; ».
CALENDAR = """
Что подписали в ноябре 2025 года? | в ноябре 2025 года | ноябрь 2025 года
что было ноябрь 2025 | ноябрь 2025 | ноябрь 2025 года
Что случилось 15 января 2014-го? | 15 января 2014-го | 15 января 2014 года
Кто выступал 15 янв. 2014 г.? | 15 янв. 2014 г. | 15 января 2014 года
Приказ 2014-01-15 | 2014-01-15 | 15 января 2014 года
Сколько стоил тоннель в 2014? | в 2014 | 2014 год
Чемпионат мира 2018 | 2018 | 2018 год
Добыча к 2030 году | к 2030 году | 2030 год
Сколько добыли в 2023–2024 годах? | в 2023–2024 годах | 2023–2024 годы
Сколько добыли в 2019/20 годах? | в 2019/20 годах | 2019–2020 годы
Рост между 2010 и 2015 годами | между 2010 и 2015 годами | 2010–2015 годы
Сравни 2023 и 2025 годы | 2023; 2025 годы | 2023 год; 2025 год
Рост в 4-м квартале 2024 года | в 4-м квартале 2024 года | октябрь — декабрь 2024 года
Рост в первом квартале 2025 | в первом квартале 2025 | январь — март 2025 года
Рост во II квартале 2024 года | во II квартале 2024 года | апрель — июнь 2024 года
Во втором полугодии 2024 года | Во втором полугодии 2024 года | июль — декабрь 2024 года
Что строили летом 2024 года? | летом 2024 года | июнь — август 2024 года
Зимой 2023/24 года | Зимой 2023/24 года | декабрь 2023 — февраль 2024 года
Осенью прошлого года | Осенью прошлого года | сентябрь — ноябрь 2025 года
Планы в начале ноября 2025 года | в начале ноября 2025 года | 1–10 ноября 2025 года
Во второй половине мая 2025 года | Во второй половине мая 2025 года | 16–31 мая 2025 года
Встреча с 1 по 5 марта 2025 года | с 1 по 5 марта 2025 года | 1–5 марта 2025 года
Снег с января по март 2025 | с января по март 2025 | январь — март 2025 года
С 28 марта по 3 апреля 2024 года | С 28 марта по 3 апреля 2024 года | 28 марта — 3 апреля 2024 года
С 28 мая 2024 по 3 июня 2025 | С 28 мая 2024 по 3 июня 2025 | 28 мая 2024 — 3 июня 2025 года
Кто руководил до 2020 года? | до 2020 года | до 2020 года
Что было до 15 марта 2026? | до 15 марта 2026 | до 15 марта 2026 года
Достроят не позднее 2029 года? | не позднее 2029 года | до 2030 года
Что было после мая 2025? | после мая 2025 | с июня 2025 года
Цены с 2020 года | с 2020 года | с 2020 года
Цены начиная с мая 2024 | начиная с мая 2024 | с мая 2024 года
"""

GUESSED = """
Что было в ноябре? | в ноябре | ноябрь 2025 года
Что было в марте? | в марте | март 2026 года
Встреча 20 марта | 20 марта | 20 марта 2025 года
Встреча с 1 по 5 марта | с 1 по 5 марта | 1–5 марта 2026 года
Отчёт за третий квартал | за третий квартал | июль — сентябрь 2025 года
"""

LOOKED_FOR = """
Что обсуждали на прошлой неделе? | на прошлой неделе | 9–15 марта 2026 года
Что было вчера? | вчера | 17 марта 2026 года
Что было позавчера вечером? | позавчера вечером | 16 марта 2026 года
Что было в прошлом месяце? | в прошлом месяце | февраль 2026 года
За последние три дня о руде | За последние три дня | 15–18 марта 2026 года
За последние полгода | За последние полгода | 18 сентября 2025 — 18 марта 2026 года
За прошедшие сутки | За прошедшие сутки | 17–18 марта 2026 года
В последние дни | В последние дни | 15–18 марта 2026 года
Неделю назад | Неделю назад | 9–15 марта 2026 года
В прошлую пятницу | В прошлую пятницу | 13 марта 2026 года
В минувшие выходные | В минувшие выходные | 14–15 марта 2026 года
Прошлым летом | Прошлым летом | июнь — август 2025 года
"""

WHOLE_YEARS = """
Сколько добыли в этом году? | в этом году | 2026 год
Сколько добыли в прошлом году? | в прошлом году | 2025 год
В позапрошлом году | В позапрошлом году | 2024 год
Два года назад | Два года назад | 2024 год
"""

NOTHING = """
Что такое офтейк?
Что было 30 февраля 2025 года?
Приказ 2025-13-01
Сколько стоят 1500 тонн руды?
Сколько дают за 2000 просмотров?
Погибли 2000 человек
Рост на 2024 %
Кто написал «1984»?
Сколько стоит Windows 2000?
Март открыл выставку
Какое лето любят пчёлы?
Последние дни Помпеи
Какова цена на сегодняшний день?
"""

NEWS = """
Последние новости о вольфраме | вольфраме
Свежие данные по добыче | добыче
Что нового о TRIPP? | TRIPP?
Какие новости о меморандуме? | меморандуме?
Недавние заявления министра | министра
Что пишут в последнее время о руде? | Что пишут о руде?
"""


# The day of asking | what is asked | what is understood
ENDS = """
2026-01-01 | на прошлой неделе | 22–28 декабря 2025 года
2026-01-01 | в прошлом месяце | декабрь 2025 года
2026-01-01 | вчера | 31 декабря 2025 года
2024-02-29 | за последний год | 28 февраля 2023 — 29 февраля 2024 года
2024-03-31 | за последний месяц | 29 февраля — 31 марта 2024 года
2026-12-31 | в следующем месяце | январь 2027 года
2026-02-10 | в прошлом полугодии | июль — декабрь 2025 года
"""


def understood(question: str) -> list[tuple[str, str]]:
    return [(period.typed, described(period)) for period in times(question, TODAY).periods]


@pytest.mark.parametrize(("question", "typed", "meant"), rows(CALENDAR + GUESSED + LOOKED_FOR + WHOLE_YEARS))
def test_periods(question: str, typed: str, meant: str) -> None:
    assert understood(question) == list(zip(typed.split("; "), meant.split("; "), strict=True))
    without_yo = question.replace("ё", "е").replace("Ё", "Е")
    assert [meant for _, meant in understood(without_yo)] == meant.split("; ")
    assert [meant for _, meant in understood(question.upper())] == meant.split("; ")
    assert [meant for _, meant in understood(question.replace(" ", "\u00a0"))] == meant.split("; ")
    assert [meant for _, meant in understood(question.replace("–", "-"))] == meant.split("; ")


@pytest.mark.parametrize("question", lines(NOTHING))
def test_what_names_no_time(question: str) -> None:
    assert times(question, TODAY) == Times()


@pytest.mark.parametrize(
    ("table", "relative", "is_guess"),
    [(CALENDAR + WHOLE_YEARS, False, False), (GUESSED, False, True), (LOOKED_FOR, True, False)],
    ids=["a calendar's", "guessed", "looked for"],
)
def test_kinds(table: str, relative: bool, is_guess: bool) -> None:
    for question, *_ in rows(table):
        for period in times(question, TODAY).periods:
            assert (period.relative, period.guessed) == (relative, is_guess), question


def test_days() -> None:
    meant = {
        "до 2020 года": (None, date(2019, 12, 31), False),
        "после мая 2025 года": (date(2025, 6, 1), None, False),
        "в феврале 2024 года": (date(2024, 2, 1), date(2024, 2, 29), False),
        "Какой сегодня курс?": (TODAY, TODAY, True),  # it may mean nowadays
    }
    for question, expected in meant.items():
        (only,) = times(question, TODAY).periods
        assert (only.since, only.until, only.guessed) == expected


def test_the_words_that_say_when_to_look_are_no_topic() -> None:
    assert times("Что обсуждали вчера в Астане?", TODAY).topic == "Что обсуждали в Астане?"
    assert times("Что обсуждали в 2025 году в Астане?", TODAY).topic is None


@pytest.mark.parametrize(("question", "topic"), rows(NEWS))
def test_news(question: str, topic: str) -> None:
    found = times(question, TODAY)
    assert found.newest and not found.periods
    assert found.topic == topic
    assert times(question.upper(), TODAY).newest


def test_no_news() -> None:
    assert not times("Последние и самые важные слова", TODAY).newest
    assert times("Что нового", TODAY).newest and times("Что нового", TODAY).topic == ""


@pytest.mark.parametrize(("today", "question", "meant"), rows(ENDS))
def test_the_ends_of_years_and_months(today: str, question: str, meant: str) -> None:
    (period,) = times(question, date.fromisoformat(today)).periods
    assert described(period) == meant


WORDS = st.sampled_from(
    """в с по до за 1 5 30 31 99 999 0 1000 1999 2024 2025 - – . и марта феврале января прошлой неделе году
    последние три дня новости квартал первом летом назад лет конце между сегодня""".split()
)


@given(
    st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=9).map(" ".join)),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
)
def test_any_text(text: str, today: date) -> None:
    found = times(text, today)
    for period in found.periods:
        assert period.typed and period.typed in text
        assert period.since or period.until
        assert not (period.since and period.until) or period.since <= period.until
        assert described(period)
    assert found or found == Times()
    assert set((found.topic or "").split()) <= set(text.split())
