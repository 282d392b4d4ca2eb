"""Our search for programs built on LlamaIndex."""

from __future__ import annotations

from typing import Protocol

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.types import Filters, Hit


class Searching(Protocol):
    """What can be asked for passages: a Bot."""

    def search(self, query: str, k: int, filters: Filters | None) -> list[Hit]: ...


class PassageRetriever(BaseRetriever):  # type: ignore[misc]
    """Returns passages as nodes; their metadata say which article they come from and where they stand."""

    def __init__(self, bot: Searching, k: int = 10, filters: Filters | None = None) -> None:
        super().__init__()
        self.bot = bot
        self._k = k
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [node_of(hit) for hit in self.bot.search(query_bundle.query_str, self._k, self._filters)]


def node_of(hit: Hit) -> NodeWithScore:
    """A found passage as a node."""
    article = hit.article
    facts = {
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "published": article.published,
        "url": article.url,
        "tags": list(article.tags) or None,
    }
    node = TextNode(
        id_=hit.passage.id,
        text=hit.passage.text,
        start_char_idx=hit.passage.start,
        end_char_idx=hit.passage.stop,
        metadata={name: value for name, value in facts.items() if value is not None},
    )
    return NodeWithScore(node=node, score=hit.score)
