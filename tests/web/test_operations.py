"""What those who run a server see: /metrics, logs, traces."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from rag.assemble import open_bot
from rag.bot import Bot
from rag.config import Config
from rag.web import logs, tracing
from rag.web.api import create_app
from rag.web.terms import Terms
from tests.patience import PATIENCE, becomes
from tests.web.serving import client_of, running

pytestmark = pytest.mark.slow_file

BRIDGE = "Длина нового моста через Тобол — 640 метров. Открыли его в июле 2025 года."
ASKED = "Какова длина моста через Тобол?"
KEY = "secret-key-of-a-test"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "most.txt").write_text(BRIDGE, encoding="utf-8")
    with open_bot(Config(data=tmp_path_factory.mktemp("data"), models=models)) as bot:
        bot.library.index([folder])
        yield bot


@pytest.fixture
def http(bot: Bot) -> Iterator[httpx.Client]:
    app = create_app(bot, keys=[KEY], terms=Terms(log_questions=True))
    headers = {"Authorization": f"Bearer {KEY}"}
    with client_of(app, headers=headers) as client:
        yield client


def measured(http: httpx.Client) -> dict[str, float]:
    told = http.get("/metrics").raise_for_status().text
    pairs = re.findall(r"^(snoska_[^ ]+|process_resident[^ ]+) ([^ ]+)$", told, re.MULTILINE)
    return {name: float(value) for name, value in pairs}


def test_metrics_count_requests_answers_and_stages(http: httpx.Client) -> None:
    before = measured(http)
    http.post("/api/ask", json={"question": ASKED}).raise_for_status()
    http.post("/api/ask", json={"question": "Кто изобрёл дирижабль?"}).raise_for_status()
    http.post("/api/ask", json={"question": "Спасибо!"}).raise_for_status()
    http.get("/api/articles/нет-такой")
    now = measured(http)
    grown = {name: value - before.get(name, 0) for name, value in now.items()}
    assert grown['snoska_requests_total{method="POST",route="/api/ask",status="200"}'] == 3
    assert grown['snoska_requests_total{method="GET",route="/api/articles/{article_id}",status="404"}'] == 1
    answers = {name: value for name, value in grown.items() if name.startswith("snoska_answers_total")}
    assert {kind: sum(value for name, value in answers.items() if f'kind="{kind}"' in name)
            for kind in ("answer", "refusal", "talk")} == {"answer": 1, "refusal": 1, "talk": 1}  # fmt: skip
    assert grown['snoska_sentences_total{support="supported"}'] >= 1
    for stage in ("repair", "search", "write", "verify"):
        assert grown[f'snoska_stage_seconds_count{{stage="{stage}"}}'] >= 2
    assert now["snoska_articles"] == 1 and now["snoska_passages"] == 1
    assert now['snoska_index_lag{index="dense"}'] == 0 and now["snoska_answers_waiting"] == 0
    assert now["process_resident_memory_bytes"] > 1_000_000


def test_metrics_are_guarded_like_the_rest(http: httpx.Client) -> None:
    assert httpx.get(http.base_url.join("/metrics")).status_code == 401


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[tuple[Path, io.StringIO]]:
    """Logs as a server with RAG_LOG=json writes them: the file, and what standard error gets."""
    root, shown = logging.getLogger(), io.StringIO()
    before, level, raised = root.handlers[:], root.level, logging.raiseExceptions
    with redirect_stderr(shown):
        logs.log_to(tmp_path / "server.log", "json")
        yield tmp_path / "server.log", shown
    for handler in root.handlers:
        handler.close()
    logging.basicConfig(level=level, handlers=before, force=True)
    logging.raiseExceptions = raised


def test_a_line_of_json_for_each_request_by_its_id_without_keys(
    http: httpx.Client, logged: tuple[Path, io.StringIO]
) -> None:
    http.post("/api/ask", json={"question": ASKED}, headers={"X-Request-ID": "mine-1"})
    http.get("/api/articles?q=мост", headers={"X-Request-ID": "mine-2"})
    http.get("/api/articles", headers={"Authorization": "Bearer wrong-key", "X-Request-ID": "mine-3"})
    file, shown = logged
    becomes(lambda: "mine-3" in shown.getvalue(), True)  # a line comes once its request is over
    assert file.read_text(encoding="utf-8") == shown.getvalue()
    lines = [json.loads(line) for line in shown.getvalue().splitlines()]
    told = {(line["request_id"], line.get("route"), line.get("status")) for line in lines if "route" in line}
    assert told >= {("mine-1", "/api/ask", 200), ("mine-2", "/api/articles", 200)}
    assert any(line["request_id"] == "mine-3" and line["status"] == 401 for line in lines if "route" in line)
    asked = [line for line in lines if "question" in line]
    assert [(line["request_id"], line["question"]) for line in asked] == [("mine-1", ASKED)]
    assert KEY not in shown.getvalue() and "wrong-key" not in shown.getvalue()
    assert "q=" not in shown.getvalue()


def test_questions_are_not_logged_unless_that_is_wished(bot: Bot, logged: tuple[Path, io.StringIO]) -> None:
    with running(create_app(bot)) as address:
        httpx.post(f"{address}/api/ask", json={"question": ASKED}, timeout=PATIENCE).raise_for_status()
        httpx.get(f"{address}/api/articles", params={"q": "Тобол"}, timeout=PATIENCE)
    becomes(lambda: "/api/articles" in logged[1].getvalue(), True)
    assert "Тобол" not in logged[1].getvalue()


def test_traces_tell_the_stages_of_a_request_and_none_of_its_words(http: httpx.Client) -> None:
    exporter = InMemorySpanExporter()
    end = tracing.start("", exporter)
    try:
        http.post("/api/ask", json={"question": ASKED}).raise_for_status()
        becomes(lambda: len(exporter.get_finished_spans()) >= 6, True)
    finally:
        end()
    spans = {span.name: span for span in exporter.get_finished_spans()}
    request = spans["POST /api/ask"]
    assert request.attributes is not None and request.attributes["http.response.status_code"] == 200
    search = spans["retrieval search"]
    assert search.attributes is not None and search.attributes[tracing.OPERATION] == "retrieval"
    assert {"chat write", "snoska verify", "snoska answered"} <= set(spans)
    for span in spans.values():
        assert span.context is not None and request.context is not None
        assert span.context.trace_id == request.context.trace_id
        assert "Тобол" not in span.to_json()
