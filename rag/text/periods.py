"""Times that a Russian question names, as days: «в ноябре 2025 года», «до 2020 года», «что нового»."""

from __future__ import annotations

import re
from datetime import date

from rag.text.days import Time, shifted
from rag.text.time_forms import EDGE, END
from rag.text.times import blanked, find_times, plain
from rag.types import Period, Times

_NEWS = (
    r"(?:новост\w+|публикаци\w+|сообщени\w+|стать\w+|данн(?:ые|ых|ым|ыми)|событи\w+|извести\w+|"
    r"сведени\w+|обновлени\w+|информаци\w+|материал\w+|сводк\w+|заявлени\w+)"
)
_FRESH = r"(?:последн|свеж|новейш|недавн)\w+"
_NEWEST = re.compile(
    rf"{EDGE}(?:(?:сам\w+ )?{_FRESH}(?: и {_FRESH})? {_NEWS}{END}"
    rf"|(?:что|чего)(?: (?:там|слышно|у нас|есть))*(?: сам\w+)? (?:нового|новенького|свежего){END}"
    rf"|(?:какие|есть ли|расскажи\w*|покажи\w*|дай\w*) новости{END}"
    rf"|(?:что )?(?:самое|сам\w+) (?:последн|свеж|нов)(?:ее|ие|ое|ые|ую|юю){END}"
    rf"|свеж(?:ие|ее|ая|ую|их|ей){END}"
    rf")(?: (?:об?|обо|про|по|на тему){END})?|{EDGE}(?:в|за) последнее время{END}"
)
# What stands before a time.
_UNTIL = re.compile(r"(?<![^\W_])(?:не (?:позже|позднее)|вплоть до|по) +$")
_BEFORE = re.compile(r"(?<![^\W_])(?:до|раньше|ранее|прежде) +$")
_AFTER = re.compile(r"(?<![^\W_])(?:после|позже|позднее) +$")
_SINCE = re.compile(r"(?<![^\W_])(?:(?:начиная )?со?|не (?:раньше|ранее)) +$")
_AROUND = re.compile(
    r"(?<![^\W_])(?:(?:(?:начиная )?со?|между|во?|за|на|ко?|от|об?|весь|всего|протяжении|течение) )+$"
)


def times(question: str, today: date) -> Times:
    """What `question` says of time; nothing for impossible dates («30 февраля»)."""
    text = plain(question)
    newest = [match.span() for match in _NEWEST.finditer(text)]
    read = ((each, _period(question, text, each)) for each in find_times(blanked(text, newest), today))
    found = [(time, period) for time, period in read if period]
    looks = [*newest, *((time.stop - len(period.typed), time.stop) for time, period in found if time.look)]
    return Times(
        tuple(period for _, period in found),
        bool(newest),
        " ".join(blanked(question, looks).replace("\0", " ").split()) if looks else None,
    )


def _period(question: str, text: str, time: Time) -> Period | None:
    """«до 2020 года» ends the day before, «после мая» begins the day behind; the rest is as it is."""
    if time.days is None:
        return None
    since, until = time.days
    openings: list[tuple[re.Pattern[str], tuple[date | None, date | None]]] = [
        (_UNTIL, (None, until)),
        (_BEFORE, (None, shifted(since, -1))),
        (_AFTER, (shifted(until, 1), None)),
        (_SINCE, (since, None)),
        (_AROUND, (since, until)),
    ]
    openings = openings[-1:] if time.ranged or time.look else openings
    before = text[: time.start]
    opened = next(((found.start(), ends) for each, ends in openings if (found := each.search(before))), None)
    if opened is None and time.bare:
        return None
    start, ends = opened or (time.start, time.days)
    # whole years are what a text speaks of, shorter times are when to look
    relative = time.look and (since.month, since.day, until.month, until.day) != (1, 1, 12, 31)
    return Period(*ends, question[start : time.stop], relative, time.guessed)
