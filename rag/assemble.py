"""The only wiring: which part is which. Heavy parts are imported when they are needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Config, load
from rag.errors import LibraryBusyError, ModelError, RagError
from rag.library.library import Building, Library, Progress
from rag.types import Encoder

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.retrieval.legs import DenseLeg, KeywordLeg
    from rag.retrieval.static import StaticEncoder

# The packages whose versions `snoska doctor` tells.
PACKAGES = (
    "llama-index",
    "llama-index-vector-stores-chroma",
    "chromadb",
    "sentence-transformers",
    "gradio",
    "pymorphy3",
    "tantivy",
    "torch",
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a bot is made of, besides its library."""

    words: StaticEncoder
    encoder: Encoder
    assets: Path
    keyword: KeywordLeg
    dense: DenseLeg


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
    parts = _parts(config)
    return Library(config.data, (parts.keyword, parts.dense), command, repair, building, progress)


def open_bot(
    config: Config | None = None,
    command: str = "snoska",
    building: Building = "now",
    progress: Progress | None = None,
    today: Callable[[], date] = date.today,
) -> Bot:
    """A bot over the library of `config` (by default: of the RAG_* settings).

    «Вчера» and «на прошлой неделе» in a question are counted from `today()`.
    """
    from rag.answering.extractive import ExtractiveWriter
    from rag.bot import Bot
    from rag.retrieval.rerank import LateInteraction
    from rag.retrieval.search import Searcher
    from rag.retrieval.static import Background
    from rag.retrieval.weights import term_weights
    from rag.text.matching import Matcher
    from rag.text.repair import Repairer

    config = config or load()
    parts = _parts(config)
    keyword, dense = parts.keyword, parts.dense
    library = Library(config.data, (keyword, dense), command, False, building, progress)
    background = Background(parts.assets)
    weights = term_weights(keyword, background.frequency)
    matcher = Matcher(parts.words.word_vectors, weights)
    reranker = (
        LateInteraction(matcher, lambda: dense.weights.rerank)
        if config.reranker == "late-interaction"
        else None
    )
    searcher = Searcher(keyword, dense, library.store, reranker, lambda: dense.weights, today=today)
    repairer = partial(Repairer, keyword, background.frequency)
    return Bot(library, searcher, ExtractiveWriter(matcher), repairer, parts.encoder.name)


def _parts(config: Config) -> Parts:
    from rag.retrieval import static
    from rag.retrieval.legs import DenseLeg, KeywordLeg

    assets = static.ensure(config.models_folder)
    words = static.StaticEncoder(assets)
    encoder = _encoder(config, words)
    dense = DenseLeg(encoder, recipe=_recipe(config), former=lambda recipe: _former(recipe, config, words))
    return Parts(words, encoder, assets, KeywordLeg(), dense)


def _encoder(config: Config, words: StaticEncoder) -> Encoder:
    if config.encoder == "static":
        return words
    from rag.retrieval.encoders import SentenceTransformerEncoder

    return SentenceTransformerEncoder(config.encoder)


# The settings that make an encoder.
_ENCODER_SETTINGS = ("encoder",)


def _recipe(config: Config) -> str:
    return json.dumps({name: getattr(config, name) for name in _ENCODER_SETTINGS}, ensure_ascii=False)


def _former(recipe: str, config: Config, words: StaticEncoder) -> Encoder | None:
    """The encoder of an earlier `_recipe`, if this machine still has it."""
    try:
        before = {name: value for name, value in json.loads(recipe).items() if name in _ENCODER_SETTINGS}
        return _encoder(config.model_copy(update=before), words)
    except (ModelError, ValueError, AttributeError):
        return None


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `snoska doctor`."""

    name: str
    ok: bool
    detail: str


def diagnose(config: Config) -> list[Check]:
    """What a user needs to know of the installation; changes nothing but caches that can be rebuilt."""
    return [*_versions(), _assets(config), _settings(config), *_library_state(config)]


def _versions() -> list[Check]:
    from importlib.metadata import PackageNotFoundError, version

    import rag

    found = [Check("Сноска", True, rag.__version__)]
    for package in PACKAGES:
        try:
            found.append(Check(package, True, version(package)))
        except PackageNotFoundError:
            found.append(Check(package, False, "не установлен: make setup"))
    return found


def _assets(config: Config) -> Check:
    from rag.retrieval import static

    folder = config.models_folder / static.VERSION
    if not (folder / "modules.json").is_file():
        return Check("кодировщик", True, f"{folder}: ещё не собран, соберётся при первой команде (15 секунд)")
    try:
        static.StaticEncoder(folder)
    except ModelError as error:
        return Check("кодировщик", False, str(error))
    return Check("кодировщик", True, str(folder))


def _settings(config: Config) -> Check:
    changed = [
        f"RAG_{name.upper()}={getattr(config, name)}"
        for name, field in type(config).model_fields.items()
        if getattr(config, name) != field.default
    ]
    return Check("настройки", True, ", ".join(changed) or "все по умолчанию")


def _library_state(config: Config) -> list[Check]:
    if not config.data.is_dir():
        return [Check("библиотека", True, f"{config.data}: ещё не создана, её создаст snoska index")]
    try:
        with open_library(config, "snoska doctor", building="later") as library:
            counts, held = library.counts(), library.index_counts()
            notes, pending = list(library.notes), dict(library.pending)
    except LibraryBusyError as error:
        return [Check("библиотека", True, str(error))]
    except RagError as error:
        return [Check("библиотека", False, str(error))]
    sizes = [
        Check(f"индекс {name}", True, f"будет построен заново ({pending[name]}): snoska index")
        if name in pending
        else Check(f"индекс {name}", count == counts.passages, f"фрагментов: {count} из {counts.passages}")
        for name, count in held.items()
    ]
    detail = f"{config.data}: статей {counts.articles}, фрагментов {counts.passages}"
    return [Check("библиотека", True, " ".join([detail, *notes])), *sizes]
