"""Where a text speaks of time: days, months, years, decades, centuries, seasons, weekdays."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MONTH = (
    r"(?:январ[ьяюе]м?|феврал[ьяюе]м?|март(?:а|у|ом|е)?|апрел[ьяюе]м?|ма[йяюе]м?|июн[ьяюе]м?|июл[ьяюе]м?|"
    r"август(?:а|у|ом|е)?|сентябр[ьяюе]м?|октябр[ьяюе]м?|ноябр[ьяюе]м?|декабр[ьяюе]м?)\b"
)
_DASH = r"\s?[-–—−]\s?"
_OF_YEAR = r"(?:-(?:м|го|й|е|ом|ого))?(?:\s*(?:год(?:а|у|ом|ы|ов|ам|ах)?\b|гг?\b\.?))"
_ERA = r"(?:\s+(?:до\s+)?(?:н\.\s?э\b\.?|нашей\s+эры))"
_YEAR = r"(?<![\d.,])(?:1\d{3}|20\d{2})(?![\d%])"
_DAY = rf"\d{{1,2}}(?:-го)?(?:{_DASH}\d{{1,2}}(?:-го)?)?\s+{_MONTH}"
_WRITTEN = rf"{_DAY}(?:\s+{_YEAR}(?:{_OF_YEAR}|-го)?)?{_ERA}?"
_MONTHS = rf"{_MONTH}\s+{_YEAR}(?:{_OF_YEAR}|-го)?"
_NUMERIC = r"(?<!\d)\d{1,2}\.\d{1,2}\.\d{4}(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)"
_NAMED_YEAR = rf"(?<![\d.,])\d{{1,4}}(?:{_DASH}\d{{1,4}})?(?:{_OF_YEAR}{_ERA}?|{_ERA})"
_DECADE = rf"(?<!\d)(?:1\d|20)?\d0-(?:е|х|м|ми|ых|ые)\b(?:{_OF_YEAR})?"
_YEARS = rf"{_YEAR}{_DASH}(?:{_YEAR}|\d{{2}}(?!\d))(?:{_OF_YEAR})?"
_BARE_YEAR = rf"{_YEAR}(?:-(?:м|го|й|е|ом)\b)?"
_ORDINAL = r"[а-яё]+(?:ый|ий|ой|ого|его|ом|ем|ому)"
_NUMBERED = rf"(?:[IVXХ]+(?:{_DASH}[IVXХ]+)?|\d{{1,2}}(?:-(?:й|го|м|ом|е))?(?:{_DASH}\d{{1,2}})?)"
_CENTURY = (
    rf"(?:\b{_NUMBERED}\s+(?:век(?:а|е|у|ом|ов|ах)?\b|вв?\.|столети[еяюий]м?\b)|"
    rf"\b{_ORDINAL}\s+век[аеу]?\b){_ERA}?"
)
_SEASON = rf"(?:(?:зим|весн|осен)(?:а|у|ой|ы|е|ь|ью|и)|лет(?:о|ом|а|у|е))\s+{_YEAR}(?:{_OF_YEAR})?"
_WEEKDAY = (
    r"\b(?:понедельник|вторник|сред[ауые]|четверг|пятниц[ауые]|суббот[ауые]|воскресень[еяю])(?:а|у|ом|е)?\b"
)
_QUARTER = (
    r"(?:[IV]+|\d|перв\w+|втор\w+|треть\w+|четв[её]рт\w+)(?:-\w{1,2})?\s+(?:квартал|полугоди)\w*"
    rf"(?:\s+{_YEAR}(?:{_OF_YEAR})?)?"
)
_RELATIVE = (
    r"\b(?:сегодня|вчера|завтра|накануне|(?:прошл|нынешн|следующ)\w+ год\w*"
    r"|(?:(?:эт|прошл|нынешн|будущ|следующ)\w+ )?(?:весной|летом|осенью|зимой))\b"
)
_ANY = "|".join(
    (
        _NUMERIC,
        _WRITTEN,
        _QUARTER,
        _SEASON,
        _MONTHS,
        _CENTURY,
        _DECADE,
        _YEARS,
        _NAMED_YEAR,
        _BARE_YEAR,
        _MONTH,
    )
)
_HALF = r"(?:перв|втор)(?:ой|ая|ую)\s+половин[еауы]"
_PART_OF = rf"(?:(?:самом\s+)?(?:начал[еоау]|конц[еау]|конец|середин[еауы]|{_HALF}))\s+"
_DATE = re.compile(
    rf"(?<![^\W_])(?<![^\W_][-‑])(?:{_PART_OF})?(?:{_ANY})(?:(?:{_DASH}|\s+по\s+|\s+до\s+)(?:{_ANY}))?"
    rf"|{_WEEKDAY}|{_RELATIVE}",
    re.IGNORECASE,
)
# A bare year before one of these is a quantity: «1500 тонн».
_COUNTED = re.compile(
    r"\s*(?:%|процент|тыс|млн|млрд|трлн|тонн|км|кв\.|метр|м\b|человек|доллар|руб|тенге|евро|кг|шт|евр|мест|га\b)"
)
_SPAN_OF_YEARS = re.compile(r"\d{1,2}\s+(?:год(?:а|ам|ами|ах|ов)?|лет\w*)|\d{3}\s+лет\w*")


def date_spans(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the dates of `text`, in order, without a preposition before them."""
    for match in _DATE.finditer(text):
        stop = match.start() + len(match.group().rstrip())
        if _is_quantity(text, match.start(), stop):
            continue
        yield match.start(), stop


def _is_quantity(text: str, start: int, stop: int) -> bool:
    """«1500 тонн», «22 года»: a number that looks like a year, and a number of years."""
    found = text[start:stop]
    if _SPAN_OF_YEARS.fullmatch(found):
        return True
    return found.isdigit() and _COUNTED.match(text, stop) is not None
