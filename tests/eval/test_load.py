"""Load is measured, not asserted: every answer and every refusal of a real server is counted."""

from __future__ import annotations

from pathlib import Path

from eval import load
from rag.web.api import create_app
from tests.web.sample import open_sample
from tests.web.serving import running


def test_answers_are_counted_with_their_times(tmp_path: Path) -> None:
    with running(create_app(open_sample(tmp_path / "library"))) as address:
        numbers = load.measure(address, ["Какова длина канала?", "Сколько стоит канал?"], 3, 5, False)
    told = numbers["asking"]
    assert told["answers"] > 0 and told["errors"] == told["busy"] == 0
    assert 0 < told["p50"] <= told["p95"] <= told["p99"]
    assert "ответов в с" in load.table(numbers)


def test_what_fails_is_counted_apart(tmp_path: Path) -> None:
    with running(create_app(open_sample(tmp_path / "library"))) as address:
        told = load.measure(address, ["поломка"], 1, 5, False)["asking"]
    assert told["answers"] == 0 and told["errors"] > 0
