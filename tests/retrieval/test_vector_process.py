"""Chroma in its process: what it says when it fails, when it is killed, and when nobody needs it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from subprocess import TimeoutExpired

import numpy as np
import pytest

from rag.processes import Helper
from rag.retrieval import chroma, vector_process
from rag.retrieval.chroma_home import ChromaError, ChromaHome
from rag.retrieval.vector_process import VectorProcess
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("warm_helpers")
VECTORS = np.eye(3, dtype=np.float32)
IDS = ["a", "b", "c"]


@pytest.fixture
def process() -> Iterator[VectorProcess]:
    process = VectorProcess()
    yield process
    process.end()


@pytest.fixture(scope="module")
def shared() -> Iterator[VectorProcess]:
    """For tests that leave it fit for the next one, which asks about another folder."""
    process = VectorProcess()
    yield process
    process.end()


def put(process: VectorProcess, folder: Path) -> None:
    process.ask(ChromaHome(folder), "replace", [], IDS, IDS, VECTORS)


def helper_of(process: VectorProcess) -> Helper:
    assert process._helper
    return process._helper


def test_folders_are_apart(shared: VectorProcess, tmp_path: Path) -> None:
    put(shared, tmp_path / "one")
    assert shared.ask(ChromaHome(tmp_path / "two"), "count") == 0
    assert shared.ask(ChromaHome(tmp_path / "one"), "nearest", VECTORS[1], 1) == (["b"], [pytest.approx(1.0)])
    assert shared.ask(ChromaHome(tmp_path / "one"), "contents") == (IDS, IDS)


def test_a_killed_process_is_started_again(shared: VectorProcess, tmp_path: Path) -> None:
    put(shared, tmp_path)
    os.kill(helper_of(shared).process.pid, signal.SIGKILL)
    shared.ask(ChromaHome(tmp_path), "replace", ["a"], [], [], VECTORS[:0])
    assert shared.ask(ChromaHome(tmp_path), "contents") == (["b", "c"], ["b", "c"])


def test_an_error_is_told_and_the_next_request_answered(shared: VectorProcess, tmp_path: Path) -> None:
    put(shared, tmp_path)
    with pytest.raises(ChromaError, match="dimension"):
        shared.ask(ChromaHome(tmp_path), "replace", [], ["d"], ["d"], np.ones((1, 5), np.float32))
    assert shared.ask(ChromaHome(tmp_path), "count") == 3


def test_without_a_process_it_is_said_so(
    process: VectorProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process.ask(ChromaHome(tmp_path), "close")
    assert process._helper is None  # to close what is not open starts nothing
    with monkeypatch.context() as patch, pytest.raises(ChromaError, match="процесс Chroma не работает"):
        patch.setattr("sys.executable", "/nowhere/python")
        process.ask(ChromaHome(tmp_path), "count")
    assert process.ask(ChromaHome(tmp_path), "count") == 0


IMPATIENT = """
from rag.retrieval import chroma
chroma._IDLE = 0.05
serve = chroma.serve
"""


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: VectorProcess) -> VectorProcess:
    """Leaves after a twentieth of a second without work."""
    (tmp_path / "impatient.py").write_text(IMPATIENT, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(vector_process, "_MODULE", "impatient")
    return process


def test_it_leaves_when_nobody_needs_it(impatient: VectorProcess, tmp_path: Path) -> None:
    put(impatient, tmp_path / "data")
    assert helper_of(impatient).process.wait(PATIENCE) == 0
    impatient.ask(ChromaHome(tmp_path / "data"), "nearest", VECTORS[0], 1)  # it comes back
    with pytest.raises(TimeoutExpired):
        helper_of(impatient).process.wait(0.5)  # searches go on, so it stays: ten times its patience


def test_it_stays_where_it_was_asked_to(impatient: VectorProcess, tmp_path: Path) -> None:
    """A server keeps it: to start it takes seconds."""
    impatient.stay()
    put(impatient, tmp_path / "data")
    first = helper_of(impatient).process
    with pytest.raises(TimeoutExpired):
        first.wait(0.5)
    os.kill(first.pid, signal.SIGKILL)
    assert impatient.ask(ChromaHome(tmp_path / "data"), "count") == 3
    with pytest.raises(TimeoutExpired):
        helper_of(impatient).process.wait(0.5)  # nor does the next one leave


def test_it_does_not_leave_from_under_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[object] = []
    monkeypatch.setattr(chroma, "_leave", left.append)
    asked, idle = threading.Event(), threading.Event()
    asked.set()
    for each in (asked, idle):
        chroma._leave_unless(each, threading.Lock(), {})
    assert left == [{}]
