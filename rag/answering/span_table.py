"""A sentence's candidates as arrays, and what every feature is computed with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.answering.span_view import Seen
from rag.text.question_words import Kind

Column = NDArray[np.float64]
Places = NDArray[Any]  # token places (integers) or flags of tokens (booleans)
Columns = dict[str, Column]

SHORT = frozenset({"person", "date", "quantity", "place", "organisation", "name"})


@dataclass(frozen=True)
class Table:
    """Candidates `[first, last]` (token places) of one sentence."""

    seen: Seen
    first: Places
    last: Places

    @property
    def kind(self) -> Kind:
        return self.seen.asked.question.kind

    @property
    def length(self) -> Places:
        return self.last - self.first + 1

    @property
    def size(self) -> int:
        """Tokens in the sentence."""
        return len(self.seen.tokens)

    @property
    def matched(self) -> Places:
        """Flags of the tokens that the question has too."""
        return np.array(self.seen.matched, dtype=bool)

    def zeros(self) -> Column:
        return np.zeros(len(self.first))

    def flags(self, *classes: str) -> Places:
        """Flags of the tokens of these classes."""
        return np.array([name in classes for name in self.seen.classes], dtype=bool)

    def count(self, flags: Places) -> Column:
        """How many tokens of each candidate have the flag."""
        sums = np.concatenate([[0.0], np.cumsum(flags, dtype=float)])
        return np.asarray(sums[self.last + 1] - sums[self.first])

    def at(self, flags: Places, places: Places) -> Column:
        """The flag at each place; 0 outside the sentence."""
        padded = np.concatenate([[0.0], flags.astype(float), [0.0]])
        return np.asarray(padded[np.clip(places + 1, 0, self.size + 1)])

    def distances(self, flags: Places) -> tuple[Places, Places]:
        """How far before, and behind, each candidate each flagged token stands, (candidates, flagged)."""
        places = np.flatnonzero(flags)
        return self.first[:, None] - places, places - self.last[:, None]
