"""The words that Russian times are written with, for periods.py and its parts.

Every pattern works on `plain(text)`: lower case, «ё» as «е», offsets as in the text.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_SPACES = dict.fromkeys("\u00a0\u202f\u2009\t\n", " ")
_DASHES = dict.fromkeys("‐‑‒–—−", "-")
_PLAIN = str.maketrans({**_SPACES, **_DASHES, "ё": "е", "Ё": "е"})

MONTH = (
    r"(?:январ(?:[ьяюе]|ем)|феврал(?:[ьяюе]|ем)|март(?:[ауе]|ом)?|апрел(?:[ьяюе]|ем)|ма(?:[йяюе]|ем)|"
    r"июн(?:[ьяюе]|ем)|июл(?:[ьяюе]|ем)|август(?:[ауе]|ом)?|сентябр(?:[ьяюе]|ем)|октябр(?:[ьяюе]|ем)|"
    r"ноябр(?:[ьяюе]|ем)|декабр(?:[ьяюе]|ем))(?![^\W_])"
)
# Short names stand only beside a day or a year.
SHORT_MONTH = r"(?:янв|фев|февр|мар|апр|июн|июл|авг|сен|сент|окт|ноя|нояб|дек)(?:\.|(?![^\W_]))"
_MONTH_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
OF_YEAR = (
    r"(?:-?(?:го|й|м|ом|ого|е|х|ми)(?![^\W_]))?(?: ?(?:год(?:а|у|е|ом|ы|ов|ам|ах|ами)?|гг?)(?![^\W_])\.?)?"
)
YEAR = r"(?<![\d.,])(?:1\d{3}|20\d{2})(?!\d|[.,]\d| ?%)"
THIS = r"(?:эт(?:от|ом|ого|ой|у|а|им)|текущ\w+|нынешн\w+)"
PAST = r"(?:прошл\w+|прошедш\w+|минувш\w+|предыдущ\w+|истекш\w+)"
NEXT = r"(?:следующ\w+|будущ\w+|предстоящ\w+)"

# What stands before a point or between two of them.
_EDGE = r"(?<![^\W_])"
DASH = re.compile(r" ?- ?")
FROM = re.compile(_EDGE + r"(?:(?:начиная )?со?|от) $")
FROM_ON = re.compile(_EDGE + r"(?:начиная со? |со? |не (?:раньше|ранее) )$")
BETWEEN = {"по": re.compile(" по "), "до": re.compile(" до "), "и": re.compile(" и ")}
BETWIXT = re.compile(_EDGE + "между $")
BEFORE = re.compile(_EDGE + r"(?:до|раньше|ранее|прежде) $")
AFTER = re.compile(_EDGE + r"(?:после|позже|позднее) $")
NOT_AFTER = re.compile(_EDGE + r"(?:не (?:позже|позднее)|вплоть до|по) $")
INSIDE = re.compile(_EDGE + r"(?:(?:во?|за|на|к|ко|от|о|об|весь|всего|(?:на )?протяжении|(?:в )?течение) )+$")


@dataclass(frozen=True, slots=True)
class Span:
    """A time with its place in the text. `guessed`: no year was typed; `relative`: when to look.

    `bare`: a time only behind a preposition («март» alone may be a name); `closed`: a range already.
    """

    start: int
    stop: int
    since: date | None
    until: date | None
    guessed: bool = False
    relative: bool = False
    bare: bool = False
    closed: bool = False


def plain(text: str) -> str:
    """`text` for the patterns: as long as it was."""
    lowered = "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)
    return lowered.translate(_PLAIN)


def blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with spaces in place of `spans`."""
    for start, stop in spans:
        text = text[:start] + " " * (stop - start) + text[stop:]
    return text


def month_number(name: str) -> int:
    """1 to 12 for any form of a month's name, short ones too."""
    return next(number for number, stem in enumerate(_MONTH_STEMS, 1) if name.startswith(stem))


def month(year: int, number: int) -> tuple[date, date]:
    """The first and the last day of a month; `number` may run over the year's ends."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def months(year: int, first: int, last: int) -> tuple[date, date]:
    """From the first day of one month of `year` to the last day of another."""
    return month(year, first)[0], month(year, last)[1]


def day(year: int, number: int, month_: int) -> date | None:
    """That day, or None where there is none."""
    try:
        return date(year, month_, number)
    except ValueError:
        return None


def shifted(when: date, days: int) -> date:
    """`days` later, kept within what a date can be."""
    return date.fromordinal(min(max(when.toordinal() + days, 1), date.max.toordinal()))
