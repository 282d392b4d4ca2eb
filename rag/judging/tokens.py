"""A text as a run of tokens that are compared by what they mean, not by how they are spelled.

A token is the set of its readings, and two are the same where they share one: a word in any of its forms,
a number by its value («12,4 млн» and «12 400 000», «шесть» and «6»), a date as day, month and year, however
it is written, a time of day («21.00» and «9 часов вечера»).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rag.text.lemma_rules import MONTHS
from rag.text.numbers import Number, ordinal, values
from rag.text.words import Word, fold, lemma, words

Token = frozenset[str]

_SYMBOL = re.compile(r"[%‰$€₽£°№]")
_DATE = re.compile(
    r"(?<![\d.])(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})(?!\d)"
    r"|(?<![\d-])(?P<y2>\d{4})-(?P<m2>\d{2})-(?P<d2>\d{2})(?![\d-])"
)
_TIME = re.compile(r"(?<![\d.,:])(?P<h>[01]?\d|2[0-4])(?P<sign>[:.])(?P<m>[0-5]\d)(?![\d:%]|[.,]\d)")
_CALLED_YEAR = re.compile(r"\s*(?:гг?\b|год(?:а|у|ом|ы|ов|ах|ам)?\b)\.?$")
_ENDING = re.compile(r"\d[-‑][а-я]{1,3}$")
_BEFORE_TIME = re.compile(r"(?:^|[^\w])(?:в|во|к|с|до|после|около)\s$")
_HOUR = r"(?:\s*(?:час(?:а|ов|ам|у)?|ч\.?))?"
_PART_OF_DAY = re.compile(
    rf"{_HOUR}(?:\s(?P<m>\d{{1,2}})\s?мин(?:ут\w*|\.)?)?(?:\s(?P<part>утра|дня|вечера|ночи))?"
)
_PREPOSITIONS = frozenset("в во на с со к ко у от до из за под над при о об по для через".split())
_DAY = ("утро", "день", "вечер", "ночь")
_ROUND = (20, 30)  # «двадцать первого»


@dataclass(frozen=True, slots=True)
class _Piece:
    """`token` stands at `text[start:stop]`; as a time of day it goes on to `time_stop`."""

    start: int
    stop: int
    token: Token
    time: str = ""
    time_stop: int = 0


def holds(text: str, gold: str) -> bool:
    """`gold` stands in `text`, word by word and value by value, and isn't denied there («не в Орске»)."""
    return stands(tokens(text), gold)


def stands(sequence: Sequence[Token], gold: str) -> bool:
    """`gold` is a run of the tokens of a text, and no «не» stands right before it."""
    return any(_place(sequence, part) is not None for part in spellings(gold))


def tokens(text: str) -> list[Token]:
    """The tokens of `text` in order. Case, «ё», punctuation, kinds of space and dash, and the word «год»
    behind a year fall away; signs that change a number («%», «$», «№») don't."""
    return [_with_hour(piece) for piece in _pieces(unicodedata.normalize("NFC", text))]


def _with_hour(piece: _Piece) -> Token:
    """«С 9:00» says «с 9» too; not the other way round, or «6 часов» would be «6:00»."""
    hour, _, minute = piece.time.partition(":")
    return piece.token | {hour} if minute == "00" and piece.token == {piece.time} else piece.token


def spellings(gold: str) -> Iterator[list[Token]]:
    """The gold as it stands; without «в» before a figure; and with its times of day as one token each."""
    pieces = _pieces(unicodedata.normalize("NFC", gold))
    for each in ([piece.token for piece in pieces], _with_times(pieces)):
        yield each
        if len(each) > 1 and each[0] & {"в", "во", "на"} and any(name[0].isdigit() for name in each[1]):
            yield each[1:]


def _with_times(pieces: Sequence[_Piece]) -> list[Token]:
    found: list[Token] = []
    free = 0
    for piece in pieces:
        if piece.start < free:
            continue
        found.append(frozenset({piece.time}) if piece.time else piece.token)
        free = piece.time_stop if piece.time else free
    return found


def _place(sequence: Sequence[Token], part: Sequence[Token]) -> int | None:
    """Where `part` begins in `sequence`; None where it doesn't stand, or is denied."""
    if not part:
        return None
    places = range(len(sequence) - len(part) + 1)
    return next((place for place in places if stands_at(sequence, part, place)), None)


def stands_at(sequence: Sequence[Token], part: Sequence[Token], place: int) -> bool:
    """`part` is the run of `sequence` from `place` on, and not denied there."""
    is_whole = 0 <= place <= len(sequence) - len(part)
    found = is_whole and all(each & sequence[place + shift] for shift, each in enumerate(part))
    return found and not _is_denied(sequence, place)


def _is_denied(sequence: Sequence[Token], place: int) -> bool:
    """«Не 43 км», «не в Орске»."""
    if place > 1 and sequence[place - 1] & _PREPOSITIONS:
        place -= 1
    return place > 0 and "не" in sequence[place - 1]


def _pieces(text: str) -> list[_Piece]:
    """All pieces in order of place; none lie over each other."""
    found = list(_written_dates(text))
    found += _written_times(_blanked(text, found))
    rest = _blanked(text, found)
    numbers = list(_numbers(rest))
    found += [piece for pair in numbers for piece in pair]
    found += _words(rest, [(pair[0].start, pair[-1].stop) for pair in numbers])
    return _joined(text, sorted(found, key=lambda each: each.start))


