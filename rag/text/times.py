"""Times that a Russian text names: where each stands, and which days it means.

Each form («15 января 2014-го», «II квартал», «на прошлой неделе») is read by itself (`time_forms`); then
comes the part that is meant of a time («в начале мая»), and two are the ends of one («с мая по июль»).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.text.days import Days, Time, months
from rag.text.time_forms import FORMS, PART

_NO_DAY = date(2000, 6, 1)  # stands for an unknown day of writing; a leap year, so every day exists


def find_times(text: str, written: date | None = None) -> list[Time]:
    """The times of `text`, written on that day, in order; none inside another."""
    text = free = plain(text)
    found: list[Time] = []
    for pattern, read in FORMS:
        times = [time for match in pattern.finditer(free) if (time := read(match, written or _NO_DAY))]
        free = blanked(free, [(each.start, each.stop) for each in times])
        found += times
    done: list[Time] = []
    for each in sorted(found, key=lambda time: time.start):
        time = replace(_with_part(text, each), dated=written is not None)
        if done and _are_ends(text, done[-1], time):
            time = _range(done.pop(), time)
        done.append(time)
    return done


_PLAIN = str.maketrans("\u00a0\u202f\u2009\t\n‐‑‒–—−ё", "     ------е")


def plain(text: str) -> str:
    """`text` for the patterns: as long as it was."""
    lowered = "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)
    return lowered.translate(_PLAIN)


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`text` with "\0" in place of `spans`, which no pattern reads over."""
    for start, stop in spans:
        text = text[:start] + "\0" * (stop - start) + text[stop:]
    return text


# The part that is meant of a time, and ranges

_PARTS = {"на": (0, 1 / 3), "се": (1 / 3, 2 / 3), "ко": (2 / 3, 1), "пе": (0, 1 / 2), "вт": (1 / 2, 1)}
_FROM = re.compile(r"(?<![^\W_])(?:со?|от) +$")
_BETWEEN = re.compile(r"(?<![^\W_])между +$")


def _with_part(text: str, time: Time) -> Time:
    """«в начале мая»: thirds and halves of a month, a year, a decade."""
    match = PART.search(text[: time.start])
    if match is None:
        return time
    days, (first, last) = time.days, _PARTS[match["part"][:2]]
    if days and (days.until - days.since).days > 26:
        since, until = days
        count = 12 * (until.year - since.year) + until.month - since.month + 1
        if count > 1:
            days = months(since.year, since.month + round(count * first), round(count * (last - first)))
        else:
            until = until if last == 1 else since.replace(day=round(30 * last))
            days = Days(since.replace(day=round(30 * first) + 1), until)
    return replace(time, start=match.start(), days=days, bare=False)


def _are_ends(text: str, first: Time, second: Time) -> bool:
    """True for the ends of a range: «с 1 марта по 5 апреля», «между 2010 и 2015 годами»."""
    is_alike = (first.days is None, first.look) == (second.days is None, second.look)
    if first.ranged or second.ranged or not is_alike:
        return False
    before, between = text[: first.start], text[first.stop : second.start].strip()
    if between in ("по", "до"):
        return _FROM.search(before) is not None
    return between == "-" or (between == "и" and _BETWEEN.search(before) is not None)


def _range(first: Time, second: Time) -> Time:
    """From the beginning of one time to the end of the other; the first takes the other's year."""
    days = None
    if first.days and second.days:
        since, until = first.days.since, second.days.until
        if first.guessed:
            since = first.days.in_year(until.year).since
            since = first.days.in_year(until.year - 1).since if since > until else since
        days = Days(since, until) if since <= until else Days(second.days.since, first.days.until)
    return replace(second, start=first.start, days=days, ranged=True, bare=False)
