"""Readers for measuring: the network as trained or as packed, and one that remembers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import gettempdir

from eval.reader import pack, sets
from eval.reader.sets import FOLDS
from rag.reading import loading
from rag.text.words import words
from rag.types import Reader, Reading, TextToRead


def key(question: str) -> str:
    """A question without case, stress and signs."""
    return " ".join(word.text for word in words(question))


class Remembering:
    """Reads nothing twice."""

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self._reader = reader
        self._known: dict[tuple[str, TextToRead], Reading] = {}

    def read(self, question: str, texts: Sequence[TextToRead]) -> list[Reading]:
        new = [each for each in dict.fromkeys(texts) if (question, each) not in self._known]
        for each, reading in zip(new, self._reader.read(question, new) if new else (), strict=True):
            self._known[question, each] = reading
        return [self._known[question, each] for each in texts]


def unseen_questions(data: Path, fold: int) -> frozenset[str]:
    """Public questions under `data`, by `key`, that the network of `fold` has not learnt from."""
    asked = (each for each in sets.public(data) if each.label is None)
    return frozenset(key(each.question) for each in asked if sets.fold_of(each, FOLDS) == fold)


def opened(path: Path, base: Path | None = None) -> Reader:
    """The reader of a packed delta, or of a checkpoint of `eval.reader.train`, packed: as it will run."""
    if path.suffix != ".safetensors":
        packed = path.with_suffix(".safetensors")
        if not packed.exists() or packed.stat().st_mtime < path.stat().st_mtime:
            pack.write(path, packed, base)
        path = packed
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return loading.own(Path(gettempdir()) / f"snoska-reader-{digest}", base, path)
