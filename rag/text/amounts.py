"""Amounts with the words that hedge them, and whether a source's amount bears out a claimed one.

«Более 100» is not «менее 100»; «около 43 км» may be said of 43,2 km; 1,5 км are 1500 м.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import floor, log10
from typing import Literal

from rag.text.lemma_rules import roman
from rag.text.numbers import PERCENT, SIGNS, UNITS, Number, ordinal, values
from rag.text.words import fold, words

Hedge = Literal["", "about", "over", "under", "more", "less"]
Fit = Literal["same", "hedged", "other"]

POINTS = "п. п."  # five per cent more and five percentage points more are two things
_RATIO = ":"
CENTURY = "век"
# What is counted by these is no thing of its own («в два раза» is «вдвое»).
MEASURES = frozenset({*SIGNS.values(), *UNITS.values(), "раз", POINTS, _RATIO, "месяц", CENTURY})
# A hedged, rounder figure may be this far from the source's exact one («около 130» of 127).
ROUNDING = 0.05
# «Более 100» is said of amounts up to this many times as large.
_REACH = 1.5
# Units of one kind, each in the smallest of its kind.
_SIZES: dict[str, tuple[str, float]] = {
    "км": ("мм", 1e6),
    "м": ("мм", 1e3),
    "см": ("мм", 10.0),
    "мм": ("мм", 1.0),
    "т": ("г", 1e6),
    "кг": ("г", 1e3),
    "г": ("г", 1.0),
    "км²": ("м²", 1e6),
    "га": ("м²", 1e4),
    "м²": ("м²", 1.0),
    "гвт": ("квт", 1e6),
    "мвт": ("квт", 1e3),
    "квт": ("квт", 1.0),
    "год": ("месяц", 12.0),
    "месяц": ("месяц", 1.0),
    "неделя": ("секунда", 604_800.0),
    "день": ("секунда", 86_400.0),
    "сутки": ("секунда", 86_400.0),
    "час": ("секунда", 3600.0),
    "минута": ("секунда", 60.0),
    "секунда": ("секунда", 1.0),
}
_MORE = (
    r"не менее(?: чем)?|не меньше(?: чем)?|не ниже|более(?: чем)?|больше(?: чем)?|свыше|выше|"
    r"как минимум|минимум|"
    r"по (?:меньшей|крайней) мере|превыша\w+|превысил\w*|>"
)
_LESS = (
    r"не более(?: чем)?|не больше(?: чем)?|не выше|менее(?: чем)?|меньше(?: чем)?|ниже|максимум|"
    r"не превыша\w+|"
    r"не превысил\w*|<"
)
_ABOUT = r"около|примерно|приблизительно|порядка|ориентировочно|в районе|~|≈"
_OVER = r"(?:чуть|немногим|немного) (?:более|больше|выше)"
_UNDER = r"почти|без малого|(?:чуть|немногим|немного) (?:менее|меньше|ниже)"
_HEDGE = re.compile(
    rf"(?<![^\W_])(?:(?P<about>{_ABOUT})|(?P<over>{_OVER})|(?P<under>{_UNDER})|(?P<less>{_LESS})|"
    rf"(?P<more>{_MORE}))(?: чем)?[ $€£¥₽₸]*$"
)
_FRACTION = re.compile(r"(?<![\d/])([1-9])/([2-9]\d?)(?![\d/])")
_PARTS = re.compile(
    r"(?<![^\W_])(?P<count>[2-9]|дв(?:е|ух|умя?)|тр(?:и|ех|емя?)|четыр(?:е|ех|емя?)) "
    r"(?P<part>трет(?:и|ей|ями?)|четверт(?:и|ей|ями?)|пят(?:ых|ыми?)|десят(?:ых|ыми?))(?![^\W_])"
)
_COUNTS = {"дв": 2, "тр": 3, "че": 4}
_PARTS_OF = {"тре": 3, "чет": 4, "пят": 5, "дес": 10}
_SCORE = re.compile(r"(?<![\d:.,])(\d{1,3}) ?: ?(\d{1,3})(?![\d:]|[.,]\d)")
_POINT = re.compile(r"[\s\u00a0]*(?:процентн\w+[\s\u00a0]+)?(?:пункт\w*|п\.[\s\u00a0]?п\.?)(?![^\W_])")
_ROMAN = re.compile(r"(?<![\w-])[IVXХ]{1,6}(?![\w-])")
_OF_A_CENTURY = re.compile(r"[\s\u00a0]+(?:век(?:а|у|е|ом|ов|ам|ами|ах)?|в\.|столети\w+)(?![^\W_])")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d")
_AT = re.compile(r"(?<![^\W_])(?:в|к|с|до|после|около) $")
_TIMES = {"вдвое": 2.0, "втрое": 3.0, "вчетверо": 4.0, "впятеро": 5.0, "вдесятеро": 10.0}
# Verbs and nouns that say both that something grew and how many times.
MULTIPLYING = {
    **dict.fromkeys(("удвоить", "удвоиться", "удваивать", "удваиваться", "удвоение"), 2.0),
    **dict.fromkeys(("утроить", "утроиться", "утраивать", "утраиваться", "утроение"), 3.0),
}
_OPPOSED: dict[str, frozenset[str]] = {
    **dict.fromkeys(("more", "over"), frozenset({"less", "under"})),
    **dict.fromkeys(("less", "under"), frozenset({"more", "over"})),
}
_BEFORE = 30  # characters in which a hedge stands


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its place, `hedge` and all: `text[start:stop]` is «около 43 км»."""

    value: float
    unit: str | None
    hedge: Hedge
    start: int
    stop: int

    @property
    def measure(self) -> str | None:
        """The unit where it is a measure («км»), None where things are counted («вагон»)."""
        return self.unit if self.unit in MEASURES or self.unit in _SIZES else None


