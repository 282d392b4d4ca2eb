"""A server under load: answers a second and how long they take, what is turned away, memory meanwhile.

A `snoska serve` is started for each number of workers (RAG_WORKERS) over the same library. Clients ask one
question after another; whoever is told to come again (503) does. The plain LlamaIndex stack finds and answers
nothing, so it is compared with our search.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from urllib.parse import urlsplit

import numpy as np

from eval import tables, telling

PATIENCE = 60.0  # seconds for an answer
_SAMPLES = 1.0  # seconds between two looks at its memory
_WARM = 5.0  # seconds of the same load before that: what is loaded at the first questions is no part of it
# Of the server and of each worker.
_MEMORY = re.compile(
    rb"^(?:process_resident_memory_bytes|snoska_worker_memory_bytes\{.*\}) (\S+)$", re.MULTILINE
)
_COLUMNS = {
    "p50": "p50, мс",
    "p95": "p95, мс",
    "p99": "p99, мс",
    "busy": "503",
    "errors": "ошибок",
    "memory_first": "МБ вначале",
    "memory_last": "МБ в конце",
    "uploaded": "добавлено",
}
Numbers = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Way:
    """Where a question is sent, and under which name."""

    path: str
    field: str


ASK, SEARCH, THEIR_SEARCH = Way("/api/ask", "question"), Way("/api/search", "query"), Way("/search", "query")


@dataclass
class Seen:
    """What the clients have seen, in any order."""

    seconds: list[float] = field(default_factory=list)
    busy: int = 0
    errors: int = 0
    memory: list[float] = field(default_factory=list)  # MB
    uploaded: int = 0

    def failed(self, how: str) -> None:
        """Count an error; the first of each kind is told."""
        self.errors += 1
        if how not in self._told:
            self._told.add(how)
            telling.note(f"Ошибка у клиента: {how}")

    _told: set[str] = field(default_factory=set)


def measure(address: str, questions: Sequence[str], clients: int, seconds: float, uploads: bool) -> Numbers:
    """The numbers of `clients` that ask for `seconds`, idle and, with `uploads`, while articles are added."""
    _ask_all(address, questions, clients, _WARM)
    numbers = {"asking": _told(_ask_all(address, questions, clients, seconds), seconds)}
    if uploads:
        seen = _ask_all(address, questions, clients, seconds, uploads=True)
        numbers["uploading"] = _told(seen, seconds)
    return numbers


def searching(address: str, questions: Sequence[str], clients: int, seconds: float, way: Way) -> Numbers:
    """The same of searches alone, of ours or the plain stack's."""
    _ask_all(address, questions, clients, _WARM, way=way)
    told = _told(_ask_all(address, questions, clients, seconds, way=way), seconds)
    return {"baseline" if way is THEIR_SEARCH else "search": told}


def _ask_all(
    address: str,
    questions: Sequence[str],
    clients: int,
    seconds: float,
    uploads: bool = False,
    way: Way = ASK,
) -> Seen:
    seen, ends, number = Seen(), time.monotonic() + seconds, count()
    asking = (address, way, questions, number, ends, seen)
    threads = [threading.Thread(target=_asks, args=asking) for _ in range(clients)]
    threads.append(threading.Thread(target=_watches, args=(address, ends, seen)))
    if uploads:
        threads.append(threading.Thread(target=_uploads, args=(address, ends, seen)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _asks(
    address: str, way: Way, questions: Sequence[str], number: Iterator[int], ends: float, seen: Seen
) -> None:
    """One client: a question after another, each in a connection that is kept."""
    connection: HTTPConnection | None = None
    while time.monotonic() < ends:
        question, began = questions[next(number) % len(questions)], time.perf_counter()
        try:
            connection = connection or _connected(address)
            status, after = _posted(connection, way.path, {way.field: question})
        except (OSError, HTTPException) as error:
            seen.failed(type(error).__name__)
            connection = None
            continue
        if status == 200:
            seen.seconds.append(time.perf_counter() - began)
        elif status == 503:
            seen.busy += 1
            time.sleep(min(after, max(0.0, ends - time.monotonic())))
        else:
            seen.failed(str(status))


def _uploads(address: str, ends: float, seen: Seen) -> None:
    connection = _connected(address)
    for number in count():
        if time.monotonic() > ends:
            return
        articles = [
            {"id": f"load-{number}-{each}", "text": f"Длина моста {number}-{each} — {each + 7} метров."}
            for each in range(20)
        ]
        status, _ = _posted(connection, "/api/articles", {"articles": articles})
        seen.uploaded += 20 * (status == 200)


def _watches(address: str, ends: float, seen: Seen) -> None:
    """How much memory the server has, time and again."""
    while time.monotonic() < ends:
        connection = _connected(address)
        with suppress(OSError, HTTPException):  # it is looked at again
            connection.request("GET", "/metrics")
            if found := _MEMORY.findall(connection.getresponse().read()):
                seen.memory.append(sum(map(float, found)) / 1e6)
        connection.close()
        time.sleep(_SAMPLES)


def _posted(connection: HTTPConnection, path: str, body: object) -> tuple[int, float]:
    """The status, and after how many seconds to come again."""
    sent = json.dumps(body, ensure_ascii=False).encode()
    connection.request("POST", path, sent, {"Content-Type": "application/json"})
    response = connection.getresponse()
    response.read()
    return response.status, float(response.headers.get("Retry-After") or 1)


def _connected(address: str) -> HTTPConnection:
    place = urlsplit(address)
    return HTTPConnection(place.hostname or "", place.port, timeout=PATIENCE)


def _told(seen: Seen, seconds: float) -> dict[str, float]:
    p50, p95, p99 = np.percentile(seen.seconds or [float("nan")], [50, 95, 99]) * 1000
    memory = seen.memory or [float("nan")]
    return {
        "answers": len(seen.seconds),
        "answers_per_second": len(seen.seconds) / seconds,
        "p50": float(p50),
        "p95": float(p95),
        "p99": float(p99),
        "busy": seen.busy,
        "errors": seen.errors,
        "memory_first": memory[0],
        "memory_last": memory[-1],
        "uploaded": seen.uploaded,
    }


def named(numbers: Numbers, workers: int) -> Numbers:
    """What `measure` told, by the number of workers: "workers_2", "workers_2_uploading"."""
    return {f"workers_{workers}{'_uploading' * (way == 'uploading')}": told for way, told in numbers.items()}


def ratios(numbers: Numbers) -> dict[str, float]:
    """How many times the answers of one worker each other number of them gives; our searches of theirs."""
    speeds = {
        name: told["answers_per_second"] for name, told in numbers.items() if "answers_per_second" in told
    }
    pairs = [(each, "workers_1") for each in speeds if re.fullmatch(r"workers_(?!1$)\d+", each)]
    if "baseline" in speeds:
        pairs.append(("search", "baseline"))
    return {each: round(speeds[each] / speeds[other], 2) for each, other in pairs if speeds.get(other)}


def table(numbers: Numbers) -> str:
    """What was measured, `named`, a row a way of load."""
    rows = [
        [
            _named(name),
            tables.number(told["answers_per_second"]),
            *(tables.number(told[each], 0) for each in _COLUMNS),
        ]
        for name, told in numbers.items()
        if "answers_per_second" in told
    ]
    return tables.markdown(["Процессов", "ответов в с", *_COLUMNS.values()], rows)


def _named(name: str) -> str:
    if name in ("search", "baseline"):
        return {"search": "только поиск", "baseline": "LlamaIndex и FastAPI, поиск"}[name]
    return name.split("_")[1] + ", пока добавляют статьи" * name.endswith("_uploading")
