"""When and by whom a text was published: its dateline («БАКУ /Trend/ - …»), and dates as sites write them.

A dateline tells the date and the agency of an article and is never quoted as a part of its first
sentence. Every form has its own pattern and its line in tests/text/test_dateline.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from rag.text.lemma_rules import full_year, roman
from rag.text.moments import moments

# Russian dates in a text: «23 февраля 2026 года», «5 мар», «23.02.2026», «2026-02-23».

_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_MONTH = (
    r"(?:янв(?:аря)?|фев(?:раля|р)?|мар(?:та|т)?|апр(?:еля)?|мая|июня?|июля?|авг(?:уста)?|"
    r"сент?(?:ября)?|окт(?:ября)?|ноя(?:бря|б)?|дек(?:абря)?)\b\.?"
)
DAY = rf"\d{{1,2}}\s+{_MONTH}"
_WRITTEN = rf"{DAY}\s+\d{{4}}(?:\s*(?:года|год|г\.|г))?"
_TIME_OF_DAY = r"T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?"
_NUMERIC = rf"\d{{1,2}}\.\d{{1,2}}\.\d{{4}}(?!\d)|\d{{4}}-\d{{2}}-\d{{2}}(?:{_TIME_OF_DAY})?"
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


_DASH = r"[-–—]"
_CAPITALS = r"[А-ЯЁA-Z]{2,}(?:[ -][А-ЯЁA-Z]+){0,4}"  # БАКУ, НУР-СУЛТАН, РОСТОВ-НА-ДОНУ
_CITY = rf"(?:{_CAPITALS}|[А-ЯЁ][а-яё]+(?:[- ][А-ЯЁ][а-яё]+)?)(?: \([А-ЯЁ][^()\n]{{2,40}}\))?"
_CLOCK = r"\d{1,2}[:.]\d{2}"
_LABEL = r"(?:date|[Дд]ата(?: публикации)?)\s*:?\s+"
_LEAD = rf"\A\s*(?:{_LABEL})?(?:(?P<date>{DATE})(?:,?\s+(?:в\s+)?{_CLOCK})?[,.]?\s+)?"
_WHEN = rf"(?P<when>{DATE}|{DAY})(?:,?\s+{_CLOCK})?[,.]?"
_NAME = r"(?P<agency>(?:ИАА? |МИА )?[A-ZА-ЯЁ24][\w.-]*\w(?: [A-ZА-ЯЁ][\w.-]*\w){0,2})"
_AUTHOR = r"(?:, [А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+)?"
_KNOWN = (
    r"(?P<agency>(?:ИА )?(?:РИА Новости|ИТАР-ТАСС|ТАСС|Интерфакс(?:-[А-Я]\w+)?|INTERFAX(?:\.RU|\.KZ)?|"
    r"Sputnik(?: \w+)?|КазТАГ|КАЗТАГ|КАЗИНФОРМ|Казинформ|Kazinform|Trend|АЗЕРТАДЖ|Report|АКИpress|Кабар|"
    r"УзА|Reuters|Рейтер|Bloomberg|24\.kg|REGNUM|Regnum|Росбалт|ПРАЙМ|БелТА|БЕЛТА|Арменпресс|АРМЕНПРЕСС))"
)
_FORMS = tuple(
    re.compile(_LEAD + form)
    for form in (
        # БАКУ /Trend/ - …    АСТАНА, 23 февраля 2026 года. /КазТАГ/. …
        rf"(?:{_CITY}[,.]?\s+)?(?:{_WHEN}\s+)?/(?P<agency>[^/\n]{{2,40}})/[.,]?(?:\s*{_DASH})?(?=\s)",
        # БИШКЕК (АКИpress) — …
        rf"{_CAPITALS}[,.]?\s+(?:{_WHEN}\s+)?\((?P<agency>[^()\n]{{2,30}})\)[.,]?\s*{_DASH}(?=\s)",
        # МОСКВА, 5 мар — РИА Новости. …    АСТАНА, 5 марта — Sputnik, Иван Иванов. …
        rf"{_CITY}[,.]\s+{_WHEN}\s*{_DASH}\s*{_NAME}{_AUTHOR}\.(?=\s)",
        # АСТАНА. 23 февраля. КАЗИНФОРМ – …    МОСКВА, 5 марта. ТАСС. …
        rf"{_CITY}[,.]\s+(?:{_WHEN}\s+)?(?:{_DASH}\s*)?{_KNOWN}(?:\.|\s*{_DASH})(?=\s)",
        # 18:25 REGNUM …
        rf"{_CLOCK}\s+{_KNOWN}(?=\s)",
        # МОСКВА — ТАСС. …
        rf"{_CAPITALS}\s+{_DASH}\s+{_KNOWN}\.(?=\s)",
        # БАКУ, 23 февраля 2026 года — …
        rf"{_CAPITALS},\s+{_WHEN}\s*{_DASH}(?=\s)",
    )
)
_STAMP = re.compile(
    rf"\A\s*(?:{_LABEL}(?P<named>{DATE})|(?P<clock>{_CLOCK}\s+)?(?P<date>{DATE}))"
    rf"(?P<later>,?\s+(?:в\s+)?{_CLOCK})?[ \t]*(?P<end>\n|$|(?=[А-ЯЁA-Z«]))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where the dateline of a text ends (0: there is none), its ISO date and its agency, if given."""

    stop: int = 0
    published: str | None = None
    source: str | None = None


def dateline(text: str) -> Dateline:
    """The dateline that `text` begins with."""
    head = text[:300]
    for form in _FORMS:
        if match := form.match(head):
            groups = match.groupdict()
            published = iso_date(groups.get("date") or "") or iso_date(groups.get("when") or "")
            return Dateline(_after(text, match.end()), published, groups.get("agency"))
    return _stamp(text, head)


def _stamp(text: str, head: str) -> Dateline:
    """A date (and time) alone: «23.02.2026, 10:15», «date 2026-02-23»."""
    match = _STAMP.match(head)
    if not match:
        return Dateline()
    is_line = match["end"] == "\n" or match.end() == len(text)
    has_clock = match["clock"] or match["later"]
    if not (is_line or match["named"] or has_clock):
        return Dateline()
    return Dateline(_after(text, match.end()), iso_date(match["named"] or match["date"]))


def _after(text: str, stop: int) -> int:
    return stop + len(text[stop:]) - len(text[stop:].lstrip())


# When something was published, as sites, mails and dumps write it → an ISO date.
#
# «23 февраля 2026 г., 10:15», «23.02.26», «Пн, 23 фев 2026», «Mon, 23 Feb 2026 10:15:00 +0300»,
# «23.II.2026», «двадцать третьего февраля 2026 года», a Unix time. The day is the one that was written, of
# whatever time zone. Where several readings are possible the day goes before the month, as in Russia.

_LONGEST = 200
_MONTH_NAMES = {
    stem: number
    for number, stems in enumerate(
        ("янв jan", "фев feb", "мар mar", "апр apr", "мая май may", "июн jun", "июл jul", "авг aug",
         "сен sep", "окт oct", "ноя нояб nov", "дек dec"), 1
    )
    for stem in stems.split()
}  # fmt: skip
_YEAR = r"(?P<y>\d{4}|\d{2})(?!\d)"
_END = r"(?![\d.]*\d)"
_WRITTEN_FORMS = tuple(
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
    for form in _WRITTEN_FORMS:
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
    return next((number for stem, number in _MONTH_NAMES.items() if name.startswith(stem)), 0)


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
