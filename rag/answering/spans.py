"""The short answer inside a sentence by words alone: candidates, their features, a linear score over them.

The weights are fitted by `python -m eval.train_spans`; nothing here needs more than NumPy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.answering.span_candidates import pairs, phrases
from rag.answering.span_view import Seen

Column = NDArray[np.float64]
Places = NDArray[Any]  # token places (integers) or flags of tokens (booleans)
Columns = dict[str, Column]

_NEAR = 2.5  # tokens: a word of the question counts less by e that much further away
_FAR = 20  # tokens: further away is as far
# Lemmas, words and signs behind which an answer may begin.
_ANNOUNCING = frozenset(
    """— – это являться называться называть назвать что чтобы поскольку из-за благодаря
    вследствие ввиду""".split()
)


@dataclass(frozen=True)
class Candidates:
    """Runs of tokens `[first, last]` of a sentence: one entry a candidate in every array."""

    seen: Seen
    first: Places
    last: Places

    @cached_property
    def columns(self) -> Columns:
        """Each feature's values; those named after a kind of question count for that kind alone."""
        kind = self.seen.asked.question.kind
        own = {**_entity_columns(self), **_phrase_columns(self)}
        own["log length"] = np.log(self.last - self.first + 1.0)
        own["announced"] = _announced(self)
        return {
            **_word_columns(self),
            **_head_columns(self),
            **{f"{kind}: {name}": column for name, column in own.items()},
        }

    def zeros(self) -> Column:
        return np.zeros(len(self.first))

    def flags(self, *classes: str) -> Places:
        """Flags of the tokens of these classes."""
        return np.array([name in classes for name in self.seen.classes], dtype=bool)

    def count(self, flags: Places) -> Column:
        """How many tokens of each candidate have the flag."""
        sums = np.concatenate([[0.0], np.cumsum(flags, dtype=float)])
        return np.asarray(sums[self.last + 1] - sums[self.first])

    def apart(self, flags: Places) -> Places:
        """How far each flagged token stands from each candidate, 0 inside: (candidates, flagged)."""
        places = np.flatnonzero(flags)
        return np.maximum(np.maximum(self.first[:, None] - places, places - self.last[:, None]), 0)


def candidates(seen: Seen) -> Candidates:
    """The candidates of a sentence."""
    spans = np.array(pairs(seen), dtype=np.intp).reshape(-1, 2)
    return Candidates(seen, spans[:, 0], spans[:, 1])


def _word_columns(table: Candidates) -> Columns:
    """The question's words: how closely they stand around, how many share the clause, how many are inside."""
    matched = np.array(table.seen.matched, dtype=bool)
    apart = table.apart(matched)
    outside = apart > 0
    borders = table.flags("end", "dash", "bracket", "comma")
    clauses = np.cumsum(borders)
    here = clauses[np.flatnonzero(matched)]
    same = (here >= clauses[table.first][:, None]) & (here <= clauses[table.last][:, None])
    return {
        "words near": np.sum(np.exp(-apart / _NEAR) * outside, axis=1, dtype=float),
        "words in clause": (same & outside).sum(axis=1) / max(int(matched.sum()), 1),
        "words inside": np.minimum(table.count(matched), 4),
        "begins with word": matched[table.first].astype(float),
        "ends with word": matched[table.last].astype(float),
        "to clause end": np.append(borders, True)[table.last + 1] * 1.0,
    }


def _announced(table: Candidates) -> Column:
    """«называется …», «— это …», «потому что …»: the token before says that an answer follows."""
    tokens = table.seen.tokens
    flags = [bool(_ANNOUNCING & {token.folded, token.grammar.lemma}) for token in tokens]
    behind = np.array([*flags, False], dtype=float)  # -1, before the first token, is the last entry
    return np.asarray(behind[table.first - 1])


def _head_columns(table: Candidates) -> Columns:
    """The noun asked about: «площадью» next to «127 000 кв. км»."""
    head = table.seen.asked.question.head
    heads = np.array([token.grammar.lemma == head for token in table.seen.tokens], dtype=bool)
    return {
        "head distance": np.log1p(table.apart(heads).min(axis=1, initial=_FAR)),
        "head inside": np.minimum(table.count(heads), 1.0),
    }


def _entity_columns(table: Candidates) -> Columns:
    """Entities of the wanted kind: a candidate is one, is part of one, or holds one or part of it."""
    columns = {name: table.zeros() for name in ("is wanted", "inside wanted", "on wanted")}
    for first, last, entity in table.seen.spans:
        if entity == table.seen.asked.question.kind:
            holds = (table.first <= first) & (table.last >= last)
            within = (table.first >= first) & (table.last <= last)
            columns["is wanted"][holds & within] = 1.0
            columns["inside wanted"][within] = 1.0
            columns["on wanted"][holds | within] = 1.0
    return columns


def _phrase_columns(table: Candidates) -> Columns:
    """Whether a candidate is a noun phrase, several of them, or a piece of one."""
    begins, ends = np.zeros((2, len(table.seen.tokens)), dtype=bool)
    for first, last in phrases(table.seen):
        begins[first] = ends[last] = True
    starts, stops = begins[table.first], ends[table.last]
    several = starts & stops & (table.count(begins) > 1)
    has_verb = table.count(table.flags("VERB", "short")) > 0
    return {
        "begins phrase": starts.astype(float),
        "ends phrase": stops.astype(float),
        "several phrases": (several & ~has_verb).astype(float),
        "several phrases, clause": (several & has_verb).astype(float),
    }


# The score

Weights = dict[str, float]

# Below it a candidate has too many equals. On xquad (the weights have learnt from it) 4 % of the answers are
# left out at a cost of 1 point of F1; 0.15 and 0.25 leave out 12 and 28 %.
LEAST_SHARE = 0.1


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
