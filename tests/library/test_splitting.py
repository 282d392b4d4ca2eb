"""Helper processes split as this one does, whatever becomes of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag.library.library import Library
from rag.library.split import split
from rag.library.splitting import Splitting
from rag.matching.outlines import gist

from .articles import article, long_text

pytestmark = pytest.mark.usefixtures("warm_helpers")
BATCHES = [
    [article(f"{batch}-{number}", long_text(batch * 10 + number, 15)) for number in range(4)]
    for batch in range(5)
]
EXPECTED = [
    [(passages, [gist(passage) for passage in passages]) for passages in map(split, batch)]
    for batch in BATCHES
]


@pytest.mark.parametrize("helpers", [0, 2, None])
def test_passages_are_the_same_in_the_same_order_and_helpers_end(helpers: int | None) -> None:
    with Splitting(helpers) as splitting:
        found = [splitting.submit(batch) for batch in BATCHES]
        assert [each.result() for each in found] == EXPECTED
        processes = [helper.process for helper in splitting._helpers]
        assert bool(processes) is (helpers != 0)
        assert {process.poll() for process in processes} <= {None}
    assert None not in {process.poll() for process in processes}


def test_the_first_batch_starts_no_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *words, **_: pytest.fail("a process was started"))
    with Splitting(2) as splitting:
        assert splitting.submit(BATCHES[0]).result() == EXPECTED[0]
        assert splitting.ahead == 0


def test_a_killed_helper_loses_nothing() -> None:
    with Splitting(1) as splitting:
        assert splitting.submit(BATCHES[0]).result() == EXPECTED[0]
        assert splitting.submit(BATCHES[1]).result() == EXPECTED[1]
        os.kill(splitting._helpers[0].process.pid, signal.SIGKILL)
        splitting._helpers[0].process.wait()
        assert [splitting.submit(batch).result() for batch in BATCHES] == EXPECTED


@pytest.mark.parametrize("command", ["/nowhere/python", "/bin/false"])
def test_without_a_python_to_start(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr(sys, "executable", command)
    with Splitting(2) as splitting:
        assert [splitting.submit(batch).result() for batch in BATCHES] == EXPECTED


def test_a_library_is_the_same_with_helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = [each for batch in BATCHES for each in batch]
    # The third batch replaces an article of the first, while others are under way.
    articles.insert(9, article("0-0", long_text(99, 15)))
    articles.insert(10, article("1-0", long_text(10, 15)))
    with Library(tmp_path / "whole", []) as library:
        library.add(articles)
        whole = library.store.passages_of(library.store.ids())
    monkeypatch.setattr("rag.library.run.BATCH_ARTICLES", 2)
    with Library(tmp_path / "parts", []) as library:
        report = library.add(articles)
        assert (report.added, report.replaced, report.unchanged) == (20, 1, 1)
        assert library.store.passages_of(library.store.ids()) == whole
