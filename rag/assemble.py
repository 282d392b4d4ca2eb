"""The only wiring: which part is which. Heavy parts are imported when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from rag.config import Config, load
from rag.errors import SettingsError
from rag.library import filtering
from rag.library.library import Building, Library, Progress
from rag.library.moving import Moved
from rag.types import Encoder, ErrorBudget, Reader, Reranker

if TYPE_CHECKING:
    from rag.answer_workers import AnswerWorkers
    from rag.answering.extractive import ExtractiveWriter
    from rag.answering.llama_llm import LlamaLLM
    from rag.bot import Bot
    from rag.library.keyring import Keyring
    from rag.postgres.database import PostgresDatabase
    from rag.reading.loading import Choice as ReadingChoice
    from rag.retrieval.chroma_home import ChromaServer
    from rag.retrieval.legs import DenseLeg, KeywordLeg
    from rag.retrieval.models import EncoderChoice
    from rag.retrieval.static import StaticEncoder
    from rag.text.matching import TermWeights

# Of one's patience, a follow-up question may take this much before it is even searched for.
FOLLOW_UP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What a bot is made of, besides its library."""

    words: StaticEncoder
    encoder: Encoder
    assets: Path
    keyword: KeywordLeg
    dense: DenseLeg
    home: PostgresDatabase | None = None  # in place of the data folder


def open_library(
    config: Config | None = None,
    command: str = "snoska",
    repair: bool = False,
    building: Building = "now",
    progress: Progress | None = None,
) -> Library:
    """The library with its indexes brought up to date; this process owns it until `close()`.

    `building` and `progress` are Library's. Raises LibraryBusyError, LibraryError and ModelError.
    """
    config = config or load()
    if building != "later":
        start_chroma(config)
    parts = parts_of(config)
    return library_of(config, parts, command, repair, building, progress)


def open_bot(
    config: Config | None = None,
    command: str = "snoska",
    building: Building = "now",
    progress: Progress | None = None,
    today: Callable[[], date] = date.today,
    encoder: object = None,
    reranker: object = None,
    llm: object = None,
    reader: Reader | None = None,
    least: float | None = None,
    workers: int = 1,
) -> Bot:
    """A bot over the library of `config` (by default: of the RAG_* settings).

    `encoder`, `reranker`, `llm` and `reader` take the place of those that the settings name; see
    `rag.open_bot`. `least` is the confidence that an answer needs, whatever `snoska tune` has set.
    More than one of the `workers` are processes that write answers; they read with what the settings name.
    «Вчера» and «на прошлой неделе» in a question are counted from `today()`.
    """
    config = config or load()
    if building == "behind":
        start_chroma(config, stays=True)
    from rag.answering.extractive import ExtractiveWriter
    from rag.bot import Bot
    from rag.judging.budget import load as load_budget
    from rag.reading.loading import loading
    from rag.retrieval.explain import Explainer
    from rag.retrieval.rerank import LateInteraction
    from rag.retrieval.search import Searcher
    from rag.retrieval.static import Background
    from rag.retrieval.weights import term_weights
    from rag.text.matching import Matcher
    from rag.text.repair import Repairer

    budget = load_budget(config.data) if least is None else None
    model = chosen_language_model(config) if llm is None else _given_model(llm)
    parts = parts_of(config, encoder)
    last = _finalist(config, reranker)
    keyword, dense = parts.keyword, parts.dense
    library = library_of(config, parts, command, False, building, progress)
    background = Background(parts.assets)
    weights = term_weights(keyword, background.frequency)
    matcher = Matcher(parts.words.word_vectors, weights, library.store.lemmas)
    asking = matcher.by_salience()
    late = None if config.reranker == "none" else LateInteraction(asking, lambda: dense.weights.rerank)
    searcher = Searcher(keyword, dense, library.store, late, lambda: dense.weights, last, today)
    repairer = partial(Repairer, keyword, background.frequency)
    explainer = Explainer(asking, late)
    reading = loading(reading_choice(config), located)
    if reader is None:
        reading.start()
    reads = reading.reader if reader is None else lambda: reader
    sure_enough = partial(_least, budget, least)
    quoting = ExtractiveWriter(matcher, reads, sure_enough)
    apart = _apart(workers, config, parts.words, weights, quoting) if workers > 1 else None
    bot = partial(
        Bot,
        repairer=repairer,
        encoder=parts.encoder,
        explainer=explainer,
        quoting=quoting,
        strict=config.strict,
        reading=reading,
        budget=budget,
        workers=apart,
    )
    extractive = apart or quoting
    if model is None:
        return bot(library, searcher, extractive)
    from rag.answering.llm import LLMWriter
    from rag.answering.llm_dialogue import LLMDialogue

    writer = LLMWriter(
        model, extractive, config.llm_context, config.llm_deadline, lambda: sure_enough(reads())
    )
    dialogue = LLMDialogue(model, min(FOLLOW_UP_SECONDS, config.llm_deadline))
    return bot(library, searcher, writer, standalone=dialogue.standalone)


def _apart(
    count: int, config: Config, words: StaticEncoder, weights: TermWeights, quoting: ExtractiveWriter
) -> AnswerWorkers:
    """`count` processes that write as `quoting` does; none is started yet."""
    from rag.answer_worker_process import Begin
    from rag.answer_workers import AnswerWorkers

    return AnswerWorkers(count, Begin(reading_choice(config), located), words.word_vectors, weights, quoting)


