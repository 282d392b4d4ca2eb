"""Small Russian phrases shared by the faces: dates, counts, the line that names a source."""

from __future__ import annotations

from collections.abc import Iterable

from rag.text.setting import SPACE, byline, confidence, russian_date, standing_line
from rag.types import Outcome, Slot

__all__ = [
    "byline",
    "clip",
    "confidence",
    "count",
    "numbers",
    "plural",
    "russian_date",
    "slot_told",
    "standing_line",
]


def count(number: int, one: str, few: str, many: str) -> str:
    """The number with the right form of its noun: 1 статья, 2 статьи, 5 статей."""
    return f"{number:,}".replace(",", SPACE) + SPACE + plural(number, one, few, many)


def plural(number: int, one: str, few: str, many: str) -> str:
    """The form of a noun that goes with `number`."""
    tens, units = number % 100, number % 10
    if units == 1 and tens != 11:
        return one
    if 2 <= units <= 4 and not 12 <= tens <= 14:
        return few
    return many


def more_publications(number: int) -> str:
    """«ещё 3 публикации»: how many articles say the same."""
    return "ещё" + SPACE + count(number, "публикация", "публикации", "публикаций")


def clip(text: str, limit: int) -> str:
    """`text` on one line, cut at a word border to `limit` characters with «…» when it is longer."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    head = flat[: limit - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[limit // 2 :] else head).rstrip(" .,;:—–") + "…"


def numbers(values: Iterable[int]) -> str:
    """Footnote marks as a console shows them: « [1] [2]»."""
    return "".join(f" [{value}]" for value in values)


def while_of(seconds: int) -> str:
    """How long to wait: «20 секунд», «3 минуты»."""
    if seconds > 90:
        return count(-(-seconds // 60), "минуту", "минуты", "минут")
    return count(seconds, "секунду", "секунды", "секунд")


_OUTCOMES: dict[Outcome, str] = {
    "same": "«{0}» — так и в источнике",
    "other": "в вопросе «{0}», в источнике «{1}»",
    "denied": "«{0}»: в источнике это отрицается («{1}»)",
    "unreal": "«{0}»: в источнике не сказано, что это было («{1}»)",
    "absent": "«{0}»: в источнике об этом не сказано",
}


def slot_told(slot: Slot) -> str:
    """One thing that was compared, in words."""
    if slot.outcome == "same" and slot.source and slot.source.lower() != slot.claim.lower():
        return f"«{slot.claim}» — в источнике «{slot.source}»"
    return _OUTCOMES[slot.outcome].format(slot.claim, slot.source or "")
