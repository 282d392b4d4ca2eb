"""What the reading network is given and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TextToRead:
    """A text, usually one sentence, and what stands above or before it (title, headings, sentence before)."""

    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Follows:
    """Whether a claim follows from a text: three probabilities that sum to 1."""

    supported: float
    contradicted: float
    not_stated: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says to a question or claim.

    `span`: where the likeliest short answer stands, `(start, stop)` in characters of the text; None where no
    part can be one. `span_odds`: its log-odds against "no answer here". `answers`: log-odds that the text
    answers at all. `follows`: the question read as a claim, for claims and yes/no questions.
    """

    span: tuple[int, int] | None
    span_odds: float
    answers: float
    follows: Follows


class Reader(Protocol):
    """Reads short texts for one question or claim."""

    name: str

    def read(self, question: str, texts: Sequence[TextToRead]) -> list[Reading]:
        """One reading a text, in order."""

    def covers(self, asked: Sequence[tuple[str, Sequence[tuple[int, int]]]], text: TextToRead) -> list[float]:
        """For each question with some places of the text, `(start, stop)` in characters: the log-probability
        that its short answer holds one of them; at least log 1e-5.
        """
