"""Russian dates in a text: «23 февраля 2026 года», «5 мар», «23.02.2026», «2026-02-23»."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_MONTH = (
    r"(?:янв(?:аря)?|фев(?:раля|р)?|мар(?:та|т)?|апр(?:еля)?|мая|июня?|июля?|авг(?:уста)?|"
    r"сент?(?:ября)?|окт(?:ября)?|ноя(?:бря|б)?|дек(?:абря)?)\b\.?"
)
DAY = rf"\d{{1,2}}\s+{_MONTH}"
_WRITTEN = rf"{DAY}\s+\d{{4}}(?:\s*(?:года|год|г\.|г))?"
_CLOCK = r"T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?"
_NUMERIC = rf"\d{{1,2}}\.\d{{1,2}}\.\d{{4}}(?!\d)|\d{{4}}-\d{{2}}-\d{{2}}(?:{_CLOCK})?"
DATE = rf"(?:{_WRITTEN}|{_NUMERIC})"  # a full date, with its year
_PARTS = re.compile(
    rf"(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}})|(?P<d2>\d{{1,2}})\.(?P<m2>\d{{1,2}})\.(?P<y2>\d{{4}})|"
    rf"(?P<d3>\d{{1,2}})\s+(?P<m3>{_MONTH})\s+(?P<y3>\d{{4}})",
    re.IGNORECASE,
)


def iso_date(text: str) -> str | None:
    """The first full date in `text` as YYYY-MM-DD; None without one or for a day that doesn't exist."""
    match = _PARTS.search(text)
    if not match:
        return None
    day, year = match["d"] or match["d2"] or match["d3"], match["y"] or match["y2"] or match["y3"]
    month = match["m"] or match["m2"] or _month_number(match["m3"])
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _month_number(name: str) -> int:
    return next(number for number, stem in enumerate(_MONTHS, 1) if name.lower().startswith(stem))
