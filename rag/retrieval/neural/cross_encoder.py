"""Any cross-encoder as a reranker: it reads the question and a passage together."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from rag.errors import ModelError
from rag.retrieval.neural import hub
from rag.retrieval.neural.encoder import LONGEST
from rag.types import Hit, Query

_BATCH = 16


class CrossEncoderReranker:
    """A model folder or a hub model that gives one score for a pair of texts."""

    def __init__(self, name: str) -> None:
        """`name` is a path or a hub name. Raises ModelError."""
        located = hub.locate(name, hub.RERANKER)
        hub.quiet()
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(str(located.folder), local_files_only=True)
        except Exception as error:  # as for encoders
            raise hub.unusable(name, hub.RERANKER) from error
        if self._model.num_labels != 1:
            raise ModelError(
                f"Модель {name} даёт паре текстов не одну оценку, а {self._model.num_labels}: ранжировать "
                f"она не умеет. Назовите в RAG_RERANKER другую или уберите настройку: unset RAG_RERANKER"
            )
        self.name = located.identity
        self._one_at_a_time = threading.Lock()
        longest = self._model.max_seq_length
        if longest is None or longest > LONGEST:
            self._model.max_seq_length = LONGEST  # the model cuts the passage, never the question

    def score(self, query: Query, hits: Sequence[Hit]) -> Sequence[float]:
        """Probabilities, 0 to 1: the sigmoid of what the model gives."""
        if not hits:
            return []
        pairs = [(query.text, _text(hit)) for hit in hits]
        with self._one_at_a_time:
            raw = self._model.predict(
                pairs, batch_size=_BATCH, activation_fn=lambda scores: scores, show_progress_bar=False
            )
        scores = 1 / (1 + np.exp(-np.clip(np.asarray(raw, np.float64), -60, 60)))
        return [float(score) for score in np.nan_to_num(scores)]


def _text(hit: Hit) -> str:
    passage = hit.passage
    return f"{passage.title}\n{passage.text}" if passage.title else passage.text
