"""The folder that the network runs from: made once, whole or made anew, by one process at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.reading import weights
from rag.reading.reader import NetworkReader
from tests.reading import making

ROOT = Path(__file__).parents[2]


def test_it_is_made_once(base: Path, delta: Path, tmp_path: Path) -> None:
    folder = weights.ensure(tmp_path, base, delta)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert weights.ensure(tmp_path, base, delta) == folder == weights.found(tmp_path, delta)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert weights.ensure(tmp_path, None, delta) == folder, "what is made needs no source"


@pytest.mark.parametrize("name", ["network.onnx", "words.npy", "heads.safetensors", "tokenizer.json"])
def test_a_damaged_file_is_told_and_made_anew(base: Path, delta: Path, tmp_path: Path, name: str) -> None:
    folder = weights.ensure(tmp_path, base, delta)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[:-9] + bytes(9))
    assert not weights.is_whole(folder)
    (folder / name).write_bytes(bytes(40))
    with pytest.raises(ModelError, match="Читающая сеть в папке"):
        NetworkReader(folder)
    weights.ensure(tmp_path, base, delta)
    assert (folder / name).read_bytes() == whole


def test_what_is_left_half_made_and_the_old_ones_go(base: Path, delta: Path, tmp_path: Path) -> None:
    (tmp_path / "reader-0ld").mkdir()
    (tmp_path / "static-navec-3").mkdir()
    folder = weights.ensure(tmp_path, base, delta)
    (tmp_path / f".{folder.name}.partial").mkdir()
    (folder / "reader.json").unlink()
    weights.ensure(tmp_path, base, delta)
    names = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert names == {folder.name, "static-navec-3"}


def test_the_name_tells_what_shaped_it(base: Path, delta: Path, tmp_path: Path) -> None:
    other = making.write_delta(tmp_path / "other.safetensors", base, seed=3)
    names = {weights.ensure(tmp_path, base, *rest).name for rest in ((delta,), (other,), (delta, False))}
    assert len(names) == 3


def test_two_processes_at_once(base: Path, delta: Path, tmp_path: Path) -> None:
    code = f"import sys; from rag.reading.weights import main; main({str(tmp_path)!r}, *sys.argv[1:], 'True')"
    command = [sys.executable, "-c", code, str(base), str(delta)]
    both = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [each.wait(120) for each in both] == [0, 0]
    (folder,) = tmp_path.glob("reader-*")
    assert weights.is_whole(folder) and not list(tmp_path.glob(".*partial"))
    NetworkReader(folder)


def test_a_folder_that_cannot_be_written(base: Path, delta: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match=r"не удалось собрать .* RAG_MODELS"):
        weights.ensure(tmp_path / "file", base, delta)


def test_a_wrong_delta_leaves_nothing_behind(delta: Path, tmp_path: Path) -> None:
    other = making.write_base(tmp_path / "other.bin", seed=9)
    with pytest.raises(ModelError, match="для другой исходной модели"):
        weights.ensure(tmp_path / "models", other, delta)
    assert not list((tmp_path / "models").glob("reader-*"))
