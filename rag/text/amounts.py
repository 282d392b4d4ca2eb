"""Amounts: a value or a range with its unit, its hedge and its place, and how two of them compare.

«Более 100» is not «менее 100»; «около 43 км» may be said of 43,2 km; 1,5 км are 1500 м.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from math import inf
from typing import Literal

from rag.text.lemma_rules import roman
from rag.text.numbers import PERCENT, RANGE, SIGNS, UNITS, Number, ordinal, values
from rag.text.times import find_times
from rag.text.words import fold, lemma, words

Hedge = Literal["", "about", "over", "under", "more", "less"]
Outcome = Literal["same", "hedged", "compatible", "other"]

POINTS = "п. п."  # five per cent more and five percentage points more are two things
CENTURY = "век"
_RATIO = ":"
# Units that can be told in each other: what is measured, and how many of the smallest each of them is.
SIZES: dict[str, dict[str, float]] = {
    "length": {"км": 1e6, "м": 1e3, "см": 10.0, "мм": 1.0},
    "area": {"км²": 1e6, "га": 1e4, "м²": 1.0},
    "mass": {"т": 1e6, "кг": 1e3, "г": 1.0},
    "power": {"гвт": 1e6, "мвт": 1e3, "квт": 1.0},
    "calendar": {"год": 12.0, "месяц": 1.0},
    "time": {
        "неделя": 604_800.0,
        "день": 86_400.0,
        "сутки": 86_400.0,
        "час": 3600.0,
        "минута": 60.0,
        "секунда": 1.0,
    },
}
_SIZES = {unit: (kind, size) for kind, sizes in SIZES.items() for unit, size in sizes.items()}
# What is counted by these is no thing of its own («в два раза» is «вдвое»).
MEASURES = frozenset({*SIGNS.values(), *UNITS.values(), *_SIZES, "раз", POINTS, _RATIO, CENTURY})

_HEDGES: dict[Hedge, str] = {
    "about": r"около|примерно|приблизительно|порядка|ориентировочно|в районе|~|≈",
    "over": r"(?:чуть|немногим|немного) (?:более|больше|выше)",
    "under": r"почти|без малого|(?:чуть|немногим|немного) (?:менее|меньше|ниже)",
    "less": r"не (?:более|больше|выше|превыша\w+|превысил\w*)|менее|меньше|ниже|максимум|<",
    "more": r"не (?:менее|меньше|ниже)|более|больше|свыше|выше|(?:как )?минимум|"
    r"по (?:меньшей|крайней) мере|превыша\w+|превысил\w*|>",
}
_HEDGE = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(f'(?P<{kind}>{each})' for kind, each in _HEDGES.items())})"
    r"(?: чем)?[ $€£¥₽₸]*$"
)
_BEFORE = 30  # characters in which a hedge stands
_MORE: frozenset[Hedge] = frozenset({"more", "over"})
_LESS: frozenset[Hedge] = frozenset({"less", "under"})
# A rounder figure may stand for a finer one this near: «около 130» of 127, and without «около» 680 of 677.
_HEDGED, _PLAIN = 0.05, 0.03
# «Более 100» is said of amounts up to this many times as large.
_REACH = 1.5

_FRACTION = re.compile(r"(?<![\d/])([1-9])/([2-9]\d?)(?![\d/])")
_SCORE = re.compile(r"(?<![\d:.,])(\d{1,3}) ?: ?(\d{1,3})(?![\d:]|[.,]\d)")
_POINT = re.compile(r"[\s\u00a0]*(?:процентн\w+[\s\u00a0]+)?(?:пункт\w*|п\.[\s\u00a0]?п\.?)(?![^\W_])")
_ROMAN = re.compile(r"(?<![\w-])[IVXХ]{1,6}(?![\w-])")
_OF_A_CENTURY = re.compile(r"[\s\u00a0]+(?:век(?:а|у|е|ом|ов|ам|ами|ах)?|в\.|столети\w+)(?![^\W_])")
_TIMES = {"вдвое": 2.0, "втрое": 3.0, "вчетверо": 4.0, "впятеро": 5.0, "вдесятеро": 10.0}
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d")
_AT = re.compile(r"(?<![^\W_])(?:в|к|с|до|после|около) $")
# Verbs and nouns that say both that something grew and how many times.
MULTIPLYING = {
    **dict.fromkeys(("удвоить", "удвоиться", "удваивать", "удваиваться", "удвоение"), 2.0),
    **dict.fromkeys(("утроить", "утроиться", "утраивать", "утраиваться", "утроение"), 3.0),
}
_RATE = re.compile(r"\s(?:в|за|каждый|каждую)\s(сутки|день|час|минуту|неделю|месяц|год|квартал)\b", re.I)
_PART_OF = re.compile(r"\d\s+из\s$")  # «150 из 400 рейсов» has two figures of two things
_VAGUE = re.compile(r"(?:десятк|сотн|сотен|тысяч|миллион|миллиард)")  # «сотни рейсов» is no figure


@dataclass(frozen=True, slots=True)
class Amount:
    """What `text[start:stop]` («около 43 км») says; `upto` is the upper end of a range, else `value`."""

    value: float
    unit: str | None
    hedge: Hedge
    start: int
    stop: int
    upto: float

    @property
    def measure(self) -> str | None:
        """The unit where it is a measure («км»), None where things are counted («вагон»)."""
        return self.unit if self.unit in MEASURES else None

    def times(self, size: float) -> Amount:
        """The same in a unit that is `size` times as small."""
        return replace(self, value=self.value * size, upto=self.upto * size)

    @property
    def bounds(self) -> tuple[float, float]:
        """Between what it may lie: «более 80» has no upper end, «около 43» is what rounds to 43."""
        if self.hedge == "more":
            return self.value, inf
        if self.hedge == "less":
            return -inf, self.upto
        return self.rounded if self.hedge else (self.value, self.upto)

    @property
    def rounded(self) -> tuple[float, float]:
        """Between what finer figures may lie that it stands for."""
        share = _HEDGED if self.hedge else _PLAIN
        low, high = (min(10.0 ** _last_digit(end) / 2, share * abs(end)) for end in (self.value, self.upto))
        return self.value - low, self.upto + high


def amounts(text: str) -> list[Amount]:
    """The numbers of `text` with their hedges, in order; «1/3», «вдвое» and «третий» too, ranges as two."""
    special = list(_special(text))
    plain = [
        _with_points(text, _as_clock(text, each))
        for each in values(text)
        if not any(_overlap(each, other) for other in special)
    ]
    found = []
    for number in sorted([*plain, *special], key=lambda each: each.start):
        number = _with_century(text, number)
        hedge, start = _hedge(text, number)
        found.append(Amount(number.value, number.unit, hedge, start, number.stop, number.value))
    return found


@lru_cache(maxsize=2_000)
def figures(text: str) -> tuple[Amount, ...]:
    """The amounts of `text` that have a unit, in order, ranges as one; dates and «сотни рейсов» are none."""
    dates = [Number(0.0, each.start, each.stop) for each in find_times(text)]
    found: list[Amount] = []
    for each in amounts(text):
        if each.unit is None or any(_overlap(each, date) for date in dates):
            continue
        if found and RANGE.fullmatch(text, found[-1].stop, each.start):
            each = replace(found.pop(), stop=each.stop, upto=each.value, unit=each.unit)
        found.append(each)
    return tuple(_told(text, each) for each in found if _is_certain(text, each))


def _is_certain(text: str, each: Amount) -> bool:
    said = text[each.start : each.stop]
    return not _PART_OF.search(text, 0, each.start) and (
        any(char.isdigit() for char in said) or not _VAGUE.match(fold(said))
    )


def _told(text: str, each: Amount) -> Amount:
    """«До 100 человек», «300 рейсов в день»: with what an amount's preposition and its rate say."""
    if not each.hedge and text[: each.start].endswith(("до ", "До ")) and each.upto == each.value:
        each = replace(each, hedge="less", start=each.start - 3)
    if rate := _RATE.match(text, each.stop):
        each = replace(each, unit=f"{each.unit}/{lemma(fold(rate[1]))}", stop=rate.end())
    return each


