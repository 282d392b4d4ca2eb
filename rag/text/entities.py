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

from rag.text.days import Time
from rag.text.name_spans import name_spans
from rag.text.numbers import Number, values
from rag.text.times import find_times
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
    found, times = tokens(text), find_times(text)
    dates = [Entity(each.start, each.stop, "date") for each in times]
    every = [*dates, *_quantities(text, times), *_names(found)]
    return tuple(sorted(set(every), key=lambda entity: (entity.start, -entity.stop, entity.kind)))


def _names(found: Sequence[Token]) -> Iterator[Entity]:
    for span in name_spans(found):
        for kind in span.kinds:
            yield Entity(found[span.first].start, found[span.last].stop, kind)


def _quantities(text: str, times: Sequence[Time]) -> Iterator[Entity]:
    """Numbers that are no dates, with «около» before and «США» behind; both ends of a range in one."""
    numbers = [number for number in values(text) if _is_quantity(text, number, times)]
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


def _is_quantity(text: str, number: Number, times: Sequence[Time]) -> bool:
    # «20 лет» of «20 лет назад» may be asked for
    if any(each.start < number.stop and number.start < each.stop and not each.counted for each in times):
        return False
    if fold(text[number.start : number.stop]) in _SOME:
        return False
    return not (number.start and text[number.start - 1] in "-‑№[" and text[number.start].isdigit()) or (
        text[number.start - 2 : number.start - 1].isdigit()
    )
