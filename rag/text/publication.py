"""When something was published, as sites, mails and dumps write it → an ISO date.

«23 февраля 2026 г., 10:15», «23.02.26», «Пн, 23 фев 2026», «Mon, 23 Feb 2026 10:15:00 +0300»,
«23.II.2026», «двадцать третьего февраля 2026 года», a Unix time. The day is the one that was written, of
whatever time zone. Where several readings are possible the day goes before the month, as in Russia.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from rag.text.moments import moments
from rag.text.same_value import full_year, roman

_LONGEST = 200
_MONTHS = {
    stem: number
    for number, stems in enumerate(
        ("янв jan", "фев feb", "мар mar", "апр apr", "мая май may", "июн jun", "июл jul", "авг aug",
         "сен sep", "окт oct", "ноя нояб nov", "дек dec"), 1
    )
    for stem in stems.split()
}  # fmt: skip
_YEAR = r"(?P<y>\d{4}|\d{2})(?!\d)"
_END = r"(?![\d.]*\d)"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2026-02-23T10:15:00+05:00, 2026/2/23, 2026.02.23
        r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<mark>[-/.])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})(?!\d)",
        # 23.02.2026, 23/02/26, 23-02-2026, 23. 2. 2026
        rf"(?<![\d.])(?P<d>\d{{1,2}})(?P<mark>[-/.])\s?(?P<m>\d{{1,2}})(?P=mark)\s?{_YEAR}",
        # «23» февраля 2026, 23 фев. 2026, 23-фев-26, 23-го февраля 2026, 23 Feb 2026
        rf"(?<!\d)[«\"]?(?P<d>\d{{1,2}})(?:-?го)?[»\"]?[\s.-]{{1,3}}(?P<name>[а-яёa-z]{{3,9}})\.?,?[\s-]{{1,3}}{_YEAR}",
        # February 23, 2026; февраль 23, 2026
        rf"(?<!\w)(?P<name>[а-яёa-z]{{3,9}})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}",
        # 2026, 23 февраля
        r"(?<!\d)(?P<y>(?:19|20)\d\d),?\s+(?P<d>\d{1,2})\s+(?P<name>[а-яё]{3,9})",
        # 23.II.2026
        rf"(?<!\d)(?P<d>\d{{1,2}})[./\s-](?P<roman>[ivx]{{1,4}})[./\s-]{_YEAR}",
        # 20260223, alone or before a time
        r"^(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=$|[T\s_-])",
    )
)
_UNIX = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")


def published(written: str) -> str | None:
    """The day that `written` names as YYYY-MM-DD; None where it names none, or not of which year."""
    text = _SPACES.sub(" ", written[:_LONGEST]).strip()
    if not text:
        return None
    if _UNIX.fullmatch(text):
        return _of_seconds(float(text) / (1000 if len(text.partition(".")[0]) > 10 else 1))
    return next(_readings(text), None) or _in_words(text)


def _readings(text: str) -> Iterator[str]:
    for form in _FORMS:
        for match in form.finditer(text):
            if found := _of_parts(match.groupdict()):
                yield found


def _of_parts(parts: dict[str, str | None]) -> str | None:
    day, month, year = int(parts["d"] or 0), _month(parts), full_year(parts["y"] or "")
    if month > 12 >= day and parts.get("mark") == "/":  # 02/23/2026 can only be American
        day, month = month, day
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _month(parts: dict[str, str | None]) -> int:
    """1 to 12; 0 for a word that is no month."""
    if number := parts.get("m"):
        return int(number)
    if figure := parts.get("roman"):
        return roman(figure.upper())
    name = (parts.get("name") or "").lower()
    return next((number for stem, number in _MONTHS.items() if name.startswith(stem)), 0)


def _of_seconds(seconds: float) -> str | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return None


def _in_words(text: str) -> str | None:
    """«двадцать третьего февраля 2026 года»: a day whose year was typed."""
    for each in moments(text):
        if each.since == each.until and not each.yearless and not each.counted:
            return each.since.isoformat()
    return None
