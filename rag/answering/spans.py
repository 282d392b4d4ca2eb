"""The short answer inside a sentence: candidates, their features, and a linear score over them.

The weights are fitted by `python -m eval.train_spans`; nothing here needs more than NumPy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from rag.answering.span_candidates import is_year, pairs, phrase_columns
from rag.answering.span_view import SHORT, Column, Columns, Places, Seen, Table

# The features of short-answer candidates: one named column a feature, one entry a candidate.
#
# Columns whose name holds the kind of the question («date: is person») are there for that kind alone; the
# score (below) is the sum of every column times its weight.

_ENTITIES = ("quantity", "date", "person", "place", "organisation", "name")
_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_CALLS = frozenset(
    {"называться", "назвать", "называть", "термин", "название", "известный", "имя", "прозвать", "именовать"}
)
_FAR = 20  # tokens: further away is as far
_EMPTY = frozenset({"comma", "PREP", "CONJ", "PRCL", "dash", "sign", "open", "close", "NPRO"})


@dataclass(frozen=True)
class Candidates:
    """Spans of tokens `[first, last]`, and each feature's value for every one of them."""

    first: Places
    last: Places
    columns: Columns


def candidates(seen: Seen) -> Candidates:
    """The candidates of a sentence; no columns where there are none."""
    spans = np.array(pairs(seen), dtype=np.intp).reshape(-1, 2)
    table = Table(seen, spans[:, 0], spans[:, 1])
    return Candidates(table.first, table.last, _columns(table) if len(spans) else {})


def _columns(table: Table) -> Columns:
    return {
        **_length_columns(table),
        **_match_columns(table),
        **_density_columns(table),
        **_distance_columns("verb", table, table.flags("VERB", "short") & table.matched),
        **_head_columns(table),
        **_entity_columns(table),
        **_case_columns(table),
        **_preposition_columns(table),
        **_cue_columns(table),
        **phrase_columns(table),
    }


def _length_columns(table: Table) -> Columns:
    length, kind = table.length, table.kind
    return {
        f"{kind}: log length": np.log(length.astype(float)),
        f"{kind}: one token": (length == 1) * 1.0,
        "one token": (length == 1) * 1.0,
        "two tokens": (length == 2) * 1.0,
        "three tokens": (length == 3) * 1.0,
        "four to six tokens": ((length >= 4) & (length <= 6)) * 1.0,
        "twelve tokens and more": (length >= 12) * 1.0,
    }


# The question's own words


def _match_columns(table: Table) -> Columns:
    """The question's words inside, and how far away they stand."""
    matched = table.matched
    before, behind = table.distances(matched)
    distance = np.maximum(before, behind)
    outside = distance > 0
    nearest = np.where(outside, distance, _FAR).min(axis=1, initial=_FAR)
    mean = (distance * outside).sum(axis=1) / np.maximum(outside.sum(axis=1), 1)
    left, right = (before > 0).any(axis=1), (behind > 0).any(axis=1)
    inside = table.count(matched)
    new = table.count(~matched & ~table.flags(*_EMPTY))
    return {
        "matched inside": np.minimum(inside, 4),
        "matched share inside": inside / table.length,
        "only matched": (new == 0) * 1.0,
        "first matched": table.at(matched, table.first),
        "last matched": table.at(matched, table.last),
        "nearest match": np.log1p(nearest),
        "match next": (nearest == 1) * 1.0,
        "mean distance": np.log1p(mean),
        "matched just before": table.at(matched, table.first - 1),
        "matched just behind": table.at(matched, table.last + 1),
        "matched two before": table.at(matched, table.first - 2),
        "matched two behind": table.at(matched, table.last + 2),
        "matches left only": (left & ~right) * 1.0,
        "matches right only": (right & ~left) * 1.0,
        "between matches": (left & right) * 1.0,
        "new words": np.log1p(new),
    }


def _density_columns(table: Table) -> Columns:
    """How closely the question's words stand around a candidate, and how many share its clause."""
    matched = table.matched
    return {
        **_density("any", table, matched),
        **_density("verb", table, matched & table.flags("VERB", "short")),
        **_density("noun", table, matched & table.flags("NOUN", "ADJF")),
        **_density("name", table, matched & table.flags("Name", "LATN", "number")),
    }