def amounts(text: str) -> list[Amount]:
    """The numbers of `text` with their hedges, in order; «1/3», «вдвое» and «третий» too."""
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
        found.append(Amount(number.value, number.unit, hedge, start, number.stop))
    return found


def _overlap(first: Number, second: Number) -> bool:
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
    for match in _PARTS.finditer(_plain(text)):
        count = _COUNTS.get(match["count"][:2]) or int(match["count"])
        value = count / _PARTS_OF[match["part"][:3]]
        yield Number(value, match.start(), match.end())
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


def _plain(text: str) -> str:
    """`text` folded, where that moves nothing."""
    folded = fold(text)
    return folded if len(folded) == len(text) else text


def _hedge(text: str, number: Number) -> tuple[Hedge, int]:
    begin = max(0, number.start - _BEFORE)
    before = text[begin : number.start]
    match = _HEDGE.search(fold(before)) if len(fold(before)) == len(before) else None
    if match is None:
        return "", number.start
    kinds: tuple[Hedge, ...] = ("about", "over", "under", "less", "more")
    return next(kind for kind in kinds if match[kind]), begin + match.start()


def fit(claimed: Amount, held: Amount) -> Fit:
    """Whether `held` bears `claimed` out: "same", "hedged" where one says «более», or "other"."""
    value, other = _comparable(claimed, held)
    if value is None or other is None:
        return "other"
    if abs(value - other) <= 1e-6 * max(abs(value), 1.0):
        return _hedges_fit(claimed.hedge, held.hedge)
    return "same" if _rounds(claimed, value, other, held.hedge) else "other"


def _comparable(claimed: Amount, held: Amount) -> tuple[float | None, float | None]:
    """Both values in one unit; None where the units are of different kinds."""
    first, second = claimed.measure, held.measure
    if PERCENT in (first, second) and first != second:
        return _shares(claimed, held)
    if first == second or first is None or second is None:
        return claimed.value, held.value
    kind, size = _SIZES.get(first, (first, 1.0))
    other_kind, other_size = _SIZES.get(second, (second, 1.0))
    return (claimed.value * size, held.value * other_size) if kind == other_kind else (None, None)


def _shares(claimed: Amount, held: Amount) -> tuple[float | None, float | None]:
    """«Половина жителей» and «50 %»; a bare figure may lack its sign."""
    share, other = (
        each.value * 100 if each.measure is None and 0 < each.value < 1 else each.value
        for each in (claimed, held)
    )
    differ = claimed.measure is not None and held.measure is not None
    return (None, None) if differ else (share, other)


def _hedges_fit(claimed: Hedge, held: Hedge) -> Fit:
    if _OPPOSED.get(claimed, frozenset()) & {held}:
        return "other"
    if (held, claimed) in (("over", "more"), ("under", "less")):
        return "same"  # «чуть более 40» is «более 40»
    return "same" if claimed == held or not {claimed, held} & {"more", "less"} else "hedged"


def _rounds(claimed: Amount, value: float, other: float, hedge: Hedge) -> bool:
    """A hedged figure that is rounder than the source's, near enough and on the right side of it."""
    if not claimed.hedge or hedge or other == 0 or _digits(claimed.value) >= _digits(other):
        return False
    ratio = other / value if value else 0.0
    if claimed.hedge == "more":
        return 1 <= ratio <= _REACH
    if claimed.hedge == "less":
        return 1 / _REACH <= ratio <= 1
    return abs(value - other) <= ROUNDING * abs(other)


def _digits(value: float) -> int:
    """Significant digits: 2 for 130, 3 for 127."""
    shown = f"{abs(value):.6g}".partition("e")[0].replace(".", "").strip("0")
    return len(shown) if value else floor(log10(10))
