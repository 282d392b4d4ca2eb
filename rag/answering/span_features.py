"""Candidates for the short answer and their features, as a matrix with a name for every column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answering.span_view import Seen
from rag.text.number_words import UNITS
from rag.text.tokens import Token

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

LONGEST = 24
CLASSES = (
    "NOUN Name ADJF short VERB ADVB PREP CONJ PRCL NPRO number LATN comma open close bracket end dash sign edge"
).split()
_CLASS = {name: place for place, name in enumerate(CLASSES)}
ENTITIES = ("quantity", "date", "person", "place", "organisation", "name")
KINDS = (
    "person",
    "date",
    "quantity",
    "place",
    "organisation",
    "name",
    "definition",
    "reason",
    "list",
    "other",
)
HARD = frozenset({"date"})
SHORT = frozenset({"person", "date", "quantity", "place", "organisation", "name"})
CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_NOT_FIRST = frozenset("comma close end dash sign CONJ PRCL".split())
_NOT_LAST = frozenset("comma open bracket dash sign CONJ PRCL PREP".split())
_PREPOSITIONS_INSIDE = frozenset(
    "между до от около из-за с более менее свыше после перед для вокруг вдоль".split()
)
_CAUSES = frozenset("потому так поскольку из-за чтобы ввиду вследствие благодаря из-за".split())
_CALLS = frozenset(
    "называться назвать называть термин название известный имя прозвать именовать имени".split()
)


@dataclass(frozen=True)
class Candidates:
    """Spans of tokens `[first, last]`, and each feature's value for every one of them."""

    first: Places
    last: Places
    features: dict[str, Floats]


def candidates(seen: Seen) -> Candidates:
    first, last = _spans(seen)
    return Candidates(first, last, _features(seen, first, last) if len(first) else {})


def _spans(seen: Seen) -> tuple[Places, Places]:
    """Entities of the wanted kind where there are any, else every run of tokens that reads well."""
    pairs = _typed(seen) or _free(seen)
    table = np.array(sorted(pairs), dtype=np.intp).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _typed(seen: Seen) -> set[tuple[int, int]]:
    """Spans of the wanted kind that don't only repeat the question, each in the forms it may be told in."""
    kind = seen.asked.question.kind
    if kind not in HARD:
        return set()
    spans = {(first, last) for first, last, entity in seen.spans if entity == kind}
    fresh = {span for span in spans if not all(_repeats(seen, at) for at in range(span[0], span[1] + 1))}
    return fresh | {form for span in fresh for form in _shorter(seen, span)}


def _repeats(seen: Seen, place: int) -> bool:
    return seen.matched[place] or not seen.tokens[place].folded.isalnum()


