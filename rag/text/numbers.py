"""Numbers of a Russian text as values: «127 000», «127 тыс.», «двадцать три», «треть», «7,5 %».

Every span is exact: `text[number.start:number.stop]` is the number with its scale word and its unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial

from rag.text.lemma_rules import MONTHS
from rag.text.words import Word, analyzer, fold, lemma, words

# The words numbers are written with: figures, scales, fractions and units, as folded lemmas or forms.

_UNITS = """ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать
    четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать""".split()
_TENS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот".split()
_COLLECTIVE = "двое трое четверо пятеро шестеро семеро восьмеро девятеро десятеро".split()

# Lemma → value of the words that add up («двадцать три»).
FIGURES: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(_UNITS)},
    **{word: float(value) for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{word: float(value) for value, word in zip(range(100, 1000, 100), _HUNDREDS, strict=True)},
    **{word: float(value) for value, word in enumerate(_COLLECTIVE, 2)},
    "оба": 2.0,
    "полтора": 1.5,
    "полтораста": 150.0,
}
# Words that stand for a number by themselves; «пол» begins «полмиллиона».
FRACTIONS: dict[str, float] = {
    "половина": 0.5,
    "треть": 1 / 3,
    "четверть": 0.25,
    "пятая": 0.2,
    "десятая": 0.1,
}
ROUND: dict[str, float] = {"десяток": 10.0, "дюжина": 12.0, "сотня": 100.0}
SCALES: dict[str, float] = {
    **dict.fromkeys(("тыс", "тысяча", "тысячи", "тысяч"), 1e3),
    **dict.fromkeys(("млн", "миллион", "mln", "million"), 1e6),
    **dict.fromkeys(("млрд", "миллиард", "billion"), 1e9),
    **dict.fromkeys(("трлн", "триллион"), 1e12),
}
HALF_SCALES: dict[str, float] = {
    "полтысячи": 500.0,
    "полмиллиона": 5e5,
    "полмиллиарда": 5e8,
    "полсотни": 50.0,
}

PERCENT = "%"
SIGNS: dict[str, str] = {
    "%": PERCENT,
    "$": "доллар",
    "€": "евро",
    "£": "фунт",
    "¥": "иена",
    "₽": "рубль",
    "₸": "тенге",
    "°": "градус",
    "№": "",
}
# Lemma or abbreviation → the one name of the unit.
UNITS: dict[str, str] = {
    **dict.fromkeys(("процент", "проц", "процентный"), PERCENT),
    **dict.fromkeys(("доллар", "долл", "дол", "usd"), "доллар"),
    **dict.fromkeys(("рубль", "руб"), "рубль"),
    **dict.fromkeys(("евро", "eur"), "евро"),
    **dict.fromkeys(("километр", "км", "km"), "км"),
    **dict.fromkeys(("метр", "м", "m"), "м"),
    **dict.fromkeys(("сантиметр", "см"), "см"),
    **dict.fromkeys(("миллиметр", "мм"), "мм"),
    **dict.fromkeys(("километровый",), "км"),
    **dict.fromkeys(("тонна", "т"), "т"),
    **dict.fromkeys(("килограмм", "кг"), "кг"),
    **dict.fromkeys(("грамм", "г"), "г"),
    **dict.fromkeys(("гектар", "га"), "га"),
    **dict.fromkeys(("литр", "л"), "л"),
    **dict.fromkeys(("баррель", "барр"), "баррель"),
    **dict.fromkeys(("человек", "чел"), "человек"),
    **dict.fromkeys(("год", "лето", "гг"), "год"),
    **dict.fromkeys(("час", "ч"), "час"),
    **dict.fromkeys(("минута", "мин"), "минута"),
    **dict.fromkeys(("секунда", "сек"), "секунда"),
    **dict.fromkeys(("мегаватт", "мвт"), "мвт"),
    **dict.fromkeys(("киловатт", "квт"), "квт"),
    **dict.fromkeys(("гигаватт", "гвт"), "гвт"),
    **{word: word for word in "тенге юань фунт иена гц мгц вт квтч гб мб дюйм миля фут теу моль".split()},
}
SQUARE = frozenset({"кв", "квадратный"})
CUBIC = frozenset({"куб", "кубический"})

_NAMES = (
    "первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый одиннадцатый двенадцатый "
    "тринадцатый четырнадцатый пятнадцатый шестнадцатый семнадцатый восемнадцатый девятнадцатый двадцатый"
).split()


def ordinal(word: str) -> int:
    """The number of a folded ordinal in the singular («в первые дни» counts nothing); 0 for other words."""
    return _all_forms().get(word, 0)


@cache
def _all_forms() -> dict[str, int]:
    numbers = {**{name: value for value, name in enumerate(_NAMES, 1)}, "тридцатый": 30}
    return {
        fold(form.word): value
        for name, value in numbers.items()
        for form in analyzer().parse(name)[0].lexeme
        if "sing" in form.tag
    }


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its place. `unit` is one name a unit («%», «доллар», «км²», «вид»), None without."""

    value: float
    start: int
    stop: int
    unit: str | None = None


