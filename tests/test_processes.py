"""Helper processes: what they are asked, what they answer, how they end."""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.processes import GONE, Helper, giving_back
from tests.patience import PATIENCE

MODULE = """
import os
from rag.processes import Requests

def serve():
    requests = Requests()
    print("said by a careless library")
    os.write(1, b"and by one that is not in Python")
    while True:
        try:
            asked = requests.next()
        except EOFError:
            return
        requests.answer([asked, asked])
"""

HELPERS = (
    "rag.answer_worker_process",
    "rag.library.splitting",
    "rag.library.reading_process",
    "rag.retrieval.chroma",
)


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Helper]:
    (tmp_path / "echoing.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    helper = Helper("echoing")
    yield helper
    helper.kill()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system tells no memory there")
def test_freed_memory_is_given_back_when_nothing_is_done() -> None:
    done = [0]
    pages = [bytes(4_000) for _ in range(30_000)]  # 120 MB
    kept = pages[::50]  # so that little of it lies at an end, which is given back anyway
    with giving_back(lambda: len(done), after=0.05):
        held = resident()
        del pages
        done.append(1)
        ends = time.monotonic() + PATIENCE
        while resident() > held - 60_000_000 and time.monotonic() < ends:
            time.sleep(0.05)
        assert resident() <= held - 60_000_000
    assert len(kept) == 600


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_answers_come_in_order_and_alone(helper: Helper) -> None:
    for asked in ("«ёж»", b"\0\n", {"key": [1.5, None]}):
        helper.send(asked)
        assert helper.receive() == [asked, asked]


def test_what_a_helper_has_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starting = MODULE.replace("import os", "import os, subprocess").replace(
        "[asked, asked]", "subprocess.Popen(asked).pid"
    )
    (tmp_path / "starting.py").write_text(starting, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    helper = Helper("starting")
    helper.send(["sleep", "1000"])
    held = os.pidfd_open(helper.receive())
    helper.kill()
    assert select.select([held], [], [], PATIENCE)[0]  # readable once it has ended
    os.close(held)


def test_what_was_asked_is_done_before_it_ends(helper: Helper) -> None:
    helper.send("last")
    helper.end()
    assert helper.process.returncode == 0


def test_a_killed_helper_is_noticed(helper: Helper) -> None:
    os.kill(helper.process.pid, signal.SIGKILL)
    helper.process.wait()
    with pytest.raises(GONE):
        helper.send("anybody there?")
        helper.receive()
    helper.end()  # a second farewell is no error


@pytest.mark.usefixtures("warm_helpers")
@pytest.mark.parametrize("module", HELPERS)
def test_half_a_question_is_the_end(module: str) -> None:
    """Its owner was killed while it wrote."""
    helper = Helper(module)
    assert helper.process.stdin
    helper.process.stdin.write(pickle.dumps(["x" * 100_000])[:50_000])
    helper.end()
    assert helper.process.returncode == 0


@pytest.mark.usefixtures("warm_helpers")
@pytest.mark.parametrize("module", HELPERS)
def test_a_helper_ends_with_the_process_that_started_it(module: str) -> None:
    start = f"from rag.processes import Helper; print(Helper({module!r}).process.pid, flush=True); input()"
    owner = subprocess.Popen(
        [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout
    pid = int(owner.stdout.readline())
    held = os.pidfd_open(pid)
    owner.kill()
    owner.communicate()
    assert select.select([held], [], [], PATIENCE)[0]  # readable once the process has ended
    os.close(held)


def test_a_python_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(OSError, match="nowhere"):
        Helper("rag.library.splitting")
