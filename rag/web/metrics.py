"""/metrics for Prometheus: requests, answers and their stages, the queue, the library and its indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool

from rag import stages
from rag.types import Answer

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.web.admission import Admission

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
router = APIRouter(tags=["operations"])


class Metrics(stages.Watcher):
    """What one server has counted; `close` ends it."""

    def __init__(self, bot: Bot, admission: Admission) -> None:
        self._registry = registry = CollectorRegistry()
        for make in (ProcessCollector, PlatformCollector, GCCollector):
            make(registry=registry)
        self._requests = Counter(
            "snoska_requests",
            "Requests",
            ["method", "route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "snoska_request_seconds", "Seconds of a request", ["route"], buckets=_BUCKETS, registry=registry
        )
        self._stages = Histogram(
            "snoska_stage_seconds", "Seconds of a stage", ["stage"], buckets=_BUCKETS, registry=registry
        )
        self._answers = Counter(
            "snoska_answers",
            "Answers, refusals too",
            ["kind", "verdict", "writer"],
            registry=registry,
        )
        self._sentences = Counter(
            "snoska_sentences", "Sentences by how well quotes support them", ["support"], registry=registry
        )
        registry.register(_Present(bot, admission))
        self.close: Callable[[], None] = stages.watch(self)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request has ended."""
        self._requests.labels(method if method in METHODS else "other", route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def stage(self, name: str) -> AbstractContextManager[object]:
        return self._stages.labels(name).time()

    def answered(self, answer: Answer) -> None:
        self._answers.labels(answer.kind, answer.verdict or "none", answer.writer).inc()
        for sentence in answer.sentences:
            self._sentences.labels(sentence.support).inc()

    def told(self) -> bytes:
        """All of it in Prometheus' format."""
        return generate_latest(self._registry)


class _Present:
    """What is so at the moment of asking."""

    def __init__(self, bot: Bot, admission: Admission) -> None:
        self._bot, self._admission = bot, admission

    def collect(self) -> Iterator[GaugeMetricFamily]:
        working, waiting = self._admission.counts()
        library = self._bot.library
        counts = library.counts()
        yield GaugeMetricFamily("snoska_answers_working", "Answers being written", working)
        yield GaugeMetricFamily("snoska_answers_waiting", "Questions in the queue", waiting)
        yield GaugeMetricFamily("snoska_articles", "Articles of the library", counts.articles)
        yield GaugeMetricFamily("snoska_passages", "Passages of the library", counts.passages)
        held = GaugeMetricFamily("snoska_index_passages", "Passages of an index", labels=["index"])
        lag = GaugeMetricFamily("snoska_index_lag", "Passages that an index hasn't yet", labels=["index"])
        for name, count in library.index_counts().items():
            held.add_metric([name], count)
            lag.add_metric([name], max(0, counts.passages - count))
        yield from (held, lag)
        if self._bot.workers:
            name, told = "snoska_worker_memory_bytes", "Resident memory of a process that writes answers"
            memory = GaugeMetricFamily(name, told, labels=["worker"])
            for number, size in enumerate(self._bot.workers.memory(), 1):
                memory.add_metric([str(number)], size)
            yield memory


@router.get(
    "/metrics",
    summary="Показатели для Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Запросы, ответы и их ступени, очередь, библиотека и её индексы; при ключах нужен ключ."""
    found: Metrics = request.app.state.metrics
    return Response(await run_in_threadpool(found.told), media_type=CONTENT_TYPE_LATEST)
