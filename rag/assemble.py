"""The only wiring: which part is which. Heavy parts are imported when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from rag import components
from rag.components import Parts
from rag.config import Config, load
from rag.errors import SettingsError
from rag.library.library import Building, Library, Progress
from rag.library.moving import Moved
from rag.types import ErrorBudget, Reader, Reranker, Turn, Writer

if TYPE_CHECKING:
    from rag.answer_workers import AnswerWorkers
    from rag.answering.extractive import ExtractiveWriter
    from rag.answering.llama_llm import LlamaLLM
    from rag.bot import Bot
    from rag.matching.matcher import Matcher, TermWeights
    from rag.reading.loading import Loading
    from rag.retrieval.explain import Explainer
    from rag.retrieval.search import Searcher
    from rag.retrieval.static import StaticEncoder
    from rag.text.repair import Repairer

# Of one's patience, a follow-up question may take this much before it is even searched for.
FOLLOW_UP_SECONDS = 10.0


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
        components.start_chroma(config)
    parts = components.parts_of(config)
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
        components.start_chroma(config, stays=True)
    budget = _budget(config) if least is None else None
    model = components.chosen_language_model(config) if llm is None else components.given_model(llm)
    parts = components.parts_of(config, encoder)
    last = components.finalist(config, reranker)
    library = library_of(config, parts, command, False, building, progress)
    search = _search(config, parts, library, last, today)
    reading = _loading(config, reader)
    reads = reading.reader if reader is None else lambda: reader
    enough = partial(_least, budget, least)
    writing = _writing(config, model, reads, enough, search, workers)
    return _bot(config, library, parts, search, writing, reading, budget)


@dataclass(frozen=True, slots=True)
class _Search:
    """What finds passages in a library, and what is known of its words."""

    words: StaticEncoder
    searcher: Searcher
    matcher: Matcher
    weights: TermWeights
    repairer: Callable[[], Repairer]
    explainer: Explainer


@dataclass(frozen=True, slots=True)
class _Writing:
    """What writes the answers, and what makes follow-up questions clear; see Bot."""

    quoting: ExtractiveWriter
    workers: AnswerWorkers | None
    writer: Writer
    standalone: Callable[[str, Sequence[Turn]], Iterator[str | None]]


def _search(
    config: Config, parts: Parts, library: Library, last: Reranker | None, today: Callable[[], date]
) -> _Search:
    from rag.matching.matcher import Matcher, term_weights
    from rag.retrieval.explain import Explainer
    from rag.retrieval.rerank import LateInteraction
    from rag.retrieval.search import Searcher
    from rag.retrieval.static import Background
    from rag.text.repair import Repairer

    keyword, dense = parts.keyword, parts.dense
    background = Background(parts.assets)
    weights = term_weights(keyword, background.frequency)
    matcher = Matcher(parts.words.word_vectors, weights, library.store.lemmas)
    asking = matcher.by_salience()
    late = None if config.reranker == "none" else LateInteraction(asking, lambda: dense.weights.rerank)
    searcher = Searcher(keyword, dense, library.store, late, lambda: dense.weights, last, today)
    repairer = partial(Repairer, keyword, background.frequency)
    return _Search(parts.words, searcher, matcher, weights, repairer, Explainer(asking, late))


def _loading(config: Config, given: Reader | None) -> Loading:
    """What loads the network that the settings name: begun, unless another reader is `given`."""
    from rag.reading.loading import loading

    reading = loading(components.reading_choice(config), components.located)
    if given is None:
        reading.start()
    return reading


def _writing(
    config: Config,
    model: LlamaLLM | None,
    reads: Callable[[], Reader | None],
    least: Callable[[Reader | None], float | None],
    search: _Search,
    workers: int,
) -> _Writing:
    """`model` writes where one is chosen, sentences of the library are quoted otherwise."""
    from rag.answering import dialogue
    from rag.answering.extractive import ExtractiveWriter

    quoting = ExtractiveWriter(search.matcher, reads, least)
    apart = _apart(workers, config, search.words, search.weights, quoting) if workers > 1 else None
    if model is None:
        return _Writing(quoting, apart, apart or quoting, dialogue.at_once)
    from rag.answering.llm import LLMDialogue, LLMWriter

    patience, context = config.llm_deadline, config.llm_context
    writer = LLMWriter(model, apart or quoting, context, patience, lambda: least(reads()))
    return _Writing(quoting, apart, writer, LLMDialogue(model, min(FOLLOW_UP_SECONDS, patience)).standalone)


def _bot(
    config: Config,
    library: Library,
    parts: Parts,
    search: _Search,
    writing: _Writing,
    reading: Loading,
    budget: ErrorBudget | None,
) -> Bot:
    from rag.bot import Bot

    return Bot(
        library,
        search.searcher,
        writing.writer,
        repairer=search.repairer,
        encoder=parts.encoder,
        explainer=search.explainer,
        quoting=writing.quoting,
        standalone=writing.standalone,
        strict=config.strict,
        reading=reading,
        budget=budget,
        workers=writing.workers,
    )


def _apart(
    count: int, config: Config, words: StaticEncoder, weights: TermWeights, quoting: ExtractiveWriter
) -> AnswerWorkers:
    """`count` processes that write as `quoting` does; none is started yet."""
    from rag.answer_worker_process import Begin
    from rag.answer_workers import AnswerWorkers

    return AnswerWorkers(
        count,
        Begin(components.reading_choice(config), components.located),
        words.word_vectors,
        weights,
        quoting,
    )


def _budget(config: Config) -> ErrorBudget | None:
    """What `snoska tune` has found, if it ever ran."""
    from rag.judging.budget import load as load_budget

    return load_budget(config.data)


def _least(budget: ErrorBudget | None, given: float | None, reader: Reader | None) -> float | None:
    """The confidence that an answer needs when `reader` reads; None for the one that ships."""
    return budget.threshold_for(reader.name if reader else "") if budget else given


@cache
def reader() -> Reader | None:
    """The reader that the RAG_* settings name, waited for; None where there is none."""
    from rag.reading.loading import loading

    return loading(components.reading_choice(load()), components.located).wait()


def library_of(
    config: Config,
    parts: Parts,
    command: str,
    repair: bool = False,
    building: Building = "now",
    progress: Progress | None = None,
) -> Library:
    """The library of `config` over its `parts`; see `open_library`."""
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