def _blanked(text: str, pieces: Sequence[_Piece]) -> str:
    for piece in pieces:
        text = text[: piece.start] + "|" * (piece.stop - piece.start) + text[piece.stop :]
    return text


def _written_dates(text: str) -> Iterator[_Piece]:
    """«09.04.2024» is day, month and year, as «9 апреля 2024 года» is."""
    for match in _DATE.finditer(text):
        day, month, year = (int(match[name] or match[name + "2"]) for name in "dmy")
        try:
            date(year, month, day)
        except ValueError:
            continue
        parts = (str(day), MONTHS[month - 1], str(year))
        for place, part in enumerate(parts, match.start()):
            yield _Piece(place, match.end() if part is parts[-1] else place + 1, frozenset({part}))


def _written_times(text: str) -> Iterator[_Piece]:
    """«21:00»; «21.00» may be a number too, and is left to them."""
    for match in _TIME.finditer(text):
        if match["sign"] == ":":
            time = _time(int(match["h"]), int(match["m"]))
            yield _Piece(match.start(), match.end(), frozenset({time}), time, match.end())


def _time(hour: int, minute: int = 0) -> str:
    return f"{hour}:{minute:02}"


def _numbers(text: str) -> Iterator[list[_Piece]]:
    """A piece for each number, and one for its unit where that stands beside it."""
    for number in values(text):
        told = text[number.start : number.stop]
        time, time_stop = _time_of(text, number)
        readings = {f"{number.value:.10g}", *([time] if time else ())}
        unit = _unit(number, told)
        middle = number.stop - 1 if unit else number.stop
        pieces = [_Piece(number.start, middle, frozenset(readings), time, time_stop)]
        yield [*pieces, _Piece(middle, number.stop, unit)] if unit else pieces


def _unit(number: Number, told: str) -> Token:
    """What a number is of, by its one name and as it is spelled; nothing for a year."""
    if number.unit is None or (1000 <= number.value < 2200 and _CALLED_YEAR.search(fold(told))):
        return frozenset()
    if values(told)[0].unit is None:
        return frozenset()  # it stands behind the other end of a range
    spelled = [word.text for word in words(told)][-1:]
    return frozenset({number.unit, *spelled, *map(lemma, spelled)})


def _time_of(text: str, number: Number) -> tuple[str, int]:
    """The time of day that a number may be, and where that ends; empty for none."""
    told = text[number.start : number.stop]
    if match := _TIME.fullmatch(told):
        return _time(int(match["h"]), int(match["m"])), number.stop
    hour = number.value
    if hour != int(hour) or not 0 <= hour <= 24 or number.unit not in (None, "час", *_DAY):
        return "", 0
    bare = told.rsplit(None, 1)[0] if number.unit else told
    place = number.start + len(bare)
    behind = _PART_OF_DAY.match(fold(text[place : place + 40]))
    part = behind["part"] if behind else None
    is_after = _BEFORE_TIME.search(fold(text[max(0, number.start - 8) : number.start])) is not None
    has_hour = number.unit == "час"
    if behind is None or not (part or behind["m"] or (is_after and has_hour)):
        return "", 0
    if part == "дня" and not (has_hour or is_after):
        return "", 0  # «три дня» is no time of day
    return _time(_hour_of_day(int(hour), part), int(behind["m"] or 0)), place + len(behind.group())


def _hour_of_day(hour: int, part: str | None) -> int:
    if part in ("дня", "вечера"):
        return hour if hour >= 12 else hour + 12
    if part == "ночи":
        return 0 if hour == 12 else hour + 12 if 9 <= hour < 12 else hour
    return hour


def _words(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[_Piece]:
    """Words and signs outside of the numbers."""
    spans = iter([*taken, (len(text), len(text))])
    start, stop = next(spans)
    for word in words(text):
        while word.start >= stop and stop < len(text):
            start, stop = next(spans)
        if not start <= word.start < stop:
            yield _Piece(word.start, word.stop, _readings(word))
    free = [0, *(edge for span in taken for edge in span), len(text)]
    for begin, end in zip(free[::2], free[1::2], strict=True):
        for match in _SYMBOL.finditer(text, begin, end):
            yield _Piece(match.start(), match.end(), frozenset({match.group()}))


def _readings(word: Word) -> Token:
    place = ordinal(word.text)
    return frozenset({word.text, lemma(word.text), *([str(place)] if place else ())})


def _joined(text: str, pieces: Sequence[_Piece]) -> list[_Piece]:
    """«139-е» without its ending, «двадцать первого» as one number."""
    found: list[_Piece] = []
    for piece in pieces:
        told = text[piece.start : piece.stop]
        if found and _ENDING.search(fold(text[found[-1].stop - 1 : piece.stop])):
            continue
        place = ordinal(fold(told))
        if found and 0 < place < 10 and found[-1].token & {str(each) for each in _ROUND}:
            last = found.pop()
            tens = next(each for each in _ROUND if str(each) in last.token)
            if not text[last.start].isdigit():
                piece = _Piece(last.start, piece.stop, frozenset({str(tens + place)}))
            else:
                found.append(last)
        found.append(piece)
    return found
