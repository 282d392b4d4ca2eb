"""Numbers and days as a spreadsheet shows them: «12,5%», «1 200 ₽» for 0.125 and 1200 with the codes of
their cells, `0.0%` and `# ##0 "₽"` (ECMA-376, part 1, 18.8.31), by the habits of Russian Excel.

What a code says that isn't known here (fractions, powers, conditions) is None: the bare value is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from rag.text.lemma_rules import MONTHS

# The codes that every file knows by number (18.8.30); those of days and times aren't needed here.
BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"},
    **dict.fromkeys((5, 6), '#,##0 "₽"'),
    **dict.fromkeys((7, 8), '#,##0.00 "₽"'),
    **dict.fromkeys((37, 38), "#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00"),
    **dict.fromkeys((41, 42), "#,##0"),
    **dict.fromkeys((43, 44), "#,##0.00"),
}
_SPACE = " "
_PLACES = frozenset("0#?")
_PART = re.compile(
    r"""(?P<quoted>"[^"]*")|\\(?P<escaped>.)|_.|\*.                     # _x and *x fill the width of a cell
    |\[\$(?P<currency>[^\]\-]{0,40})[^\]]{0,40}\]|\[(?:Color\ ?\d+|[A-Z]{3,7})\]  # [$₽-419], [Red]
    |(?P<one>.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_UNKNOWN = frozenset("[]@/EeGgDdMmYyHhSsBbNn")  # conditions, texts, fractions, powers, «General», days
_SIGNS = _PLACES | _UNKNOWN | frozenset("%.,")


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a code: a sign that stands for something, or the `text` that is shown."""

    text: str
    is_sign: bool


def number_told(value: float, code: str) -> str | None:
    """`value` as a cell with this code shows it; None where the code says nothing that is known here."""
    if not _is_known(code):
        return None
    sections, place = _sections(code), 0
    if value < 0 and len(sections) > 1:
        place = 1
    elif not value and len(sections) > 2:
        place = 2
    told = _told(abs(Decimal(repr(float(value)))), sections[place])
    if told is None or not (told := _trimmed(told)):
        return None
    is_below = value < 0 and not place and any("1" <= sign <= "9" for sign in told)
    return f"-{told}" if is_below else told


def day_told(value: date, code: str) -> str | None:
    """A day of which the code shows its month or year alone; None for any other code."""
    letters = "".join(part.text.lower() for part in sum(_sections(code), ()) if part.is_sign)
    if "y" not in letters or "d" in letters or "h" in letters:
        return None
    if "mmm" in letters:
        return f"{MONTHS[value.month - 1]} {value.year}"
    return f"{value.month:02}.{value.year}" if "m" in letters else str(value.year)


@lru_cache(maxsize=256)
def _is_known(code: str) -> bool:
    return not any(part.is_sign and part.text in _UNKNOWN for part in sum(_sections(code), ()))


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[tuple[_Part, ...], ...]:
    """For numbers above nought, below it, and for nought."""
    sections: list[list[_Part]] = [[]]
    for found in _PART.finditer(code):
        if found["one"] == ";":
            sections.append([])
        elif found["one"]:
            sections[-1].append(_Part(found["one"], found["one"] in _SIGNS))
        elif shown := (found["quoted"] or "")[1:-1] or found["escaped"] or found["currency"]:
            sections[-1].append(_Part(shown, is_sign=False))
    return tuple(map(tuple, sections[:3]))


def _told(value: Decimal, parts: Sequence[_Part]) -> str | None:
    """A number not below nought in one section of a code."""
    signs = [number for number, part in enumerate(parts) if part.is_sign and part.text in _PLACES]
    value *= 100 ** sum(part.is_sign and part.text == "%" for part in parts)
    if not signs:
        return None if any(part.is_sign for part in parts) else _texts(parts)
    first, last = signs[0], signs[-1]
    point = next((n for n in range(first, last) if parts[n] == _Part(".", True)), last + 1)
    behind = parts[point + 1 : last + 1]
    rest = last + 1
    while rest < len(parts) and parts[rest] == _Part(",", True):  # thousands are shown
        value, rest = value / 1000, rest + 1
    places = sum(_is_place(part) for part in behind)
    whole, _, decimals = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}".partition(".")
    shown = "".join(_whole(whole, parts[first:point]))
    decimals = _kept(decimals, behind)
    return _texts(parts[:first]) + (f"{shown},{decimals}" if decimals else shown) + _texts(parts[rest:])


def _whole(digits: str, parts: Sequence[_Part]) -> Iterator[str]:
    """The digits before the decimal sign, with what a code puts between them."""
    is_grouped = _Part(",", True) in parts
    left = list(digits.lstrip("0"))
    told: list[str] = []
    count = 0
    places = [number for number, part in enumerate(parts) if _is_place(part)]
    for number in range(len(parts) - 1, -1, -1):
        if not _is_place(parts[number]):
            told += [parts[number].text] if not parts[number].is_sign and (left or told) else []
            continue
        wanted = len(left) if number == places[0] else 1
        for _ in range(max(wanted, 1)):
            digit = left.pop() if left else "0" if parts[number].text == "0" else ""
            if digit and is_grouped and count and count % 3 == 0:
                told.append(_SPACE)
            told.append(digit)
            count += bool(digit)
    return reversed(told)


def _kept(decimals: str, parts: Sequence[_Part]) -> str:
    """Digits behind the decimal sign, without noughts that a code doesn't ask for."""
    wanted = [part.text for part in parts if _is_place(part)]
    while decimals and decimals[-1] == "0" and wanted[len(decimals) - 1] != "0":
        decimals = decimals[:-1]
    return decimals


def _texts(parts: Sequence[_Part]) -> str:
    return "".join(part.text for part in parts if not part.is_sign or part.text in "%.")  # «шт.»


def _is_place(part: _Part) -> bool:
    return part.is_sign and part.text in _PLACES


def _trimmed(told: str) -> str:
    """One kind of space inside, and none around."""
    return re.sub(r"\s+", _SPACE, told.strip())
