"""A time as days of the calendar, months and years of them, and how a period is told in Russian."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rag.text.lemma_rules import MONTHS
from rag.text.setting import MONTHS as OF_MONTHS
from rag.types import Period


class Days(NamedTuple):
    """The first and the last day of a time."""

    since: date
    until: date

    def within(self, others: Days) -> bool:
        """True where all these days are among the others."""
        return others.since <= self.since and self.until <= others.until

    def in_year(self, year: int) -> Days:
        """The same days where the first one is of that year."""
        return Days(
            _in_year(self.since, year), _in_year(self.until, year + self.until.year - self.since.year)
        )


@dataclass(frozen=True, slots=True)
class Time:
    """A time at `text[start:stop]`, without its preposition.

    `days` are None where it can't be told which they are: «XIX век», «30 февраля», a number that may be no
    year. `guessed`: no year was typed, so they are the last such days. `counted`: from the day of writing;
    `dated`: that day is known. `look`: nothing of the calendar was typed («вчера», «в прошлом году»).
    `ranged`: both ends were typed. `bare`: a time only behind a preposition («март» may be a name).
    """

    start: int
    stop: int
    days: Days | None
    guessed: bool = False
    counted: bool = False
    look: bool = False
    ranged: bool = False
    bare: bool = False
    dated: bool = False


def months(year: int, first: int, count: int = 1) -> Days:
    """`count` months from the month `first` on, which may run over the year's ends."""
    (more, since), (later, until) = divmod(first - 1, 12), divmod(first + count - 2, 12)
    last_year = _year(year + later)
    last_day = calendar.monthrange(last_year, until + 1)[1]
    return Days(date(_year(year + more), since + 1, 1), date(last_year, until + 1, last_day))


def _year(number: int) -> int:
    """The nearest year that a date can have."""
    return min(max(number, date.min.year), date.max.year)


def _in_year(when: date, year: int) -> date:
    return day(_year(year), when.month, when.day) or date(_year(year), when.month, 28)


def day(year: int, month: int, number: int) -> date | None:
    """That day, or None where there is none."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def shifted(when: date, days: int) -> date:
    """`days` later, kept within what a date can be."""
    return date.fromordinal(min(max(when.toordinal() + days, 1), date.max.toordinal()))


def described(period: Period) -> str:
    """The period in Russian: «ноябрь 2025 года», «1–5 марта 2026 года», «до 2020 года»."""
    since, until = period.since, period.until
    if not since or not until:
        return f"с {_beginning(since)}" if since else f"до {_beginning(shifted(until, 1))}" if until else ""
    of_months = since.day == 1 and shifted(until, 1).day == 1
    if of_months and (since.month, until.month) == (1, 12):
        return f"{since.year} год" if since.year == until.year else f"{since.year}–{until.year} годы"
    names = MONTHS if of_months else OF_MONTHS
    first, last = (
        [*([] if of_months else [str(each.day)]), names[each.month - 1], str(each.year)]
        for each in (since, until)
    )
    while first and first[-1] == last[len(first) - 1]:  # «1–5 марта»: what both share is said once
        first.pop()
    dash = "–" if first == [str(since.day)] else " — "
    return f"{' '.join(first)}{dash if first else ''}{' '.join(last)} года"


def _beginning(when: date) -> str:
    if when.day > 1:
        return f"{when.day} {OF_MONTHS[when.month - 1]} {when.year} года"
    return f"{when.year} года" if when.month == 1 else f"{OF_MONTHS[when.month - 1]} {when.year} года"
