"""Times that a Russian question names, as days: «в ноябре 2025 года», «на прошлой неделе», «что нового».

Calendar points (days, months, quarters, seasons, years) are found first, then joined by the words
between and before them («с 1 марта по 5 апреля», «до 2020 года»). Relative times count from `today`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from rag.text.lemma_rules import MONTHS
from rag.text.period_points import (
    AFTER,
    BEFORE,
    FROM,
    FROM_ON,
    INSIDE,
    NEXT,
    NOT_AFTER,
    PAST,
    THIS,
    Span,
    blanked,
    day,
    joined,
    month,
    months,
    plain,
    points,
    shifted,
)
from rag.text.setting import MONTHS as OF_MONTHS
from rag.types import Period, Times


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
    return f"{when.year} года" if when.month == 1 else f"{OF_MONTHS[when.month - 1]} {when.year} года"


def _day(when: date) -> str:
    return f"{when.day} {OF_MONTHS[when.month - 1]} {when.year} года"


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
    first = f"{since.day} {OF_MONTHS[since.month - 1]}"
    return f"{first} — {_day(until)}" if since.year == until.year else f"{_day(since)} — {_day(until)}"


# Times counted from today («вчера», «за последние три дня»), and words that ask for news.

Days = tuple[date, date]
_EDGE = r"(?<![^\W_])(?<![^\W_]-)"
_END = r"(?![^\W_])"
_UNIT = r"(?:недел\w+|месяц\w*|год(?:а|у|ом|е)?|квартал\w*|полугоди\w*|полгода|полтора года|выходн\w+)"
_SPAN_UNIT = rf"(?:дн(?:я|ей|и|ях)|день|сут(?:ки|ок)|час(?:а|ов)?|недел\w+|месяц\w*|лет|{_UNIT})"
_COUNTS = {
    "пару": 2, "пара": 2, "два": 2, "две": 2, "двое": 2, "три": 3, "трое": 3, "несколько": 3, "четыре": 4,
    "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "двенадцать": 12,
    "четырнадцать": 14, "двадцать": 20, "тридцать": 30, "сто": 100,
}  # fmt: skip
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(_COUNTS)})"
_WEEKDAYS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
_WEEKDAY = r"(?:понедельник|вторник|сред[ауыей]|четверг|пятниц[ауыей]|суббот[ауыей]|воскресень[еяю])"

_DAY = re.compile(
    rf"{_EDGE}(?<!на )(?P<day>сегодня|вчера|позавчера|завтра){_END}(?: (?:утром|днем|вечером|ночью))?"
)
_NAMED = re.compile(
    rf"{_EDGE}(?:(?:в|во|на|за|к|с|со) )?(?P<which>позапрошл\w+|{THIS}|{PAST}|{NEXT}) (?P<unit>{_UNIT}){_END}"
)
_LAST = re.compile(
    rf"{_EDGE}(?:за|в|во|на протяжении|в течение) (?:последн\w+|{PAST}(?= (?:{_COUNT} |сутк|полгода))) "
    rf"(?:(?P<count>{_COUNT}) )?(?P<unit>{_SPAN_UNIT}){_END}"
)
_AGO = re.compile(rf"{_EDGE}(?:(?P<count>{_COUNT}) )?(?P<unit>{_SPAN_UNIT}) назад{_END}")
_ON_WEEKDAY = re.compile(rf"{_EDGE}(?:(?:в|во|на) )?(?:{PAST}) (?P<weekday>{_WEEKDAY}){_END}")

_NEWS = (
    r"(?:новост\w+|публикаци\w+|сообщени\w+|стать\w+|данн(?:ые|ых|ым|ыми)|событи\w+|извести\w+|"
    r"сведени\w+|обновлени\w+|информаци\w+|материал\w+|сводк\w+|заявлени\w+)"
)
_FRESH = r"(?:последн|свеж|новейш|недавн)\w+"
NEWEST = re.compile(
    rf"{_EDGE}(?:(?:сам\w+ )?{_FRESH}(?: и {_FRESH})? {_NEWS}{_END}"
    rf"|(?:что|чего)(?: (?:там|слышно|у нас|есть))*(?: сам\w+)? (?:нового|новенького|свежего){_END}"
    rf"|(?:какие|есть ли|расскажи\w*|покажи\w*|дай\w*) новости{_END}"
    rf"|(?:что )?(?:самое|сам\w+) (?:последн|свеж|нов)(?:ее|ие|ое|ые|ую|юю){_END}"
    rf"|свеж(?:ие|ее|ая|ую|их|ей){_END}"
    rf")(?: (?:об?|обо|про|по|на тему){_END})?|{_EDGE}(?:в|за) последнее время{_END}"
)


def relative(text: str, today: date) -> list[Span]:
    """The relative times of `text` (as `plain` gives it), in order."""
    found: list[Span] = []
    for pattern, read in _READERS:
        spans = [(match, days) for match in pattern.finditer(text) for days in read(match, today)]
        found += [
            # «сегодня» often means nowadays
            Span(match.start(), match.end(), *days, match.group() == "сегодня", _is_look(days))
            for match, days in spans
        ]
        text = blanked(text, [match.span() for match, _ in spans])
    return sorted(found, key=lambda each: each.start)


def _is_look(days: Days) -> bool:
    """Whole calendar years are what a text speaks of, shorter times are when to look."""
    since, until = days
    return (since.month, since.day, until.month, until.day) != (1, 1, 12, 31)


def _read_day(match: re.Match[str], today: date) -> Iterator[Days]:
    step = {"сегодня": 0, "вчера": -1, "позавчера": -2, "завтра": 1}[match["day"]]
    yield shifted(today, step), shifted(today, step)


def _read_named(match: re.Match[str], today: date) -> Iterator[Days]:
    which, unit = match["which"], match["unit"]
    step = (
        -2 if which.startswith("поза") else -1 if re.match(PAST, which) else 1 if re.match(NEXT, which) else 0
    )
    if unit.startswith("недел"):
        yield _week(shifted(today, 7 * step))
    elif unit.startswith("выход"):
        yield _weekend(today, step)
    elif unit.startswith("месяц"):
        yield month(today.year, today.month + step)
    elif unit.startswith("год"):
        yield months(today.year + step, 1, 12)
    elif unit.startswith(("кварт", "полугоди")):
        size = 3 if unit.startswith("кварт") else 6
        first = (today.month - 1) // size * size + 1 + step * size
        yield month(today.year, first)[0], month(today.year, first + size - 1)[1]


def _read_last(match: re.Match[str], today: date) -> Iterator[Days]:
    count, unit = _count(match["count"]), match["unit"]
    if not match["count"] and unit.startswith(("дн", "час")):
        count = 3
    if unit.startswith(("дн", "ден", "сут")):
        yield shifted(today, -count), today
    elif unit.startswith("час"):
        yield shifted(today, -max(1, count // 24)), today
    elif unit.startswith("недел"):
        yield shifted(today, -7 * count), today
    elif size := _size(unit):
        yield _months_back(today, size * count), today


def _read_ago(match: re.Match[str], today: date) -> Iterator[Days]:
    count, unit = _count(match["count"]), match["unit"]
    if unit.startswith(("дн", "ден", "сут")):
        yield shifted(today, -count), shifted(today, -count)
    elif unit.startswith("недел"):
        yield _week(shifted(today, -7 * count))
    elif unit.startswith("месяц"):
        yield month(today.year, today.month - count)
    elif unit == "полгода":
        yield month(today.year, today.month - 6)
    elif unit.startswith("год") or (unit == "лет" and match["count"]):
        yield months(max(1, today.year - count), 1, 12)


def _read_weekday(match: re.Match[str], today: date) -> Iterator[Days]:
    number = next(place for place, stem in enumerate(_WEEKDAYS) if match["weekday"].startswith(stem))
    back = (today.weekday() - number - 1) % 7 + 1
    yield shifted(today, -back), shifted(today, -back)


_Reader = Callable[[re.Match[str], date], Iterator[Days]]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_LAST, _read_last),
    (_AGO, _read_ago),
    (_NAMED, _read_named),
    (_ON_WEEKDAY, _read_weekday),
    (_DAY, _read_day),
)


def _count(word: str | None) -> int:
    if not word:
        return 1
    return int(word) if word.isdigit() else _COUNTS[word]


def _size(unit: str) -> int:
    """Months of a unit."""
    for stem, size in (("полтора", 18), ("пол", 6), ("месяц", 1), ("кварт", 3), ("год", 12), ("лет", 12)):
        if unit.startswith(stem):
            return size
    return 0


def _week(inside: date) -> Days:
    monday = shifted(inside, -inside.weekday())
    return monday, shifted(monday, 6)


def _weekend(today: date, step: int) -> Days:
    """The last weekend that has ended, this week's or the next one's."""
    monday, _ = _week(today)
    saturday = shifted(monday, 5 + 7 * (step if step >= 0 else step + (today.weekday() > 6)))
    return saturday, shifted(saturday, 1)


def _months_back(today: date, count: int) -> date:
    first, last = month(today.year, today.month - count)
    return day(first.year, today.day, first.month) or last
