"""The parts for LlamaIndex and LangChain, in the hands of those libraries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.llms.mock import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.core.tools import QueryEngineTool

import rag
from rag import assemble
from rag.bot import Bot
from rag.errors import WrongTypeError
from rag.llama import AnswerCheck, QueryEngine, tool
from tests.retrieval.making import TEXTS, article, config

QUESTION = "Когда откроют мост?"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    with assemble.open_bot(config(tmp_path_factory.mktemp("parts"), models)) as bot:
        bot.library.add([article(name, f"Вступление. {text}", name.title()) for name, text in TEXTS.items()])
        yield bot


def check_quotes(bot: Bot, response: Response) -> None:
    assert response.source_nodes
    for each in response.source_nodes:
        text = bot.library.article(each.metadata["article_id"]).text
        assert text[each.node.start_char_idx : each.node.end_char_idx] == each.text


def test_a_query_is_answered_with_its_quotes(bot: Bot) -> None:
    engine = QueryEngine(bot)
    assert isinstance(engine, BaseQueryEngine)
    response = engine.query(QUESTION)
    answer = bot.ask(QUESTION)
    assert (str(response), response.metadata["short_answer"]) == (answer.text, answer.short_answer)
    assert [each.text for each in response.source_nodes] == [each.quote for each in answer.citations]
    check_quotes(bot, response)
    aside = asyncio.run(engine.aquery(QUESTION))
    assert str(aside) == str(response) and aside.metadata["found"] is True


def test_a_refusal_has_the_nearest_passages(bot: Bot) -> None:
    response = QueryEngine(bot).query("Сколько лун у Сатурна?")
    assert response.metadata["found"] is False and "ответа" in str(response).lower()
    check_quotes(bot, response)


def test_filters_limit_what_is_answered_from(bot: Bot) -> None:
    response = QueryEngine(bot, rag.Filters(articles=("park",))).query(QUESTION)
    assert {each.metadata["article_id"] for each in response.source_nodes} <= {"park"}
    with pytest.raises(WrongTypeError):
        QueryEngine(bot, {"articles": ["park"]})  # type: ignore[arg-type]


def nodes(*texts: str) -> list[NodeWithScore]:
    return [NodeWithScore(node=TextNode(text=text), score=0.5) for text in texts]


WRONG, RIGHT, ELSE = "Длина моста — 99 метров.", "Длина моста — 312 метров.", "В парке цветут липы."


@pytest.mark.parametrize(
    ("given", "query", "kept"),
    [
        ({"answer": RIGHT, "at_least": "supported"}, None, [RIGHT]),
        ({"at_least": "supported"}, RIGHT, [RIGHT]),
        ({"answer": WRONG, "at_least": "supported"}, RIGHT, [WRONG]),
        ({"answer": RIGHT}, None, [RIGHT, WRONG, ELSE]),
    ],
)
def test_an_answer_is_checked_against_nodes(
    given: dict[str, str], query: str | None, kept: list[str]
) -> None:
    found = AnswerCheck(**given).postprocess_nodes(nodes(WRONG, RIGHT, ELSE), query_str=query)
    assert [each.text for each in found] == kept
    assert found[0].metadata["support"] == "supported" and found[0].metadata["reasons"] == []
    if len(found) > 1:
        assert any("99" in each for each in found[1].metadata["reasons"])


def test_the_check_stands_in_llamaindexs_own_query_engine(bot: Bot) -> None:
    engine = RetrieverQueryEngine.from_args(
        rag.as_llama_retriever(5, bot),
        llm=MockLLM(),
        node_postprocessors=[AnswerCheck(answer="Мост откроют в июле.", at_least="supported")],
    )
    for each in engine.query(QUESTION).source_nodes:
        assert each.metadata["support"] == "supported"


def test_a_tool_for_agents(bot: Bot) -> None:
    made = tool(bot)
    said = str(made.call(question=QUESTION))
    answer = bot.ask(QUESTION)
    assert said.startswith(answer.text) and f"[1] «{answer.citations[0].quote}» — " in said
    assert said == str(asyncio.run(made.acall(question=QUESTION)))
    assert made.metadata.name == "snoska" and "question" in made.metadata.fn_schema_str
    assert str(QueryEngineTool.from_defaults(QueryEngine(bot)).call(QUESTION)).startswith(answer.text)


def test_a_retriever_for_langchain(bot: Bot) -> None:
    pytest.importorskip("langchain_core")
    from langchain_core.retrievers import BaseRetriever

    from rag.langchain import retriever

    made = retriever(2, bot)
    assert isinstance(made, BaseRetriever)
    found = made.invoke(QUESTION)
    hits = bot.search(QUESTION, 2)
    assert [(each.id, each.metadata["score"]) for each in found] == [
        (hit.passage.id, hit.score) for hit in hits
    ]
    for each in found:
        text = bot.library.article(each.metadata["article_id"]).text
        assert text[each.metadata["start"] : each.metadata["stop"]] == each.page_content
    assert asyncio.run(made.ainvoke(QUESTION)) == found
    only = retriever(5, bot, rag.Filters(articles=("park",))).invoke(QUESTION)
    assert {each.metadata["article_id"] for each in only} == {"park"}
