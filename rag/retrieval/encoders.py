"""Any sentence-transformers model as an encoder. The only file that imports sentence_transformers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.errors import ModelError
from rag.types import Vectors

# Set before the hub's client is imported: a model is looked for on this machine only.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


class SentenceTransformerEncoder:
    """A model folder or a cached hub model, with the query and passage prompts it was saved with."""

    def __init__(self, name: str) -> None:
        """`name` is a path or a hub name that is in the local cache. Raises ModelError."""
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name, device=None, local_files_only=True)
        except Exception as error:  # tokenizers raises nothing more special
            raise ModelError(_explained(name)) from error
        self.name = _identity(name)
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return _vectors(self._model.encode_document(list(texts), normalize_embeddings=True))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return _vectors(self._model.encode_query(list(texts), normalize_embeddings=True))


def _vectors(encoded: object) -> Vectors:
    return np.ascontiguousarray(encoded, dtype=np.float32)


def _identity(name: str) -> str:
    """Name that changes with the model: for a folder, its weights' date too."""
    folder = Path(name)
    if not folder.is_dir():
        return name
    newest = max((file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()), default=0)
    return f"{folder.resolve()}@{newest}"


def _explained(name: str) -> str:
    if Path(name).exists() or name.startswith((".", "/", "~")):
        return (
            f"В папке {name} нет модели sentence-transformers, которую можно загрузить. "
            f"Проверьте RAG_ENCODER или уберите её, чтобы работал встроенный кодировщик: unset RAG_ENCODER"
        )
    return (
        f"Модели {name} нет на этой машине. Скачайте её один раз при доступной сети: hf download {name} — "
        f"или уберите настройку, чтобы работал встроенный кодировщик: unset RAG_ENCODER"
    )
