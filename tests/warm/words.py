"""The words of the built-in encoder, read once by a process and not by each of the bots that it opens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag.retrieval import static


def read_once(models: Path) -> Callable[[Path], Any]:
    """What reads the words of an encoder, as `static._tokenizer` does; those of `models` are kept."""
    read, built_in = static._tokenizer, (models / static.VERSION).resolve()
    kept: dict[Path, Any] = {}

    def words(path: Path) -> Any:
        path = path.resolve()
        if not path.is_relative_to(built_in):
            return read(path)
        return kept[path] if path in kept else kept.setdefault(path, read(path))

    return words