def _shorter(seen: Seen, span: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """«1943 году» → «1943», «23 февраля 2026 года» → «2026» for a year, «35 инструментов» → «35»."""
    first, last = span
    kind, head = seen.asked.question.kind, seen.asked.question.head
    if first < last and kind == "date" and seen.tokens[last].grammar.lemma in ("год", "г"):
        yield first, last - 1
    if kind == "date" and head == "год":
        yield from ((at, at) for at in range(first, last + 1) if _is_year(seen.tokens[at]))
    if first < last and kind == "quantity" and _is_counted_again(seen, last):
        yield first, last - 1


def _is_counted_again(seen: Seen, place: int) -> bool:
    """«Сколько картин?» — «233 картины»: the question has named what is counted, and it is no measure."""
    token = seen.tokens[place]
    return seen.matched[place] and seen.classes[place - 1] == "number" and token.grammar.lemma not in UNITS


def _is_year(token: Token) -> bool:
    return token.kind == "number" and len(token.text) in (3, 4) and token.text.isdigit()


def _free(seen: Seen) -> set[tuple[int, int]]:
    classes, depths = seen.classes, seen.depths
    whole = _whole(seen)
    return {
        (first, last)
        for first in range(len(classes))
        if _may_begin(seen, first) and not whole[first]
        for last in range(first, min(first + LONGEST, len(classes)))
        if classes[last] not in _NOT_LAST or seen.tokens[last].text in "%°"
        if (last + 1 == len(classes) or not whole[last + 1])
        if depths[first] == depths[last + 1] and min(depths[first : last + 2]) == depths[first]
    }


def _may_begin(seen: Seen, first: int) -> bool:
    kind = seen.classes[first]
    if kind == "PREP":
        return seen.tokens[first].folded in _PREPOSITIONS_INSIDE
    return kind not in _NOT_FIRST


def _whole(seen: Seen) -> list[bool]:
    """True where no candidate may begin, and before which none may end: inside a name or an amount."""
    inside = [False] * (len(seen.tokens) + 1)
    for first, last, kind in seen.spans:
        if kind in ("person", "quantity"):
            for place in range(first + 1, last + 1):
                if kind == "person" or seen.classes[place] in ("number",) or not _unit_asked(seen, place):
                    inside[place] = True
    return inside


def _unit_asked(seen: Seen, place: int) -> bool:
    return seen.matched[place]


# Features


def _features(seen: Seen, first: Places, last: Places) -> dict[str, Floats]:
    table = _Table(seen, first, last)
    return {
        **_border_columns(table),
        **_length_columns(table),
        **_overlap_columns(table),
        **_entity_columns(table),
        **_case_columns(table),
        **_cue_columns(table),
        **_chunk_columns(table),
    }


@dataclass(frozen=True)
class _Table:
    seen: Seen
    first: Places
    last: Places

    @property
    def length(self) -> Places:
        return self.last - self.first + 1

    @property
    def size(self) -> int:
        return len(self.seen.tokens)

    def count(self, flags: Sequence[bool]) -> Floats:
        """How many of the tokens of each candidate have the flag."""
        sums = np.concatenate([[0], np.cumsum(np.asarray(flags, dtype=float))])
        return np.asarray(sums[self.last + 1] - sums[self.first])

    def at(self, flags: Sequence[bool], places: Places) -> Floats:
        """The flag at each place; 0 outside the sentence."""
        padded = np.concatenate([[0.0], np.asarray(flags, dtype=float), [0.0]])
        return np.asarray(padded[np.clip(places + 1, 0, len(flags) + 1)])


def _border_columns(table: _Table) -> dict[str, Floats]:
    """What stands first, last, before and behind, by class."""
    classes = table.seen.classes
    codes = np.array([_CLASS["edge"], *(_CLASS[name] for name in classes), _CLASS["edge"]])
    is_short = table.seen.asked.question.kind in SHORT
    columns: dict[str, Floats] = {}
    for name, places in (
        ("first", table.first),
        ("last", table.last),
        ("before", table.first - 1),
        ("behind", table.last + 1),
    ):
        found = codes[places + 1]
        for kind in CLASSES:
            flag = (found == _CLASS[kind]).astype(float)
            columns[f"{name} {kind}"] = flag
            columns[f"{name} {kind}, open"] = flag * (not is_short)
    return columns


def _length_columns(table: _Table) -> dict[str, Floats]:
    length = table.length.astype(float)
    kind = table.seen.asked.question.kind
    logs = np.log(length)
    columns = {f"log length, {name}": logs * (kind == name) for name in KINDS}
    columns |= {f"length {n}": (length == n).astype(float) for n in (1, 2, 3)}
    columns |= {
        "length 4-6": ((length >= 4) & (length <= 6)).astype(float),
        "length 12+": (length >= 12).astype(float),
    }
    columns |= {f"one token, {name}": (length == 1) * float(kind == name) for name in KINDS}
    return columns


def _overlap_columns(table: _Table) -> dict[str, Floats]:
    """The question's own words: inside, and how far away."""
    seen = table.seen
    matched = np.array(seen.matched, dtype=bool)
    inside = table.count(seen.matched)
    places = np.flatnonzero(matched)
    before = table.first[:, None] - places[None, :]
    behind = places[None, :] - table.last[:, None]
    distance = np.maximum(np.maximum(before, behind), 0)
    outside = distance > 0
    far = np.where(outside, distance, 99)
    nearest = far.min(axis=1) if len(places) else np.full(len(table.first), 20)
    nearest = np.minimum(nearest, 20)
    mean = (
        np.where(outside, distance, 0).sum(axis=1) / np.maximum(outside.sum(axis=1), 1)
        if len(places)
        else nearest
    )
    content = [
        name not in ("comma", "PREP", "CONJ", "PRCL", "dash", "sign", "open", "close", "NPRO")
        for name in seen.classes
    ]
    new = table.count([c and not m for c, m in zip(content, seen.matched, strict=True)])
    left = (outside & (before > 0)).any(axis=1) if len(places) else np.zeros(len(table.first), bool)
    right = (outside & (behind > 0)).any(axis=1) if len(places) else np.zeros(len(table.first), bool)
    return {
        "matched inside": np.minimum(inside, 4),
        "matched share inside": inside / table.length,
        "only matched": (new == 0).astype(float),
        "first matched": table.at(seen.matched, table.first),
        "last matched": table.at(seen.matched, table.last),
        "nearest match": np.log1p(nearest),
        "match next": (nearest == 1).astype(float),
        "mean distance": np.log1p(mean),
        "matched just before": table.at(seen.matched, table.first - 1),
        "matched just behind": table.at(seen.matched, table.last + 1),
        "matched two before": table.at(seen.matched, table.first - 2),
        "matched two behind": table.at(seen.matched, table.last + 2),
        "matches left only": (left & ~right).astype(float),
        "matches right only": (right & ~left).astype(float),
        "between matches": (left & right).astype(float),
        "new words": np.log1p(new),
        **_verb_columns(table, matched),
        **_density_columns(table, matched),
        **_head_columns(table),
    }


def _density_columns(table: _Table, matched: NDArray[np.bool_]) -> dict[str, Floats]:
    """How closely the question's words stand around a candidate, and how many share its clause."""
    seen = table.seen
    columns: dict[str, Floats] = {}
    classes = np.array(seen.classes)
    groups = {
        "any": matched,
        "verb": matched & np.isin(classes, ("VERB", "short")),
        "noun": matched & np.isin(classes, ("NOUN", "ADJF")),
        "name": matched & np.isin(classes, ("Name", "LATN", "number")),
    }
    clauses = np.cumsum(np.isin(classes, ("end", "dash", "bracket", "comma")))
    for name, flags in groups.items():
        places = np.flatnonzero(flags)
        if not len(places):
            none = np.zeros(len(table.first))
            columns |= {f"near {name}": none, f"around {name}": none, f"clause {name}": none}
            continue
        distance = np.maximum(table.first[:, None] - places, places - table.last[:, None])
        outside = distance > 0
        columns[f"near {name}"] = (np.exp(-distance / 2.5) * outside).sum(axis=1)
        columns[f"around {name}"] = (np.exp(-distance / 8) * outside).sum(axis=1) / len(places)
        here = (clauses[places] >= clauses[table.first][:, None]) & (
            clauses[places] <= clauses[table.last][:, None]
        )
        columns[f"clause {name}"] = (here & outside).sum(axis=1) / len(places)
    return columns


def _verb_columns(table: _Table, matched: NDArray[np.bool_]) -> dict[str, Floats]:
    classes = table.seen.classes
    verbs = np.array([name in ("VERB", "short") for name in classes], dtype=bool) & matched
    return _distance_columns("verb", table, np.flatnonzero(verbs))


def _head_columns(table: _Table) -> dict[str, Floats]:
    head = table.seen.asked.question.head
    heads = [token.grammar.lemma == head for token in table.seen.tokens]
    columns = _distance_columns("head", table, np.flatnonzero(heads))
    holds = table.count(heads) > 0
    return columns | {
        "holds head": holds.astype(float),
        "ends with head": table.at(heads, table.last),
        "begins with head": table.at(heads, table.first),
        "head just behind": table.at(heads, table.last + 1),
        "head just before": table.at(heads, table.first - 1),
    }


def _distance_columns(name: str, table: _Table, places: Places) -> dict[str, Floats]:
    none = np.zeros(len(table.first))
    if not len(places):
        return {f"{name} left": none, f"{name} right": none, f"{name} distance": none, f"{name} next": none}
    before = table.first[:, None] - places[None, :]
    behind = places[None, :] - table.last[:, None]
    distance = np.maximum(np.maximum(before, behind), 0).min(axis=1)
    return {
        f"{name} left": ((before > 0) & (before <= 8)).any(axis=1).astype(float),
        f"{name} right": ((behind > 0) & (behind <= 8)).any(axis=1).astype(float),
        f"{name} distance": np.log1p(distance),
        f"{name} next": (distance == 1).astype(float),
    }


def _entity_columns(table: _Table) -> dict[str, Floats]:
    kind = table.seen.asked.question.kind
    exact = {name: np.zeros(len(table.first)) for name in ENTITIES}
    holds = {name: np.zeros(len(table.first)) for name in ENTITIES}
    inside = {name: np.zeros(len(table.first)) for name in ENTITIES}
    for first, last, entity in table.seen.spans:
        exact[entity] = np.maximum(exact[entity], (table.first == first) & (table.last == last))
        holds[entity] = np.maximum(holds[entity], (table.first <= first) & (table.last >= last))
        inside[entity] = np.maximum(inside[entity], (table.first >= first) & (table.last <= last))
    columns: dict[str, Floats] = {}
    for asked in KINDS:
        for name in ENTITIES:
            columns[f"{asked}: is {name}"] = exact[name] * (asked == kind)
    wanted = kind if kind in ENTITIES else "name"
    any_wanted = float(holds[wanted].any() and kind in ENTITIES)
    return columns | {
        "holds wanted": holds[wanted] * (kind in ENTITIES),
        "inside wanted": inside[wanted] * (kind in ENTITIES),
        "lacks wanted": (1 - np.maximum(holds[wanted], inside[wanted])) * any_wanted,
        "year alone": _year_alone(table),
        "number with unit": exact["quantity"] * (table.length > 1),
    }


def _year_alone(table: _Table) -> Floats:
    """«В каком году»: the figure without «года»."""
    years = [_is_year(token) for token in table.seen.tokens]
    is_year = table.seen.asked.question.head == "год" and table.seen.asked.question.kind == "date"
    return table.at(years, table.first) * (table.length == 1) * (1.0 if is_year else 0.0)


def _case_columns(table: _Table) -> dict[str, Floats]:
    """The case of a candidate's main noun, next to the case of the question word."""
    seen, question = table.seen, table.seen.asked.question
    mains = _main_words(seen, table.last)
    main = mains[table.first]
    has_main = main <= table.last
    main = np.minimum(main, table.size - 1)
    columns: dict[str, Floats] = {}
    same = np.zeros(len(table.first))
    for case in CASES:
        flags = [_in_case(token.grammar.cases, case) for token in seen.tokens]
        here = table.at(flags, main) * has_main
        columns[f"case {case}"] = here
        columns[f"case {case} of subject"] = here * (
            "nomn" in question.cases and question.preposition is None
        )
        if case in question.cases:
            same = np.maximum(same, here)
    prepositions = [token.grammar.part == "PREP" for token in seen.tokens]
    same_preposition = [token.folded == question.preposition for token in seen.tokens]
    asked = float(question.preposition is not None)
    return columns | {
        "no noun": 1.0 - has_main,
        "same case": same * bool(question.cases),
        "same preposition": table.at(same_preposition, table.first - 1) * asked,
        "other preposition": table.at(prepositions, table.first - 1) * asked
        - table.at(same_preposition, table.first - 1) * asked,
        "unasked preposition": table.at(prepositions, table.first - 1) * (1 - asked),
        "no preposition": (1 - table.at(prepositions, table.first - 1)) * asked,
    }


def _main_words(seen: Seen, last: Places) -> Places:
    """For each token the first noun (name, figure) at or behind it; the number of tokens where none is."""
    size = len(seen.tokens)
    following = np.full(size + 1, size, dtype=np.intp)
    for place in range(size - 1, -1, -1):
        is_noun = seen.classes[place] in ("NOUN", "Name", "LATN", "NPRO")
        following[place] = place if is_noun else following[place + 1]
    return following


def _in_case(cases: frozenset[str], case: str) -> bool:
    return case in cases or (case == "loct" and "loc2" in cases) or (case == "gent" and "gen2" in cases)


def _cue_columns(table: _Table) -> dict[str, Floats]:
    """Whole phrases and clauses, and the words that announce an answer."""
    seen = table.seen
    kind = seen.asked.question.kind
    ends = [name in ("comma", "end", "dash") for name in seen.classes]
    tokens = seen.tokens
    verbs = [name == "VERB" for name in seen.classes]
    cause = [token.folded in _CAUSES or token.grammar.lemma in _CAUSES for token in tokens]
    calls = [token.grammar.lemma in _CALLS for token in tokens]
    dashes = [
        name == "dash" or token.grammar.lemma in ("являться", "это")
        for name, token in zip(seen.classes, tokens, strict=True)
    ]
    genitive = [_joins(seen, place) for place in range(table.size)]
    cut = [_cuts_adjective(seen, place) for place in range(table.size)]
    edge = 1.0 * (table.last + 1 == table.size)
    at_end = np.maximum(table.at(ends, table.last + 1), edge)
    is_open = float(kind not in SHORT)
    return {
        "to clause end": at_end,
        "to clause end, open": at_end * is_open,
        "to clause end, reason": at_end * (kind == "reason"),
        "to clause end, definition": at_end * (kind == "definition"),
        "from clause begin": np.maximum(table.at(ends, table.first - 1), table.first == 0),
        "verbs inside": table.count(verbs),
        "verbs inside, open": table.count(verbs) * is_open,
        "commas inside": table.count([name == "comma" for name in seen.classes]),
        "commas inside, list": table.count([name == "comma" for name in seen.classes]) * (kind == "list"),
        "conjunctions inside": table.count([name == "CONJ" for name in seen.classes]),
        "conjunctions inside, list": table.count([name == "CONJ" for name in seen.classes])
        * (kind == "list"),
        "prepositions inside": table.count([name == "PREP" for name in seen.classes]),
        "behind cause, reason": np.maximum(table.at(cause, table.first - 1), table.at(cause, table.first - 2))
        * (kind == "reason"),
        "from cause, reason": table.at(cause, table.first) * (kind == "reason"),
        "behind call": np.maximum(table.at(calls, table.first - 1), table.at(calls, table.first - 2)),
        "behind call, name": table.at(calls, table.first - 1) * (kind == "name"),
        "behind dash, definition": table.at(dashes, table.first - 1) * (kind == "definition"),
        "behind dash": table.at(dashes, table.first - 1),
        "genitive follows": table.at(genitive, table.last + 1),
        "adjective cut off": table.at(cut, table.first),
        "and follows": table.at([token.folded in ("и", "или") for token in tokens], table.last + 1),
        "and before": table.at([token.folded in ("и", "или") for token in tokens], table.first - 1),
        "position": table.first / max(table.size, 1),
        "in brackets": np.asarray(seen.depths)[table.first] > 0,
        "quoted, name": (table.at([name == "open" for name in seen.classes], table.first) > 0)
        * float(kind in ("name", "organisation", "other")),
    }


def _joins(seen: Seen, place: int) -> bool:
    """True where a noun in the genitive goes on with the phrase before it."""
    if place == 0 or seen.classes[place] not in ("NOUN", "Name", "ADJF"):
        return False
    return "gent" in seen.tokens[place].grammar.cases and seen.classes[place - 1] in (
        "NOUN",
        "Name",
        "number",
    )


def _cuts_adjective(seen: Seen, place: int) -> bool:
    """True where the word before is an adjective of this noun."""
    if place == 0 or seen.classes[place] not in ("NOUN", "Name", "ADJF"):
        return False
    before, here = seen.tokens[place - 1], seen.tokens[place]
    return before.grammar.part in ("ADJF", "PRTF") and bool(before.grammar.cases & here.grammar.cases)


def _chunk_columns(table: _Table) -> dict[str, Floats]:
    """Whole noun phrases: adjectives, noun, genitives; alone, joined by «и», or with what a preposition adds."""
    seen = table.seen
    begins, ends = np.zeros(table.size, dtype=bool), np.zeros(table.size, dtype=bool)
    exact = np.zeros(len(table.first))
    core = np.zeros(len(table.first))
    for first, noun, last in _chunks(seen):
        begins[first] = ends[last] = True
        exact = np.maximum(exact, (table.first == first) & (table.last == last))
        core = np.maximum(core, (table.first == first) & (table.last == noun))
    starts, stops = table.at(begins, table.first), table.at(ends, table.last)
    several = starts * stops * (1 - exact)
    joined = np.minimum(table.count([token.folded in ("и", "или") for token in seen.tokens]), 1)
    verbs = np.minimum(table.count([name in ("VERB", "short") for name in seen.classes]), 1)
    group = _GROUPS.get(seen.asked.question.kind, "open")
    columns = {
        "is phrase": exact,
        "is core of phrase": core,
        "begins phrase": starts,
        "ends phrase": stops,
        "phrases": several * (1 - verbs),
        "phrases joined": several * joined * (1 - verbs),
        "phrases, one clause": several * verbs,
    }
    return columns | {
        f"{name}, {other}": column * (other == group) for name, column in columns.items() for other in (*_GROUPS_NAMES,)
    }


_GROUPS_NAMES = ("who", "where", "figure", "open")
_GROUPS = {"person": "who", "organisation": "who", "place": "where", "date": "figure", "quantity": "figure"}


def _chunks(seen: Seen) -> Iterator[tuple[int, int, int]]:
    """First token, main noun and last token of every noun phrase."""
    place, size = 0, len(seen.tokens)
    while place < size:
        first = place
        while place < size and seen.classes[place] in ("ADJF", "number", "open"):
            place += 1
        if place >= size or seen.classes[place] not in ("NOUN", "Name", "LATN"):
            place = max(place, first + 1)
            continue
        noun = place
        place += 1
        while place < size and (_goes_on(seen, place) or seen.classes[place] == "close"):
            place += 1
        yield first, noun, place - 1


def _goes_on(seen: Seen, place: int) -> bool:
    """A genitive or the next word of a name belongs to the phrase before it."""
    here, before = seen.classes[place], seen.classes[place - 1]
    if here in ("Name", "LATN") and before in ("Name", "LATN"):
        return True
    if here in ("number", "LATN", "Name") and before == "NOUN":
        return here != "Name" or bool(seen.tokens[place].grammar.cases & {"gent", "nomn"})
    return here in ("NOUN", "ADJF", "Name") and "gent" in seen.tokens[place].grammar.cases
