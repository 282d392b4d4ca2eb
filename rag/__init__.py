"""Сноска: question answering over Russian articles, with a checked footnote under every sentence.

    bot = rag.open_bot()
    answer = bot.ask("Какова протяжённость коридора TRIPP?")

Importing this package is cheap; what is heavy is imported on first use.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

# NumPy's threads cost more than they bring on matrices as small as ours: a search takes 19 ms of processor
# time with one and 50 with two, which wait for each other. Read when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A program that keeps no log gets none on its terminal: what matters to whoever asked stands in the answer.
logging.getLogger(__name__).addHandler(logging.NullHandler())

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.config import Config
    from rag.types import Filters, Verdict

__version__ = "0.1.0"
__all__ = ["Config", "Filters", "as_llama_embedding", "as_llama_retriever", "open_bot", "verify"]


def open_bot(
    config: Config | None = None, *, encoder: Any = None, reranker: Any = None, llm: Any = None
) -> Bot:
    """A bot over the library of `config` (by default: of the RAG_* settings). Close it when done.

    `encoder` is any LlamaIndex `BaseEmbedding`, or an encoder of your own (rag.types.Encoder);
    `reranker`, any LlamaIndex `BaseNodePostprocessor` or rag.types.Reranker, has the last word on the
    best 30 passages; `llm`, any LlamaIndex `LLM`, writes the answers.
    Where the built-in encoder isn't there yet it is made first: once, under a minute; the log "rag" tells.
    Raises SettingsError, LibraryBusyError, LibraryError, ModelError and WrongTypeError.
    """
    from rag import asking, assemble

    asking.check_config(config)
    return assemble.open_bot(config, encoder=encoder, reranker=reranker, llm=llm)


def verify(sentence: str, sources: Sequence[str], published: Sequence[str | None] = ()) -> Verdict:
    """How well `sources` support `sentence`, claim by claim, without a language model.

    `published` holds the ISO dates of the sources, if they are known, for «вчера» and «в прошлом году».
    """
    from rag import asking, assemble
    from rag.answering.verification import verify as check

    asking.check(sentence)
    asking.check_texts("sources", sources)
    return check(sentence, sources, published, assemble.reader())


def as_llama_retriever(k: int = 10, bot: Bot | None = None, filters: Filters | None = None) -> Any:
    """Our search as a LlamaIndex `BaseRetriever` that returns `k` nodes with offsets in their metadata.

    `filters` limit the articles that every search looks into.
    Without `bot` it opens one from the RAG_* settings; close it with `retriever.bot.close()`.
    """
    from rag import asking
    from rag.retrieval.llama import PassageRetriever

    asking.check("", filters=filters)
    asking.check_count("k", k)
    return PassageRetriever(bot or open_bot(), k, filters)


def as_llama_embedding() -> Any:
    """Our built-in encoder as a LlamaIndex `BaseEmbedding`: 300 dimensions, no torch, no network."""
    from rag import assemble
    from rag.retrieval.llama_models import SnoskaEmbedding

    return SnoskaEmbedding(assemble.static_encoder())


def __getattr__(name: str) -> Any:
    if name == "Config":
        from rag.config import Config

        return Config
    if name == "Filters":
        from rag.types import Filters

        return Filters
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
