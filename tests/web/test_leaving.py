"""Who leaves while a language model writes stops it: over HTTP, as an agent and on the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing, nullcontext, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from rag import assemble
from rag.answering.llm import REPHRASING, WRITING
from rag.bot import Bot
from rag.config import Config
from rag.types import Article, ArticleInfo
from tests import warm
from tests.answering.model_server import ModelServer, Script
from tests.patience import PATIENCE, becomes
from tests.processes import environment, free_port, run
from tests.processes import served as serving
from tests.web.chromium import patient
from tests.web.serving import running
from tests.web.visiting import with_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUESTION = "Когда открыли железный мост через Урал?"
GOOD = "Железный мост через Урал открыли в 1936 году [1]. Строили его четыре года [1]. "
EARLIER = {"question": "Что такое железный мост через Урал?", "answer": "Мост через Урал."}


@pytest.fixture(scope="module")
def bot(server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    config = Config(
        data=tmp_path_factory.mktemp("bot"),
        writer="llm",
        llm_model="scripted",
        llm_url=server.address,
        llm_deadline=3 * PATIENCE,  # it is not what ends an answer here
    )
    with assemble.open_bot(config) as bot:
        text = "Железный мост через Урал открыли в 1936 году. Строили его четыре года."
        bot.library.add([Article(ArticleInfo("bridge", "Мост"), text)])
        yield bot


@pytest.fixture(scope="module")
def address(bot: Bot) -> Iterator[str]:
    with running(with_page(bot)) as address:
        yield address


def test_an_answer_streams(address: str, server: ModelServer) -> None:
    server.play(Script(GOOD))
    with httpx.stream(
        "POST", f"{address}/api/ask", json={"question": QUESTION, "stream": True}, timeout=PATIENCE
    ) as response:
        names = [line for line in response.iter_lines() if line.startswith("event:")]
    assert names[-1] == "event: answer"
    assert names.count("event: delta") == 2


def test_a_client_of_the_api_leaves_in_the_middle(address: str, server: ModelServer) -> None:
    server.play(Script(GOOD, "stall"))
    body = {"question": QUESTION, "stream": True}
    with httpx.stream("POST", f"{address}/api/ask", json=body, timeout=PATIENCE) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: delta"
        assert not server.left.is_set()
    assert server.left.wait(PATIENCE), "the generation goes on for nobody"


@pytest.mark.parametrize("stream", [False, True], ids=["for the whole answer", "for its events"])
@pytest.mark.parametrize(
    ("text", "history"),  # with a history, the question is being made standalone
    [("", []), (GOOD, []), ("", [EARLIER]), ("Когда", [EARLIER])],
)
def test_a_client_who_waits_leaves(
    address: str, server: ModelServer, text: str, history: list[dict[str, str]], stream: bool
) -> None:
    server.play(Script(text, "stall"))
    body = {"question": QUESTION, "history": history, "stream": stream}
    with closing(HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE)) as client:
        client.request("POST", "/api/ask", json.dumps(body), {"Content-Type": "application/json"})
        _wait_for_a_request(server)
        assert server.message("system") == (REPHRASING if history else WRITING)
        assert not server.left.is_set()
    assert server.left.wait(PATIENCE), "the generation goes on for nobody"
    assert len(server.requests) == 1, "it is asked again for nobody"


def test_a_client_who_waits_long_enough_gets_the_whole_answer(address: str, server: ModelServer) -> None:
    server.play(Script(QUESTION, pause=0.05), Script(GOOD, pause=0.02))
    body = {"question": "А когда его открыли?", "history": [EARLIER]}
    answer = httpx.post(f"{address}/api/ask", json=body, timeout=PATIENCE).json()
    assert answer["standalone_question"] == QUESTION
    assert (answer["writer"], len(answer["sentences"])) == ("llm", 2)


def cancelled(connection: Any, server: ModelServer) -> None:
    """An agent asks, thinks better of it as the model has its question, and goes on with other things."""
    from mcp.client.client import Client

    async def all_of_it() -> None:
        async with asyncio.timeout(PATIENCE), Client(connection) as client:
            asking = asyncio.create_task(client.call_tool("ask", {"question": QUESTION}))
            while not server.requests:
                await asyncio.sleep(0.01)
            assert not server.left.is_set()
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking
            assert await asyncio.to_thread(server.left.wait, PATIENCE), "the generation goes on for nobody"
            assert (await client.list_tools()).tools

    asyncio.run(all_of_it())


@pytest.mark.parametrize("text", ["", GOOD], ids=["before a word is said", "in the middle"])
def test_an_agent_cancels_its_question(address: str, server: ModelServer, text: str) -> None:
    pytest.importorskip("mcp")
    server.play(Script(text, "stall"))
    cancelled(f"{address}/mcp", server)


def test_an_agent_of_an_older_revision_closes_its_request(address: str, server: ModelServer) -> None:
    pytest.importorskip("mcp")
    server.play(Script("", "stall"))
    call = {"name": "ask", "arguments": {"question": QUESTION}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-06-18",
    }
    with closing(HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE)) as client:
        client.request("POST", "/mcp", body.encode(), headers)
        _wait_for_a_request(server)
        assert not server.left.is_set()
    assert server.left.wait(PATIENCE), "the generation goes on for nobody"


def test_an_agent_cancels_over_standard_input(tmp_path: Path, server: ModelServer) -> None:
    """With a library of its own, and through a server that has it."""
    pytest.importorskip("mcp")
    from mcp.client.stdio import StdioServerParameters, stdio_client

    (tmp_path / "corpus").mkdir()
    text = "Железный мост через Урал открыли в 1936 году. Строили его четыре года."
    (tmp_path / "corpus" / "bridge.txt").write_text(text, encoding="utf-8")
    run([warm.python(), "-m", "rag", "index"], tmp_path).check_returncode()
    model = {"RAG_WRITER": "llm", "RAG_LLM_MODEL": "scripted", "RAG_LLM_URL": server.address}
    command = StdioServerParameters(
        command=warm.python(), args=["-m", "rag", "mcp"], cwd=tmp_path, env=environment(model)
    )
    for served in (nullcontext(), serving(tmp_path, free_port(), **model)):
        server.play(Script(GOOD, "stall"))
        with served:
            cancelled(stdio_client(command), server)


@pytest.mark.browser
def test_a_visitor_of_the_page_leaves(browser: Browser, address: str, server: ModelServer) -> None:
    page = patient(browser.new_page())
    page.goto(address)
    _begin(page, server)
    page.locator("#stop").click()
    assert server.left.wait(PATIENCE)
    page.get_by_role("button", name="Новый разговор").click()  # in the former one it would be made standalone
    page.locator(".exchange").wait_for(state="detached")
    _begin(page, server)
    page.close()
    assert server.left.wait(PATIENCE)


def _begin(page: Page, server: ModelServer) -> None:
    """Ask, and wait for the first sentence."""
    server.play(Script(GOOD, "stall"))
    page.locator("#box textarea").fill(QUESTION)
    page.locator("#send").click()
    page.locator(".sentence").first.wait_for()
    assert not server.left.is_set()


def _wait_for_a_request(server: ModelServer) -> None:
    becomes(lambda: bool(server.requests))
