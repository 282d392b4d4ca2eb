"""LlamaIndex embeddings and rerankers in our search, and our encoder as a LlamaIndex embedding."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, TextNode

from rag.errors import ModelError
from rag.types import Encoder, Hit, Query, Reranker, Vectors

_TURN = 64  # texts an embedding is given at once: a question in another thread waits no longer


class LlamaEncoder:
    """Any LlamaIndex embedding as an encoder. Its name is the embedding's class and model."""

    def __init__(self, embedding: BaseEmbedding) -> None:
        """Asks it for one vector, to know how long they are. Raises ModelError."""
        self._embedding = embedding
        self._one_at_a_time = threading.Lock()
        self.dimension = 0
        self.dimension = self.encode_queries(["Проба."]).shape[1]
        self.name = f"{type(embedding).__name__} {embedding.model_name} {self.dimension}"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        found: list[Sequence[float]] = []
        for start in range(0, len(texts), _TURN):
            with self._one_at_a_time:
                found += self._asked(
                    self._embedding.get_text_embedding_batch, list(texts[start : start + _TURN])
                )
        return self._unit(found)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        with self._one_at_a_time:
            return self._unit([self._asked(self._embedding.get_query_embedding, text) for text in texts])

    def _asked(self, ask: Any, given: Any) -> Any:
        try:
            return ask(given)
        except Exception as error:  # a service may fail in any way
            raise ModelError(
                f"Кодировщик {type(self._embedding).__name__} не ответил ({type(error).__name__}: {error}). "
                f"Проверьте его настройки и соединение, затем повторите."
            ) from error

    def _unit(self, rows: Sequence[Sequence[float]]) -> Vectors:
        vectors = np.asarray(rows, np.float32).reshape(len(rows), -1 if rows else self.dimension)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-9))


class LlamaReranker:
    """Any LlamaIndex postprocessor that orders nodes. Those it leaves out come last, as they were."""

    def __init__(self, postprocessor: BaseNodePostprocessor) -> None:
        self._postprocessor = postprocessor
        self.name = type(postprocessor).__name__

    def score(self, query: Query, hits: Sequence[Hit]) -> Sequence[float]:
        """Its own scores where they agree with its order; else the places, from 1 down to 0."""
        nodes = [_node(hit) for hit in hits]
        try:
            kept = self._postprocessor.postprocess_nodes(nodes, query_str=query.text)
        except Exception as error:
            raise ModelError(
                f"Переоценка {self.name} не удалась ({type(error).__name__}: {error}). "
                f"Проверьте её настройки или откройте бота без неё."
            ) from error
        places = {hit.passage.id: place for place, hit in enumerate(hits)}
        order = [places[each.node_id] for each in kept if each.node_id in places]
        left_out = [place for place in range(len(hits)) if place not in set(order)]
        given = [each.score for each in kept if each.node_id in places]
        scores = [0.0] * len(hits)
        for place, score in zip(order + left_out, _falling(given, len(hits)), strict=True):
            scores[place] = score
        return scores


class SnoskaEmbedding(BaseEmbedding):  # type: ignore[misc]
    """One of our encoders for programs built on LlamaIndex."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder, **settings: Any) -> None:
        super().__init__(model_name=encoder.name, **settings)
        self._encoder = encoder

    @classmethod
    def class_name(cls) -> str:
        return "SnoskaEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        return _floats(self._encoder.encode_queries([query]))[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return _floats(self._encoder.encode_passages(texts))


def as_encoder(given: Any) -> Encoder:
    """An encoder of ours as it is, a LlamaIndex embedding wrapped. Raises ModelError."""
    if isinstance(given, BaseEmbedding):
        return LlamaEncoder(given)
    if all(hasattr(given, name) for name in ("name", "dimension", "encode_passages", "encode_queries")):
        encoder: Encoder = given
        return encoder
    raise ModelError(
        f"{type(given).__name__} не годится в кодировщики: нужен BaseEmbedding из LlamaIndex или объект "
        f"с name, dimension, encode_passages и encode_queries (rag.types.Encoder)."
    )


def as_reranker(given: Any) -> Reranker:
    """A reranker of ours as it is, a LlamaIndex postprocessor wrapped. Raises ModelError."""
    if isinstance(given, BaseNodePostprocessor):
        return LlamaReranker(given)
    if hasattr(given, "name") and hasattr(given, "score"):
        reranker: Reranker = given
        return reranker
    raise ModelError(
        f"{type(given).__name__} не годится для переоценки: нужен BaseNodePostprocessor из LlamaIndex "
        f"или объект с name и score (rag.types.Reranker)."
    )


def _node(hit: Hit) -> NodeWithScore:
    passage = hit.passage
    text = f"{passage.title}\n{passage.text}" if passage.title else passage.text
    node = TextNode(id_=passage.id, text=text, metadata=_facts(hit), excluded_llm_metadata_keys=_KEYS)
    node.excluded_embed_metadata_keys = _KEYS
    return NodeWithScore(node=node, score=hit.score)


_KEYS = ["article_id", "source", "published", "date"]


def _facts(hit: Hit) -> dict[str, Any]:
    """What postprocessors by date or source look at; no model reads it."""
    article = hit.article
    facts = {"article_id": article.id, "source": article.source, "date": article.published}
    return {name: value for name, value in facts.items() if value is not None}


def _falling(given: Sequence[float | None], size: int) -> list[float]:
    """`size` scores that fall: those given if they do, and lower ones for what was left out."""
    scores = [score for score in given if score is not None and math.isfinite(score)]
    if len(scores) < len(given) or scores != sorted(scores, reverse=True):
        return [1 - place / size for place in range(size)]
    floor = scores[-1] if scores else 1.0
    missing = size - len(scores)
    return scores + [floor - (place + 1) / (missing + 1) for place in range(missing)]


def _floats(vectors: Vectors) -> list[list[float]]:
    rows: list[list[float]] = vectors.tolist()
    return rows
