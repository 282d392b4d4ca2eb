"""Our search inside LlamaIndex's own query engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from llama_index.core.llms.mock import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import TextNode

import rag
from rag import assemble
from rag.bot import Bot
from rag.errors import QuestionError

from .making import TEXTS, article, config


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    about = {"source": "Вестник", "published": "2026-01-10"}
    with assemble.open_bot(config(tmp_path_factory.mktemp("llama"), models)) as bot:
        for name, text in TEXTS.items():
            tags = ("Город", "липы") if name == "park" else ()
            bot.library.add([article(name, f"Вступление. {text}", name.title(), tags=tags, **about)])
        yield bot


def test_nodes_are_our_hits(bot: Bot) -> None:
    retriever = rag.as_llama_retriever(2, bot)
    assert isinstance(retriever, BaseRetriever)
    found = retriever.retrieve("Когда откроют мост?")
    hits = bot.search("Когда откроют мост?", 2)
    assert [(each.node_id, each.score) for each in found] == [(hit.passage.id, hit.score) for hit in hits]
    for each in found:
        assert isinstance(each.node, TextNode)
        text = bot.library.article(each.metadata["article_id"]).text
        assert text[each.node.start_char_idx : each.node.end_char_idx] == each.node.text
    about = {"title": "Bridge", "source": "Вестник", "published": "2026-01-10"}
    assert found[0].metadata == {"article_id": "bridge"} | about
    with pytest.raises(QuestionError):
        retriever.retrieve("?!")


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (rag.Filters(articles=("park", "copper")), {"park", "copper"}),
        (rag.Filters(tags=("ГОРОД",)), {"park"}),
        (rag.Filters(sources=("вестник",)), {"park", "copper", "bridge"}),
        (rag.Filters(since=date(2026, 1, 11)), set()),
        (rag.Filters(), {"park", "copper", "bridge"}),
        (None, {"park", "copper", "bridge"}),
    ],
)
def test_filters(bot: Bot, filters: rag.Filters | None, allowed: set[str]) -> None:
    found = rag.as_llama_retriever(10, bot, filters).retrieve("Когда откроют мост?")
    assert {each.metadata["article_id"] for each in found} == allowed
    hits = bot.search("Когда откроют мост?", 10, filters)
    assert [each.node_id for each in found] == [hit.passage.id for hit in hits]
    tags = {each.metadata["article_id"]: each.metadata.get("tags") for each in found}
    assert tags.items() <= {"park": ["Город", "липы"], "copper": None, "bridge": None}.items()


def test_a_query_engine(bot: Bot) -> None:
    engine = RetrieverQueryEngine.from_args(rag.as_llama_retriever(2, bot), llm=MockLLM())
    response = engine.query("Когда откроют мост?")
    assert response.source_nodes[0].metadata["article_id"] == "bridge"
    assert len(response.source_nodes) == 2
    # The mock model gives its prompt back: our passage and the question are in it.
    assert "Мост откроют весной." in str(response)
    assert "Когда откроют мост?" in str(response)


def test_it_opens_a_bot_of_its_own(tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_DATA", str(tmp_path))
    monkeypatch.setenv("RAG_MODELS", str(models))
    retriever = rag.as_llama_retriever()
    assert retriever.retrieve("мост") == []
    retriever.bot.library.add([article("bridge", TEXTS["bridge"])])
    assert len(retriever.retrieve("мост")) == 1
    retriever.bot.close()
