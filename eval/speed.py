"""How fast and how big: indexing, a question by stage, a fresh process, memory, disk."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from eval import libraries, metrics, tables
from eval.errors import EvaluationError
from rag import assemble
from rag.config import Config
from rag.types import Article

if TYPE_CHECKING:
    from rag.bot import Bot

Numbers = dict[str, dict[str, float]]
CANDIDATES = 150  # passages asked of a leg alone, as many as the pipeline takes of keywords
FRESH = 3  # processes started, of which the median counts
_MB = 1024 * 1024
_STAGES = {"keyword": "слова", "dense": "векторы", "search": "поиск целиком", "ask": "ответ целиком"}


# A process inherits the peak of the one that starts it, so the one measured is started by a small one.
_WATCH = """
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Process:
    """How long a process ran and the most memory it held."""

    seconds: float
    peak_mb: float


def measure(config: Config, questions: Sequence[str], passages: int) -> Numbers:
    """Everything, on a throw-away library of the corpus with copies of it up to `passages`."""
    with libraries.temporary(config) as settings:
        with assemble.open_bot(settings, command="eval") as bot:
            numbers = {"indexing": _index(bot, config.corpus, passages)} | _questions(bot, questions)
        fresh = _fresh_process(settings, questions[0])
        numbers["disk"] = {"data_mb": _size(settings.data), "models_mb": _size(settings.models_folder)}
    own = _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    numbers["startup"] = {"seconds": fresh.seconds}
    numbers["memory"] = {"eval_mb": own, "ask_mb": fresh.peak_mb}
    return numbers


def _index(bot: Bot, corpus: Path, passages: int) -> dict[str, float]:
    start = perf_counter()
    bot.library.index([corpus])
    if not bot.library.counts().articles:
        raise EvaluationError(f"В {corpus} нет статей. Задайте папку со статьями в RAG_CORPUS.")
    bot.library.add(copies(bot, passages - bot.library.counts().passages))
    seconds = perf_counter() - start
    counts = bot.library.counts()
    return {
        "articles": counts.articles,
        "passages": counts.passages,
        "seconds": round(seconds, 2),
        "passages_per_second": round(counts.passages / seconds, 1),
    }


def copies(bot: Bot, passages: int) -> Iterator[Article]:
    """Copies of the library's articles under other ids, enough for `passages` more passages."""
    listed = bot.library.articles(limit=1000)
    number = 0
    while passages > 0:
        number += 1
        for one in listed:
            article = bot.library.article(one.info.id)
            yield replace(article, info=replace(article.info, id=f"copy-{number}/{article.id}"))
            passages -= one.passages
            if passages <= 0:
                return


def _questions(bot: Bot, questions: Sequence[str]) -> Numbers:
    searcher = bot.searcher
    stages: dict[str, Callable[[str], object]] = {
        "keyword": lambda text: searcher.keyword.search(searcher.query(text), CANDIDATES),
        "dense": lambda text: searcher.dense.search(searcher.query(text), CANDIDATES),
        "search": lambda text: bot.search(text),
        "ask": lambda text: bot.ask(text),
    }
    bot.ask(questions[0])  # what is opened at the first question isn't part of a warm answer
    return {name: _latency(stage, questions) for name, stage in stages.items()}


def _latency(stage: Callable[[str], object], questions: Sequence[str]) -> dict[str, float]:
    times = [_milliseconds(stage, text) for text in questions]
    return {f"p{share}": round(metrics.percentile(times, share), 2) for share in (50, 95)}


def _milliseconds(stage: Callable[[str], object], text: str) -> float:
    start = perf_counter()
    stage(text)
    return 1000 * (perf_counter() - start)


def _fresh_process(config: Config, question: str) -> Process:
    """`snoska ask` from start to exit: the median time and the highest memory of FRESH processes."""
    asked = [_ask_once(config, question) for _ in range(FRESH)]
    return Process(round(median(one.seconds for one in asked), 2), max(one.peak_mb for one in asked))


def _ask_once(config: Config, question: str) -> Process:
    environment = os.environ | {
        "RAG_DATA": str(config.data.absolute()),
        "RAG_MODELS": str(config.models_folder.absolute()),
    }
    command = [sys.executable, "-c", _WATCH, sys.executable, "-m", "rag", "ask", question]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EvaluationError(f"snoska ask завершилась с кодом {done.returncode}: {done.stderr.strip()}")
    seconds, peak = done.stdout.split()
    return Process(float(seconds), _megabytes(int(peak)))


def _size(folder: Path) -> float:
    """Size of a folder's files in MB."""
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / _MB, 1)


def _megabytes(peak: int) -> float:
    """`ru_maxrss`, which is in bytes on macOS and in kilobytes elsewhere, in MB."""
    return round(peak * (1 if sys.platform == "darwin" else 1024) / _MB, 1)


def table(numbers: Numbers) -> str:
    """All numbers as two tables."""
    latency = [
        [title, tables.number(numbers[stage]["p50"]), tables.number(numbers[stage]["p95"])]
        for stage, title in _STAGES.items()
    ]
    indexing = numbers["indexing"]
    others = [
        ["статей", f"{indexing['articles']:.0f}"],
        ["отрывков", f"{indexing['passages']:.0f}"],
        ["индексация, отрывков в секунду", tables.number(indexing["passages_per_second"])],
        ["snoska ask новым процессом, с", tables.number(numbers["startup"]["seconds"], 2)],
        ["память snoska ask, пик, МБ", tables.number(numbers["memory"]["ask_mb"])],
        ["память этого процесса, пик, МБ", tables.number(numbers["memory"]["eval_mb"])],
        ["папка данных, МБ", tables.number(numbers["disk"]["data_mb"])],
        ["папка модели, МБ", tables.number(numbers["disk"]["models_mb"])],
    ]
    stages = tables.markdown(["Ступень, мс", "p50", "p95"], latency)
    return f"{stages}\n\n{tables.markdown(['Показатель', ''], others)}"
