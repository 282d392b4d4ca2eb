"""The static vectors as something to train: some rows are taken out, and put back into the whole."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from rag.retrieval.static import TRAINED, map_rows, save_descriptions


class StaticRows:
    """The rows and the tokenizer of a model folder, to train some of them and save all."""

    def __init__(self, folder: Path) -> None:
        self._module = folder / "0_StaticEmbedding"
        self.rows = map_rows(self._module / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(self._module / "tokenizer.json"))

    def used(self, texts: Iterable[str]) -> list[int]:
        """Numbers of the rows that `texts` need, and of the unknown token's, in order."""
        found = {0}
        for batch in _batches(texts, 1_000):
            for encoding in self._tokenizer.encode_batch(batch, add_special_tokens=False):
                found.update(encoding.ids)
        return sorted(found)

    def tokenizer_of(self, used: Sequence[int]) -> Tokenizer:
        """A tokenizer that knows these rows alone and numbers them anew.

        It takes the longest piece first, so texts that need no other rows fall into the same pieces.
        """
        whole = json.loads(self._tokenizer.to_str())
        tokens = {place: token for token, place in whole["model"]["vocab"].items()}
        whole["model"]["vocab"] = {tokens[place]: number for number, place in enumerate(used)}
        return Tokenizer.from_str(json.dumps(whole))

    def save(self, folder: Path, rows: np.ndarray) -> None:
        """A model folder with these rows, marked as trained; its mark comes from what is in them."""
        module = folder / "0_StaticEmbedding"
        module.mkdir(parents=True)
        (folder / "1_Normalize").mkdir()
        shutil.copy(self._module / "tokenizer.json", module)
        save_file({"embedding.weight": rows}, module / "model.safetensors")
        (module / "model.safetensors").chmod(0o644)
        digest = hashlib.blake2b(rows.tobytes(), digest_size=4).hexdigest()
        (folder / TRAINED).write_text(json.dumps({"id": digest}), encoding="utf-8")
        save_descriptions(folder)


def _batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(texts)
    while batch := list(itertools.islice(rest, size)):
        yield batch
