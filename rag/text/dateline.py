"""When and by whom a text was published: its dateline («БАКУ /Trend/ - …»), and dates as sites write them.

A dateline tells the date and the agency of an article and is never quoted as a part of its first
sentence. Every form has its own pattern and its line in tests/text/test_dateline.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from rag.text.days import day
from rag.text.lemma_rules import full_year
from rag.text.time_forms import MONTH, month_number
from rag.text.times import find_times

_DAY = rf"\d{{1,2}}\s+{MONTH}"
_NUMERIC = r"\d{1,2}\.\d{1,2}\.\d{4}(?!\d)|\d{4}-\d{2}-\d{2}(?:T[\d:]{5,8}(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATE = rf"(?:{_DAY}\s+\d{{4}}(?:\s*(?:года?|г\.?))?|{_NUMERIC})"  # with its year
_DASH = r"[-–—]"
_CAPITALS = r"[А-ЯЁA-Z]{2,}(?:[ -][А-ЯЁA-Z]+){0,4}"  # БАКУ, НУР-СУЛТАН, РОСТОВ-НА-ДОНУ
_CITY = rf"(?:{_CAPITALS}|[А-ЯЁ][а-яё]+(?:[- ][А-ЯЁ][а-яё]+)?)(?: \([А-ЯЁ][^()\n]{{2,40}}\))?"
_CLOCK = r"\d{1,2}[:.]\d{2}"
_LABEL = r"(?:date|[Дд]ата(?: публикации)?)\s*:?\s+"
_LEAD = rf"\A\s*(?:{_LABEL})?(?:(?P<date>{_DATE})(?:,?\s+(?:в\s+)?{_CLOCK})?[,.]?\s+)?"
_WHEN = rf"(?P<when>{_DATE}|{_DAY})(?:,?\s+{_CLOCK})?[,.]?"
_AGENCY = r"(?P<agency>(?:ИАА? |МИА )?[A-ZА-ЯЁ24][\w.-]*\w(?: [A-ZА-ЯЁ][\w.-]*\w){0,2})"
_AUTHOR = r"(?:, [А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+)?"
_KNOWN = (
    r"(?P<agency>(?:ИА )?(?:РИА Новости|ИТАР-ТАСС|ТАСС|Интерфакс(?:-[А-Я]\w+)?|INTERFAX(?:\.RU|\.KZ)?|"
    r"Sputnik(?: \w+)?|КазТАГ|КАЗТАГ|КАЗИНФОРМ|Казинформ|Kazinform|Trend|АЗЕРТАДЖ|Report|АКИpress|Кабар|"
    r"УзА|Reuters|Рейтер|Bloomberg|24\.kg|REGNUM|Regnum|Росбалт|ПРАЙМ|БелТА|БЕЛТА|Арменпресс|АРМЕНПРЕСС))"
)
_FORMS = tuple(
    re.compile(rf"{_LEAD}{form}\s*")
    for form in (
        # БАКУ /Trend/ - …    АСТАНА, 23 февраля 2026 года. /КазТАГ/. …
        rf"(?:{_CITY}[,.]?\s+)?(?:{_WHEN}\s+)?/(?P<agency>[^/\n]{{2,40}})/[.,]?(?:\s*{_DASH})?(?=\s)",
        # БИШКЕК (АКИpress) — …
        rf"{_CAPITALS}[,.]?\s+(?:{_WHEN}\s+)?\((?P<agency>[^()\n]{{2,30}})\)[.,]?\s*{_DASH}(?=\s)",
        # МОСКВА, 5 мар — РИА Новости. …    АСТАНА, 5 марта — Sputnik, Иван Иванов. …
        rf"{_CITY}[,.]\s+{_WHEN}\s*{_DASH}\s*{_AGENCY}{_AUTHOR}\.(?=\s)",
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
    rf"\A\s*(?:{_LABEL}(?P<named>{_DATE})|(?P<clock>{_CLOCK}\s+)?(?P<date>{_DATE}))"
    rf"(?P<later>,?\s+(?:в\s+)?{_CLOCK})?[ \t]*(?P<end>\n|$|(?=[А-ЯЁA-Z«]))\s*",
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
            told = match.groupdict()
            typed = told.get("date") or told.get("when") or ""
            return Dateline(match.end(), iso_date(typed), told.get("agency"))
    # a date (and time) alone: «23.02.2026, 10:15», «date 2026-02-23»
    match = _STAMP.match(head)
    if match and (
        match.end() == len(head) or match["end"] == "\n" or any(match.group("named", "clock", "later"))
    ):
        return Dateline(match.end(), iso_date(match["named"] or match["date"]))
    return Dateline()


# A day as sites, mails and dumps write it.

_DAY_OF_MONTH = r"(?<![\d.])[«\"]?(?P<d>\d{1,2})(?:-?го|st|nd|rd|th)?[»\"]?"
_NAME = r"(?P<m>[^\W\d_]{3,9})\.?"
_FULL_YEAR = r"(?<!\d)(?P<y>(?:19|20)\d\d)"
_YEAR = r"(?P<y>\d{4}|\d{2})(?!\d)"
_FORMS_OF_DAYS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2026-02-23T10:15:00+05:00, 2026/2/23, 2026.02.23
        rf"{_FULL_YEAR}(?P<mark>[-/.])(?P<m>\d{{1,2}})(?P=mark)(?P<d>\d{{1,2}})(?!\d)",
        # 23.02.2026, 23/02/26, 23-02-2026, 23. 2. 2026, 23.II.2026
        rf"{_DAY_OF_MONTH}(?P<mark>[-/.])\s?(?P<m>\d{{1,2}}|[ivx]{{1,4}})(?P=mark)\s?{_YEAR}",
        # «23» февраля 2026, 23 фев. 2026, 23-фев-26, 23-го февраля 2026, 23 Feb 2026
        rf"{_DAY_OF_MONTH}[\s.-]{{1,3}}{_NAME},?[\s-]{{1,3}}{_YEAR}",
        # February 23, 2026; февраль 23, 2026
        rf"(?<!\w){_NAME}\s+{_DAY_OF_MONTH},?\s+{_YEAR}",
        # 2026, 23 февраля
        rf"{_FULL_YEAR},?\s+{_DAY_OF_MONTH}\s+{_NAME}",
        # 20260223, alone or before a time
        r"^(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=$|[T\s_-])",
    )
)
_UNIX = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")


def iso_date(written: str) -> str | None:
    """The day that `written` names as YYYY-MM-DD; None where it names none, or not of which year.

    «23 февраля 2026 г., 10:15», «23.02.26», «Mon, 23 Feb 2026 10:15:00 +0300», «двадцать третьего февраля
    2026 года», a Unix time. The day is the one that was written, of whatever time zone; where several
    readings are possible it goes before the month, as in Russia.
    """
    text = " ".join(written[:200].split())
    if _UNIX.fullmatch(text):
        seconds = float(text) / (1000 if len(text.partition(".")[0]) > 10 else 1)
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    matches = (match for form in _FORMS_OF_DAYS for match in form.finditer(text))
    # «двадцать третьего февраля 2026 года»
    times = (each for each in find_times(text) if not each.guessed and not each.counted)
    in_words = (each.days.since for each in times if each.days and each.days.since == each.days.until)
    found = next((found for match in matches if (found := _day(match.groupdict()))), None)
    found = found or next(in_words, None)
    return found.isoformat() if found else None


def _day(parts: dict[str, str]) -> date | None:
    number, month = int(parts["d"]), month_number(parts["m"])
    if month > 12 >= number and parts.get("mark") == "/":  # 02/23/2026 can only be American
        number, month = month, number
    return day(full_year(parts["y"]), month, number)
