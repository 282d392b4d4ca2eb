"""LlamaIndex embeddings and rerankers in our search, and our encoder in LlamaIndex's index."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import Field
from llama_index.core.postprocessor import (
    LongContextReorder,
    SentenceTransformerRerank,
    SimilarityPostprocessor,
)
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

import rag
from rag import assemble
from rag.bot import Bot
from rag.errors import ModelError
from rag.retrieval.llama_models import LlamaEncoder, LlamaReranker
from rag.types import Hit, Query

from .making import ARTICLES, TEXTS, AxisEncoder, config


class AxisEmbedding(BaseEmbedding):
    """Twice the vectors of AxisEncoder; remembers how it was asked."""

    asked: list[tuple[str, int]] = Field(default_factory=list)
    broken: bool = False

    def _vectors(self, kind: str, texts: Sequence[str]) -> list[list[float]]:
        if self.broken:
            raise ConnectionError("no route to host")
        self.asked.append((kind, len(texts)))
        rows: list[list[float]] = (2 * AxisEncoder().encode_passages(texts)).tolist()
        return rows

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._vectors("query", [query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._vectors("text", [text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._vectors("text", texts)


def opened(folder: Path, models: Path, **given: Any) -> Bot:
    bot = rag.open_bot(config(folder, models), **given)
    bot.library.add(ARTICLES)
    return bot


def test_any_embedding_encodes_the_library(tmp_path: Path, models: Path) -> None:
    embedding = AxisEmbedding(model_name="оси")
    with opened(tmp_path, models, encoder=embedding) as bot:
        assert bot.encoder_name == "AxisEmbedding оси 3"
        assert bot.library.index_counts() == {"keyword": 3, "dense": 3}
        assert ("text", 3) in embedding.asked
        hits = bot.search("парк", 3)
        assert hits[0].article.id == "park"
        assert hits[0].ranks["dense"] == 1
        assert bot.ask("Когда откроют мост?").sentences[0].text == "Мост откроют весной."
    with rag.open_bot(config(tmp_path, models), encoder=embedding) as bot:
        assert bot.library.notes == []
    with rag.open_bot(config(tmp_path, models)) as bot:
        assert bot.library.notes == ["Индекс dense построен заново: изменились настройки."]


def test_vectors_are_made_one_long(tmp_path: Path) -> None:
    encoder = LlamaEncoder(AxisEmbedding(model_name="оси"))
    plain = AxisEncoder()
    assert encoder.dimension == 3
    texts = ["медь и мост", "ничего", "парк"] * 50
    assert encoder.encode_passages(texts) == pytest.approx(plain.encode_passages(texts))
    assert encoder.encode_queries(texts[:3]) == pytest.approx(plain.encode_queries(texts[:3]))
    for encode in (encoder.encode_passages, encoder.encode_queries):
        assert encode([]).shape == (0, 3)
        assert encode(texts[:1]).dtype == np.float32


def test_a_service_that_fails_is_told(tmp_path: Path, models: Path) -> None:
    embedding = AxisEmbedding(model_name="оси")
    with opened(tmp_path, models, encoder=embedding) as bot:
        embedding.broken = True
        with pytest.raises(ModelError, match=r"AxisEmbedding не ответил .*no route to host"):
            bot.search("совсем другой вопрос про порт")
    with pytest.raises(ModelError, match="не ответил"):
        rag.open_bot(config(tmp_path / "new", models), encoder=embedding)


@pytest.mark.parametrize("given", [{"encoder": "static"}, {"encoder": object()}, {"reranker": 5}])
def test_what_is_no_model_is_refused(given: dict[str, Any], tmp_path: Path, models: Path) -> None:
    with pytest.raises(ModelError, match="не годится"):
        rag.open_bot(config(tmp_path, models), **given)
    assemble.open_bot(config(tmp_path, models)).close()


# Rerankers


class Reverse(BaseNodePostprocessor):
    """Turns the order around and leaves the scores as they were."""

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        assert query_bundle and query_bundle.query_str
        return nodes[::-1]


class Parks(BaseNodePostprocessor):
    """Keeps nodes about parks."""

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        return [node for node in nodes if "парк" in node.node.get_content()]


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.article.id for hit in hits]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, models: Path) -> tuple[Path, list[Hit]]:
    """The folder of a library, and what is found there without a reranker of one's own."""
    folder = tmp_path_factory.mktemp("filled")
    with opened(folder, models) as bot:
        return folder, bot.search("мост и медь", 3)