def _overlap(first: Number | Amount, second: Number) -> bool:
    return first.start < second.stop and second.start < first.stop


def _as_clock(text: str, number: Number) -> Number:
    """«В 14.30» is «в 14:30»; «в 1.30 раза» is none."""
    told = text[number.start : number.stop]
    if number.unit or not _CLOCK.fullmatch(told) or not _AT.search(fold(text[: number.start][-_BEFORE:])):
        return number
    hours, minutes = told.split(".")
    return replace(number, value=1000 * int(hours) + int(minutes), unit=_RATIO)


def _with_points(text: str, number: Number) -> Number:
    """«5 процентных пунктов», «5 п. п.»: no per cent."""
    match = _POINT.match(text, number.stop) if number.unit in (None, PERCENT) else None
    return replace(number, unit=POINTS, stop=match.end()) if match else number


def _with_century(text: str, number: Number) -> Number:
    """«XIX века», «19-го столетия», «девятнадцатый век»."""
    match = _OF_A_CENTURY.match(text, number.stop) if number.unit in (None, CENTURY) else None
    return replace(number, unit=CENTURY, stop=match.end()) if match else number


def _special(text: str) -> Iterator[Number]:
    for match in _FRACTION.finditer(text):
        yield Number(int(match[1]) / int(match[2]), match.start(), match.end())
    for match in _SCORE.finditer(text):
        yield Number(int(match[1]) * 1000 + int(match[2]), match.start(), match.end(), _RATIO)
    for match in _ROMAN.finditer(text):
        if value := roman(match.group()):
            yield Number(value, match.start(), match.end())
    for word in words(text):
        if word.text in _TIMES:
            yield Number(_TIMES[word.text], word.start, word.stop, "раз")
        elif value := ordinal(word.text):
            yield Number(value, word.start, word.stop)


