"""Whose size is told? What a sentence says of another thing answers nothing.

«Участок простирается на 12 га в Донецкой области» says nothing of the region's area, nor does «участок
площадью 12 га в Донецкой области»: where the thing asked about is only the place of another one, the amount
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
_MARKS = frozenset('«»"“”„')
_REACH = 3  # words from an office or a verb to what it is over


def tells_another(question: str, sentence: str) -> bool:
    """True where the thing whose size `question` asks for is only the place of another in `sentence`."""
    owner = _owner(question)
    if owner is None:
        return False
    found = tokens(sentence)
    sizes = [place for place, token in enumerate(found) if token.grammar.lemma in _SIZES]
    if any(_bearer(found, place) in (None, owner) for place in sizes):
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
    return next((token.grammar.lemma for token in found[head + 1 :] if _is_genitive(token)), None)


def _bearer(found: Sequence[Token], size: int) -> str | None:
    """Whose size it is: «участок площадью», «площадь участка»; None where that can't be told."""
    if "ablt" in found[size].grammar.cases:
        before = [token for token in reversed(found[:size]) if token.text not in _MARKS][:1]
        return before[0].grammar.lemma if before and before[0].grammar.part == "NOUN" else None
    behind = [token for token in found[size + 1 : size + 1 + _REACH] if token.grammar.part != "ADJF"][:1]
    return behind[0].grammar.lemma if behind and _is_genitive(behind[0]) else None


def _is_genitive(token: Token) -> bool:
    return token.grammar.part == "NOUN" and "gent" in token.grammar.cases


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