def _least(budget: ErrorBudget | None, given: float | None, reader: Reader | None) -> float | None:
    """The confidence that an answer needs when `reader` reads; None for the one that ships."""
    return budget.threshold_for(reader.name if reader else "") if budget else given


@cache
def reader() -> Reader | None:
    """The reader that the RAG_* settings name, waited for; None where there is none."""
    from rag.reading.loading import loading

    return loading(reading_choice(load()), located).wait()


def reading_choice(config: Config) -> ReadingChoice:
    from rag.reading.loading import Choice

    return Choice(config.reader, config.verifier, config.models_folder)


def located(name: str, setting: str) -> tuple[Path, str]:
    """The folder of a hub model that a setting names for reading. Raises ModelError."""
    from rag.retrieval.neural import hub

    found = hub.locate(name, hub.Setting(setting, "чтобы читала встроенная сеть"))
    return found.folder, found.identity


def library_of(
    config: Config,
    parts: Parts,
    command: str,
    repair: bool = False,
    building: Building = "now",
    progress: Progress | None = None,
) -> Library:
    return Library(
        config.data,
        (parts.keyword, parts.dense),
        command,
        repair,
        building,
        progress,
        config.read_limit,
        config.keep_originals,
        parts.home,
    )


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


def parts_of(config: Config, encoder: object = None) -> Parts:
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


def keyword_indexes(home: PostgresDatabase | None) -> Callable[[Path], Any]:
    """What makes the keyword index of a folder, or of a shared database."""
    if home is None:
        from rag.retrieval.keyword import KeywordIndex

        return KeywordIndex
    from rag.retrieval.postgres_keyword import PostgresKeywordIndex

    return lambda folder: PostgresKeywordIndex(home, filtering.condition)


def chroma_server(config: Config) -> ChromaServer | None:
    """The Chroma server that the settings name."""
    from rag.retrieval.chroma_home import ChromaServer

    if not config.chroma_url:
        return None
    token = config.chroma_token.get_secret_value() if config.chroma_token else ""
    return ChromaServer(config.chroma_url.rstrip("/"), token, config.chroma_tenant, config.chroma_database)


def vector_indexes(
    home: PostgresDatabase | None, server: ChromaServer | None = None
) -> Callable[[Path, Encoder], Any]:
    """What makes the vector index of a folder, its vectors on a Chroma `server`, or of a shared database."""
    if home is None:
        from rag.retrieval.dense import DenseIndex

        return partial(DenseIndex, server=server)
    from rag.retrieval.postgres_dense import PostgresVectorIndex

    return lambda folder, encoder: PostgresVectorIndex(home, encoder, filtering.condition)


def _choice(config: Config) -> EncoderChoice:
    from rag.retrieval.models import EncoderChoice

    return EncoderChoice(config.encoder, config.encoder_query_prompt, config.encoder_passage_prompt)


def _given_encoder(encoder: object) -> Encoder:
    from rag.retrieval.llama_models import as_encoder

    return as_encoder(encoder)


def _finalist(config: Config, given: object) -> Reranker | None:
    """What weighs the best candidates last: the program's own reranker, or the setting's cross-encoder."""
    if given is None:
        from rag.retrieval.models import finalist

        return finalist(config.reranker)
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
    from rag.answering.prompts import answer_room

    make = llama_llm.ollama if config.llm == "ollama" else llama_llm.openai_like
    key = config.llm_key.get_secret_value() if config.llm_key else None
    room = answer_room(config.llm_context)
    return make(config.llm_model, config.llm_address, key, config.llm_context, room, config.llm_deadline)


def _given_model(llm: object) -> LlamaLLM:
    from rag.answering.llama_llm import as_language_model

    return as_language_model(llm)


def train(
    config: Config, out: Path | None = None, epochs: int | None = None, progress: Progress | None = None
) -> str:
    """Train the built-in encoder on the library; what came of it (Russian). Raises ModelError."""
    from rag.retrieval import static
    from rag.retrieval.neural import training
    from rag.retrieval.training_pairs import documents

    training.check_packages()
    base = static.ensure(config.models_folder)
    with open_library(config, "snoska train", building="later") as library:
        taught = documents([passage for batch in library.store.all_passages() for passage in batch])
    target = out or config.data / "trained"
    return training.told(training.train(taught, base, target, epochs or training.EPOCHS, progress))


def static_encoder(config: Config | None = None) -> StaticEncoder:
    """The built-in encoder, built first if need be. Raises ModelError."""
    from rag.retrieval import static

    return static.StaticEncoder(static.ensure((config or load()).models_folder))


def move(config: Config, to: str, tell: Callable[[int, int], bool]) -> Moved:
    """The library of the settings, its conversations too, into the database or the folder `to`.

    The one of the settings stays as it is. Raises SettingsError, LibraryBusyError and LibraryError.
    """
    from rag.chats import moving
    from rag.chats.store import home_of

    target = config.model_copy(
        update={"store": SecretStr(to), "models": config.models_folder}
        if "://" in to
        else {"store": None, "data": Path(to).expanduser(), "models": config.models_folder}
    )
    if (target.store_url, target.data) == (config.store_url, config.data):
        raise SettingsError("Библиотека уже там. Укажите в --to другую базу или папку.")
    with (
        open_library(config, "snoska move", building="later") as here,
        open_library(target, "snoska move") as there,
    ):
        came = there.move_from(here.store, tell)
        if not came.stopped:
            with closing(home_of(here)) as chats, closing(home_of(there)) as new:
                moving.move(chats, new)
    return came
