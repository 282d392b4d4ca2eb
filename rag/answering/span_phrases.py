"""Features of the phrase: is a candidate a whole noun phrase, several of them, or a piece of one?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rag.answering.span_table import Columns, Table
from rag.answering.span_view import Seen

_GROUPS = {"person": "who", "organisation": "who", "place": "where", "date": "figure", "quantity": "figure"}
_NOMINAL = frozenset({"NOUN", "Name", "ADJF"})


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Adjectives, main noun, genitives: tokens `[first, last]`, the main noun at `noun`."""

    first: int
    noun: int
    last: int


def phrase_columns(table: Table) -> Columns:
    """Columns for every kind of question, and the same ones for the group of kinds it belongs to."""
    columns = {**_whole_columns(table), **_inside_columns(table)}
    group = _GROUPS.get(table.kind, "open")
    grouped = {f"{group}: {name}": column for name, column in columns.items()}
    return {**columns, **grouped, **_border_columns(table)}


def _whole_columns(table: Table) -> Columns:
    begins, ends = np.zeros(table.size, dtype=bool), np.zeros(table.size, dtype=bool)
    exact, core = table.zeros(), table.zeros()
    for phrase in _phrases(table.seen):
        begins[phrase.first] = ends[phrase.last] = True
        exact = np.maximum(exact, (table.first == phrase.first) & (table.last == phrase.last))
        core = np.maximum(core, (table.first == phrase.first) & (table.last == phrase.noun))
    starts, stops = table.at(begins, table.first), table.at(ends, table.last)
    several = starts * stops * (1 - exact)
    has_verb = np.minimum(table.count(table.flags("VERB", "short")), 1)
    has_and = np.minimum(table.count(_ands(table)), 1)
    return {
        "is phrase": exact,
        "is core of phrase": core,
        "begins phrase": starts,
        "ends phrase": stops,
        "several phrases": several * (1 - has_verb),
        "several phrases, joined": several * has_and * (1 - has_verb),
        "several phrases, clause": several * has_verb,
    }


def _inside_columns(table: Table) -> Columns:
    return {
        "verbs inside": table.count(table.flags("VERB")),
        "commas inside": table.count(table.flags("comma")),
        "conjunctions inside": table.count(table.flags("CONJ")),
        "prepositions inside": table.count(table.flags("PREP")),
    }


def _border_columns(table: Table) -> Columns:
    """Cut-off phrases: an adjective left outside, a genitive or «и» that goes on."""
    seen, ands = table.seen, _ands(table)
    genitives = np.array([_goes_on_in_genitive(seen, place) for place in range(table.size)], dtype=bool)
    cuts = np.array([_follows_adjective(seen, place) for place in range(table.size)], dtype=bool)
    return {
        "genitive follows": table.at(genitives, table.last + 1),
        "adjective cut off": table.at(cuts, table.first),
        "and follows": table.at(ands, table.last + 1),
        "and before": table.at(ands, table.first - 1),
    }


def _ands(table: Table) -> np.ndarray:
    return np.array([token.folded in ("и", "или") for token in table.seen.tokens], dtype=bool)


def _goes_on_in_genitive(seen: Seen, place: int) -> bool:
    if place == 0 or seen.classes[place] not in _NOMINAL:
        return False
    return "gent" in seen.tokens[place].grammar.cases and seen.classes[place - 1] in (
        "NOUN",
        "Name",
        "number",
    )


def _follows_adjective(seen: Seen, place: int) -> bool:
    if place == 0 or seen.classes[place] not in _NOMINAL:
        return False
    before, here = seen.tokens[place - 1].grammar, seen.tokens[place].grammar
    return before.part in ("ADJF", "PRTF") and bool(before.cases & here.cases)


def _phrases(seen: Seen) -> Iterator[_Phrase]:
    place, size = 0, len(seen.tokens)
    while place < size:
        first = place
        while place < size and seen.classes[place] in ("ADJF", "number", "open"):
            place += 1
        if place >= size or seen.classes[place] not in ("NOUN", "Name", "LATN"):
            place = max(place, first + 1)
            continue
        noun, place = place, place + 1
        while place < size and (_goes_on(seen, place) or seen.classes[place] == "close"):
            place += 1
        yield _Phrase(first, noun, place - 1)


def _goes_on(seen: Seen, place: int) -> bool:
    """A genitive, a number and the next word of a name belong to the phrase before them."""
    here, before = seen.classes[place], seen.classes[place - 1]
    cases = seen.tokens[place].grammar.cases
    if here in ("Name", "LATN") and before in ("Name", "LATN"):
        return True
    if before == "NOUN" and here in ("number", "LATN"):
        return True
    if before == "NOUN" and here == "Name":
        return bool(cases & {"gent", "nomn"})
    return here in _NOMINAL and "gent" in cases
