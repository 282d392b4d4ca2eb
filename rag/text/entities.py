"""What a sentence names: quantities, dates, persons, places, organisations, other names.

Entities of different kinds may overlap («Вашингтон» may be a place or a person); every span is exact:
`text[entity.start:entity.stop]` is what stands there, whole words, quotation marks in pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.text.name_spans import name_spans
from rag.text.numbers import Number, values
from rag.text.tokens import Token, tokens
from rag.text.words import fold

EntityKind = Literal["quantity", "date", "person", "place", "organisation", "name"]
# «одни из крупнейших» counts nothing
_SOME = frozenset({"одни", "одних", "одним", "одними"})
_MODIFIER = re.compile(
    r"(?<![^\W_])(?:около|примерно|приблизительно|почти|более(?:\s+чем)?|менее(?:\s+чем)?|не\s+менее|не\s+более|"
    r"не\s+меньше|не\s+больше|свыше|больше|меньше|порядка|до|от|всего|лишь|по\s+меньшей\s+мере|как\s+минимум|"
    r"максимум|минимум|ровно|чуть\s+более|чуть\s+больше|не\s+превышает|едва\s+ли\s+не|без\s+малого|\+/-|[~≈±<>])\s*$",
    re.IGNORECASE,
)
_TO = re.compile(r"\s*(?:[-–—−]|до|из|или|на)\s*$")
_TAIL = re.compile(
    r"\s+(?:США|годовых|населения|в\s+(?:год|месяц|сутки|день|час|минуту|секунду)|за\s+(?:тонну|баррель)|"
    r"н\.\s?э\.|/\s?ч)(?![^\W_])"
)
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


@dataclass(frozen=True, slots=True)
class Entity:
    """`text[start:stop]` may answer a question for `kind`."""

    start: int
    stop: int
    kind: EntityKind


def entities(text: str) -> list[Entity]:
    """The entities of a sentence, in order; the same span may come with several kinds."""
    return list(_entities(text))


@lru_cache(maxsize=1_000)
def _entities(text: str) -> tuple[Entity, ...]:
    return tuple(entities_of(text, tokens(text)))


def entities_of(text: str, found: Sequence[Token]) -> list[Entity]:
    """`entities` where the tokens are at hand."""
    dates = [Entity(start, stop, "date") for start, stop in date_spans(text)]
    every = [*dates, *_quantities(text, dates), *_names(found)]
    return sorted(set(every), key=lambda entity: (entity.start, -entity.stop, entity.kind))


def _names(found: Sequence[Token]) -> Iterator[Entity]:
    for span in name_spans(found):
        for kind in span.kinds:
            yield Entity(found[span.first].start, found[span.last].stop, kind)


def _quantities(text: str, dates: Sequence[Entity]) -> Iterator[Entity]:
    """Numbers that are no dates, with «около» before and «США» behind; both ends of a range in one."""
    numbers = [number for number in values(text) if _is_quantity(text, number, dates)]
    while numbers:
        start, stop = numbers[0].start, numbers[0].stop
        numbers = numbers[1:]
        while numbers and _TO.fullmatch(text, stop, numbers[0].start):
            stop, numbers = numbers[0].stop, numbers[1:]
        if modifier := _MODIFIER.search(text, max(0, start - 30), start):
            start = modifier.start()
        if tail := _TAIL.match(text, stop):
            stop = tail.end()
        yield Entity(start, stop, "quantity")


def _is_quantity(text: str, number: Number, dates: Sequence[Entity]) -> bool:
    if any(date.start < number.stop and number.start < date.stop for date in dates):
        return False
    if fold(text[number.start : number.stop]) in _SOME:
        return False
    return not (number.start and text[number.start - 1] in "-‑№[" and text[number.start].isdigit()) or (
        text[number.start - 2 : number.start - 1].isdigit()
    )


def date_spans(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the dates of `text`, in order, without a preposition before them."""
    for match in _DATE.finditer(text):
        stop = match.start() + len(match.group().rstrip())
        if _counts_things(text, match.start(), stop):
            continue
        yield match.start(), stop


def _counts_things(text: str, start: int, stop: int) -> bool:
    """«1500 тонн», «22 года»: a number that looks like a year, and a number of years."""
    found = text[start:stop]
    if _SPAN_OF_YEARS.fullmatch(found):
        return True
    return found.isdigit() and _COUNTED.match(text, stop) is not None
