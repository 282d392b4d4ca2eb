"""Amounts of a sentence as intervals, and whether two of them can both be true.

«около 43 км» is anything that rounds to 43; «более 80 процентов» has no upper end; «27–30 %» is what it says.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rag.text.entities import entities
from rag.text.numbers import Number, values
from rag.text.words import lemma

# A rounder figure without «около» still stands for a finer one this near: 677 and 680 thousand tonnes.
_ROUNDED = 0.03
_ABOUT = re.compile(
    r"\b(?:около|примерно|порядка|приблизительно|почти|ориентировочно|грубо|округл\w+|считай|без малого|"
    r"предположительно)\b|[~≈±]|\bпо (?:приблизительной|грубой|предварительной)",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"\b(?:(?<!не )(?:чуть )?(?:более|больше)|свыше|не менее|не меньше|как минимум|минимум|от|"
    r"(?<!не )превыша\w+|превысил\w*|выше|по меньшей мере|по крайней мере)\b|>",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"\b(?:(?:чуть )?(?:менее|меньше)|до|не более|не больше|максимум|ниже|в пределах|не превыша\w+)\b|<",
    re.IGNORECASE,
)
_BEFORE = 24  # characters before an amount where it is hedged …
_BEHIND = 12  # … and behind it where it is said per what it is
_RATE = re.compile(
    r"\s(?:в|за|каждый|каждую)\s(?P<per>сутки|день|час|минуту|неделю|месяц|год|квартал)\b", re.I
)
_PART = re.compile(r"\d\s+из\s+\d")  # «150 из 400 рейсов» has two figures of two things
_SCALE = re.compile(r"(?:десятк|сотн|сотен|тысяч|миллион|миллиард)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """`text[start:stop]` is an amount between `low` and `high` in `unit`.

    `typed` are the numbers as they were written: two for a range. `hedged`: given as an approximate one.
    """

    low: float
    high: float
    unit: str
    start: int
    stop: int
    typed: tuple[float, ...]
    hedged: bool

    def may_be(self, other: Figure) -> bool:
        """True where both can be true of one thing: they overlap, or one is a rounding of the other."""
        if self.low <= other.high and other.low <= self.high:
            return True
        return any(
            _is_rounding(one, two, self.hedged or other.hedged) for one in self.typed for two in other.typed
        )


def figures(text: str) -> list[Figure]:
    """The amounts of `text` that have a unit, in order; dates are none."""
    return list(_figures(text))


@lru_cache(maxsize=2_000)
def _figures(text: str) -> tuple[Figure, ...]:
    numbers = values(text)
    if not any(number.unit for number in numbers):
        return ()  # most sentences: to look for entities takes longer
    spans = [(entity.start, entity.stop) for entity in entities(text) if entity.kind == "quantity"]
    found = []
    for start, stop in spans:
        inside = [number for number in numbers if start <= number.start and number.stop <= stop]
        unit = inside[-1].unit if inside else None
        if unit and not _is_vague(text[inside[0].start : stop]) and not _PART.search(text[start:stop]):
            rate = _RATE.search(text[start : stop + _BEHIND])
            unit = f"{unit}/{lemma(rate['per'])}" if rate else unit
            found.append(_figure(text, start, stop, unit, inside))
    return tuple(found)


def _is_vague(amount: str) -> bool:
    """«сотни рейсов» is no figure; «сотня рейсов» isn't worth telling apart."""
    return not any(char.isdigit() for char in amount) and _SCALE.match(amount) is not None


def _figure(text: str, start: int, stop: int, unit: str, inside: list[Number]) -> Figure:
    typed = tuple(number.value for number in inside)
    low, high = min(typed), max(typed)
    before = text[max(0, inside[0].start - _BEFORE) : inside[0].start]
    is_about = _ABOUT.search(before) is not None
    if len(typed) == 1 and is_about:
        half = 10.0 ** _last_digit(low) / 2
        low, high = low - half, high + half
    if _ABOVE.search(before) and len(typed) == 1:  # «не менее» has «менее» in it
        high = math.inf
    elif _BELOW.search(before):
        low = -math.inf
    return Figure(low, high, unit, start, stop, typed, is_about)


def _is_rounding(first: float, second: float, hedged: bool) -> bool:
    """True for 677 and 680, 4.2 and «около 4»; never for 42 and 43, neither of which is rounder."""
    rounder, finer = sorted((first, second), key=_last_digit, reverse=True)
    digit = _last_digit(rounder)
    if digit == _last_digit(finer) or abs(rounder - finer) > 10.0**digit / 2 * (1 + 1e-9):
        return False
    return hedged or abs(rounder - finer) <= _ROUNDED * abs(finer)


def _last_digit(value: float) -> int:
    """The power of ten of the last digit that is not zero: 1 for 680, −1 for 4.2."""
    number = Decimal(f"{value:.12g}").normalize()
    return int(number.as_tuple().exponent) if number else 0
