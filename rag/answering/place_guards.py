"""«Через какие страны»: which names are places of the sort asked for, and whether any sentence tells them."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.amount_guards import Pair
from rag.answering.role_guards import is_of_a_setting
from rag.answering.span_view import Asked, Seen
from rag.text.name_spans import PLACES

_WHICH = frozenset("какие каких каким какими".split())
_NAMING = frozenset({"Name", "Surn"})
_NOMINAL = frozenset({"NOUN", "Name", "LATN"})


def asks_places(asked: Asked) -> bool:
    """True for «какие страны», «в каких областях»."""
    return asked.question.kind == "list" and asked.question.head in PLACES


def asks_several(asked: Asked) -> bool:
    """True for «какие», where one would be a part of the answer."""
    return any(token.folded in _WHICH for token in asked.tokens)


def is_no_place(seen: Seen, pair: Pair) -> bool:
    """Where places are asked for by their sort, a name or that noun is told first, in the case asked for."""
    if not asks_places(seen.asked):
        return False
    inside = range(pair[0], pair[1] + 1)
    names = [place for place in inside if seen.classes[place] in _NOMINAL]
    nouns = [place for place in names if seen.tokens[place].grammar.part != "ADJF"]
    if (
        not nouns
        or not all(_may_be_of_sort(seen, place) for place in (nouns[0], nouns[-1]))
        or _is_of_meeting(seen, pair[0])
    ):
        return True
    if any(seen.classes[place] == "number" for place in inside):
        return False
    return not names_a_place(seen, inside) or (asks_several(seen.asked) and len(names) == 1)


def names_a_place(seen: Seen, inside: Sequence[int]) -> bool:
    """True where one of the tokens `inside` is a name, or a place that the dictionary knows."""
    return any(
        seen.classes[place] in ("Name", "LATN") or "Geox" in seen.tokens[place].grammar.marks
        for place in inside
    )


def _may_be_of_sort(seen: Seen, place: int) -> bool:
    """True for a place, the noun of the question itself, and names no dictionary knows."""
    token = seen.tokens[place]
    if "Geox" in token.grammar.marks or token.grammar.lemma == seen.asked.question.head:
        return True
    is_name = seen.classes[place] == "Name" and not (token.is_abbreviation or token.is_latin)
    return is_name and (not token.grammar.known or bool(token.grammar.marks & _NAMING))


def _is_of_meeting(seen: Seen, first: int) -> bool:
    """«Какие страны граничат»: not «на переговорах Чили и Перу»."""
    return seen.asked.question.preposition is None and is_of_a_setting(seen, first)
