"""A server process of ours, asked by programs made for others: OpenAI's client, LlamaIndex, Dify."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from tests import warm
from tests.patience import PATIENCE
from tests.processes import environment, free_port, run, served
from tests.web.sample import CANAL

pytestmark = pytest.mark.slow_file
KEY = "key-of-a-program"
QUESTION = "Какова длина канала?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    (folder / "corpus").mkdir()
    head = f"---\ntitle: '{CANAL.info.title}'\nsource: Степной вестник\ntags: [Вода]\n---\n"
    (folder / "corpus" / "kanal.md").write_text(head + CANAL.text, encoding="utf-8")
    run([warm.python(), "-m", "rag", "index"], folder).check_returncode()
    with served(folder, free_port(), RAG_API_KEYS=KEY) as address:
        yield address


@pytest.fixture(scope="module")
def http(address: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE) as client:
        yield client


def test_openais_client(address: str, http: httpx.Client) -> None:
    client = openai.OpenAI(base_url=f"{address}/v1", api_key=KEY, timeout=PATIENCE)
    completion = client.chat.completions.create(
        model="snoska", messages=[{"role": "user", "content": QUESTION}]
    )
    message = completion.choices[0].message
    assert message.content and "127,4 км" in message.content and message.annotations
    for each in message.annotations:
        ours = (each.model_extra or {})["snoska"]
        text = http.get(f"/api/articles/{ours['article_id']}").json()["text"]
        assert text[ours["start"] : ours["stop"]] == ours["quote"]
        page = http.get(each.url_citation.url).text
        assert f'<mark id="quote-{ours["start"]}">' in page
    with client.responses.stream(model="snoska", input=QUESTION) as stream:
        *_, last = stream
        assert last.type == "response.completed"
        assert stream.get_final_response().output_text == message.content
    vectors = client.embeddings.create(model="snoska", input=["канал", "каналы"]).data
    assert len(vectors[0].embedding) == 300
    assert sum(a * b for a, b in zip(vectors[0].embedding, vectors[1].embedding, strict=True)) > 0.9
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0).models.list()


def test_llamaindex_as_a_model_of_openais_kind(address: str) -> None:
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    model = OpenAILike(
        model="snoska", api_base=f"{address}/v1", api_key=KEY, is_chat_model=True, timeout=PATIENCE
    )
    whole = model.chat([ChatMessage(role="user", content=QUESTION)])
    assert "127,4 км" in str(whole.message.content)
    *_, last = model.stream_chat([ChatMessage(role="user", content=QUESTION)])
    assert last.message.content == whole.message.content


def test_commands_of_the_owner_need_no_key(address: str, folder: Path) -> None:
    done = run([warm.python(), "-m", "rag", "ask", QUESTION], folder)
    assert done.returncode == 0 and "127,4 км" in done.stdout, done.stderr
    wrong = httpx.get(f"{address}/api/health", headers={"Authorization": "Bearer wrong"})
    assert wrong.status_code == 401


def test_an_agent_that_starts_its_server_beside_a_running_one(address: str, folder: Path) -> None:
    """`snoska mcp` goes through the server that has the library."""
    pytest.importorskip("mcp")
    from mcp.client.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    command = StdioServerParameters(
        command=warm.python(), args=["-m", "rag", "mcp"], cwd=folder, env=environment({})
    )

    async def asked() -> list[Any]:
        async with asyncio.timeout(PATIENCE), Client(stdio_client(command)) as client:
            history = [{"question": "Что строят?", "answer": "Канал."}]
            return [
                await client.call_tool("ask", {"question": QUESTION, "history": history}),
                await client.call_tool("verify", {"claim": "Длина канала составит 131 км."}),
                await client.call_tool("search", {"query": "канал"}),
                await client.call_tool("list_articles", {"find": "канал"}),
                await client.call_tool("fetch", {"id": "none"}),
            ]

    answer, claim, found, listed, missing = asyncio.run(asked())
    assert "127,4 км" in answer.structured_content["text"]
    assert answer.structured_content["citations"][0]["url"].startswith(f"{address}/articles/kanal?start=")
    assert claim.structured_content["support"] == "unsupported"
    assert found.structured_content["results"][0]["id"] == "kanal"
    assert listed.structured_content["total"] == 1
    assert missing.is_error and "none" in missing.content[0].text


def test_dify(address: str, http: httpx.Client) -> None:
    """As Dify's own code asks."""
    asked = {
        "retrieval_setting": {"top_k": 2, "score_threshold": 0.1},
        "query": "длина канала",
        "knowledge_id": "tag:Вода",
        "metadata_condition": None,
    }
    records = http.post("/retrieval", json=asked).json()["records"]
    assert 0 < len(records) <= 2
    first = records[0]
    assert 0.1 <= first["score"] <= 1 and first["title"] == CANAL.info.title
    text = http.get("/api/articles/kanal").json()["text"]
    assert text[first["metadata"]["start"] : first["metadata"]["stop"]] == first["content"]
    high = asked | {"retrieval_setting": {"top_k": 2, "score_threshold": 1.01}}
    assert http.post("/retrieval", json=high).json() == {"records": []}
    unknown = http.post("/retrieval", json=asked | {"knowledge_id": "tag:Нет"})
    assert (unknown.status_code, unknown.json()["error_code"]) == (404, 2001)
    limited = asked | {"metadata_condition": {"conditions": [{"name": ["a"]}]}}
    assert "metadata_condition" in http.post("/retrieval", json=limited).json()["error_msg"]
    stranger = httpx.post(f"{address}/retrieval", json=asked)
    assert (stranger.status_code, stranger.json()["error_code"]) == (401, 1002)


@pytest.mark.parametrize(
    ("claim", "quotes", "support"),
    [
        ("Длина канала составит 127,4 км.", None, "supported"),
        ("Длина канала составит 131 км.", None, "unsupported"),
        ("Луна состоит из сыра.", None, "unsupported"),
        ("Длина канала составит 127,4 км.", ["Длина канала — 99 км."], "unsupported"),
    ],
)
def test_a_claim_against_the_library_or_quotes(
    http: httpx.Client, claim: str, quotes: list[str] | None, support: str
) -> None:
    found = http.post("/api/verify", json={"claim": claim, "quotes": quotes}).json()
    assert found["support"] == support, found
    assert bool(found["reasons"]) == (support != "supported")
    assert found["slots"]
    for cited in found["citations"]:
        text = http.get(f"/api/articles/{cited['article_id']}").json()["text"]
        assert text[cited["start"] : cited["stop"]] == cited["quote"]
    assert bool(found["citations"]) == ("канала" in claim and quotes is None)


def test_a_claim_of_no_words_is_told(http: httpx.Client) -> None:
    for sent in ({"claim": " "}, {"claim": "Мост.", "quotes": []}, {}):
        answer = http.post("/api/verify", json=sent)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
