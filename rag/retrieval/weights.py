"""How much a lemma of the question weighs: its IDF in the library, steadied by a billion words of news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.text.matching import TermWeights
from rag.text.salience import salience

# Passages of background text that the library's own counts are mixed with. 300 changed nothing on sets of
# 300 to 17,000 passages (nDCG@10 within 0.1); it is there for libraries of a few articles.
_PRIOR_PASSAGES = 300
_WORDS_PER_PASSAGE = 110


class Frequencies(Protocol):
    """Counts of the library's passages."""

    def frequencies(self, lemmas: Sequence[str]) -> list[int]: ...

    def count(self) -> int: ...


def term_weights(library: Frequencies, background: Callable[[str], float]) -> TermWeights:
    """A function from lemmas to IDFs, shape (len(lemmas),), in nats, above zero.

    `background(lemma)` is the lemma's share of running words. BM25's IDF (Robertson & Spärck Jones) over
    the library's passages plus a prior of background passages.
    """

    def weights(lemmas: Sequence[str]) -> NDArray[np.float64]:
        shares = np.array([background(lemma) for lemma in lemmas])
        expected = _PRIOR_PASSAGES * (1 - np.exp(-_WORDS_PER_PASSAGE * shares))
        held = np.array(library.frequencies(lemmas)) + expected
        total = library.count() + _PRIOR_PASSAGES
        return np.asarray(np.log(1 + np.maximum(total - held, 0) / (held + 0.5) + 0.5 / (held + 0.5)))

    return weights


def by_salience(weights: TermWeights) -> TermWeights:
    """`weights` with each lemma's share of a question's topic; see rag.text.salience."""
    return lambda lemmas: weights(lemmas) * np.array([salience(lemma) for lemma in lemmas])