_SIGN_BEFORE = re.compile(r"[$€£¥₽₸]\s?$")
_SIGN_AFTER = re.compile(r"\s?(°(?=\s?[CСFФ]\b)|[%$€£¥₽₸°])(?:(?<=°)\s?[CСFФ]\b)?")
_MINUS = re.compile(r"(?:^|[\s(«])[-−–]$|\bминус\s$")
_GAP = re.compile(r"[ \t\u00a0\u202f\u2009]*\.?[ \t\u00a0\u202f\u2009]*")
RANGE = re.compile(r"\s?[-–—−]\s?|\sдо\s")
_POWERS = {"2": "²", "3": "³"}
_SCALE_VALUES = frozenset(SCALES.values())


def values(text: str) -> list[Number]:
    """The numbers of `text`, in order; years and ordinals too («2026», «139-е»)."""
    found = list(_numbers(text, list(words(text))))
    return [*map(partial(_of_range, text), found, found[1:]), *found[-1:]]


def _of_range(text: str, number: Number, after: Number) -> Number:
    """«27–30 %», «5–7 млн тонн»: the first number of a range has the unit and the scale of the second."""
    if number.unit or not RANGE.fullmatch(text, number.stop, after.start):
        return number
    figure = next(words(text[after.start : after.stop]))
    scale = after.value / float(figure.text) if _is_figure(figure) and after.value else 1.0
    is_scaled = scale in _SCALE_VALUES and number.value <= after.value / scale
    return replace(number, unit=after.unit, value=number.value * scale if is_scaled else number.value)


def _numbers(text: str, found: Sequence[Word]) -> Iterator[Number]:
    place = free = 0  # `free`: where the number before ended
    while place < len(found):
        value, following = _value(text, found, place) if _begins(found[place].text) else (None, place)
        if value is None:
            place += 1
            continue
        start, stop = found[place].start, found[following - 1].stop
        unit, stop, following = _unit(text, found, following, stop)
        if sign := _SIGN_BEFORE.search(text[max(free, start - 2) : start]):
            start, unit = start - len(sign.group()), SIGNS[sign.group()[0]]
        if _MINUS.search(text[max(0, start - 7) : start]):
            value = -value
        yield Number(value, start, stop, unit)
        place, free = following, stop


@lru_cache(maxsize=50_000)
def _begins(word: str) -> bool:
    """Whether a number may begin with a word: with most it can't."""
    tables = (_figures(), _fractions(), HALF_SCALES, SCALES)
    return word[0].isdigit() or any(word in table for table in tables) or lemma(word) in SCALES


def _value(text: str, found: Sequence[Word], place: int) -> tuple[float | None, int]:
    """The value of the number that begins at word `place`, and the place behind it."""
    total: float | None = None
    while place < len(found):
        part, after = _part(text, found, place)
        scale, behind = _scale(text, found, after)
        is_bare = scale is not None and total is None and found[place].text not in ("тыс", "млн", "млрд")
        if part is None and not is_bare:
            break
        total = (total or 0.0) + (1.0 if part is None else part) * (scale or 1.0)
        place = behind
        if scale is None or place == len(found) or not _next_to(text, found, place):
            break
        smaller = float(found[place].text) if _is_figure(found[place]) else _figures().get(found[place].text)
        if smaller is None or smaller >= min(scale, 1000):  # «миллион двести тысяч»
            break
    return total, place


def _part(text: str, found: Sequence[Word], place: int) -> tuple[float | None, int]:
    """What stands before a scale: «7,5», «сто двадцать три», «две трети», «семь с половиной»."""
    value, after = _alone(found[place]), place + 1
    if value is None:
        value, after = _spelled(text, found, place)
    if value is not None and [word.text for word in found[after : after + 2]] == ["с", "половиной"]:
        return value + 0.5, after + 2
    if value in (2, 3, 4) and after < len(found) and _next_to(text, found, after):
        parts = _fractions().get(found[after].text)
        return (value, after) if parts is None else (value * parts, after + 1)
    return value, after


