"""The two ways of searching, each answering from a copy of the library that can be replaced meanwhile.

A search takes hold of the copy that answers now and keeps it until it is done; the library puts a new
copy in place and closes the old one when its last search is over. No search ever waits or fails for that.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from rag.retrieval.dense import DenseIndex
from rag.retrieval.fusion import STATIC, Weights
from rag.retrieval.keyword import KeywordIndex
from rag.types import ArticleSet, Encoder, PassageIndex, Query, Scored

Index = TypeVar("Index", bound=PassageIndex)


class Leg(Generic[Index]):
    """Implements PassageIndex's searching and IndexLeg; `make` gives a copy in a folder, not opened yet."""

    def __init__(self, make: Callable[[Path], Index], can_wait: bool = False, recipe: str = "") -> None:
        index = make(Path())
        self.name = index.name
        self.settings = index.settings
        self.recipe = recipe
        self.can_wait = can_wait
        self._make = make
        self._copy: Index | None = None
        self._searches: Counter[int] = Counter()  # how many searches hold each copy, by its identity
        self._change = threading.Condition()

    # For the library

    def copy(self, folder: Path) -> Index:
        return self._make(folder)

    def former(self, recipe: str, folder: Path) -> Index | None:
        """A copy built by another recipe: here no longer readable."""
        return None

    def serve(self, copy: PassageIndex | None) -> None:
        with self._change:
            before, self._copy = self._copy, copy  # type: ignore[assignment]
            if before is not None and before is not copy:
                self._change.wait_for(lambda: not self._searches[id(before)])

    # For searching

    @contextmanager
    def held(self) -> Iterator[Index | None]:
        """The copy that answers now; it stays open inside the block. None: there is none yet."""
        with self._change:
            copy = self._copy
            self._searches[id(copy)] += 1
        try:
            yield copy
        finally:
            with self._change:
                self._searches[id(copy)] -= 1
                if not self._searches[id(copy)]:
                    del self._searches[id(copy)]
                    self._change.notify_all()

    def count(self) -> int:
        with self.held() as copy:
            return copy.count() if copy else 0

    def search(self, query: Query, k: int, within: ArticleSet | None = None) -> list[Scored]:
        with self.held() as copy:
            return copy.search(query, k, within) if copy else []

    def scores(self, query: Query, passage_ids: Sequence[str]) -> dict[str, float]:
        with self.held() as copy:
            return copy.scores(query, passage_ids) if copy else {}


class KeywordLeg(Leg[KeywordIndex]):
    """BM25 over lemmas; also knows the library's words."""

    def __init__(self, make: Callable[[Path], Any] = KeywordIndex) -> None:
        """`make` gives a rag.types.KeywordIndex that keeps itself in a folder."""
        super().__init__(make)

    def with_prefix(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        with self.held() as copy:
            return copy.with_prefix(prefix, limit) if copy else []

    def frequencies(self, lemmas: Sequence[str]) -> list[int]:
        with self.held() as copy:
            return copy.frequencies(lemmas) if copy else [0] * len(lemmas)

    def together(self, lemma: str, others: Sequence[str]) -> float:
        with self.held() as copy:
            return copy.together(lemma, others) if copy else 0.0


class DenseLeg(Leg[DenseIndex]):
    """Cosines of vectors, on the scale that fusion and reranking know; and the weights that go with them."""

    def __init__(
        self,
        encoder: Encoder,
        weights: Callable[[Encoder], Weights] = lambda encoder: STATIC,
        recipe: str = "",
        former: Callable[[str], Encoder | None] = lambda recipe: None,
        make: Callable[[Path, Encoder], Any] = DenseIndex,
    ) -> None:
        """`make` gives a rag.types.VectorIndex of an encoder that keeps itself in a folder."""
        super().__init__(lambda folder: make(folder, encoder), can_wait=True, recipe=recipe)
        self._make_of = make
        self._give_weights = weights
        self._known: dict[str, Weights] = {}
        self._former = former

    @property
    def weights(self) -> Weights:
        """Those of the encoder that answers now."""
        with self.held() as copy:
            return self._weights_of(copy.encoder) if copy else STATIC

    def former(self, recipe: str, folder: Path) -> Any:
        encoder = self._former(recipe) if recipe else None
        return self._make_of(folder, encoder) if encoder else None

    def search(self, query: Query, k: int, within: ArticleSet | None = None) -> list[Scored]:
        with self.held() as copy:
            if copy is None:
                return []
            found = copy.search(query, k, within)
            if not found:
                return []
            weights = self._weights_of(copy.encoder)
            return [Scored(each.passage_id, weights.dense_score(each.score)) for each in found]

    def scores(self, query: Query, passage_ids: Sequence[str]) -> dict[str, float]:
        with self.held() as copy:
            found = copy.scores(query, passage_ids) if copy else {}
            if copy is None or not found:
                return {}
            weights = self._weights_of(copy.encoder)
            return {id_: weights.dense_score(cosine) for id_, cosine in found.items()}

    def _weights_of(self, encoder: Encoder) -> Weights:
        if encoder.name not in self._known:
            self._known[encoder.name] = self._give_weights(encoder)
        return self._known[encoder.name]
