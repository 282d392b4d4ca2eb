"""Readers for measuring: the network as trained or as packed, and one that remembers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import gettempdir

from eval.reader import sets
from eval.reader.batches import Prepared, freeze
from eval.reader.examples import Example
from eval.reader.fit import read
from eval.reader.network import loaded
from eval.reader.sets import FOLDS
from rag.reading import loading
from rag.reading.window import window
from rag.text.words import words
from rag.types import Follows, Reader, Reading, TextToRead


class TorchReader:
    """A checkpoint of `python -m eval.reader.train`, before it is packed."""

    name = "torch"

    def __init__(self, checkpoint: Path, base: Path | None = None, tokenizer: Path | None = None) -> None:
        self._network, self._splitter = loaded(base, tokenizer, checkpoint)

    def read(self, question: str, texts: Sequence[TextToRead]) -> list[Reading]:
        group = [
            Prepared(
                Example(question, each.text, "", "", each.context),
                window(self._splitter, question, each.context, each.text),
            )
            for each in texts
        ]
        freeze(self._network, group)
        return [
            Reading(each.span, each.odds, each.answers, Follows(*each.follows))
            for each in read(self._network, group)
        ]


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


def opened(path: Path, base: Path | None = None, tokenizer: Path | None = None) -> Reader:
    """The reader of a checkpoint, or of a packed delta as it will run."""
    if path.suffix != ".safetensors":
        return TorchReader(path, base, tokenizer)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return loading.own(Path(gettempdir()) / f"snoska-reader-{digest}", base, path)