def _alone(word: Word) -> float | None:
    """The value of figures, of a fraction or of «полмиллиона»."""
    if _is_figure(word):
        return float(word.text)
    return _fractions().get(word.text, HALF_SCALES.get(word.text))


def _spelled(text: str, found: Sequence[Word], place: int) -> tuple[float | None, int]:
    """«сто двадцать три»: behind hundreds anything below 100, behind tens below 10, behind units nothing."""
    total, bound = None, 1000.0
    while place < len(found) and (total is None or _next_to(text, found, place)):
        part = _figures().get(found[place].text)
        if part is None or part >= bound:
            break
        total, place = (total or 0.0) + part, place + 1
        bound = 100.0 if part >= 100 else 10.0 if part >= 20 else 0.0
    return total, place


def _scale(text: str, found: Sequence[Word], place: int) -> tuple[float | None, int]:
    if place < len(found) and (place == 0 or _next_to(text, found, place)):
        word = found[place]
        scale = SCALES.get(word.text) or SCALES.get(lemma(word.text))
        if scale is not None:
            return scale, place + 1
    return None, place


def _unit(text: str, found: Sequence[Word], place: int, stop: int) -> tuple[str | None, int, int]:
    """The unit behind a number: its name, where it ends, and the place of the word behind it."""
    if sign := _SIGN_AFTER.match(text, stop):
        return SIGNS[sign.group(1)], sign.end(), place
    if place >= len(found) or not _next_to(text, found, place):
        return None, stop, place
    first = lemma(found[place].text)
    if first in SQUARE | CUBIC and place + 1 < len(found) and _next_to(text, found, place + 1):
        name = UNITS.get(lemma(found[place + 1].text), lemma(found[place + 1].text))
        return name + ("²" if first in SQUARE else "³"), found[place + 1].stop, place + 2
    plain = found[place].text.rstrip("²³")
    if known := UNITS.get(plain) or UNITS.get(first):
        return _with_power(text, found, place, known)
    if _counts(found[place].text):
        return first, found[place].stop, place + 1
    return None, stop, place


def _with_power(text: str, found: Sequence[Word], place: int, name: str) -> tuple[str, int, int]:
    """«км²», «м3», «г.» behind a year."""
    stop, power = found[place].stop, found[place].text[-1]
    if power in "²³":
        return name + power, stop, place + 1
    after = found[place + 1] if place + 1 < len(found) else None
    if after and after.start == stop and after.text in _POWERS:
        return name + _POWERS[after.text], after.stop, place + 2
    is_year = name == "г" and re.fullmatch(r"[12]\d{3}", found[place - 1].text)
    return "год" if is_year else name, stop, place + 1


@lru_cache(maxsize=20_000)
def _counts(word: str) -> bool:
    """True for a noun that can be counted: «20 видов», «три проекта»."""
    if not "а" <= word[0] <= "я":
        return False
    parse = analyzer().parse(word)[0]
    if parse.normal_form in MONTHS:
        return False
    tag = parse.tag
    return tag.POS == "NOUN" and len(word) > 2 and not any(mark in tag for mark in ("Name", "Surn", "Geox"))


def _next_to(text: str, found: Sequence[Word], place: int) -> bool:
    """True when only spaces (and the point of «тыс.») part word `place` from the one before."""
    return _GAP.fullmatch(text, found[place - 1].stop, found[place].start) is not None


def _is_figure(word: Word) -> bool:
    return word.is_number and word.text.replace(".", "", 1).isdigit() and word.text.isascii()


@cache
def _figures() -> dict[str, float]:
    """Every form of every number word → its value."""
    return {form: value for name, value in {**FIGURES, **ROUND}.items() for form in _forms(name)}


@cache
def _fractions() -> dict[str, float]:
    return {form: value for name, value in FRACTIONS.items() for form in _forms(name)}


def _forms(name: str) -> set[str]:
    parses = [parse for parse in analyzer().parse(name) if parse.normal_form.replace("ё", "е") == name]
    parses.sort(key=lambda parse: "Abbr" in parse.tag)  # «сто» is no service station
    return {name, *(fold(form.word) for parse in parses[:1] for form in parse.lexeme)}
