"""Try a built wheel as a new user would: an environment of its own, a folder with nothing in it.

    python -m tests.release dist/snoska-0.1.0-py3-none-any.whl [--borrow]

With `--borrow` the packages it depends on are those of this environment: seconds instead of minutes, but a
dependency that pyproject.toml forgets isn't missed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
import venv
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.processes import free_port

PATIENCE = 300  # seconds: the first start builds the encoder
QUESTION = "Какова протяжённость коридора TRIPP?"


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--borrow", action="store_true")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="snoska-release-") as name:
        folder = Path(name)
        began = time.monotonic()
        python = _installed(given.wheel.resolve(), folder / "environment", given.borrow)
        print(f"installed in {time.monotonic() - began:.0f} s, {_size(folder / 'environment')} MB")
        (folder / "empty").mkdir()
        _try(python.with_name("snoska"), folder / "empty")
    print(f"{given.wheel.name} works.")
    return 0


def _installed(wheel: Path, folder: Path, borrow: bool) -> Path:
    """The interpreter of a new environment that has the wheel, and pip's own idea of what goes with it."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    if borrow:
        (packages,) = folder.glob("lib/python*/site-packages")
        # Appended to the path, so that what is installed here comes first.
        (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run(
        [*pip, *["--no-deps", "--ignore-installed"][: 2 * borrow], str(wheel)], check=True, cwd=folder
    )
    return python


def _try(snoska: Path, folder: Path) -> None:
    """Every command a new user types first. Raises AssertionError where one does something else."""

    def said(*words: str, code: int = 0) -> str:
        done = subprocess.run(
            [snoska, *words],
            cwd=folder,
            env=_environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )
        assert done.returncode == code, f"snoska {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    assert "snoska example" in said("index", code=1)
    assert "18" in said("example")
    assert "добавлено 18" in said("index", "corpus")
    assert "[1]" in said("ask", QUESTION)
    assert "✗" not in said("doctor")
    _serve(snoska, folder)


def _serve(snoska: Path, folder: Path) -> None:
    port = free_port()
    server = subprocess.Popen(
        [snoska, "serve", "--port", str(port)],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert '"articles":18' in _fetched(f"http://127.0.0.1:{port}/api/health").replace(" ", "")
        assert "Сноска" in _fetched(f"http://127.0.0.1:{port}/")
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _fetched(address: str) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(address, timeout=PATIENCE) as response:
            return str(response.read().decode())
        time.sleep(0.5)
    raise AssertionError(f"{address} does not answer")


def _environment() -> dict[str, str]:
    """This process's, without what would lead back to the checkout."""
    dropped = ("PYTHONPATH", "VIRTUAL_ENV")
    return {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not (name.startswith("RAG_") and name != "RAG_MODELS")
    }


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*")) // 1_000_000


if __name__ == "__main__":
    sys.exit(main())
