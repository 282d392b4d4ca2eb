"""The default reranker: late interaction, topic, BM25 and cosine in one weighted mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.matching.matcher import Matcher, Matches
from rag.matching.outlines import Outlines, may_answer, outlined
from rag.text.questions import analyse
from rag.types import Hit, Query

Floats = NDArray[np.float64]
Sketches = NDArray[np.uint64]

# How much each feature counts: fitted on eight sets together (listwise softmax, each set counting the same)
# and rounded. Cross-validated nDCG@10 of fitted weights is within 0.3 of these on every set
# (eval/results/README.md); `python -m eval fit` fits them on a set of yours.
WEIGHTS = {
    "keyword": 2.0,
    "dense": 2.0,
    "sentence": 1.5,
    "passage": 6.0,
    "title": 4.0,
    "topic": 2.0,
    "typed": 0.8,
    "lead": 1.0,
}
# An article without a title is not held against: it gets this share of its best sentence instead.
_UNTITLED = 0.7


class LateInteraction:
    """Weighs how the question's words are matched in the passage, its best sentence and its title."""

    name = "late-interaction"

    def __init__(
        self, matcher: Matcher, weights: Callable[[], Mapping[str, float]] = lambda: WEIGHTS
    ) -> None:
        """`weights()` are those of the encoder that answers now, by feature; none: WEIGHTS."""
        self._matcher = matcher
        self._weights = weights

    def prepare(self, words: Sequence[int]) -> None:
        """Look up now what is known of the library's words of these numbers."""
        self._matcher.prepare(words)

    def score(self, query: Query, hits: Sequence[Hit]) -> Sequence[float]:
        """About 0 (nothing in common) to 1 (all of the question stands there); shape (len(hits),)."""
        weights = np.array(list(self.shares().values()))
        return [float(score) for score in self.features(query, hits) @ weights]

    def shares(self) -> dict[str, float]:
        """What each feature counts in the mean, in the order of WEIGHTS; they sum to 1."""
        given = self._weights() or WEIGHTS
        weights = {name: given.get(name, 0.0) for name in WEIGHTS}
        return {name: weight / sum(weights.values()) for name, weight in weights.items()}

    def features(self, query: Query, hits: Sequence[Hit]) -> NDArray[np.float64]:
        """The features that WEIGHTS names, in its order, each about 0 to 1; (len(hits), len(WEIGHTS))."""
        if not hits or not query.lemmas:
            return np.zeros((len(hits), len(WEIGHTS)))
        there = outlined([hit.passage for hit in hits])
        found = self._matcher.matched(query.lemmas, there)
        legs = (np.array([hit.scores.get(leg, 0.0) for hit in hits]) for leg in ("keyword", "dense"))
        return _columns(query, there, found, *legs)

    def weigh(self, query: Query, there: Outlines, keyword: Floats, dense: Floats) -> tuple[Floats, Sketches]:
        """`score` of outlined passages with these scores of the legs, and the words of each as a sketch.

        Shapes (passages,) and (passages, 16).
        """
        found = self._matcher.matched(query.lemmas, there)
        weights = np.array(list(self.shares().values()))
        return _columns(query, there, found, keyword, dense) @ weights, found.sketches


def _columns(query: Query, there: Outlines, found: Matches, keyword: Floats, dense: Floats) -> Floats:
    titled = there.lengths[np.cumsum(there.sizes) - there.sizes] > 0
    columns = (
        keyword,
        dense,
        found.best_sentence,
        found.passage,
        np.where(titled, found.title, _UNTITLED * found.best_sentence),
        found.topics,
        may_answer(analyse(query.text).kind, there.marks),
        there.opens,
    )
    return np.stack(columns, axis=1)
