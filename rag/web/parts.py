"""A long text in parts, so that a browser gets the part with the quote first and the others after it.

The parts are the same each time for the same text, so they can be asked for by their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONG = 200_000  # characters; a text of as many is shown at once
_PART = 20_000  # characters of a part, at least
_FURTHER = 20_000  # characters in which the end of a paragraph is looked for; else of a line, else of a word
AROUND = 1  # parts before and behind the one with the quote that come with it
_ENDS = tuple(re.compile(end) for end in (r"\n\s*\n", r"\n", r"\s"))
_OPENING = 5_000  # characters of the beginning of a paragraph that say what it is


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text; `begun` is where the paragraph begins that `start` lies in."""

    start: int
    stop: int
    begun: int

    def opening(self, text: str) -> str:
        """The first lines of a paragraph that began in a part before this one; "" where it begins here."""
        lines, end, _ = text[self.begun : min(self.start, self.begun + _OPENING)].rpartition("\n")
        return lines + end


def parts_of(text: str) -> tuple[Part, ...]:
    """`text` in parts that end where a paragraph does, if that isn't far; one part where it is short."""
    if len(text) <= LONG:
        return (Part(0, len(text), 0),)
    found, start, begun = list[Part](), 0, 0
    while start < len(text):
        stop, ends_paragraph = _end(text, start + _PART)
        found.append(Part(start, stop, begun))
        if ends_paragraph:
            begun = stop
        else:
            begun = max((each.end() for each in _ENDS[0].finditer(text, start, stop)), default=begun)
        start = stop
    return tuple(found)


def _end(text: str, place: int) -> tuple[int, bool]:
    """Where a part ends that may end at `place`, and whether a paragraph ends there."""
    furthest = place + _FURTHER
    if furthest >= len(text):
        return len(text), True
    for end in _ENDS:
        if found := end.search(text, place, furthest):
            return found.end(), end is _ENDS[0]
    return furthest, False


def around(parts: Sequence[Part], start: int, stop: int) -> range:
    """The numbers of the parts about the end of what is quoted: of a table that is the row which is meant."""
    last = max(start, stop - 1)
    number = next((number for number, part in enumerate(parts) if last < part.stop), 0)
    return range(max(number - AROUND, 0), min(number + AROUND + 1, len(parts)))
