"""Readers for measuring: the network as trained, one of several by fold, and one that remembers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import gettempdir

from eval.reader import sets
from eval.reader.batches import Prepared, freeze
from eval.reader.examples import Example
from eval.reader.fit import read
from eval.reader.network import loaded
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


class FoldReader:
    """Asks, for each question, the reader that has not seen its article."""

    name = "folds"

    def __init__(self, readers: Sequence[Reader], folds: Mapping[str, int]) -> None:
        """`folds`: the fold of each question by `key`; the first reader reads all others."""
        self._readers = readers
        self._folds = folds

    def read(self, question: str, texts: Sequence[TextToRead]) -> list[Reading]:
        return self._readers[self._folds.get(key(question), 0)].read(question, texts)


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


def by_folds(
    data: Path, checkpoints: Sequence[Path], base: Path | None = None, tokenizer: Path | None = None
) -> Remembering:
    """One reader a fold of the public questions under `data`; each reads what it has not learnt from."""
    asked = (each for each in sets.public(data) if each.label is None)
    folds = {key(each.question): sets.fold_of(each, len(checkpoints)) for each in asked}
    known = {each: opened(each, base, tokenizer) for each in dict.fromkeys(checkpoints)}
    return Remembering(FoldReader([known[each] for each in checkpoints], folds))


def opened(path: Path, base: Path | None = None, tokenizer: Path | None = None) -> Reader:
    """The reader of a checkpoint, or of a packed delta as it will run."""
    if path.suffix != ".safetensors":
        return TorchReader(path, base, tokenizer)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return loading.own(Path(gettempdir()) / f"snoska-reader-{digest}", base, path)
