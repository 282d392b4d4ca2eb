"""Traces of OpenTelemetry, with RAG_TRACES: a span for each request and for each stage of a question.

Every name of the conventions for generative AI stands here. Questions and answers are not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from rag import __version__, stages
from rag.errors import SettingsError
from rag.types import Answer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

Ended = Callable[[str, int], None]  # told of a request: its route and status
OPERATION, SOURCE, MODEL, PROVIDER = (
    "gen_ai.operation.name",
    "gen_ai.data_source.id",
    "gen_ai.request.model",
    "gen_ai.provider.name",
)
# What a stage is to the conventions; the others are spans by their own names.
OPERATIONS = {"search": "retrieval", "write": "chat"}
_tracer: Tracer | None = None


class Tracing(stages.Watcher):
    """Spans of the stages that questions go through."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def stage(self, name: str) -> AbstractContextManager[object]:
        operation = OPERATIONS.get(name)
        told = {OPERATION: operation, PROVIDER: "snoska", SOURCE: "library"} if operation else {}
        return self._tracer.start_as_current_span(f"{operation or 'snoska'} {name}", attributes=told)

    def answered(self, answer: Answer) -> None:
        with self._tracer.start_as_current_span("snoska answered") as span:
            span.set_attribute(MODEL, answer.writer)
            span.set_attribute("snoska.found", answer.found)
            span.set_attribute("snoska.citations", len(answer.citations))


def start(address: str, exporter: SpanExporter | None = None) -> Callable[[], None]:
    """Send traces to the collector at `address` (OTLP over gRPC); nothing without one.

    What is given back ends it. Raises SettingsError where the packages are missing.
    """
    global _tracer
    if not address and exporter is None:
        return lambda: None
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
    except ImportError:
        raise SettingsError(
            "Для RAG_TRACES нужны пакеты OpenTelemetry: pip install 'snoska[traces]'. Или уберите настройку."
        ) from None
    resource = Resource.create({"service.name": "snoska", "service.version": __version__})
    provider = TracerProvider(resource=resource, shutdown_on_exit=True)
    if exporter:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(address)))
    _tracer = provider.get_tracer("snoska", __version__)
    leave = stages.watch(Tracing(_tracer))

    def end() -> None:
        global _tracer
        _tracer = None
        leave()
        provider.shutdown()

    return end


@contextmanager
def request(method: str) -> Iterator[Ended]:
    """The span of a request, which what is given is told of once it has ended."""
    if _tracer is None:
        yield lambda route, status: None
        return
    with _tracer.start_as_current_span(method) as span:

        def ended(route: str, status: int) -> None:
            span.update_name(f"{method} {route}")
            span.set_attributes({"http.request.method": method, "http.route": route})
            span.set_attribute("http.response.status_code", status)

        yield ended