@pytest.fixture
def hits(filled: tuple[Path, list[Hit]]) -> list[Hit]:
    return filled[1]


def reranked(filled: tuple[Path, list[Hit]], models: Path, reranker: object) -> list[Hit]:
    """What a bot with `reranker` finds."""
    with rag.open_bot(config(filled[0], models), reranker=reranker) as bot:
        found = bot.search("мост и медь", 3)
    assert len(found) == 3, "what it leaves out comes last"
    assert [hit.ranks["final"] for hit in found] == [1, 2, 3]
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    return found


class Longest:
    """A reranker of one's own."""

    name = "longest"

    def score(self, query: Query, hits: Sequence[Hit]) -> Sequence[float]:
        return [float(len(hit.passage.text)) for hit in hits]


def test_a_reranker_has_the_last_word(filled: tuple[Path, list[Hit]], models: Path, cross: Path) -> None:
    assert ids(reranked(filled, models, Reverse())) == ids(filled[1])[::-1]
    lengths = [len(hit.passage.text) for hit in reranked(filled, models, Longest())]
    assert lengths == sorted(lengths, reverse=True)
    reranked(filled, models, SentenceTransformerRerank(model=str(cross), top_n=2, device="cpu"))


def scored(postprocessor: BaseNodePostprocessor, hits: list[Hit]) -> list[float]:
    return list(LlamaReranker(postprocessor).score(Query("мост и медь", ("мост", "медь")), hits))


def test_what_is_filtered_out_comes_last(hits: list[Hit]) -> None:
    only = scored(Parks(), hits)
    places = {hit.article.id: place for place, hit in enumerate(hits)}
    assert max(only) == only[places["park"]]
    assert len(set(only)) == 3
    none = scored(SimilarityPostprocessor(similarity_cutoff=2.0), hits)
    assert none == sorted(none, reverse=True) and len(set(none)) == 3


def test_an_order_without_scores_is_kept(hits: list[Hit]) -> None:
    nodes = [NodeWithScore(node=TextNode(id_=hit.passage.id, text=""), score=hit.score) for hit in hits]
    wanted = [each.node_id for each in LongContextReorder().postprocess_nodes(nodes)]
    scores = scored(LongContextReorder(), hits)
    order = sorted(range(len(hits)), key=lambda place: -scores[place])
    assert [hits[place].passage.id for place in order] == wanted


# Ours in theirs


def test_our_encoder_in_their_index(models: Path) -> None:
    embedding = rag.as_llama_embedding()
    assert isinstance(embedding, BaseEmbedding)
    nodes = [TextNode(id_=name, text=text) for name, text in TEXTS.items()]
    index = VectorStoreIndex(nodes, embed_model=embedding)
    found = index.as_retriever(similarity_top_k=3).retrieve("городские парки")
    assert found[0].node_id == "park"
    encoder = assemble.static_encoder()
    cosine = float(
        encoder.encode_queries(["городские парки"])[0] @ encoder.encode_passages([TEXTS["park"]])[0]
    )
    assert found[0].score == pytest.approx(cosine, abs=1e-5)
    again = asyncio.run(embedding.aget_query_embedding("мост"))
    assert again == embedding.get_query_embedding("мост")
    assert len(embedding.get_text_embedding("мост")) == 300
    assert embedding.model_name == "static"
