"""How Russian type is set: written dates, the lines that name sources, where a footnote mark stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from rag.types import Version

DISAGREE, DEVELOPS = "Источники расходятся", "Данные по датам"
YES, NO = "Да", "Нет"  # short answers that stand in no sentence
SMALL_TALK = "small-talk"  # the writer of a reply that rests on no article
UNDECIDED = "Прямого ответа в статьях нет"

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_PAGE = re.compile(r"с\. \d+")
SPACE = "\u00a0"  # keeps a number and its word on one line
_ABBREVIATION = re.compile(r"(?:^|[\s(\u00a0])(?:гг?|вв?|н\. ?э|т\. ?[дпе]|др|пр|руб|долл|тыс|чел|ст|кв)\.$")


def russian_date(iso: str) -> str:
    """«23 февраля 2026 г.» for "2026-02-23"; anything that is not a full ISO date comes back as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day}{SPACE}{MONTHS[day.month - 1]} {day.year}{SPACE}г."


def byline(source: str | None, published: str | None) -> str:
    """«Источник, 23 февраля 2026 г.», or whichever half is known."""
    return ", ".join(part for part in (source, russian_date(published) if published else None) if part)


def standing_line(context: Sequence[str]) -> str:
    """«Тарифы › Семейный, с. 14»: the headings above a quote, and its page."""
    headings = [each for each in context if not _PAGE.fullmatch(each)]
    pages = [f"с.{SPACE}{each[3:]}" for each in context if _PAGE.fullmatch(each)]
    return ", ".join([*([" › ".join(headings)] if headings else []), *pages])


def without_marks(text: str, numbers: Iterable[int]) -> str:
    """`text` without the footnote marks «[1]» of these `numbers`; others in brackets are its own words."""
    own = "|".join(map(str, numbers))
    return re.sub(rf"\s*\[(?:{own})\]", "", text).strip() if own else text.strip()


def mark_goes_before_stop(text: str) -> bool:
    """In Russian setting a footnote mark precedes a full stop, but follows «!», «?», «…» and «г.»."""
    return text.endswith(".") and not text.endswith("..") and not _ABBREVIATION.search(text)


def confidence(probability: float) -> str:
    """How sure an answer is, in words. `probability`: that the cited sentences hold the answer.

    Of the shipped questions, nine in ten are right where it is high, two in three where it is middling and
    fewer than half where it is low.
    """
    if probability >= 0.85:
        return "Уверенность высокая"
    if probability >= 0.6:
        return "Уверенность средняя: сверьтесь с цитатой"
    return "Уверенность низкая: проверьте по статье"


def version_line(version: Version) -> str:
    """«около 43 км — на 5 мая 2026 г. (Trend, 6 мая 2026 г.)», as far as it is known."""
    stated = f"на {russian_date(version.stated)}" if version.stated else ""
    origin = byline(version.source, version.published)
    said = " ".join(version.value.split())
    told = f"{stated} ({origin})" if stated and origin else stated or origin
    return f"{said} — {told}" if told else said
