"""The only wiring: which part is which. Heavy parts are imported when they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Config, load
from rag.library.library import Library
from rag.types import Encoder, PassageIndex

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.retrieval.static import StaticEncoder


@dataclass(frozen=True, slots=True)
class Parts:
    """What a bot is made of, besides its library."""

    words: StaticEncoder
    encoder: Encoder
    assets: Path


def open_library(config: Config | None = None, command: str = "snoska", repair: bool = False) -> Library:
    """The library with its indexes brought up to date; this process owns it until `close()`.

    Raises LibraryBusyError, LibraryError and ModelError.
    """
    config = config or load()
    return Library(config.data, _indexes(config, _parts(config)), command, repair)


def open_bot(config: Config | None = None, command: str = "snoska") -> Bot:
    """A bot over the library of `config` (by default: of the RAG_* settings)."""
    from rag.answering.extractive import ExtractiveWriter
    from rag.bot import Bot
    from rag.retrieval.rerank import LateInteraction
    from rag.retrieval.search import Searcher
    from rag.retrieval.static import Background
    from rag.retrieval.weights import term_weights
    from rag.text.matching import Matcher

    config = config or load()
    parts = _parts(config)
    keyword, dense = _indexes(config, parts)
    library = Library(config.data, (keyword, dense), command)
    weights = term_weights(keyword, Background(parts.assets).frequency)
    matcher = Matcher(parts.words.word_vectors, weights)
    reranker = LateInteraction(matcher) if config.reranker == "late-interaction" else None
    searcher = Searcher(keyword, dense, library.store, reranker)
    return Bot(library, searcher, ExtractiveWriter(matcher), parts.encoder.name)


def _parts(config: Config) -> Parts:
    from rag.retrieval import static

    assets = static.ensure(config.models_folder)
    words = static.StaticEncoder(assets)
    if config.encoder == "static":
        return Parts(words, words, assets)
    from rag.retrieval.encoders import SentenceTransformerEncoder

    return Parts(words, SentenceTransformerEncoder(config.encoder), assets)


def _indexes(config: Config, parts: Parts) -> tuple[PassageIndex, PassageIndex]:
    from rag.retrieval.dense import DenseIndex
    from rag.retrieval.keyword import KeywordIndex

    return KeywordIndex(config.data / "keyword"), DenseIndex(config.data / "dense", parts.encoder)
