"""A process that ends while its network is being loaded: aborted by onnxruntime would be no way to end."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.processes import run

LOADS = """
import time
from rag.reading.loading import Loading

def load():
    time.sleep(1)
    print("loaded", flush=True)

Loading(load).start()
"""
MAKES = """
import sys, time
from rag.reading import loading

loading.Loading(lambda: loading._making.run([sys.executable, "-c", "import time; time.sleep(600)"])).start()
while not loading._making._running:
    time.sleep(0.01)
"""


def test_what_is_loaded_is_loaded_to_its_end(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", LOADS], tmp_path)
    assert (done.returncode, done.stdout) == (0, "loaded\n"), done.stderr


def test_what_is_made_is_given_up(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", MAKES], tmp_path)  # does not take ten minutes
    assert (done.returncode, done.stderr) == (0, "")
