"""The product as other processes: commands in a folder, and a server that is stopped in the end.

The server's Python is a warm one (see tests.warm) unless another is named.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests import warm
from tests.patience import PATIENCE, WHOLE_RUN

ROOT = Path(__file__).parents[1]


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This checkout's code and commands first on every path."""
    paths = [extra.get("PYTHONPATH", ""), str(ROOT)]
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        **extra,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONUNBUFFERED": "1",
    }


def run(command: Sequence[str], folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run `command` in `folder` to its end."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=WHOLE_RUN,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def served(folder: Path, port: int, python: str | None = None, **extra: str) -> Iterator[str]:
    """`snoska serve` over the library in `folder`: its address, once it has said that it is ready."""
    process = subprocess.Popen(
        [python or warm.python(), "-m", "rag", "serve"],
        cwd=folder,
        env=environment(extra | {"RAG_PORT": str(port)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert process.stdout
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if "готова" in line:
                break
        else:
            raise AssertionError("the server did not start:\n" + "".join(said))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
