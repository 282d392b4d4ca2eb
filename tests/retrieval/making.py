"""Passages, queries and an encoder whose vectors can be computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.config import Config
from rag.library.split import split
from rag.text.words import content_lemmas
from rag.types import Article, ArticleInfo, Passage, Query, Vectors

ROOT = Path(__file__).parents[2]

TEXTS = {
    "copper": "Рудник добывает медь. Медь везут через мост в порт.",
    "bridge": "Новый мост строят два года. Мост откроют весной.",
    "park": "В городском парке растут липы. Парк открыт до вечера.",
}


def article(article_id: str, text: str, title: str = "", **info: object) -> Article:
    return Article(ArticleInfo(article_id, title, **info), text)  # type: ignore[arg-type]


def passages(article_id: str, text: str, title: str = "") -> list[Passage]:
    return split(article(article_id, text, title))


def query(text: str) -> Query:
    return Query(text, tuple(content_lemmas(text)))


def config(data: Path, models: Path, **settings: object) -> Config:
    return Config(data=data, models=models, **settings)  # type: ignore[arg-type]


class AxisEncoder:
    """An axis a word: how often it stands in the text, made one long; nothing of them gives zero."""

    def __init__(self, words: tuple[str, ...] = ("медь", "мост", "парк")) -> None:
        self.words = words
        self.name = f"axes {' '.join(words)}"
        self.dimension = len(words)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        counts = [[text.lower().count(word) for word in self.words] for text in texts]
        vectors = np.array(counts, np.float32).reshape(len(texts), self.dimension)
        scaled: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return scaled

    encode_queries = encode_passages
