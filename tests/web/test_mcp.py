"""The face of MCP through the official client: over HTTP in every revision, and over standard input."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from operator import methodcaller
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest

from rag.web.api import create_app
from tests import warm
from tests.patience import PATIENCE
from tests.processes import environment, run
from tests.web.sample import CANAL, LENGTH, SampleBot
from tests.web.serving import running

pytest.importorskip("mcp")
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

pytestmark = pytest.mark.slow_file

QUESTION = "Какова длина канала?"
TOOLS = {"ask", "search", "fetch", "verify", "list_articles"}
Work = Callable[[Client], Coroutine[Any, Any, Any]]


def with_client(server: Any, work: Work, **more: Any) -> Any:
    """What `work` gives with a client of `server`."""

    async def all_of_it() -> Any:
        async with asyncio.timeout(PATIENCE), Client(server, **more) as client:
            return await work(client)

    return asyncio.run(all_of_it())


def call(address: str, tool: str, **given: Any) -> Any:
    return with_client(f"{address}/mcp", lambda client: client.call_tool(tool, given))


def test_tools_say_what_they_give_and_that_they_only_read(address: str) -> None:
    """In the newest revision."""

    async def told(client: Client) -> tuple[str, Any]:
        return client.protocol_version, (await client.list_tools()).tools

    revision, tools = with_client(f"{address}/mcp", told)
    assert revision >= "2026-07-28"
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.annotations.read_only_hint is True
        assert tool.description and tool.output_schema["properties"]
    (ask,) = [tool for tool in tools if tool.name == "ask"]
    assert ask.input_schema["required"] == ["question"]


def test_an_answer_and_its_quotes(address: str, bot: SampleBot) -> None:
    history = [{"question": "Что это?", "answer": "Канал."}]
    given = call(address, "ask", question=QUESTION, history=history, since="2026-01-01")
    answer = given.structured_content
    assert not given.is_error and answer["found"] and answer["short_answer"] == "127,4 км"
    assert [each["support"] for each in answer["sentences"]] == ["supported", "partial"]
    first, second = answer["citations"]
    assert CANAL.text[first["start"] : first["stop"]] == first["quote"] == LENGTH
    assert first["url"] == CANAL.info.url
    assert httpx.get(second["url"]).status_code == 200 and second["url"].startswith(address)
    _, turns, filters = bot.seen[-1]
    assert [turn.question for turn in turns] == ["Что это?"]
    assert filters is not None and str(filters.since) == "2026-01-01"


def test_search_and_fetch_have_the_shapes_of_connectors(address: str) -> None:
    found = call(address, "search", query="канал").structured_content["results"]
    assert {"id", "title", "url"} <= set(found[0])
    article = call(address, "fetch", id=found[0]["id"]).structured_content
    assert set(article) == {"id", "title", "text", "url", "metadata"}
    assert article["text"][found[0]["start"] : found[0]["stop"]] == found[0]["text"]


def test_a_claim_is_verified(address: str) -> None:
    given = call(address, "verify", claim="Канал — 43 км.", quotes=["Канал — 34 км."]).structured_content
    assert given["support"] == "unsupported" and "34 км" in given["reasons"][0]
    assert {"slot": "number", "outcome": "other", "claim": "43 км", "source": "34 км"} in given["slots"]
    held = call(address, "verify", claim=LENGTH).structured_content
    assert (held["support"], held["citations"][0]["quote"]) == ("supported", LENGTH)


def test_articles_are_listed_and_are_resources(address: str) -> None:
    listed = call(address, "list_articles", limit=2).structured_content
    assert (listed["total"], len(listed["items"])) == (3, 2)
    resources = with_client(f"{address}/mcp", lambda client: client.list_resources()).resources
    assert len(resources) == 3
    (uri,) = [each.uri for each in resources if each.name == CANAL.info.title]
    read = with_client(f"{address}/mcp", lambda client: client.read_resource(uri))
    assert read.contents[0].text == CANAL.text
    for other in resources:  # ids with quotes and brackets too
        assert with_client(f"{address}/mcp", methodcaller("read_resource", other.uri)).contents


@pytest.mark.parametrize(
    ("tool", "given", "told"),
    [
        ("ask", {"question": "?"}, "Вопрос пуст"),
        ("fetch", {"id": "none"}, "none"),
        ("ask", {"question": "поломка"}, "ask"),
    ],
)
def test_what_goes_wrong_is_told(address: str, tool: str, given: dict[str, Any], told: str) -> None:
    failed = call(address, tool, **given)
    assert failed.is_error and told in failed.content[0].text and "secret" not in failed.content[0].text


@pytest.mark.parametrize("revision", [*HANDSHAKE_PROTOCOL_VERSIONS])
def test_older_revisions(address: str, revision: str) -> None:
    """As a client of that time does it, without a session."""
    headers = {"Accept": "application/json, text/event-stream"}
    hello = {
        "protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"},
    }  # fmt: skip
    with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE) as http:

        def said(number: int, method: str, **parameters: Any) -> Any:
            body = {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
            return http.post("/mcp", json=body).json()["result"]

        assert said(1, "initialize", **hello)["protocolVersion"] == revision
        http.headers["MCP-Protocol-Version"] = revision
        assert {tool["name"] for tool in said(2, "tools/list")["tools"]} == TOOLS
        asked = said(3, "tools/call", name="ask", arguments={"question": QUESTION})
        assert "127,4 км" in asked["content"][0]["text"]


def test_keys_and_foreign_pages(bot: SampleBot) -> None:
    with running(create_app(bot.as_bot, keys=("key-of-a-reader",))) as address:
        hello = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        headers = {"Accept": "application/json, text/event-stream"}
        assert httpx.post(f"{address}/mcp", json=hello, headers=headers).status_code == 401
        foreign = headers | {"Origin": "http://evil.example", "Authorization": "Bearer key-of-a-reader"}
        assert httpx.post(f"{address}/mcp", json=hello, headers=foreign).status_code == 403
        own = httpx2.AsyncClient(headers={"Authorization": "Bearer key-of-a-reader"}, timeout=PATIENCE)
        transport = streamable_http_client(f"{address}/mcp", http_client=own)
        assert len(with_client(transport, lambda client: client.list_tools()).tools) == len(TOOLS)


def test_over_standard_input(tmp_path: Path) -> None:
    """`snoska mcp` over a library of its own, and through a server where one has it."""
    (tmp_path / "corpus").mkdir()
    text = "Длина нового моста — 312 метров. Открыли его в июле."
    (tmp_path / "corpus" / "most.txt").write_text(text, encoding="utf-8")
    run([warm.python(), "-m", "rag", "index"], tmp_path).check_returncode()
    command = StdioServerParameters(
        command=warm.python(), args=["-m", "rag", "mcp"], cwd=tmp_path, env=environment({})
    )

    async def work(client: Client) -> tuple[Any, Any]:
        answer = await client.call_tool("ask", {"question": "Какова длина моста?"})
        return answer, await client.list_resources()

    answer, resources = with_client(stdio_client(command), work)
    assert "312 метров" in answer.structured_content["text"]
    assert [each.uri for each in resources.resources] == ["snoska://articles/most"]
