"""Throw-away libraries: in a temporary folder, with the encoder that the settings already have."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from eval import beir
from eval.errors import EvaluationError
from rag import assemble
from rag.config import Config
from rag.library.report import Report
from rag.types import Article

if TYPE_CHECKING:
    from rag.bot import Bot


@contextmanager
def temporary(config: Config) -> Iterator[Config]:
    """`config` with an empty data folder that is gone afterwards; encoder and weights stay as they are."""
    fitted = config.weights_file
    weights = fitted if fitted and fitted.is_file() else config.weights
    kept = {"models": config.models_folder, "weights": weights}
    with TemporaryDirectory(prefix="snoska-eval-") as folder:
        yield config.model_copy(update={"data": Path(folder), **kept})


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
        raise EvaluationError(
            "В библиотеке нет статей. Проиндексируйте их: snoska index, или задайте --corpus."
        )
