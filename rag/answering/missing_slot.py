"""What of a question nothing fits, where all the rest of it does: «приказ № 119» among orders № 117 and 118.

Numbers, dates and names pick one thing among its siblings. Where the nearest sentence tells of a sibling, a
refusal is more use when it says which one was asked for, and which one there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.alignment import Alignment
from rag.answering.checking import kind_of
from rag.answering.evidence import Evidence
from rag.answering.rereading import to_read
from rag.text.claims import claims
from rag.types import Lacking

_PICKING = frozenset({"number", "date", "name"})
_REST = 0.6  # the share of the other parts of the question that the sentence has
_NUMBERED = re.compile(r"[^\W\d_]+\s+(?:№\s*)?$")  # «приказ № » before 119


def lacking(question: str, found: Sequence[Evidence]) -> Lacking | None:
    """What the likeliest of the sentences `found` lacks, or has another of; None where more is missing."""
    return next(_lacking(question, found[0]), None) if found else None


def _lacking(question: str, nearest: Evidence) -> Iterator[Lacking]:
    read = to_read(nearest.hit, nearest.sentence)
    asked = claims(question, None)
    found = Alignment(asked, [claims(text, None) for text in (read.text, read.context) if text])
    placed = {each.claimed: each.held for each in found.replaced}
    picking = [number for number, piece in enumerate(asked.pieces) if kind_of(piece) in _PICKING]
    others = [number for number in range(len(asked.pieces)) if number not in picking]
    if not others or sum(bool(found.matches[each]) for each in others) < _REST * len(others):
        return
    for number in picking:
        if found.matches[number]:
            continue
        held = placed.get(number)
        is_like = held is not None and kind_of(found.held[held].piece) == kind_of(asked.pieces[number])
        yield Lacking(
            _shown(question, asked.pieces[number].start, asked.shown(asked.pieces[number])),
            found.shown(held) if held is not None and is_like else None,
        )


def _shown(question: str, start: int, shown: str) -> str:
    """A part of the question, a number with the noun that it counts off."""
    if not shown[:1].isdigit():
        return shown
    before = _NUMBERED.search(question[:start])
    return f"{before.group()}{shown}" if before and "№" in before.group() else shown
