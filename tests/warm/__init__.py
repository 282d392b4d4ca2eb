"""Python processes that begin with everything imported: forked from one that has done so.

To import Gradio, Chroma and LlamaIndex takes seconds, and the tests start the product a hundred times. A
command run by `python()` is a process of its own all the same: its folder, environment, streams, signals and
exit code are those that it is given; so are those of the helpers that it starts.

What differs is what is imported and when, the process id (of a launcher that stands for the process, and
dies with it), limits and niceness. Tests that are about these run `sys.executable`.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import gettempdir

from filelock import FileLock

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_running: list[subprocess.Popen[bytes]] = []


def python() -> str:
    """The path of a warm Python, which takes what `python` takes; of a cold one where it can't be."""
    return str(_commands() / "python") if hasattr(os, "pidfd_open") else sys.executable


def search_path() -> str:
    """PATH with a warm `python` and `snoska`."""
    return os.pathsep.join([str(Path(python()).parent), str(Path(sys.executable).parent), os.environ["PATH"]])


@cache
def _commands() -> Path:
    """A folder with the commands. One process is behind those of all workers, and ends with the run."""
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    folder = Path(gettempdir()) / f"snoska-warm-{owner}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with FileLock(folder / "lock"):
        if not (folder / "socket").exists():
            _start(folder, owner)
            _command(folder / "python", folder)
            _command(folder / "snoska", folder, "-m", "rag")
    return folder


def _start(folder: Path, owner: int) -> None:
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.warm.nursery", str(folder), str(owner)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,  # Ctrl-C is for the tests
    )
    assert nursery.stdout and nursery.stdout.readline() == b"ready\n"
    _running.append(nursery)


def _command(path: Path, folder: Path, *words: str) -> None:
    launched = [sys.executable, "-I", "-S", str(HERE / "launcher.py"), str(folder / "socket"), *words]
    path.write_text(f'#!/bin/sh\nexec {shlex.join(launched)} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
