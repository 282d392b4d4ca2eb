"""Our search as a retriever of LangChain, which needs its core: pip install langchain-core."""

from __future__ import annotations

import asyncio
from typing import Any

try:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ModuleNotFoundError as missing:
    raise ImportError(
        "Для rag.langchain нужен пакет langchain-core. Установите его: pip install langchain-core"
    ) from missing

import rag
from rag import asking
from rag.bot import Bot
from rag.types import Filters, Hit

__all__ = ["Retriever", "retriever"]


class Retriever(BaseRetriever):  # type: ignore[misc]
    """Passages as documents; their metadata say which article they come from and where they stand in it."""

    bot: Any
    k: int = 10
    filters: Any = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in self.bot.search(query, self.k, self.filters)]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = await asyncio.to_thread(self.bot.search, query, self.k, self.filters)
        return [_document(hit) for hit in found]


def retriever(k: int = 10, bot: Bot | None = None, filters: Filters | None = None) -> Retriever:
    """Our search as a `BaseRetriever` of LangChain that returns `k` documents.

    Without `bot` it opens one from the RAG_* settings; close it with `.bot.close()`.
    """
    asking.check("", filters=filters)
    asking.check_count("k", k)
    return Retriever(bot=bot or rag.open_bot(), k=k, filters=filters)


def _document(hit: Hit) -> Document:
    article, passage = hit.article, hit.passage
    facts = {
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "published": article.published,
        "url": article.url,
        "tags": list(article.tags) or None,
        "start": passage.start,
        "stop": passage.stop,
        "score": hit.score,
    }
    told = {name: value for name, value in facts.items() if value is not None}
    return Document(page_content=passage.text, id=passage.id, metadata=told)
