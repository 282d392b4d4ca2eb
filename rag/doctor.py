"""What `snoska doctor` looks at: packages, settings, models, the library and its indexes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from rag import assemble, components
from rag.components import Parts
from rag.config import Config
from rag.errors import LibraryBusyError, LibraryError, LLMError, ModelError, RagError, SettingsError

# A model that is loaded says a word within seconds, on a processor too.
_SECONDS = 15.0
# The packages whose versions `snoska doctor` tells.
PACKAGES = (
    "llama-index",
    "llama-index-vector-stores-chroma",
    "llama-index-llms-openai-like",
    "llama-index-llms-ollama",
    "chromadb",
    "sentence-transformers",
    "gradio",
    "pymorphy3",
    "tantivy",
    "torch",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `snoska doctor`."""

    name: str
    ok: bool
    detail: str


def diagnose(config: Config, deep: bool = False) -> list[Check]:
    """What a user needs to know of the installation; changes nothing but caches that can be rebuilt.

    `deep` compares the database and its indexes passage by passage.
    """
    return [
        *_versions(),
        _assets(config),
        _settings(config),
        *_reranking(config),
        _reads(config),
        *_tuned(config),
        *_writing(config),
        *_searching(config, deep),
    ]


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


def _reranking(config: Config) -> list[Check]:
    """Whether the cross-encoder that the settings name can be loaded, if they name one."""
    from rag.retrieval.models import finalist

    try:
        last = finalist(config.reranker)
    except ModelError as error:
        return [Check("переоценка", False, str(error))]
    return [Check("переоценка", True, f"{last.name}: последнее слово о лучших 30")] if last else []


def _reads(config: Config) -> Check:
    """Which network reads, or why none does; the built-in one is only looked for, not made."""
    from rag.reading.loading import told

    ok, detail = told(components.reading_choice(config), components.located)
    return Check("читающая сеть", ok, detail)


def _tuned(config: Config) -> list[Check]:
    """What `snoska tune` has set, if it has."""
    from rag.judging import budget

    try:
        found = budget.load(config.data)
    except RagError as error:
        return [Check("порог отказа", False, str(error))]
    if found is None:
        return []
    told = f"{found.promise} ({found.made}; читает {found.reader or 'не сеть, а правила'})"
    return [Check("порог отказа", True, told)]


def _writing(config: Config) -> list[Check]:
    """Whether the language model that the settings name answers, if they name one."""
    try:
        model = components.chosen_language_model(config)
        if model is None:
            return []
        with closing(model.stream("Отвечай одним словом.", "Скажи: да.", _SECONDS)) as said:
            any(said)  # its first word is enough
    except (SettingsError, LLMError) as error:
        return [Check("языковая модель", False, f"{config.llm_model} на {config.llm_address}: {error}")]
    return [Check("языковая модель", True, f"{config.llm_model} на {config.llm_address} отвечает")]


def _searching(config: Config, deep: bool) -> list[Check]:
    """The encoder that the settings name, its weights, and the library searched with them."""
    is_new = not config.store and not config.data.is_dir()
    none_yet = Check("библиотека", True, f"{config.data}: ещё не создана, её создаст snoska index")
    if is_new and config.encoder == "static":
        return [none_yet]
    try:
        parts = components.parts_of(config)
    except (ModelError, SettingsError) as error:
        return [Check("кодировщик поиска", False, str(error))]
    except LibraryError as error:
        return [Check("библиотека", False, str(error))]
    file = config.weights_file
    weights = f"веса из {file}" if file and file.is_file() else "веса по умолчанию"
    encoder = Check("кодировщик поиска", True, f"{parts.encoder.name}, {weights}")
    return [encoder, *([none_yet] if is_new else _library_state(config, parts, deep))]


def _library_state(config: Config, parts: Parts, deep: bool) -> list[Check]:
    components.start_chroma(config)  # what is damaged is seen when it is opened
    try:
        with assemble.library_of(config, parts, "snoska doctor", building="later") as library:
            counts, held = library.counts(), library.index_counts()
            notes, pending = list(library.notes), dict(library.pending)
            looked = [compared(library.differences())] if deep else []
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
    place = parts.home.told if parts.home else config.data
    detail = f"{place}: статей {counts.articles}, фрагментов {counts.passages}"
    return [Check("библиотека", True, " ".join([detail, *notes])), *sizes, *looked]


def compared(differences: list[str]) -> Check:
    """What a deep look at a library has found."""
    if not differences:
        return Check("сверка", True, "база и индексы совпадают, фрагмент за фрагментом")
    return Check("сверка", False, "; ".join(differences) + ". Постройте заново: snoska index --rebuild")
