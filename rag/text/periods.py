"""Times that a Russian question names, as days: «в ноябре 2025 года», «на прошлой неделе», «что нового».

Calendar points (days, months, quarters, seasons, years) are found first, then joined by the words
between and before them («с 1 марта по 5 апреля», «до 2020 года»). Relative times count from `today`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from rag.text.period_points import joined, points
from rag.text.period_relative import NEWEST, relative
from rag.text.period_words import (
    AFTER,
    BEFORE,
    FROM,
    FROM_ON,
    INSIDE,
    NOT_AFTER,
    Span,
    blanked,
    plain,
    shifted,
)
from rag.types import Period, Times

MONTHS = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split()
_OF = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()


def times(question: str, today: date) -> Times:
    """What `question` says of time; nothing for impossible dates («30 февраля»)."""
    text = plain(question)
    newest = [match.span() for match in NEWEST.finditer(text)]
    calendar = list(_joined(text, points(blanked(text, newest), today)))
    counted = relative(blanked(text, [*newest, *_places(calendar)]), today)
    looks = [*newest, *_places(counted)]
    found = sorted([*calendar, *counted], key=lambda each: each.start)
    return Times(
        tuple(
            Period(each.since, each.until, question[each.start : each.stop], each.relative, each.guessed)
            for each in found
        ),
        bool(newest),
        " ".join(blanked(question, looks).split()) if looks else None,
    )


def _places(spans: Sequence[Span]) -> list[tuple[int, int]]:
    return [(each.start, each.stop) for each in spans]


def _joined(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Points with what stands before them, two of them as one where they are the ends of a range."""
    place = 0
    while place < len(found):
        first, second = found[place], found[place + 1] if place + 1 < len(found) else None
        if second is not None and (found_range := joined(text, first, second)):
            yield found_range
            place += 2
        else:
            yield from _limited(text, first)
            place += 1


def _limited(text: str, point: Span) -> Iterator[Span]:
    """«до 2020 года» ends the day before, «после мая» begins the day behind; the rest is as it is."""
    before = text[: point.start]
    since, until = point.since, point.until
    if since is None or until is None:
        return
    if point.closed and (match := FROM.search(before)):  # «с 1 по 5 марта» is one point
        yield replace(point, start=match.start())
        return
    for opening, ends in (
        (NOT_AFTER, (None, until)),
        (BEFORE, (None, shifted(since, -1))),
        (AFTER, (shifted(until, 1), None)),
        (FROM_ON, (since, None)),
        (INSIDE, (since, until)),
    ):
        if (match := opening.search(before)) and (opening is INSIDE or not point.closed):
            yield replace(point, start=match.start(), since=ends[0], until=ends[1], bare=False)
            return
    if not point.bare:
        yield point


def described(period: Period) -> str:
    """The period in Russian: «ноябрь 2025 года», «1–5 марта 2026 года», «до 2020 года»."""
    since, until = period.since, period.until
    if since and until:
        return _between(since, until)
    if since:
        return f"с {_since(since)}"
    return f"до {_since(shifted(until, 1))}" if until else ""


def _since(when: date) -> str:
    if when.day > 1:
        return _day(when)
    return f"{when.year} года" if when.month == 1 else f"{_OF[when.month - 1]} {when.year} года"


def _day(when: date) -> str:
    return f"{when.day} {_OF[when.month - 1]} {when.year} года"


def _between(since: date, until: date) -> str:
    if since == until:
        return _day(since)
    if since.day > 1 or shifted(until, 1).day > 1:
        return _days(since, until)
    if (since.month, until.month) == (1, 12):
        return f"{since.year} год" if since.year == until.year else f"{since.year}–{until.year} годы"
    first, last = MONTHS[since.month - 1], MONTHS[until.month - 1]
    if since.year != until.year:
        return f"{first} {since.year} — {last} {until.year} года"
    return f"{first} {until.year} года" if first == last else f"{first} — {last} {until.year} года"


def _days(since: date, until: date) -> str:
    if (since.year, since.month) == (until.year, until.month):
        return f"{since.day}–{_day(until)}"
    first = f"{since.day} {_OF[since.month - 1]}"
    return f"{first} — {_day(until)}" if since.year == until.year else f"{_day(since)} — {_day(until)}"
