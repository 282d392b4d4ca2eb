"""Load is measured, not asserted: every answer and every refusal of a real server is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import load
from rag.web.api import create_app
from tests.web.sample import open_sample
from tests.web.serving import running


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample has nothing to load at the first questions."""
    monkeypatch.setattr(load, "_WARM", 0.0)


def test_answers_are_counted_with_their_times(tmp_path: Path) -> None:
    with running(create_app(open_sample(tmp_path / "library"))) as address:
        numbers = load.measure(address, ["Какова длина канала?", "Сколько стоит канал?"], 3, 1, False)
    told = numbers["asking"]
    assert told["answers"] > 0 and told["errors"] == told["busy"] == 0
    assert 0 < told["p50"] <= told["p95"] <= told["p99"]
    assert "ответов в с" in load.table(load.named(numbers, 1))


def test_what_fails_is_counted_apart(tmp_path: Path) -> None:
    with running(create_app(open_sample(tmp_path / "library"))) as address:
        told = load.measure(address, ["поломка"], 1, 1, False)["asking"]
    assert told["answers"] == 0 and told["errors"] > 0


def test_numbers_of_workers_are_told_apart_and_compared() -> None:
    one, two = ({"answers": 1.0, "answers_per_second": speed} for speed in (10.0, 19.0))
    both = load.named({"asking": one, "uploading": two}, 1) | load.named({"asking": two}, 2)
    assert list(both) == ["workers_1", "workers_1_uploading", "workers_2"]
    assert load.ratios(both) == {"workers_2": 1.9} and load.ratios({"workers_2": two}) == {}
