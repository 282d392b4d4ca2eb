"""The product as other processes: a question on the command line, a server that answers searches."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from eval import metrics
from eval.errors import EvaluationError
from rag.config import Config
from rag.types import Article

FRESH = 3  # processes started, of which the median counts
_STARTED = 60.0  # seconds until a server that has told its address answers
_PAUSE = 0.02  # seconds between two searches
_SETTLED = 25.0  # seconds after which helper processes that have nothing to do have ended
_MB = 1024 * 1024

# A process inherits the peak of the one that starts it, so the one measured is started by a small one.
_WATCH = """
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Process:
    """How long a process ran and the most memory it held."""

    seconds: float
    peak_mb: float


def fresh(config: Config, question: str) -> Process:
    """`snoska ask` from start to exit: the median time and the highest memory of FRESH processes."""
    asked = [_ask_once(config, question) for _ in range(FRESH)]
    return Process(round(median(one.seconds for one in asked), 2), max(one.peak_mb for one in asked))


def _ask_once(config: Config, question: str) -> Process:
    command = [sys.executable, "-c", _WATCH, sys.executable, "-m", "rag", "ask", question]
    done = subprocess.run(command, env=_environment(config), capture_output=True, text=True, check=False)
    if done.returncode:
        raise EvaluationError(f"snoska ask завершилась с кодом {done.returncode}: {done.stderr.strip()}")
    seconds, peak = done.stdout.split()
    return Process(float(seconds), megabytes(int(peak)))


def serve(config: Config, questions: Sequence[str]) -> dict[str, float]:
    """Memory in MB of `snoska serve` once it is ready, and a while after it has searched for every question.

    With that of the processes it has started; some of them end when nothing is left for them to do.
    """
    with served(config) as (address, process):
        ready = resident(process)
        for question in questions:
            _post(f"{address}/api/search", {"query": question})
        sleep(_SETTLED)
        return {"ready_mb": ready, "serve_mb": resident(process)}


def searched_while_indexing(
    config: Config, questions: Sequence[str], articles: Iterable[Article]
) -> dict[str, float]:
    """Milliseconds of a search over HTTP while `snoska index` has the server take `articles` in.

    Searches follow each other with a pause of 20 ms; `idle_` ones are of the same questions before that.
    """
    with TemporaryDirectory(prefix="snoska-busy-") as folder, served(config) as (address, _):
        for number, article in enumerate(articles):
            (Path(folder) / f"{number}.txt").write_text(article.text, encoding="utf-8")
        idle = [_search(address, text) for text in questions]
        command = [sys.executable, "-m", "rag", "index", folder]
        indexing = subprocess.Popen(command, env=_environment(config), stdout=subprocess.DEVNULL)
        busy: list[float] = []
        for text in cycle(questions):
            if indexing.poll() is not None:
                break
            busy.append(_search(address, text))
            sleep(_PAUSE)
    if indexing.returncode:
        raise EvaluationError(f"snoska index завершилась с кодом {indexing.returncode}")
    shares = {f"p{share}": metrics.percentile(busy, share) for share in (50, 95, 99)}
    found = shares | {"max": max(busy), "idle_p50": metrics.percentile(idle, 50), "idle_max": max(idle)}
    return {"searches": len(busy)} | {name: round(value, 1) for name, value in found.items()}


def _search(address: str, text: str) -> float:
    start = perf_counter()
    _post(f"{address}/api/search", {"query": text})
    return 1000 * (perf_counter() - start)


@contextmanager
def served(config: Config, **settings: str) -> Iterator[tuple[str, int]]:
    """The address of a server over the library of `config`, and its process id; with these RAG_* besides."""
    command = [sys.executable, "-m", "rag", "serve", "--port", "0"]
    with _started(command, _environment(config) | settings) as started:
        yield started


@contextmanager
def plain(config: Config) -> Iterator[tuple[str, int]]:
    """The same of the plain LlamaIndex stack behind FastAPI, over the articles of that library."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "eval.baseline_server", str(port)]
    with _started(command, _environment(config)) as (address, process):
        _wait_for(port)
        yield address, process


def _wait_for(port: int) -> None:
    ends = perf_counter() + _STARTED
    while perf_counter() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            sleep(_PAUSE)
    raise EvaluationError("Сервер LlamaIndex не отвечает.")


@contextmanager
def _started(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """The address that a process tells, and its id; it is ended in the end."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "http://" in line:
                yield line[line.index("http://") :].strip(), process.pid
                return
        raise EvaluationError(f"Сервер не запустился: {''.join(said).strip()}")
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _post(address: str, body: Mapping[str, object]) -> None:
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=120) as answer:
        answer.read()


def _environment(config: Config) -> dict[str, str]:
    return os.environ | {
        "RAG_DATA": str(config.data.absolute()),
        "RAG_MODELS": str(config.models_folder.absolute()),
        "PYTHONUNBUFFERED": "1",
    }


def resident(process: int) -> float:
    """Resident memory in MB of a process and all that it has started."""
    return round(sum(_family(process).values()), 1)


def resident_of_children(process: int) -> float:
    """Resident memory in MB of all that a process has started."""
    family = _family(process)
    return round(sum(family.values()) - family[process], 1)


def _family(process: int) -> dict[int, float]:
    """MB of a process and its descendants."""
    told = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)
    children: dict[int, list[int]] = {}
    sizes: dict[int, float] = {}
    for line in told.stdout.splitlines():
        pid, parent, kilobytes = map(int, line.split())
        children.setdefault(parent, []).append(pid)
        sizes[pid] = kilobytes * 1024 / _MB
    found = [process]
    for pid in found:  # which grows
        found += children.get(pid, [])
    return {pid: sizes[pid] for pid in found}


def megabytes(peak: int) -> float:
    """`ru_maxrss`, which is in bytes on macOS and in kilobytes elsewhere, in MB."""
    return round(peak * (1 if sys.platform == "darwin" else 1024) / _MB, 1)


def size(folder: Path) -> float:
    """Size of a folder's files in MB."""
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / _MB, 1)
