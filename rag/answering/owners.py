"""Whose size is told? «Участок простирается на 12 га в Донецкой области» says nothing of the region's area.

A question for the area, length, height … of a thing is answered by a sentence about that thing. Where the
thing is only the place of another one («в области», «под городом»), and the measure isn't named, the amount
is the other one's.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.text.questions import analyse
from rag.text.tokens import Token, tokens

# What a thing has of its own; a price or a share may be told of the place as well.
_SIZES = frozenset(
    """площадь длина протяженность высота глубина ширина диаметр население численность вес масса объем
    вместимость возраст плотность""".split()
)
_PLACING = frozenset("в во на из под около близ у возле вокруг вблизи недалеко от через по".split())
_BETWEEN = frozenset({"ADJF", "PRTF", "NUMR", "CONJ"})
_SUBJECTS = frozenset({"NOUN", "UNKN", "LATN"})


def tells_another(question: str, sentence: str) -> bool:
    """True where the thing whose size `question` asks for is only the place of another in `sentence`."""
    owner = _owner(question)
    if owner is None:
        return False
    found = tokens(sentence)
    if any(token.grammar.lemma in _SIZES for token in found):
        return False
    named = [place for place, token in enumerate(found) if token.grammar.lemma == owner]
    return bool(named) and all(_is_place(found, place) for place in named) and _has_subject(found, owner)


def _owner(question: str) -> str | None:
    """«область» of «Какова площадь Донецкой области?»."""
    asked = analyse(question)
    if asked.kind != "quantity" or asked.head not in _SIZES:
        return None
    found = tokens(question)
    head = next((place for place, token in enumerate(found) if token.grammar.lemma == asked.head), len(found))
    behind = (t for t in found[head + 1 :] if t.grammar.part == "NOUN" and "gent" in t.grammar.cases)
    return next((token.grammar.lemma for token in behind), None)


def _is_place(found: Sequence[Token], place: int) -> bool:
    """True where a preposition of place stands before the noun and what agrees with it."""
    place -= 1
    while place >= 0 and found[place].grammar.part in _BETWEEN:
        place -= 1
    return place >= 0 and found[place].folded in _PLACING


def _has_subject(found: Sequence[Token], owner: str) -> bool:
    """True where the sentence has a noun in the nominative that may be what it is about."""
    return any(
        token.grammar.part in _SUBJECTS and "nomn" in token.grammar.cases and token.grammar.lemma != owner
        for token in found
        if token.kind == "word"
    )
