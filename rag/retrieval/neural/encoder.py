"""Any sentence-transformers model as an encoder."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from rag.errors import ModelError
from rag.retrieval.neural import hub
from rag.retrieval.neural.prompts import prompts
from rag.types import Vectors

# Tokens; a passage has at most 900 characters unless one sentence is longer. Models that could read 8,192
# would take gigabytes for one such sentence.
LONGEST = 512
_BATCH = 32
_TURN = 2 * _BATCH  # sorted by length inside


class SentenceTransformerEncoder:
    """A model folder or a hub model. Its name tells its revision and its prompts."""

    def __init__(self, name: str, query_prompt: str | None = None, passage_prompt: str | None = None) -> None:
        """`name` is a path or a hub name; given prompts go before its own. Raises ModelError."""
        located = hub.locate(name, hub.ENCODER)
        hub.quiet()
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(str(located.folder), local_files_only=True)
        except Exception as error:  # tokenizers raises nothing more special
            raise hub.unusable(name, hub.ENCODER) from error
        self.prompts = prompts(name, self._model.prompts, query_prompt, passage_prompt)
        self.name = located.identity + str(self.prompts)
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self._one_at_a_time = threading.Lock()
        if self.dimension < 1:
            raise hub.unusable(name, hub.ENCODER)
        _limit(self._model)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self.prompts.passage)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self.prompts.query)

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        """A turn at a time: tokenizers don't bear two threads, and a question must not wait for long."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _TURN):
            batch = list(texts[start : start + _TURN])
            with self._one_at_a_time:
                vectors[start : start + _TURN] = self._model.encode(
                    batch,
                    prompt=prompt,
                    batch_size=_BATCH,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
        if not np.isfinite(vectors).all():
            raise ModelError(f"Модель {self.name} считает неверно: в её векторах не числа. Возьмите другую.")
        return vectors


def _limit(model: object) -> None:
    """Cut texts at LONGEST tokens, unless the model cuts them sooner or has no limit at all."""
    longest = getattr(model, "max_seq_length", None)
    if isinstance(longest, int) and longest > LONGEST:
        model.max_seq_length = LONGEST  # type: ignore[attr-defined]
