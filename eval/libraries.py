"""Throw-away libraries: in a temporary folder, with the encoder that the settings already have."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from eval import beir
from eval.endpoints import Kind, chat, kind_of, mcp, only_model
from eval.errors import EvaluationError
from eval.runs import Ask
from rag import assemble, components
from rag.config import Config
from rag.library.report import Report
from rag.types import Article, Turn

if TYPE_CHECKING:
    from rag.bot import Bot
    from rag.library.library import Library
    from rag.web.remote import Remote

_EMPTY = "В библиотеке нет статей. Проиндексируйте их: snoska index, или задайте --corpus."
_PAGE = 200  # articles listed at a time


@contextmanager
def temporary(config: Config) -> Iterator[Config]:
    """`config` with an empty data folder that is gone afterwards; encoder and weights stay as they are.

    With RAG_STORE the library lies in that database, in a schema of its own that is gone afterwards too.
    """
    fitted = config.weights_file
    weights = fitted if fitted and fitted.is_file() else config.weights
    kept = {"models": config.models_folder, "weights": weights}
    with TemporaryDirectory(prefix="snoska-eval-") as folder, beside(config) as store:
        yield config.model_copy(update={"data": Path(folder), "store": store, **kept})


@contextmanager
def beside(config: Config) -> Iterator[SecretStr | None]:
    """Where in the database of the settings a library may be made; None where they name none."""
    if not config.store:
        yield None
        return
    schema = f"snoska_eval_{token_hex(6)}"
    url = config.store_url
    apart = SecretStr(f"{url}{'&' if '?' in url else '?'}schema={schema}")
    try:
        yield apart
    finally:
        home = components.open_home(config.model_copy(update={"store": apart}))
        if home:
            home.drop()
            home.close()


@dataclass(frozen=True, slots=True)
class Answering:
    """`ask` gives an Answer's JSON, `articles` are those it answers from, by id, read when looked at.

    None where it can't be known what it answers from.
    """

    ask: Ask
    articles: Mapping[str, str] | None


@contextmanager
def answering(
    config: Config, corpus: Sequence[Path], url: str = "", kind: Kind | None = None
) -> Iterator[Answering]:
    """Who answers: a throw-away library of `corpus`; or else the server at `url`, the server that has the
    user's library, or that library itself. What `kind` the server at `url` is, its path says.

    Raises EvaluationError where there is nothing to answer from.
    """
    from rag.web.remote import connect, reach

    if url and corpus:
        raise EvaluationError("Задайте что-то одно: --corpus или --url.")
    if url and (kind or kind_of(url)) != "snoska":
        yield Answering(_endpoint(config, url, kind or kind_of(url)), None)
        return
    server = reach(url, next(iter(config.keys), "")) if url else None
    server = server or (None if corpus or config.store else connect(config.data))
    if server:
        if not server.counts().articles:
            raise EvaluationError(_EMPTY)
        yield Answering(server.told, _Articles(server))
        return
    with opened(config, corpus) as bot:
        refuse_empty(bot)

        def told(question: str, history: Sequence[Turn]) -> dict[str, Any]:
            return bot.ask(question, history=list(history)).as_dict()

        yield Answering(told, _Articles(bot.library))


def _endpoint(config: Config, url: str, kind: Kind) -> Ask:
    if kind == "mcp":
        return mcp(url)
    key = config.llm_key.get_secret_value() if config.llm_key else ""
    return chat(url, config.llm_model or only_model(url, key), key)


class _Articles(Mapping[str, str]):
    """The texts of a library by id, each read when it is looked at."""

    def __init__(self, library: Library | Remote) -> None:
        self._library = library
        self._ids = dict.fromkeys(_ids(library))

    def __getitem__(self, article: str) -> str:
        return self._library.article(article).text

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, article: object) -> bool:
        return article in self._ids


def _ids(library: Library | Remote) -> Iterator[str]:
    offset = 0
    while page := library.articles(offset, _PAGE):
        yield from (listed.info.id for listed in page)
        offset += len(page)


@contextmanager
def opened(config: Config, corpus: Sequence[Path], distractors: Path | None = None) -> Iterator[Bot]:
    """A bot over a throw-away library of files, folders and BEIR folders; of none: the user's own."""
    if not corpus and distractors is None:
        with assemble.open_bot(config, command="eval") as bot:
            bot.reading.wait()  # every question is answered in the same way
            yield bot
        return
    with temporary(config) as settings, assemble.open_bot(settings, command="eval") as bot:
        bot.reading.wait()
        _check_exist(corpus)
        files = [path for path in corpus if not beir.is_beir(path)]
        folders = [path for path in corpus if beir.is_beir(path)]
        if files:
            _tell_failed(bot.library.index(files))
        _tell_failed(bot.library.add(corpus_articles(folders, distractors)))
        yield bot


def articles(config: Config, corpus: Sequence[Path]) -> list[Article]:
    """The articles of files, folders and BEIR folders, as a library has them. Raises EvaluationError."""
    with temporary(config) as settings, assemble.open_library(settings, "eval", building="later") as library:
        _check_exist(corpus)
        if files := [path for path in corpus if not beir.is_beir(path)]:
            _tell_failed(library.index(files))
        found = [library.article(each) for each in _ids(library)]
    return found + list(corpus_articles([path for path in corpus if beir.is_beir(path)], None))


def corpus_articles(folders: Sequence[Path], distractors: Path | None) -> Iterator[Article]:
    """Articles of several BEIR folders and of a file of distractors."""
    own = chain.from_iterable(beir.corpus(folder) for folder in folders)
    return chain(own, beir.distractors(distractors) if distractors else ())


def _tell_failed(report: Report) -> None:
    for failure in report.failed:
        print(f"Не вошло в библиотеку: {failure.name}: {failure.reason}", file=sys.stderr)


def _check_exist(paths: Sequence[Path]) -> None:
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise EvaluationError(f"Нет такого файла или папки: {missing[0]}. Проверьте --corpus.")


def refuse_empty(bot: Bot) -> None:
    """Raises EvaluationError where the library has no article to answer from."""
    if not bot.library.counts().articles:
        raise EvaluationError(_EMPTY)
