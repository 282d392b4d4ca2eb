"""A hub model that isn't here is fetched once, from a hub that a real HTTP server plays."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rag.retrieval.neural.encoder import SentenceTransformerEncoder

from .making import ROOT

pytestmark = pytest.mark.slow_file
NAME, COMMIT = "somebody/tiny", "0123456789abcdef0123456789abcdef01234567"
# Locates models one after another in one process, and after each asks the hub for MARK. Before a name that
# begins with "-" that file is lost from the cache.
LOCATE = """
import os, sys, urllib.request
from pathlib import Path
from rag.errors import ModelError
from rag.retrieval.neural import hub
for name in sys.argv[1:]:
    if name.startswith("-"):
        next((Path(os.environ["HF_HOME"]) / "hub").rglob(name[1:])).unlink()
        continue
    try:
        located = hub.locate(name, hub.ENCODER)
        print(located.identity, located.folder)
    except ModelError as error:
        print(error)
    print("MARK", file=sys.stderr, flush=True)
    urllib.request.urlopen(os.environ["HF_ENDPOINT"] + "/MARK")
"""


class Hub:
    """A hub with one model; `asked` are the paths that were asked for."""

    def __init__(self, folder: Path) -> None:
        self.files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
        self.files |= {"onnx/model.onnx": next(iter(self.files.values()))}
        self.asked: list[str] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self._answer(with_body=False)

            def do_GET(self) -> None:
                self._answer(with_body=True)

            def log_message(self, format: str, *args: object) -> None:
                pass

            def _answer(self, with_body: bool) -> None:
                hub.asked.append(self.path)
                status, body, headers = hub.found(self.path.split("?")[0])
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if with_body:
                    self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def found(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        if path == "/MARK":
            return 200, b"", {}
        if path.startswith(f"/api/models/{NAME}/tree/"):
            tree = [
                {"type": "file", "path": name, "size": file.stat().st_size, "oid": name}
                for name, file in self.files.items()
            ]
            return 200, json.dumps(tree).encode(), {"Content-Type": "application/json"}
        if path.startswith(f"/api/models/{NAME}"):
            names = [{"rfilename": name} for name in self.files]
            known = {"id": NAME, "sha": COMMIT, "siblings": names, "private": False, "tags": []}
            return 200, json.dumps(known).encode(), {"Content-Type": "application/json"}
        start = f"/{NAME}/resolve/{COMMIT}/"
        if path.startswith(start) and path.removeprefix(start) in self.files:
            body = self.files[path.removeprefix(start)].read_bytes()
            return 200, body, {"ETag": f'"{hashlib.sha1(body).hexdigest()}"', "X-Repo-Commit": COMMIT}
        missing = "RepoNotFound" if path.startswith("/api/") else "EntryNotFound"
        return 404, b"{}", {"X-Error-Code": missing}


@pytest.fixture
def hub(bag: Path) -> Iterator[Hub]:
    hub = Hub(bag)
    thread = threading.Thread(target=hub.server.serve_forever)
    thread.start()
    yield hub
    hub.server.shutdown()
    thread.join()
    hub.server.server_close()


@dataclass(frozen=True)
class Loaded:
    """What was said of a model, on which stream, and what the hub was asked for."""

    said: str
    remarked: str
    asked: list[str]


def located(names: Sequence[str], home: Path, hub: Hub, **settings: str) -> list[Loaded]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment |= {"HF_HOME": str(home), "HF_ENDPOINT": hub.address, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-c", LOCATE, *names]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    asked = "\n".join(hub.asked).split("/MARK")
    told = zip(done.stdout.splitlines(), done.stderr.split("MARK\n"), asked, strict=False)
    return [Loaded(said, remarked, asked.split()) for said, remarked, asked in told]


def test_a_model_is_fetched_once_and_gone_on_with_after_an_interruption(hub: Hub, tmp_path: Path) -> None:
    names = [NAME, NAME, "-model.safetensors", NAME, "somebody/else"]
    first, second, third, unknown = located(names, tmp_path, hub)
    identity, folder = first.said.split()
    assert identity == f"{NAME}@{COMMIT[:8]}"
    assert f"Модели {NAME} на этой машине нет: скачиваю её с хаба." in first.remarked
    assert any(path.endswith("modules.json") for path in first.asked)
    assert not any("onnx" in path for path in first.asked), "other formats of the weights are left there"
    assert (second.said, second.asked) == (first.said, [])
    assert "скачиваю" not in second.remarked
    assert third.said == first.said and third.asked
    assert SentenceTransformerEncoder(folder).encode_queries(["мост"]).any()
    assert unknown.said.startswith("Модели somebody/else нет ни на этой машине, ни на хабе")


def test_whoever_has_forbidden_the_hub(hub: Hub, tmp_path: Path) -> None:
    (loaded,) = located([NAME], tmp_path, hub, HF_HUB_OFFLINE="1")
    assert "а скачивать запрещает HF_HUB_OFFLINE" in loaded.said
    assert loaded.asked == []
