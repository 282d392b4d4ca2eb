"""Сноска as parts of LlamaIndex: a retriever, a query engine, a check of answers, a tool for agents.

    from rag.llama import QueryEngine

    print(QueryEngine().query("Какова протяжённость нефтепровода КТК?"))

Without a `bot` each opens one over the library of the RAG_* settings; close it with `.bot.close()`. The
retriever alone is `rag.as_llama_retriever()` too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from llama_index.core.tools import FunctionTool

import rag
from rag import asking
from rag.bot import Bot
from rag.retrieval.llama import PassageRetriever as Retriever
from rag.retrieval.llama import node_of
from rag.types import Answer, Citation, Filters, Support

__all__ = ["AnswerCheck", "QueryEngine", "Retriever", "tool"]

_RANKS: tuple[Support, ...] = ("unsupported", "partial", "supported")
_ABOUT = (
    "Отвечает на вопрос по библиотеке статей на русском языке. Под каждым предложением — дословная цитата "
    "с её местом в статье; если ответа в статьях нет, так и сказано."
)


class QueryEngine(BaseQueryEngine):  # type: ignore[misc]
    """Answers with footnotes. Source nodes are the quotes, of a refusal the nearest passages.

    The response's metadata hold `found`, `short_answer`, `verdict`, `confidence` and the whole `answer`.
    """

    def __init__(self, bot: Bot | None = None, filters: Filters | None = None) -> None:
        super().__init__(callback_manager=None)
        asking.check("", filters=filters)
        self.bot = bot or rag.open_bot()
        self._filters = filters

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}

    def _query(self, query_bundle: QueryBundle) -> Response:
        return _response(self.bot.ask(query_bundle.query_str, filters=self._filters))

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return _response(await self.bot.aask(query_bundle.query_str, filters=self._filters))


def _response(answer: Answer) -> Response:
    nodes = [_quoted(each, answer.confidence) for each in answer.citations]
    told = {
        "found": answer.found,
        "short_answer": answer.short_answer,
        "verdict": answer.verdict,
        "confidence": answer.confidence,
        "answer": answer.as_dict(),
    }
    return Response(answer.text, nodes or [node_of(hit) for hit in answer.hits], told)


def _quoted(citation: Citation, confidence: float) -> NodeWithScore:
    facts = {
        "number": citation.number,
        "article_id": citation.article_id,
        "title": citation.title,
        "source": citation.source,
        "published": citation.published,
        "url": citation.url,
    }
    node = TextNode(
        text=citation.quote,
        start_char_idx=citation.start,
        end_char_idx=citation.stop,
        metadata={name: value for name, value in facts.items() if value is not None},
    )
    return NodeWithScore(node=node, score=confidence)


class AnswerCheck(BaseNodePostprocessor):  # type: ignore[misc]
    """Tells of each node how well it supports a claim, in its metadata: `support` and `reasons`.

    The claim is `answer`, without one the text that is asked for: a query that is a claim checks itself.
    The best nodes come first; those that support it less than `at_least` are left out. No language model is
    asked.
    """

    answer: str = ""
    at_least: Support = "unsupported"

    @classmethod
    def class_name(cls) -> str:
        """As LlamaIndex calls it."""
        return "SnoskaAnswerCheck"

    def _postprocess_nodes(
        self, nodes: Sequence[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        claim = self.answer or (query_bundle.query_str if query_bundle else "")
        for each in nodes:
            verdict = rag.verify(claim, [each.node.get_content()])
            each.node.metadata |= {"support": verdict.support, "reasons": list(verdict.reasons)}
        kept = [each for each in nodes if _rank(each) >= _RANKS.index(self.at_least)]
        return sorted(kept, key=_rank, reverse=True)


def _rank(node: NodeWithScore) -> int:
    return _RANKS.index(node.node.metadata["support"])


def tool(bot: Bot | None = None, filters: Filters | None = None, name: str = "snoska") -> FunctionTool:
    """A `FunctionTool` that asks: the answer's text with its quotes below, for an agent to read."""
    engine = QueryEngine(bot, filters)

    def ask(question: str) -> str:
        return _written(engine.bot.ask(question, filters=filters))

    async def aask(question: str) -> str:
        return _written(await engine.bot.aask(question, filters=filters))

    return FunctionTool.from_defaults(fn=ask, async_fn=aask, name=name, description=_ABOUT)


def _written(answer: Answer) -> str:
    quotes = [
        f"[{each.number}] «{each.quote}» — {each.title} ({each.article_id}:{each.start}–{each.stop})"
        for each in answer.citations
    ]
    return "\n".join([answer.text, *quotes])
