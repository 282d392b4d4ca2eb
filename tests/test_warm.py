"""A warm Python is a process like any other, for all that the tests of commands look at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warm
from tests.patience import PATIENCE, becomes

LATE = "import atexit, threading; atexit.register(print, 2); threading.Timer(0.1, lambda: print(1)).start()"
WAITS = "import os, time; print(os.getpid(), flush=True); time.sleep(1000)"


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (["-c", "import os, sys; print(os.getcwd(), sys.argv[1:], os.environ['MINE'])", "а", "-б"], ""),
        (["-", "в"], "import sys; print(sys.argv, __name__)"),
        (["program.py", "г"], ""),
        (["-m", "program", "д"], ""),
        (["-c", "import sys; sys.exit(7)"], ""),
        (["-c", "import sys; sys.exit('беда')"], ""),
        (["-c", "raise RuntimeError"], ""),
        (["-c", LATE], ""),
        (["-c", "import os; os.write(2, b'x'); os.kill(os.getpid(), 15)"], ""),
    ],
)  # fmt: skip
def test_it_does_what_a_cold_one_does(tmp_path: Path, arguments: list[str], typed: str) -> None:
    (tmp_path / "program.py").write_text("import sys; print(sys.argv[1:], __name__, sys.path[0])\n")

    def done(python: str) -> tuple[int, str, str]:
        environment = os.environ | {"MINE": "да", "PYTHONIOENCODING": "utf-8"}
        given = subprocess.run(
            [python, *arguments], cwd=tmp_path, env=environment, input=typed, capture_output=True, text=True
        )
        return given.returncode, given.stdout, given.stderr.splitlines()[-1] if given.stderr else ""

    assert done(warm.python()) == done(sys.executable)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_signals_reach_it(number: signal.Signals) -> None:
    launcher = subprocess.Popen([warm.python(), "-c", WAITS], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert launcher.stdout
    process = int(launcher.stdout.readline())
    launcher.send_signal(number)
    launcher.communicate(timeout=PATIENCE)
    assert launcher.returncode == -number
    becomes(Path(f"/proc/{process}").exists, False)
