"""Who leaves while a language model writes stops it: over Server-Sent Events and on the page."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from rag import assemble
from rag.bot import Bot
from rag.config import Config
from rag.types import Article, ArticleInfo
from rag.web.api import create_app
from tests.answering.model_server import ModelServer, Script, model_server
from tests.web.chromium import CHROMIUM, chromium
from tests.web.serving import running

QUESTION = "Когда открыли железный мост через Урал?"
GOOD = "Железный мост через Урал открыли в 1936 году [1]. Строили его четыре года [1]. "
SOON = 10.0  # seconds


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with model_server(Script(GOOD)) as server:
        yield server


@pytest.fixture(scope="module")
def bot(model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    config = Config(
        data=tmp_path_factory.mktemp("bot"), writer="llm", llm_model="scripted", llm_url=model.address
    )
    with assemble.open_bot(config) as bot:
        text = "Железный мост через Урал открыли в 1936 году. Строили его четыре года."
        bot.library.add([Article(ArticleInfo("bridge", "Мост"), text)])
        yield bot


@pytest.fixture(scope="module")
def address(bot: Bot) -> Iterator[str]:
    from rag.web.page import mount

    with running(create_app(bot, lambda app: mount(app, bot, ()))) as address:
        yield address


def test_an_answer_streams(address: str, model: ModelServer) -> None:
    model.play(Script(GOOD))
    with httpx.stream(
        "POST", f"{address}/api/ask", json={"question": QUESTION, "stream": True}, timeout=SOON
    ) as response:
        names = [line for line in response.iter_lines() if line.startswith("event:")]
    assert names[-1] == "event: answer"
    assert names.count("event: delta") == 2


@pytest.mark.parametrize("text", ["", GOOD], ids=["before a word is said", "in the middle"])
def test_a_client_of_the_api_leaves(address: str, model: ModelServer, text: str) -> None:
    model.play(Script(text, "stall"))
    body = {"question": QUESTION, "stream": True}
    with httpx.stream("POST", f"{address}/api/ask", json=body, timeout=SOON) as response:
        lines = response.iter_lines()
        if text:
            assert next(lines) == "event: delta"
        _wait_for_a_request(model)
        assert not model.left.is_set()
    assert model.left.wait(SOON), "the generation goes on for nobody"


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
@pytest.mark.parametrize("way", ["the tab is closed", "the stop button"])
def test_a_visitor_of_the_page_leaves(address: str, model: ModelServer, way: str) -> None:
    model.play(Script(GOOD, "stall"))
    with chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        page.locator("#box textarea").fill(QUESTION)
        page.locator("#send").click()
        page.locator(".sentence").first.wait_for(timeout=1000 * SOON)
        assert not model.left.is_set()
        if way == "the stop button":
            page.locator("#stop").click()
        else:
            page.close()
        assert model.left.wait(SOON)


def _wait_for_a_request(model: ModelServer) -> None:
    patience = time.monotonic() + SOON
    while not model.requests and time.monotonic() < patience:
        time.sleep(0.01)
    assert model.requests
