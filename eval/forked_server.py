"""A server of the product in a process of its own, to be asked and to be killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import traceback
from collections.abc import Mapping
from http.client import HTTPConnection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from eval.errors import EvaluationError
from rag import config as settings

PATIENCE = 120.0  # seconds for an answer, and for whatever has to come in the end
PRELOADED = (
    "rag.answering.extractive",
    "rag.bot",
    "rag.postgres.database",
    "rag.retrieval.postgres_dense",
    "rag.retrieval.postgres_keyword",
    "rag.retrieval.search",
    "rag.web.api",
    "rag.web.page",
    "rag.web.server",
)
_LOG = "stderr.log"
context = multiprocessing.get_context("forkserver")


class Server:
    """One of the servers: killed and started anew, at another address each time."""

    def __init__(self, folder: Path, url: str) -> None:
        self._environment = {"RAG_DATA": str(folder), "RAG_STORE": url}
        self._process: ForkServerProcess | None = None
        self.address = ""  # empty while it is away
        self.starts = 0

    def start(self) -> None:
        reading, writing = context.Pipe(duplex=False)
        self._process = context.Process(target=_be_server, args=(writing, self._environment), daemon=True)
        self._process.start()
        writing.close()
        with reading, os.fdopen(os.dup(reading.fileno()), encoding="utf-8", errors="replace") as said:
            lines = []
            for line in said:
                lines.append(line)
                if "http://" in line:
                    self.address = line[line.index("http://") :].strip()
                    return
        log = (Path(self._environment["RAG_DATA"]) / _LOG).read_text(encoding="utf-8", errors="replace")
        raise EvaluationError(f"snoska serve не запустилась: {''.join(lines).strip()} {log[-500:].strip()}")

    def kill(self) -> None:
        self.address, self.starts = "", self.starts + 1
        if self._process:
            self._process.kill()
            self._process.join()


def _be_server(said: Any, environment: Mapping[str, str]) -> None:
    """`snoska serve`, in a process that has just been forked."""
    os.setsid()  # a Ctrl-C that ends the measurement is no business of its servers
    os.environ.update(environment)
    log = os.open(Path(environment["RAG_DATA"]) / _LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    # Not those of the process that has imported everything: these may be another kind of file.
    sys.stdout = os.fdopen(os.dup(said.fileno()), "w", encoding="utf-8")
    sys.stderr = os.fdopen(log, "w", encoding="utf-8")
    from rag.web.server import serve

    try:
        serve(settings.load(port=0))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


def post(address: str, path: str, body: object) -> tuple[int, Any]:
    """The status and the JSON that a server answers; raises OSError and HTTPException where it goes away."""
    place = urlsplit(address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE)
    try:
        sent = json.dumps(body, ensure_ascii=False).encode()
        connection.request("POST", path, sent, {"Content-Type": "application/json"})
        response = connection.getresponse()
        said = response.read()
        if "json" not in response.headers.get("Content-Type", ""):
            return response.status, {"detail": f"не JSON: {said[:100]!r}"}
        return response.status, json.loads(said)
    finally:
        connection.close()
