"""The reading network as a Reader: windows in, readings out, the last thousand of them kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from rag.errors import ModelError
from rag.reading import weights
from rag.reading.engine import Engine
from rag.reading.heads import Heads, Scores
from rag.reading.tokens import Splitter
from rag.reading.window import window
from rag.types import Reading, TextToRead

_KEPT = 1_000
_Key = tuple[str, TextToRead]


class NetworkReader:
    """Reads with the network in a folder that `weights.ensure` has made. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Raises ModelError."""
        opened = weights.load(folder)
        self.name = folder.name
        try:
            self._splitter = Splitter(Tokenizer.from_file(str(opened.tokenizer)), opened.characters)
        except Exception as error:  # tokenizers raises nothing more special
            raise ModelError(f"Читающая сеть в папке {folder} повреждена: {error}") from error
        self._engine = Engine(opened.network, opened.words, opened.positions)
        self._heads = Heads(opened.heads)
        self._kept: OrderedDict[_Key, Scores] = OrderedDict()
        self._keeping = threading.Lock()

    def read(self, question: str, texts: Sequence[TextToRead]) -> list[Reading]:
        """One reading a text, in order."""
        scores = self._scores(question, texts)
        return [scores[each].reading(each.text) for each in texts]

    def _scores(self, question: str, texts: Sequence[TextToRead]) -> dict[TextToRead, Scores]:
        found = {text: kept for text in texts if (kept := self._remembered((question, text)))}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if not new:
            return found
        windows = [window(self._splitter, question, each.context, each.text) for each in new]
        states = self._engine.states([each.ids for each in windows])
        for text, read, each in zip(new, windows, states, strict=True):
            found[text] = self._heads.scores(each, read)
            self._keep((question, text), found[text])
        return found

    def _remembered(self, key: _Key) -> Scores | None:
        with self._keeping:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: _Key, scores: Scores) -> None:
        with self._keeping:
            self._kept[key] = scores
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
