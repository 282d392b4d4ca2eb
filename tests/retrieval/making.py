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


# Texts that tokenizers stumble over.
TRICKY = [
    "",
    " \n\t ",
    "…?! — «»",
    "😀🇰🇿",
    "Ёлки и ежи",
    "за\u0301мок на холме, замо\u0301к на двери",
    "элек\u00adтро\u00adстанция",
    "Цена — 1\u00a0250\u00a0000,5 тенге, рост 7,5 %",
    "23.02.2026 в 10:45",
    "Cove Capital и USGS подписали MoU",
    "Ўзбекистон, Қазақстан, Ἀθῆναι, 東京",
    "абракадаброид хрюмзятность",
    "и не на который сколько",
    "Нью-Йорк, Кот-д’Ивуар, O'Neil",
    "нуль\0байт",
    "ЖЕЛЕЗНАЯ ДОРОГА",
    "1234567890123 9999 10000 007",
    "ы" * 64,
    "ы" * 65,
    "\u0435\u0308лка и \u0438\u0306од",
    "м² x² ½ Ⅳ ٣٤",
    "город " * 3_000,
]
ALL = [passage for name, text in TEXTS.items() for passage in passages(name, text)]
ID_OF = {passage.article_id: passage.id for passage in ALL}


def query(text: str) -> Query:
    return Query(text, tuple(content_lemmas(text)))


def config(data: Path, models: Path, **settings: object) -> Config:
    return Config(data=data, models=models, **settings)  # type: ignore[arg-type]


ARTICLES = [article(name, text) for name, text in TEXTS.items()]


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
