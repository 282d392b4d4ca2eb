"""«Когда пустят завод?» — «через два года»: of what is still to come a text may tell how long it takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.text.entities import Entity
from rag.text.measures import TIMES
from rag.text.numbers import values
from rag.text.questions import analyse
from rag.text.words import analyzer, words

_BEFORE = re.compile(r"(?<!\w)(?:в течение|через|спустя|за)\s+(?:ближайш\w+\s+)?$", re.IGNORECASE)
_BEHIND = re.compile(r"\s+спустя(?!\w)", re.IGNORECASE)
_ONE = re.compile(
    r"(?<!\w)(?:в течение|через|спустя)\s+(?:ближайш\w+\s+|полтора\s+|полутора\s+)?"
    r"(?:года?|полгода|полугода|месяца?|недел[июя]|дня|день|сутки|суток|часа?|десятилети[ея]|век)(?!\w)",
    re.IGNORECASE,
)


@lru_cache(maxsize=1_000)
def asks_of_the_future(question: str) -> bool:
    """True for «когда» about what hasn't been: «Когда откроют мост?», «Когда должны открыть?»."""
    asked = analyse(question)
    tags = [analyzer().parse(word.text)[0].tag for word in words(question)]
    verbs = [tag for tag in tags if tag.POS in ("VERB", "INFN")]
    is_past = any(tag.tense == "past" for tag in verbs)
    return asked.kind == "date" and asked.head is None and bool(verbs) and not is_past


def terms(text: str, found: Sequence[Entity]) -> list[Entity]:
    """«через два года», as dates with their prepositions; `found` are the entities of `text`."""
    several = (_around(text, each) for each in found if each.kind == "quantity")
    alone = (match.span() for match in _ONE.finditer(text))
    return [Entity(*span, "date") for span in (*several, *alone) if span]


def _around(text: str, each: Entity) -> tuple[int, int] | None:
    before, behind = _BEFORE.search(text[: each.start]), _BEHIND.match(text, each.stop)
    is_time = bool({number.unit for number in values(text[each.start : each.stop])} & TIMES)
    if not is_time or not (before or behind):
        return None
    return before.start() if before else each.start, behind.end() if behind else each.stop
