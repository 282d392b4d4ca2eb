"""The short answer inside a sentence: candidates, their features, and a linear score over them.

The weights are fitted by `python -m eval.train_spans`; nothing here needs more than NumPy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from rag.answering.span_features import candidates
from rag.answering.span_view import Seen

Weights = dict[str, float]


@dataclass(frozen=True, slots=True)
class Span:
    """`sentence[start:stop]` is the short answer; `score` is its share of the candidates' weight (0 to 1)."""

    start: int
    stop: int
    score: float


def short_answer(question: str, sentence: str) -> Span | None:
    """The part of `sentence` that answers `question` in a few words.

    None for a yes/no question and where no part answers.
    """
    seen = Seen.of(question, sentence)
    if seen.asked.question.kind == "yesno":
        return None
    return best_span(seen, weights())


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
    return Span(seen.tokens[found.first[best]].start, seen.tokens[found.last[best]].stop, share)


@cache
def weights() -> Weights:
    """The weights that ship."""
    text = files("rag.answering").joinpath("span_weights.json").read_text(encoding="utf-8")
    return {str(name): float(value) for name, value in json.loads(text).items()}