def _hedge(text: str, number: Number) -> tuple[Hedge, int]:
    """The hedge before a number, and where it or the number begins."""
    begin = max(0, number.start - _BEFORE)
    before = text[begin : number.start]
    match = _HEDGE.search(fold(before)) if len(fold(before)) == len(before) else None
    if match is None:
        return "", number.start
    return next(kind for kind in _HEDGES if match[kind]), begin + match.start()


def compared(claimed: Amount, held: Amount) -> Outcome:
    """What the source's amount `held` says of a claimed one.

    It bears it out ("same"), would without «более» or «менее» on one side ("hedged"), leaves room for it
    ("compatible": 43,2 of «более 40», 680 of 677), or speaks against it ("other").
    """
    sizes = _one_unit(claimed, held)
    if sizes is None:
        return "other"
    one, two = claimed.times(sizes[0]), held.times(sizes[1])
    (low, high), (least, most) = one.bounds, two.bounds
    if max(abs(one.value - two.value), abs(one.upto - two.upto)) <= 1e-6 * max(abs(one.value), 1.0):
        return _by_hedges(one.hedge, two.hedge)
    is_near = 1 / _REACH <= abs(two.value / one.value) <= _REACH if one.value else False
    if one.hedge and not two.hedge and is_near and low <= least and most <= high:
        return "same"
    if low <= most and least <= high:
        return "compatible"
    return "compatible" if _within(one, two.rounded) or _within(two, one.rounded) else "other"


def _one_unit(claimed: Amount, held: Amount) -> tuple[float, float] | None:
    """By what both are to be multiplied to be in one unit; None where the units are of different kinds."""
    first, second = claimed.measure, held.measure
    if PERCENT in (first, second):  # «половина жителей» is «50 %»; a bare figure may lack its sign
        one, two = (100.0 if each.measure is None and 0 < each.value < 1 else 1.0 for each in (claimed, held))
        return (one, two) if first == second or None in (first, second) else None
    if first == second or first is None or second is None:
        return 1.0, 1.0
    (kind, size), (other, other_size) = (_SIZES.get(unit, (unit, 1.0)) for unit in (first, second))
    return (size, other_size) if kind == other else None


def _by_hedges(claimed: Hedge, held: Hedge) -> Outcome:
    """Of amounts with one value."""
    if (claimed in _MORE and held in _LESS) or (claimed in _LESS and held in _MORE):
        return "other"
    if (held, claimed) in (("over", "more"), ("under", "less")):
        return "same"  # «чуть более 40» is «более 40»
    return "same" if claimed == held or not {claimed, held} & {"more", "less"} else "hedged"


def _within(each: Amount, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= each.value and each.upto <= bounds[1]


def _last_digit(value: float) -> int:
    """The power of ten of the last digit that is not zero: 1 for 680, −1 for 4.2."""
    number = Decimal(f"{value:.12g}").normalize()
    return int(number.as_tuple().exponent) if number else 0
