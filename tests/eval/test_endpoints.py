"""Anything that answers: a chat model's server, a search tool over MCP; interrupted runs go on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from eval import endpoints, runs
from eval.__main__ import main
from eval.endpoints import declines, kind_of, of_chat, of_tool
from eval.errors import EvaluationError
from rag.errors import LibraryError
from rag.types import Turn
from rag.web.api import create_app
from rag.web.remote import reach
from tests.eval.records import HEADER, record
from tests.web.sample import open_sample
from tests.web.serving import running


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:7860", "snoska"),
        ("http://127.0.0.1:7860/snoska", "snoska"),
        ("http://127.0.0.1:8080/v1/", "chat"),
        ("https://example.org/v1/chat/completions", "chat"),
        ("http://127.0.0.1:7860/mcp", "mcp"),
    ],
)
def test_kind_of(url: str, kind: str) -> None:
    assert kind_of(url) == kind


@pytest.mark.parametrize(
    ("said", "declined"),
    [
        ("Ответа нет.", True),
        ("В статьях об этом не сказано. Могу рассказать о мосте.", True),
        ("К сожалению, у меня нет информации о длине моста.", True),
        ("Я не знаю.", True),
        ("Длина моста 312 метров. Другие данные не указаны.", False),
        ("Нет, мост ещё не открыт.", False),
        ("Не менее 40 метров.", False),
    ],
)
def test_what_declines(said: str, declined: bool) -> None:
    assert declines(said) == declined


LONG = "Длина моста 312 метров."
QUOTE = {"article_id": "most", "quote": LONG, "start": 0, "stop": 23}
HELD = {"structured_content": {"results": [{"id": "most", "text": LONG}]}}
TOLD = {"content": [{"text": json.dumps([{"url": "most", "content": LONG}])}]}
DECLINED = {"structured_content": {"found": False, "text": "Ответа нет.", "citations": []}}


@pytest.mark.parametrize(
    ("raw", "found", "text", "citations"),
    [
        (HELD, True, LONG, [QUOTE]),
        (TOLD, True, LONG, [QUOTE]),
        ({"content": [{"text": "312 метров"}]}, True, "312 метров", []),
        ({"structured_content": {"results": []}}, False, "", []),
        ({"content": [{"text": "сбой"}], "is_error": True}, False, "сбой", []),
        (DECLINED, False, "Ответа нет.", []),
    ],
)
def test_what_a_tool_found(raw: dict[str, Any], found: bool, text: str, citations: list[Any]) -> None:
    given = of_tool(raw)
    assert (given["found"], given["text"], given["citations"]) == (found, text, citations)
    assert given["raw"] == raw


def said(text: str, annotations: list[Any], **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"content": text, "annotations": annotations}}], **more}


ELSEWHERE = {"url_citation": {"url": "https://example.org/a", "title": "А", "start_index": 3, "end_index": 7}}
SOME = {"url_citation": {"url": "https://example.org/b", "content": LONG}}
OURS = {"url_citation": {"url": "x"}, "snoska": {"article_id": "most", "quote": LONG, "start": 7, "stop": 30}}


@pytest.mark.parametrize(
    ("raw", "text", "citations"),
    [
        (said(LONG, [ELSEWHERE]), LONG, [("https://example.org/a", "", 0)]),
        (said(LONG, [SOME]), LONG, [("https://example.org/b", LONG, 0)]),
        (said(f"Так [^1].\n\n[^1]: «{LONG}» — [Мост](<x>)", [OURS, OURS]), "Так [1].", [("most", LONG, 7)]),
        (said(LONG, []), LONG, []),
    ],
)
def test_what_a_chat_cites(raw: dict[str, Any], text: str, citations: list[Any]) -> None:
    given = of_chat(raw)
    assert (given["found"], given["text"], given["raw"]) == (True, text, raw)
    assert [(each["article_id"], each["quote"], each["start"]) for each in given["citations"]] == citations


def test_what_a_chat_of_ours_tells_of_itself() -> None:
    own = {"found": False, "short_answer": None, "verdict": "no", "confidence": 0.2}
    given = of_chat(said("Похоже на ответ.", [], snoska=own))
    assert {name: given[name] for name in own} == own


class Chat(BaseHTTPRequestHandler):
    """Answers each question with its own last word; the first request of «занят» is refused."""

    asked: list[dict[str, Any]]
    busy: int

    models: ClassVar[list[str]] = ["small"]

    def do_GET(self) -> None:
        sent = json.dumps({"data": [{"id": each} for each in type(self).models]}).encode()
        self.send_response(200 if self.path == "/v1/models" else 404)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = type(self)
        kind.asked.append(body | {"key": self.headers["Authorization"]})
        kind.busy -= 1
        said = body["messages"][-1]["content"].rstrip("?").split()[-1]
        answer = {"choices": [{"message": {"content": "Ответа нет." if said == "опере" else f"Это {said}."}}]}
        sent = json.dumps(answer if kind.busy < 0 else {}).encode()
        self.send_response(200 if kind.busy < 0 else 503)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture()
def server() -> Iterator[tuple[str, type[Chat]]]:
    handler = type("Here", (Chat,), {"asked": [], "busy": 0})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/v1", handler
        http.shutdown()


def test_a_chat_is_asked_with_its_history(
    server: tuple[str, type[Chat]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, handler = server
    handler.busy = 1
    monkeypatch.setattr(endpoints, "_PAUSES", (0.0, 0.0))
    given = endpoints.chat(address, "small", "secret")("А где Орск?", [Turn("Что это?", "Город.")])
    assert (given["found"], given["text"], given["raw"]["choices"][0]["message"]["content"]) == (
        True, "Это Орск.", "Это Орск.",
    )  # fmt: skip
    assert len(handler.asked) == 2  # the server was busy at first
    assert [each["role"] for each in handler.asked[1]["messages"]] == ["system", "user", "assistant", "user"]
    assert (handler.asked[1]["model"], handler.asked[1]["key"]) == ("small", "Bearer secret")


@pytest.mark.parametrize("path", ["", "/", "/chat/completions"])
def test_the_only_model_of_a_server_needs_no_name(server: tuple[str, type[Chat]], path: str) -> None:
    address, handler = server
    assert endpoints.only_model(f"{address}{path}") == "small"
    handler.models = ["small", "large"]
    with pytest.raises(EvaluationError, match=r"RAG_LLM_MODEL=имя \(на сервере есть: small, large\)"):
        endpoints.only_model(f"{address}{path}")


def test_no_server_at_an_address() -> None:
    with pytest.raises(LibraryError, match=r"http://127\.0\.0\.1:9 не отвечает\. Проверьте адрес"):
        reach("http://127.0.0.1:9", "")


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "_PAUSES", ())
    with pytest.raises(EvaluationError, match="не отвечает"):
        endpoints.chat("http://127.0.0.1:9/v1", "small")("Где?", [])


@pytest.fixture()
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.jsonl"
    asked: list[dict[str, object]] = [
        {"id": f"q{place}", "question": f"Где {place}?", "answers": [str(place)]} for place in range(6)
    ]
    asked.append({"id": "no", "question": "Что сказано об опере?", "refuse": True})
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in asked), encoding="utf-8")
    return path


def test_a_run_over_a_chat_goes_on(
    server: tuple[str, type[Chat]], small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    address, handler = server
    monkeypatch.setenv("RAG_LLM_MODEL", "small")
    out = tmp_path / "run.jsonl"
    command = ["run", str(small), "--url", address, "--out", str(out), "--jobs", "3"]
    assert main(command) == 0
    whole = runs.read(out)
    assert [each.id for each in whole.records] == [*(f"q{place}" for place in range(6)), "no"]
    assert all(each.judged().right for each in whole.records) and len(handler.asked) == 7
    lines = out.read_text(encoding="utf-8").splitlines()
    out.write_text("\n".join([*lines[:4], lines[4][:50]]), encoding="utf-8")  # killed while it wrote
    assert main(command) == 1 and "--force" in capsys.readouterr().err
    assert main([*command, "--resume"]) == 0
    assert len(handler.asked) == 11 and runs.read(out).records[:3] == whole.records[:3]
    assert {each.id for each in runs.read(out).records} == {each.id for each in whole.records}


def test_some_of_the_questions(
    server: tuple[str, type[Chat]], small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LLM_MODEL", "small")
    command = ["run", str(small), "--url", server[0], "--limit", "3", "--seed"]
    for seed in ("1", "1", "2"):
        assert main([*command, seed, "--out", str(tmp_path / f"{seed}.jsonl"), "--force"]) == 0
    first, other = (runs.read(tmp_path / f"{seed}.jsonl") for seed in "12")
    assert first.header.asked == len(first.records) == 3
    assert [each.id for each in first.records] != [each.id for each in other.records]


def test_a_run_of_something_else_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    asked = record("a", None)
    runs.write(path, HEADER, [asked], lambda _: None)
    assert runs.done_before(path, HEADER, [asked.gold]) == []  # it was an error
    with pytest.raises(EvaluationError, match="другого набора"):
        runs.done_before(path, HEADER.model_copy(update={"url": "http://x"}), [asked.gold])
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(EvaluationError, match="не прогон"):
        runs.done_before(path, HEADER, [asked.gold])


def test_our_own_chat_is_judged_by_its_quotes_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {"question": "Какова длина канала?", "answers": ["127,4 км"], "articles": ["kanal-2026"]}
    (tmp_path / "set.jsonl").write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
    out = tmp_path / "run.jsonl"
    with running(create_app(open_sample(tmp_path / "library").as_bot)) as address:
        assert main(["run", str(tmp_path / "set.jsonl"), "--url", f"{address}/v1", "--out", str(out)]) == 0
    (judged,) = runs.judgements(runs.read(out).records)
    assert judged.right and judged.cited and judged.in_text and judged.in_quotes and judged.short
    (kept,) = runs.read(out).records
    assert kept.reply is not None and "[^" not in kept.reply.text


def test_a_search_tool_over_mcp(tmp_path: Path) -> None:
    with running(create_app(open_sample(tmp_path).as_bot)) as address:
        given = endpoints.mcp(f"{address}/mcp")("Какова длина канала?", [])
    assert given["found"] and "131 км" in given["text"]
    assert given["citations"] and all(each["article_id"] for each in given["citations"])
    with pytest.raises(EvaluationError, match="не отвечает"):
        endpoints.mcp("http://127.0.0.1:9/mcp")
