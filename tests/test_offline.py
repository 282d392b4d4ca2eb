"""No connection leaves the machine: every command runs with all but loopback refused, and none tries.

The guard is a `sitecustomize` module that Python loads before anything else. It hears of every name
looked up and every address dialled through an audit hook, so no library can get round it by keeping a
reference to a socket function.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests import warm
from tests.answering.model_server import Script, model_server
from tests.patience import PATIENCE
from tests.processes import free_port, run, served

pytestmark = pytest.mark.slow_file
GUARD = """
import atexit, os, sys

REPORT = os.environ["GUARD_REPORT"]
DIALLING = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
ASKING = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.gethostbyaddr": 0}

def note(kind, text):
    with open(REPORT, "a", encoding="utf-8") as file:
        file.write(f"{kind} {text}\\n")

def near(host):
    host = host.decode() if isinstance(host, bytes) else host
    return host in (None, "", "localhost", "::1", "0.0.0.0", "::") or host.startswith("127.")

def hook(event, arguments):
    if event in DIALLING:
        address = arguments[DIALLING[event]]
        far = isinstance(address, tuple) and not near(address[0])
    elif event in ASKING:
        far = not near(arguments[ASKING[event]])
    else:
        return
    if far:
        note("refused", f"{event} {arguments!r}")
        raise ConnectionRefusedError("no network in this test")

sys.addaudithook(hook)
note("guarded", os.getpid())
atexit.register(lambda: note("loaded", " ".join(sorted({name.split(".")[0] for name in sys.modules}))))
"""
TEXTS = {
    "bridge": "Железный мост через Урал открыли в 1936 году. Строили его четыре года.",
    "plant": "Завод шлифовальных станков стоит в Орске. На нём работают две тысячи человек.",
}
QUESTION = "Когда открыли железный мост через Урал?"
# Commands one after another in one process, each under settings of its own: settings and words in JSON.
COMMANDS = """
import json, os, sys
from importlib import import_module
for settings, program, *words in json.loads(sys.argv[1]):
    os.environ.update(settings)
    assert import_module(program + ".__main__").main(words) == 0, words
"""


@dataclass(frozen=True)
class Home:
    """A folder with a corpus and a question set, and what the guard saw there."""

    folder: Path
    report: Path
    settings: Mapping[str, str]

    def run(self, *arguments: str) -> str:
        done = run([sys.executable, *arguments], self.folder, **self.settings)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def commands(self, *given: Sequence[object]) -> str:
        """What commands say: settings, `rag` or `eval`, and words of each."""
        return self.run("-c", COMMANDS, json.dumps(given))

    def seen(self, kind: str) -> list[str]:
        lines = self.report.read_text(encoding="utf-8").splitlines()
        return [line.removeprefix(kind + " ") for line in lines if line.startswith(kind + " ")]

    def check(self, refused: Sequence[str] = ()) -> None:
        """It was guarded, refused nothing but `refused`, and loaded no deep-learning library."""
        assert self.seen("guarded")
        assert self.seen("refused") == list(refused)
        for loaded in self.seen("loaded"):
            assert not {"torch", "transformers", "sentence_transformers"} & set(loaded.split())


def furnished(folder: Path) -> Home:
    """The commands run in `folder` tell what they dial and load."""
    for name in ("corpus", "guard"):
        (folder / name).mkdir()
    for name, text in TEXTS.items():
        (folder / "corpus" / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    row = {"id": "q", "question": QUESTION, "answers": ["1936"], "articles": ["bridge"]}
    (folder / "set.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    settings = {"PYTHONPATH": str(folder / "guard"), "GUARD_REPORT": str(folder / "report.txt")}
    return Home(folder, folder / "report.txt", settings)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return furnished(tmp_path)


def test_the_command_line_dials_nobody_but_the_language_model_of_the_settings(home: Home) -> None:
    named = {"RAG_WRITER": "llm", "RAG_LLM_MODEL": "scripted"}
    kinds = ("openai-like", "ollama")
    with model_server(Script("Мост через Урал открыли в 1936 году [1].")) as model:
        near = [named | {"RAG_LLM": kind, "RAG_LLM_URL": model.address} for kind in kinds]
        far = [named | {"RAG_LLM": kind, "RAG_LLM_URL": "http://192.0.2.1:9"} for kind in kinds]
        said = home.commands(
            ({}, "rag", "index"),
            ({}, "rag", "ask", QUESTION),
            ({}, "rag", "search", QUESTION),
            ({}, "rag", "doctor"),
            ({}, "eval", "run", "set.jsonl", "--corpus", "corpus", "--out", "run.jsonl"),
            *((settings, "rag", "ask", QUESTION) for settings in (*near, *far)),
        )
        assert len(model.requests) == len(near)
    assert said.count("открыли в 1936 году") >= 2 and "✓" in said and "Прогон записан: run.jsonl" in said
    assert said.count("языковая модель недоступна; ответ составлен без неё") == len(far)
    assert said.count("1936 году [1]") >= len(near) + len(far)
    refused = home.seen("refused")
    assert refused and all("192.0.2.1" in dialled for dialled in refused)
    home.check(refused)
    assert len(home.seen("loaded")) == 1


def test_the_server_dials_nobody(home: Home) -> None:
    run([warm.python(), "-m", "rag", "index"], home.folder).check_returncode()  # the test above is of that
    with served(home.folder, free_port(), sys.executable, **home.settings) as address:
        assert httpx.get(f"{address}/api/health", timeout=PATIENCE).json()["articles"] == 2
        assert "Сноска" in httpx.get(address, timeout=PATIENCE).text
        answer = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=PATIENCE).json()
        assert "1936" in answer["text"]
    home.check()
    assert len(home.seen("loaded")) == 1, "the server has told what it loaded"


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("import socket; socket.socket().connect(('192.0.2.1', 9))", "socket.connect"),
        ("import urllib.request as r; r.urlopen('http://example.invalid', timeout=1)", "socket.getaddrinfo"),
        (
            "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
            "socket.sendto",
        ),
        ("import httpx; httpx.get('http://192.0.2.1', timeout=1)", "socket.getaddrinfo"),
    ],
)
def test_the_guard_sees_and_refuses(home: Home, code: str, event: str) -> None:
    done = run([sys.executable, "-c", code], home.folder, **home.settings)
    assert done.returncode == 1
    assert "no network in this test" in done.stderr
    assert home.seen("refused")[0].startswith(event)
