"""Amounts as answers: in what units one must come, and whether two of them can both be true.

«сколько лет» wants years, not dollars.
"""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice, takewhile

from rag.text.entities import entities
from rag.text.numbers import PERCENT, Number, values
from rag.text.words import Word, analyzer, lemma, words

_MONEY = frozenset(
    "доллар рубль евро фунт иена тенге юань сум лари драм манат лира крона франк злотый".split()
)
TIMES = frozenset("год месяц неделя день сутки час минута секунда век столетие десятилетие лето".split())
_LENGTH = frozenset("км м см мм миля фут дюйм километр метр".split())
_AREA = frozenset("км² м² см² га гектар акр сотка".split())
_BULK = frozenset(
    "т кг г тонна баррель литр м³ км³ унция фунт карат мвт квт гвт вт квтч мвтч теу контейнер вагон".split()
)

# Units that say what is measured: kilometres are a length, but dollars may be a price or a loan.
DIMENSIONS = _LENGTH | _AREA

MEASURES = _MONEY | TIMES | _LENGTH | _AREA | _BULK | {PERCENT}

# What a question's lemmas say of the unit, first match wins.
_CLUES: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset("доля процент процентный".split()), frozenset({PERCENT})),
    (frozenset("площадь территория".split()), _AREA),
    (frozenset("длина протяженность расстояние высота глубина ширина километр метр км".split()), _LENGTH),
    (
        frozenset(
            """стоить стоимость цена сумма деньги инвестиция инвестировать вложить вложение бюджет затрата
            кредит заем выручка зарплата обойтись капитализация финансирование потратить заплатить платить
            доллар рубль""".split()
        ),
        _MONEY,
    ),
    (frozenset("длиться возраст срок продлиться".split()), TIMES),
)


# Words that say in what an amount comes, and nothing of what it is the amount of.
MEASURING = frozenset[str]().union(*(clues for clues, _ in _CLUES))

# «четыре общественных чартерных школы», «элементов семнадцать»: the thing counted may stand a few words
# behind its number, or right before it.
_WORDS_BETWEEN = 3


@dataclass(frozen=True, slots=True)
class Measure:
    """Units that answer; empty `units` means that any amount may. `counted`: lemma of what is counted."""

    units: frozenset[str]
    counted: str | None = None

    def stands_in(self, text: str, span: tuple[int, int]) -> bool:
        """True when `text[slice(*span)]` holds an amount in one of the units."""
        found = values(text[span[0] : span[1]])
        if not self.units:
            return bool(found)
        if any(number.unit in self.units for number in found):
            return True
        return not any(number.unit in MEASURES for number in found) and self._counts(text, span)

    def _counts(self, text: str, span: tuple[int, int]) -> bool:
        if self.counted is None:
            return False
        following = takewhile(lambda word: not word.is_number, words(text[span[1] : span[1] + 60]))
        behind = islice((*words(text[span[0] : span[1]]), *following), 2 + _WORDS_BETWEEN)
        before = deque(words(text[max(0, span[0] - 30) : span[0]]), maxlen=1)
        return any(lemma(word.text) == self.counted for word in (*before, *behind))


@lru_cache(maxsize=1_000)
def measure(question: str) -> Measure:
    """What units the amount must have that `question` asks for."""
    asked = list(words(question))
    lemmas = {lemma(word.text) for word in asked}
    counted = _counted(asked)
    if currencies := frozenset(_MONEY & lemmas):  # roubles are not told in dollars
        return Measure(currencies, lemma(counted.text) if counted else None)
    if counted is not None:
        return Measure(_units_of(counted), lemma(counted.text))
    return next((Measure(units) for clues, units in _CLUES if clues & lemmas), Measure(frozenset()))


def _counted(asked: list[Word]) -> Word | None:
    """The noun behind «сколько»: «сколько казахстанских локомотивов» → локомотивов."""
    place = next((place for place, word in enumerate(asked) if word.text == "сколько"), None)
    if place is None:
        return None
    for word in asked[place + 1 : place + 4]:
        tag = analyzer().parse(word.text)[0].tag
        if tag.POS == "NOUN" and {"gent"} & set(tag.grammemes):
            return word
        if tag.POS not in ("ADJF", "PRTF", "NUMR", "ADVB"):
            return None
    return None


def _units_of(noun: Word) -> frozenset[str]:
    """«вольфрама» (one mass) may come in tonnes; «локомотивов» (many things) are counted themselves."""
    name = lemma(noun.text)
    if name in TIMES:
        return TIMES
    if name == "процент":
        return frozenset({PERCENT})
    if name in ("деньги", "деньга", "средство"):
        return _MONEY
    if "plur" in analyzer().parse(noun.text)[0].tag.grammemes:
        return frozenset({name})
    return _BULK | {name}


# Amounts of a sentence as intervals, and whether two of them can both be true.
#
# «около 43 км» is anything that rounds to 43; «более 80 процентов» has no upper end; «27–30 %» is what it
# says.

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
