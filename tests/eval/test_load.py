"""Load is measured, not asserted: every answer and every refusal of a real server is counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eval import load
from eval.baseline import Baseline
from eval.baseline_server import app_over
from rag.web.api import create_app
from tests.web.sample import open_sample
from tests.web.serving import running


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample has nothing to load at the first questions."""
    monkeypatch.setattr(load, "_WARM", 0.0)


class Retriever:
    """Stands for LlamaIndex, of which tests/eval/test_speed.py builds a real one."""

    def retrieve(self, question: str) -> list[object]:
        return []


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(create_app(open_sample(tmp_path_factory.mktemp("library")).as_bot)) as address:
        yield address


def test_answers_are_counted_with_their_times_and_failures_apart(address: str) -> None:
    numbers = load.measure(address, ["Какова длина канала?", "Сколько стоит канал?"], 3, 1, False)
    told = numbers["asking"]
    assert told["answers"] > 0 and told["errors"] == told["busy"] == 0
    assert 0 < told["p50"] <= told["p95"] <= told["p99"]
    assert "ответов в с" in load.table(load.named(numbers, 1))
    told = load.measure(address, ["поломка"], 1, 0.2, False)["asking"]
    assert told["answers"] == 0 and told["errors"] > 0


def test_numbers_of_workers_are_told_apart_and_compared() -> None:
    one, two = ({"answers": 1.0, "answers_per_second": speed} for speed in (10.0, 19.0))
    both = load.named({"asking": one, "uploading": two}, 1) | load.named({"asking": two}, 2)
    assert list(both) == ["workers_1", "workers_1_uploading", "workers_2"]
    assert load.ratios(both) == {"workers_2": 1.9} and load.ratios({"workers_2": two}) == {}
    assert load.ratios({"search": two, "baseline": one, "size": {"passages": 3}}) == {"search": 1.9}


def test_searches_are_measured_beside_those_of_the_plain_stack(address: str) -> None:
    asked = (["Какова длина канала?"], 2, 2)
    with running(app_over(Baseline(Retriever(), 1, 0.0))) as theirs:
        numbers = load.searching(address, *asked, load.SEARCH)
        numbers |= load.searching(theirs, *asked, load.THEIR_SEARCH)
    assert all(
        told["answers"] > 0 and not told["errors"] and told["memory_last"] > 0 for told in numbers.values()
    )
    assert "LlamaIndex и FastAPI" in load.table(numbers)
