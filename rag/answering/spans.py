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
