"""The dateline of a news text: «БАКУ /Trend/ - …», «МОСКВА, 5 мар — РИА Новости. …».

A dateline tells the date and the agency of an article and is never quoted as a part of its first
sentence. Every form has its own pattern and its line in tests/text/test_dateline.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.dates import DATE, DAY, iso_date

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