def _density(name: str, table: Table, flags: Places) -> Columns:
    """Sums that fade with distance: within a phrase (2.5 tokens), and within a clause (8 tokens)."""
    distance = np.maximum(*table.distances(flags))
    outside = distance > 0
    clauses = np.cumsum(table.flags("end", "dash", "bracket", "comma"))
    here = clauses[np.flatnonzero(flags)]
    same = (here >= clauses[table.first][:, None]) & (here <= clauses[table.last][:, None])
    total = max(int(flags.sum()), 1)
    return {
        f"near {name}": np.sum(np.exp(-distance / 2.5) * outside, axis=1, dtype=float),
        f"around {name}": np.sum(np.exp(-distance / 8) * outside, axis=1, dtype=float) / total,
        f"clause {name}": (same & outside).sum(axis=1) / total,
    }


def _head_columns(table: Table) -> Columns:
    """The noun asked about: «площадью» next to «127 000 кв. км»."""
    head = table.seen.asked.question.head
    heads = np.array([token.grammar.lemma == head for token in table.seen.tokens], dtype=bool)
    return {
        **_distance_columns("head", table, heads),
        "holds head": np.minimum(table.count(heads), 1.0),
        "ends with head": table.at(heads, table.last),
        "begins with head": table.at(heads, table.first),
        "head just behind": table.at(heads, table.last + 1),
        "head just before": table.at(heads, table.first - 1),
    }


def _distance_columns(name: str, table: Table, flags: Places) -> Columns:
    if not flags.any():
        return {}
    before, behind = table.distances(flags)
    distance = np.maximum(np.maximum(before, behind), 0).min(axis=1)
    return {
        f"{name} left": ((before > 0) & (before <= 8)).any(axis=1) * 1.0,
        f"{name} right": ((behind > 0) & (behind <= 8)).any(axis=1) * 1.0,
        f"{name} distance": np.log1p(distance),
        f"{name} next": (distance == 1) * 1.0,
    }


# What a candidate is


def _entity_columns(table: Table) -> Columns:
    """Which entity a candidate is, and whether it holds one of the wanted kind."""
    kind, none = table.kind, table.zeros()
    exact: Columns = dict.fromkeys(_ENTITIES, none)
    holds, within = none, none
    for first, last, entity in table.seen.spans:
        is_it = (table.first == first) & (table.last == last)
        exact[entity] = np.maximum(exact[entity], is_it)
        if entity == kind:
            holds = np.maximum(holds, (table.first <= first) & (table.last >= last))
            within = np.maximum(within, (table.first >= first) & (table.last <= last))
    return {
        **{f"{kind}: is {entity}": column for entity, column in exact.items()},
        "holds wanted": holds,
        "inside wanted": within,
        "lacks wanted": (1 - np.maximum(holds, within)) * holds.any(),
        "year alone": _year_alone(table),
        "number with unit": exact["quantity"] * (table.length > 1),
    }


def _year_alone(table: Table) -> Column:
    """«В каком году»: the figure without «года»."""
    years = np.array([is_year(token) for token in table.seen.tokens], dtype=bool)
    asked = table.seen.asked.question.head == "год" and table.kind == "date"
    return np.asarray(table.at(years, table.first) * (table.length == 1) * asked)


def _case_columns(table: Table) -> Columns:
    """The case of a candidate's main noun, next to the case of the question word."""
    question, tokens = table.seen.asked.question, table.seen.tokens
    main, has_main = _main_words(table)
    is_subject = "nomn" in question.cases and question.preposition is None
    living = np.array(["anim" in token.grammar.marks for token in tokens], dtype=bool)
    columns: Columns = {
        "no noun": 1.0 - has_main,
        "same case": table.zeros(),
        f"{table.kind}: living": table.at(living, main) * has_main,
        f"{table.kind}: name": table.at(table.flags("Name", "LATN"), main) * has_main,
    }
    for case in _CASES:
        here = table.at(np.array([case in token.grammar.cases for token in tokens], bool), main) * has_main
        columns[f"case {case}"] = here
        columns[f"case {case} of subject"] = here * is_subject
        if case in question.cases:
            columns["same case"] = np.maximum(columns["same case"], here)
    return columns


