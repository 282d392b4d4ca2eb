"""Times that a text speaks of, and whether a source's time bears out a claimed one.

«15.01.2014» is «15 января 2014-го»; «в 2014 году» follows from either, not the other way round. A time
without its year, or counted from the day of writing («вчера»), is compared by what the publication's date
makes of it where that is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.text.numbers import ordinal
from rag.text.period_points import MONTH, NEXT, PAST, THIS, Span, blanked, joined, plain, points
from rag.text.periods import relative

_OF_A_YEAR = re.compile(rf"(?:{THIS}|{PAST}|{NEXT}) год")
_NO_DAY = date(2000, 6, 1)  # stands for an unknown day of writing; a leap year, so every day exists


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it stands at `text[start:stop]`. Both days are inclusive; `typed` is folded.

    `yearless`: no year was typed, the one given is likely. `counted`: counted from the day of writing.
    `dated`: that day is known. `ranged`: both ends were typed («с 5 по 8 мая»).
    """

    since: date
    until: date
    start: int
    stop: int
    typed: str
    yearless: bool
    counted: bool
    dated: bool
    ranged: bool = False


def moments(text: str, published: date | None = None) -> list[Moment]:
    """The times of `text`, written on the day `published`, in order."""
    read, days = _with_figures(plain(text))
    today = published or _NO_DAY
    calendar = _with_ranges(read, points(read, today))
    counted = relative(blanked(read, [(each.start, each.stop) for each in calendar]), today)
    found = [_moment(text, each, False, published, days) for each in calendar]
    found += [_moment(text, each, True, published, days) for each in counted]
    return sorted((each for each in found if each), key=lambda each: each.start)


def _with_ranges(text: str, found: Sequence[Span]) -> list[Span]:
    """Two neighbours as one where they are the ends of a range."""
    spans: list[Span] = []
    for each in found:
        whole = joined(text, spans[-1], each) if spans and not spans[-1].closed and not each.closed else None
        if whole:
            spans.pop()
        spans.append(whole or each)
    return spans


def _moment(
    text: str, span: Span, counted: bool, published: date | None, days: Sequence[tuple[int, int]]
) -> Moment | None:
    if span.since is None or span.until is None:
        return None
    start = next((first for first, last in days if first < span.start < last), span.start)
    typed = " ".join(plain(text[start : span.stop]).split())
    is_counted = counted or _OF_A_YEAR.search(typed) is not None
    known = published is not None
    return Moment(
        span.since, span.until, start, span.stop, typed, span.guessed, is_counted, known, span.closed
    )


def bears_out(claimed: Moment, held: Moment, years: Sequence[int] = ()) -> bool:
    """True when `held` bears `claimed` out, see `_holds`; `years`: those that the source names elsewhere."""
    if claimed.typed == held.typed:
        return True
    if claimed.counted != held.counted and not (claimed.dated and held.dated):
        return False
    return any(_holds(claimed, each) for each in _read(claimed, held, years))


def _holds(claimed: Moment, held: Moment) -> bool:
    """A year holds its days, and what lasted «с 1961 по 1975 год» was so in 1968; a range that was typed must
    be the same.
    """
    if claimed.ranged or (claimed.counted and held.counted):
        return (claimed.since, claimed.until) == (held.since, held.until)
    return _lies_within(held, claimed) or (held.ranged and _lies_within(claimed, held))


def _lies_within(moment: Moment, other: Moment) -> bool:
    return other.since <= moment.since and moment.until <= other.until


def _read(claimed: Moment, held: Moment, years: Sequence[int]) -> Iterator[Moment]:
    """`held` as it may be read where a year is missing on either side."""
    yield held
    if claimed.yearless:
        yield from _in_years(held, [claimed.since.year])
    elif held.yearless:
        own = [held.since.year, held.since.year + 1] if held.dated else []
        yield from _in_years(held, [*own, *years])


def _in_years(moment: Moment, years: Sequence[int]) -> Iterator[Moment]:
    later = moment.until.year - moment.since.year
    for year in years:
        since, until = _in_year(moment.since, year), _in_year(moment.until, year + later)
        yield replace(moment, since=since, until=until)


def _in_year(when: date, year: int) -> date:
    try:
        return when.replace(year=year)
    except ValueError:
        return when.replace(year=year, day=28)


_ORDINAL_DAY = re.compile(rf"(?<![^\W_])(?P<tens>двадцать |тридцать )?(?P<unit>[а-я]+)(?= {MONTH})")


def _with_figures(text: str) -> tuple[str, list[tuple[int, int]]]:
    """«двадцать первого января» as «21 января», as long as it was; and where such days stand."""
    found = [(match, day) for match in _ORDINAL_DAY.finditer(text) if (day := _day(match))]
    for match, day in found:
        text = text[: match.start()] + f"{day}".rjust(len(match.group())) + text[match.end() :]
    return text, [match.span() for match, _ in found]


def _day(match: re.Match[str]) -> int:
    """The day that words name; 0 for none."""
    unit = ordinal(match["unit"])
    tens = {"двадцать ": 20, "тридцать ": 30}.get(match["tens"] or "", 0)
    return tens + unit if unit and (not tens or unit < 10) and tens + unit <= 31 else 0
