"""What the settings name: the library's home, its indexes and keys, the encoder, the reader, the LLM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.config import Config
from rag.errors import SettingsError
from rag.library import filtering
from rag.types import Encoder, Reranker

if TYPE_CHECKING:
    from rag.answering.llama_llm import LlamaLLM
    from rag.library.keyring import Keyring
    from rag.postgres.database import PostgresDatabase
    from rag.reading.loading import Choice as ReadingChoice
    from rag.retrieval.chroma_home import ChromaServer
    from rag.retrieval.legs import DenseLeg, KeywordLeg
    from rag.retrieval.models import EncoderChoice
    from rag.retrieval.static import StaticEncoder


@dataclass(frozen=True, slots=True)
class Parts:
    """What a bot is made of, besides its library."""

    words: StaticEncoder
    encoder: Encoder
    assets: Path
    keyword: KeywordLeg
    dense: DenseLeg
    home: PostgresDatabase | None = None  # in place of the data folder


def parts_of(config: Config, encoder: object = None) -> Parts:
    """What the settings name, with the program's own `encoder` if it brought one. Raises ModelError."""
    from rag.retrieval import models, static
    from rag.retrieval.legs import DenseLeg, KeywordLeg

    assets = static.ensure(config.models_folder)
    words = static.StaticEncoder(assets)
    choice = _choice(config)
    chosen = choice.encoder(words, config.models_folder) if encoder is None else _given_encoder(encoder)
    weights = models.weights_for(chosen, config.weights_file, config.weights is not None)
    home = open_home(config)
    dense = DenseLeg(
        chosen,
        weights,
        # An encoder that a program brought along can't be made again from settings.
        recipe=choice.recipe if encoder is None else "",
        former=lambda recipe: models.former(recipe, words, config.models_folder),
        make=vector_indexes(home, chroma_server(config)),
    )
    return Parts(words, chosen, assets, KeywordLeg(keyword_indexes(home)), dense, home)


def open_home(config: Config) -> PostgresDatabase | None:
    """The shared database that the settings name; None: the library lies in the data folder.

    Raises SettingsError and LibraryError.
    """
    if not config.store:
        return None
    from rag.postgres import messages

    if find_spec("psycopg") is None or find_spec("psycopg_pool") is None:
        raise messages.no_driver()
    from rag.postgres.database import PostgresDatabase

    return PostgresDatabase(config.store_url)


def keyword_indexes(home: PostgresDatabase | None) -> Callable[[Path], Any]:
    """What makes the keyword index of a folder, or of a shared database."""
    if home is None:
        from rag.retrieval.keyword import KeywordIndex

        return KeywordIndex
    from rag.retrieval.postgres_keyword import PostgresKeywordIndex

    return lambda folder: PostgresKeywordIndex(home, filtering.condition)


def vector_indexes(
    home: PostgresDatabase | None, server: ChromaServer | None = None
) -> Callable[[Path, Encoder], Any]:
    """What makes the vector index of a folder, its vectors on a Chroma `server`, or of a shared database."""
    if home is None:
        from rag.retrieval.dense import DenseIndex

        return partial(DenseIndex, server=server)
    from rag.retrieval.postgres_dense import PostgresVectorIndex

    return lambda folder, encoder: PostgresVectorIndex(home, encoder, filtering.condition)


def chroma_server(config: Config) -> ChromaServer | None:
    """The Chroma server that the settings name."""
    from rag.retrieval.chroma_home import ChromaServer

    if not config.chroma_url:
        return None
    token = config.chroma_token.get_secret_value() if config.chroma_token else ""
    return ChromaServer(config.chroma_url.rstrip("/"), token, config.chroma_tenant, config.chroma_database)


def start_chroma(config: Config, stays: bool = False) -> None:
    """Before anything else: its process is ready about when the rest is. It `stays` with a server.

    A single question doesn't need it: the table of vectors answers.
    """
    if config.store:
        return
    from rag.retrieval.vector_process import chroma

    if stays:
        chroma().stay()
    else:
        chroma().start()


def _choice(config: Config) -> EncoderChoice:
    from rag.retrieval.models import EncoderChoice

    return EncoderChoice(config.encoder, config.encoder_query_prompt, config.encoder_passage_prompt)


def _given_encoder(encoder: object) -> Encoder:
    from rag.retrieval.llama_models import as_encoder

    return as_encoder(encoder)


def finalist(config: Config, given: object) -> Reranker | None:
    """What weighs the best candidates last: the program's own reranker, or the setting's cross-encoder."""
    if given is None:
        from rag.retrieval import models

        return models.finalist(config.reranker)
    from rag.retrieval.llama_models import as_reranker

    return as_reranker(given)


def chosen_language_model(config: Config) -> LlamaLLM | None:
    """The model that the settings name, if one writes; nothing is asked of it yet. Raises SettingsError."""
    return language_model(config) if config.writer == "llm" else None


def language_model(config: Config) -> LlamaLLM:
    """The model that the settings name; nothing is asked of it yet. Raises SettingsError."""
    if not config.llm_model:
        raise SettingsError(
            "Для RAG_WRITER=llm нужно имя модели: задайте RAG_LLM_MODEL, а если сервер модели не на этой "
            "машине, то и RAG_LLM_URL. Примеры: snoska help models"
        )
    from rag.answering import llama_llm
    from rag.answering.llm import answer_room

    make = llama_llm.ollama if config.llm == "ollama" else llama_llm.openai_like
    key = config.llm_key.get_secret_value() if config.llm_key else None
    room = answer_room(config.llm_context)
    return make(config.llm_model, config.llm_address, key, config.llm_context, room, config.llm_deadline)


def given_model(llm: object) -> LlamaLLM:
    """The language model that a program brought along. Raises WrongTypeError."""
    from rag.answering.llama_llm import as_language_model

    return as_language_model(llm)


def reading_choice(config: Config) -> ReadingChoice:
    """What the settings say of the network that reads."""
    from rag.reading.loading import Choice

    return Choice(config.reader, config.verifier, config.models_folder)


def located(name: str, setting: str) -> tuple[Path, str]:
    """The folder of a hub model that a setting names for reading. Raises ModelError."""
    from rag.retrieval.neural import hub

    found = hub.locate(name, hub.Setting(setting, "чтобы читала встроенная сеть"))
    return found.folder, found.identity


@contextmanager
def opened_keys(config: Config) -> Iterator[Keyring]:
    """The keys of the library, with nothing else of it opened.

    Raises LibraryBusyError, SettingsError and LibraryError.
    """
    from rag.library import keyring

    home = open_home(config)
    if home is None:
        with keyring.opened(config.data) as keys:
            yield keys
        return
    with closing(home):
        yield keyring.Keyring(home)


def has_keys(config: Config) -> bool:
    """Whether the library has keys, looked at without owning it. Raises SettingsError and LibraryError."""
    from rag.library import keyring

    if not config.store:
        return keyring.are_held(config.data)
    with opened_keys(config) as keys:
        return bool(keys.keys())