def _main_words(table: Table) -> tuple[Places, Column]:
    """The first noun of each candidate, and whether it has one."""
    nouns = table.flags("NOUN", "Name", "LATN", "NPRO")
    following = np.where(nouns, np.arange(table.size), table.size)
    following = np.minimum.accumulate(following[::-1])[::-1]
    main = following[table.first]
    return np.minimum(main, table.size - 1), np.asarray(main <= table.last, dtype=float)


def _preposition_columns(table: Table) -> Columns:
    """«С кем …?» — «с …»: the preposition before a candidate, next to the one of the question word."""
    question = table.seen.asked.question
    same = np.array([token.folded == question.preposition for token in table.seen.tokens], dtype=bool)
    asked = float(question.preposition is not None)
    here, there = table.at(table.flags("PREP"), table.first - 1), table.at(same, table.first - 1)
    return {
        "same preposition": there * asked,
        "other preposition": (here - there) * asked,
        "unasked preposition": here * (1 - asked),
        "no preposition": (1 - here) * asked,
    }


def _cue_columns(table: Table) -> Columns:
    """Clauses, and the words and signs that announce an answer."""
    kind, tokens = table.kind, table.seen.tokens
    calls = np.array([token.grammar.lemma in _CALLS for token in tokens], dtype=bool)
    links = table.flags("dash") | np.array([token.grammar.lemma in ("являться", "это") for token in tokens])
    ends = table.flags("comma", "end", "dash")
    to_end = np.maximum(table.at(ends, table.last + 1), table.last + 1 == table.size)
    called = table.at(calls, table.first - 1)
    linked = table.at(links, table.first - 1)
    opened = table.at(table.flags("open"), table.first)
    group = "short" if kind in SHORT else "open"
    return {
        "to clause end": to_end,
        f"{group}: to clause end": to_end,
        f"{kind}: to clause end": to_end,
        "from clause begin": np.maximum(table.at(ends, table.first - 1), table.first == 0),
        "behind call": np.maximum(called, table.at(calls, table.first - 2)),
        f"{kind}: behind call": called,
        "behind link": linked,
        f"{kind}: behind link": linked,
        "position": table.first / table.size,
        "in brackets": (np.asarray(table.seen.depths)[table.first] > 0) * 1.0,
        f"{kind}: quoted": opened,
    }


Weights = dict[str, float]

# Below it a candidate has too many equals. Of the answers on xquad and tydiqa (cross-validated) 6 % are left
# out at a cost of less than 1 point of F1.
LEAST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Span:
    """`sentence[start:stop]` is the short answer; `score` is its share of the candidates' weight (0 to 1)."""

    start: int
    stop: int
    score: float


def short_answer(question: str, sentence: str) -> Span | None:
    """The part of `sentence` that answers `question` in a few words.

    None for a yes/no question, where no part answers and where none stands out from the others.
    """
    seen = Seen.of(question, sentence)
    if seen.asked.question.kind == "yesno":
        return None
    found = best_span(seen, weights())
    return found if found is not None and found.score >= LEAST_SHARE else None


def best_span(seen: Seen, by: Weights) -> Span | None:
    """The candidate with the highest score."""
    found = candidates(seen)
    if not len(found.first):
        return None
    scores = np.zeros(len(found.first))
    for name, column in found.columns.items():
        scores += by.get(name, 0.0) * column
    best = int(np.argmax(scores))
    share = float(1 / np.exp(scores - scores[best]).sum())
    return Span(seen.tokens[found.first[best]].start, _stop(seen, int(found.last[best])), share)


def _stop(seen: Seen, last: int) -> int:
    """Where the answer ends: the full stop is the sentence's, but the abbreviation's in «5 млн т.»."""
    token = seen.tokens[last]
    is_end = token.text in ".!?…" and last == len(seen.tokens) - 1 and last > 0
    if is_end and not any(stop == last for _, stop, _ in seen.spans):
        return seen.tokens[last - 1].stop
    return token.stop


@cache
def weights() -> Weights:
    """The weights that ship."""
    text = files("rag.answering").joinpath("span_weights.json").read_text(encoding="utf-8")
    return {str(name): float(value) for name, value in json.loads(text).items()}
