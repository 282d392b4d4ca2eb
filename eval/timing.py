"""How long each stage of a question takes, where it is answered in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

from eval import metrics, tables
from rag import stages

NAMES = {
    "repair": "исправление вопроса",
    "standalone": "вопрос без разговора",
    "search": "поиск",
    "write": "чтение и ответ",
    "verify": "проверка",
}
_spent: ContextVar[dict[str, float] | None] = ContextVar("spent", default=None)


class _Clock(stages.Watcher):
    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds to what the question that is asked in this context has spent."""
        spent, began = _spent.get(), perf_counter()
        try:
            yield
        finally:
            if spent is not None:
                spent[name] = spent.get(name, 0.0) + 1000 * (perf_counter() - began)


stages.watch(_Clock())


@contextmanager
def spent() -> Iterator[dict[str, float]]:
    """Milliseconds by stage of what is asked inside; nothing where another process answers."""
    found: dict[str, float] = {}
    before = _spent.set(found)
    try:
        yield found
    finally:
        _spent.reset(before)


def percentiles(told: Sequence[Mapping[str, float]], percent: float) -> Mapping[str, float]:
    """That percentile of the milliseconds of each stage, over the questions that went through it."""
    return {
        name: metrics.percentile([each[name] for each in told if name in each], percent)
        for name in NAMES
        if any(name in each for each in told)
    }


def line(told: Sequence[Mapping[str, float]]) -> str:
    """The medians in words; empty where no question has any."""
    found = [f"{NAMES[name]} {tables.number(value)}" for name, value in percentiles(told, 50).items()]
    return f"По ступеням, медиана, мс: {'; '.join(found)}." if found else ""
