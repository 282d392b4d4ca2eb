"""A real Chroma server for the tests."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.patience import PATIENCE
from tests.processes import environment, free_port


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[str]:
    """`chroma run` over `folder`: its address, once it answers."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    program = Path(sys.executable).parent / "chroma"
    process = subprocess.Popen(
        [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)],
        env=environment({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"{address}/api/v2/heartbeat")
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(url: str) -> None:
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.get(url, trust_env=False).raise_for_status()
            return
        except httpx.HTTPError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)
