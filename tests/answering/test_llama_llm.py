"""Talking to a model's server, over both protocols: what is sent, what comes back, and what goes wrong."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from functools import cache
from itertools import pairwise

import pytest

from rag.answering import llama_llm
from rag.answering.llama_llm import LlamaLLM
from rag.errors import LLMError
from tests.answering.model_server import SLICE, ModelServer, Script
from tests.patience import PATIENCE
from tests.processes import free_port

TEXT = "Железный мост через Урал открыли в 1936 году [1]. По нему ходят поезда [2]."
KINDS = ["openai-like", "ollama"]


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest, server: ModelServer) -> LlamaLLM:
    server.play(Script(TEXT))
    return made(request.param, server.address)


@cache  # a client takes a quarter of a second to make
def made(kind: str, address: str, key: str | None = None) -> LlamaLLM:
    if kind == "ollama":
        return llama_llm.ollama("scripted", address, key, 4096, 1024, 5.0)
    return llama_llm.openai_like("scripted", f"{address}/v1", key, 4096, 1024, 5.0)


def said(model: LlamaLLM, seconds: float = PATIENCE) -> list[str]:
    return list(model.stream("Правила", "Вопрос", seconds))


def test_what_is_sent_and_how_the_text_grows(model: LlamaLLM, server: ModelServer) -> None:
    texts = said(model)
    assert texts[-1] == TEXT
    assert len(texts) > 5
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert not server.left.is_set()
    (request,) = server.requests
    assert (request["model"], request["stream"]) == ("scripted", True)
    assert (server.message("system"), server.message("user")) == ("Правила", "Вопрос")
    sent = request.get("options", request)
    assert sent["temperature"] == 0
    assert sent.get("num_predict", sent.get("max_tokens")) == 1024
    assert sent.get("num_ctx", 4096) == 4096


def test_a_lone_surrogate_can_be_sent(model: LlamaLLM, server: ModelServer) -> None:
    assert list(model.stream("Правила", "кто \ud800", PATIENCE))[-1] == TEXT
    assert server.message("user") == "кто ?"


def test_thoughts_are_not_the_answer(model: LlamaLLM, server: ModelServer) -> None:
    server.play(Script(TEXT, thoughts="Сначала подумаю."))
    assert said(model)[-1] == TEXT


@pytest.mark.parametrize(
    ("script", "reason", "again"),
    [
        (Script(TEXT, "eof"), "ответ языковой модели оборвался", True),
        (Script("", "eof"), "ответ языковой модели оборвался", True),
        (Script(TEXT, "length"), "ответ языковой модели не поместился", False),
        (Script(TEXT, "broken"), "ответ языковой модели не разобрать", True),
        (Script(status=400), "языковая модель не приняла запрос (400)", False),
        (Script(status=403), "сервер языковой модели не принял ключ (403)", False),
        (Script(status=404), "на сервере нет такой языковой модели (404)", False),
        (Script(status=429), "языковая модель перегружена (429)", True),
        (Script(status=500), "сервер языковой модели сломался (500)", True),
    ],
)
def test_a_failure_is_told_and_not_repeated_here(
    model: LlamaLLM, server: ModelServer, script: Script, reason: str, again: bool
) -> None:
    server.play(script)
    with pytest.raises(LLMError) as failed:
        said(model)
    assert (str(failed.value), failed.value.again) == (reason, again)
    assert len(server.requests) == 1
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_port_is_known_at_once(kind: str) -> None:
    model = made(kind, f"http://127.0.0.1:{free_port()}")
    started = time.monotonic()
    with pytest.raises(LLMError, match="языковая модель недоступна"):
        said(model)
    assert time.monotonic() - started < 3, "nothing is tried again and again behind our back"


@pytest.mark.parametrize("script", [Script("", "stall"), Script(TEXT * 50, pause=0.4)])
def test_the_deadline_is_total(server: ModelServer, script: Script) -> None:
    server.play(script)
    started = time.monotonic()
    with pytest.raises(LLMError, match="не уложилась"):
        said(made(KINDS[0], server.address), 0.4)
    assert 0.4 <= time.monotonic() - started < PATIENCE
    assert server.left.wait(PATIENCE), "the server was told to stop"


@pytest.mark.parametrize("script", [Script(TEXT, "stall"), Script(TEXT * 50, pause=0.05)])
def test_it_comes_early_and_closing_stops_the_server(
    model: LlamaLLM, server: ModelServer, script: Script
) -> None:
    server.play(script)
    with closing(model.stream("Правила", "Вопрос", 3 * PATIENCE)) as texts:  # not its deadline
        assert next(text for text in texts if text)
    assert server.left.wait(PATIENCE)
    assert server.sent < len(TEXT * 50)


def test_it_beats_while_nothing_comes(server: ModelServer) -> None:
    server.play(Script("", "stall"))
    with closing(made(KINDS[0], server.address).stream("Правила", "Вопрос", PATIENCE)) as texts:
        assert [next(texts), next(texts)] == ["", ""]


def test_many_are_answered_at_once(server: ModelServer) -> None:
    server.play(Script(TEXT, pause=0.1))
    model = made(KINDS[0], server.address)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(said(model)[-1])) for _ in range(8)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert found == [TEXT] * 8
    assert time.monotonic() - started < 8 * len(TEXT) / SLICE * 0.1, "one after the other"


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_is_sent(server: ModelServer, kind: str) -> None:
    server.play(Script(TEXT))
    said(made(kind, server.address, "secret-key"))
    assert server.headers[-1]["authorization"] == "Bearer secret-key"


def test_a_key_for_openai_goes_to_nobody_else(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "meant-for-openai")
    monkeypatch.setenv("OPENAI_API_BASE", "http://192.0.2.1/v1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    server.play(Script(TEXT))
    assert said(made.__wrapped__("openai-like", server.address))[-1] == TEXT
    assert "meant-for-openai" not in str(server.headers)
