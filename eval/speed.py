"""How fast and how big: indexing, a question by stage and with filters, processes, memory, disk.

The corpus is the given one, made larger by new articles of its sentences where more passages are asked for.
"""

from __future__ import annotations

import os
import resource
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from eval import baseline, beir, libraries, metrics, serving, tables
from eval.beir import BeirSet
from eval.errors import EvaluationError
from eval.recombined import recombined
from rag import assemble
from rag.config import Config
from rag.retrieval.static import StaticEncoder, ensure
from rag.types import Article, Filters

if TYPE_CHECKING:
    from rag.bot import Bot

Numbers = dict[str, dict[str, float]]
CANDIDATES = 150  # passages asked of a leg alone, as many as the pipeline takes of keywords
ASKED = 200  # questions at most
_TAKEN_IN = 2_000  # articles indexed while the server is searched
_GROWN = 20_000  # articles added at a time
_STAGES = {
    "keyword": "слова",
    "dense": "векторы",
    "search": "поиск целиком",
    "ask": "ответ целиком",
    "filter_one": "поиск в одной статье",
    "filter_1": "поиск в 1 % статей",
    "filter_20": "поиск в 20 % статей",
    "filter_90": "поиск в 90 % статей",
    "filter_source": "поиск в одном источнике",
    "filter_dates": "поиск за половину времени",
    "baseline": "LlamaIndex",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: over which articles, asked what, grown to how many passages, compared or not.

    `corpus` is the folder that the articles were read from, None for those of a file.
    """

    corpus: Path | None
    articles: Sequence[Article]
    questions: Sequence[str]
    passages: int = 0
    compared: bool = False
    quality: BeirSet | None = None


def of_folder(corpus: Path, questions: Sequence[str], passages: int = 0, compared: bool = False) -> Plan:
    """A folder as it is indexed, asked `questions`."""
    return Plan(corpus, _read(corpus), questions, passages, compared)


def of_file(path: Path, passages: int = 0, compared: bool = False) -> Plan:
    """A JSONL file of articles, asked for some of their titles."""
    articles = list(beir.distractors(path))
    titles = sorted({article.info.title for article in articles if len(article.info.title.split()) > 2})
    asked = Random(1).sample(titles, min(ASKED, len(titles)))
    return Plan(None, articles, asked, passages, compared)


def _read(corpus: Path) -> list[Article]:
    """The articles of a folder, read as the product reads them."""
    from rag.errors import ArticleError
    from rag.library.readers import checked, find_files, pieces

    found = []
    for place in find_files([corpus]):
        try:
            source = place.source()
            found += [checked(each.article()) for each in pieces(source, source.digest())]
        except ArticleError:
            continue  # indexing tells of it
    return found


def measure(config: Config, asked: Plan) -> Numbers:
    """Everything `asked` for, on a throw-away library."""
    if not asked.articles or not asked.questions:
        where = asked.corpus or "файле"
        raise EvaluationError(f"В {where} нет статей с заголовками. Задайте папку со статьями в RAG_CORPUS.")
    with libraries.temporary(config) as settings:
        with assemble.open_bot(settings, command="eval") as bot:
            numbers: Numbers = {"indexing": _index(bot, asked)}
            peak = serving.megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
            peak += serving.resident_of_children(os.getpid())
            numbers |= _questions(bot, asked.questions)
        numbers |= _processes(settings, asked)
        numbers.setdefault("memory", {})["index_mb"] = peak
        numbers["disk"] = {
            "data_mb": serving.size(settings.data),
            "models_mb": serving.size(settings.models_folder),
        }
    if asked.compared:
        numbers |= _compared(config, asked, numbers)
    if asked.quality:
        numbers |= _quality(config, asked.quality)
    return numbers


def _index(bot: Bot, asked: Plan) -> dict[str, float]:
    start = perf_counter()
    if asked.corpus:
        bot.library.index([asked.corpus])
    else:
        bot.library.add(asked.articles)
    more = recombined(asked.articles)
    while (missing := asked.passages - bot.library.counts().passages) > 0:
        counts = bot.library.counts()
        needed = 1 + missing * counts.articles // max(counts.passages, 1)
        bot.library.add(list(islice(more, min(needed, _GROWN))))
    seconds = perf_counter() - start
    counts = bot.library.counts()
    return {
        "articles": counts.articles,
        "passages": counts.passages,
        "seconds": round(seconds, 2),
        "passages_per_second": round(counts.passages / seconds, 1),
    }


def _processes(settings: Config, asked: Plan) -> Numbers:
    """The product as other processes over the library that has been made."""
    fresh = serving.fresh(settings, asked.questions[0])
    more = islice(recombined(asked.articles, seed=2), min(_TAKEN_IN, 10 * len(asked.articles)))
    return {
        "startup": {"seconds": fresh.seconds},
        "memory": {"ask_mb": fresh.peak_mb} | serving.serve(settings, asked.questions),
        "busy": serving.searched_while_indexing(settings, asked.questions, more),
    }


def _questions(bot: Bot, questions: Sequence[str]) -> Numbers:
    searcher = bot.searcher
    stages: dict[str, Callable[[str], object]] = {
        "keyword": lambda text: searcher.keyword.search(searcher.query(text), CANDIDATES),
        "dense": lambda text: searcher.dense.search(searcher.query(text), CANDIDATES),
        "search": lambda text: bot.search(text),
        "ask": lambda text: bot.ask(text),
    }
    for name, filters in filtered(bot).items():
        stages[name] = lambda text, filters=filters: bot.search(text, filters=filters)  # type: ignore[misc]
    bot.prepare()  # as a server does before it answers
    for stage in stages.values():  # what is opened at the first question isn't part of a warm answer
        stage(questions[0])
    return {name: _latency(stage, questions) for name, stage in stages.items()}


def filtered(bot: Bot) -> dict[str, Filters]:
    """A filter of each kind, of the articles that the library has."""
    ids = bot.library.store.ids()
    mixed = Random(1).sample(ids, len(ids))
    found = {
        f"filter_{name}": Filters(articles=tuple(mixed[: max(1, round(share * len(ids)))]))
        for name, share in (("one", 0.0), ("1", 0.01), ("20", 0.2), ("90", 0.9))
    }
    infos = bot.library.store.infos(ids).values()
    if sources := Counter(info.source for info in infos if info.source):
        found["filter_source"] = Filters(sources=(sources.most_common(1)[0][0],))
    if days := sorted(info.published for info in infos if info.published):
        found["filter_dates"] = Filters(since=date.fromisoformat(days[len(days) // 2]))
    return found


def _latency(stage: Callable[[str], object], questions: Sequence[str]) -> dict[str, float]:
    times = [_milliseconds(stage, text) for text in questions]
    return {f"p{share}": round(metrics.percentile(times, share), 2) for share in (50, 95)}


def _milliseconds(stage: Callable[[str], object], text: str) -> float:
    start = perf_counter()
    stage(text)
    return 1000 * (perf_counter() - start)


def _compared(config: Config, asked: Plan, ours: Numbers) -> Numbers:
    """The plain LlamaIndex stack over the same articles, and how many times our time it takes."""
    with TemporaryDirectory(prefix="snoska-baseline-") as folder:
        added = int(ours["indexing"]["articles"]) - len(asked.articles)
        articles = [*asked.articles, *islice(recombined(asked.articles), max(0, added))]
        theirs = baseline.build(articles, StaticEncoder(ensure(config.models_folder)), Path(folder))
        theirs.search(asked.questions[0])
        latency = _latency(theirs.search, asked.questions)
        held = {
            "nodes": theirs.nodes,
            "seconds": round(theirs.seconds, 2),
            "disk_mb": serving.size(Path(folder)),
        }
    return {
        "baseline": latency,
        "baseline_index": held,
        "ratio": {
            "indexing": round(theirs.seconds / ours["indexing"]["seconds"], 2),
            "search": round(latency["p50"] / ours["search"]["p50"], 2),
        },
    }


def _quality(config: Config, data: BeirSet) -> Numbers:
    """nDCG@10 of the plain stack on a labelled set; ours is what `python -m eval retrieval` tells."""
    with TemporaryDirectory(prefix="snoska-baseline-") as folder:
        theirs = baseline.build(data.articles(), StaticEncoder(ensure(config.models_folder)), Path(folder))
        return {"baseline_quality": {f"{data.name} ndcg@10": round(baseline.quality(theirs, data), 4)}}


def table(numbers: Numbers) -> str:
    """All numbers as two tables."""
    latency = [
        [title, tables.number(numbers[stage]["p50"]), tables.number(numbers[stage]["p95"])]
        for stage, title in _STAGES.items()
        if stage in numbers
    ]
    others = [
        [title, tables.number(numbers[group][name], digits)]
        for group, name, title, digits in _OTHERS
        if name in numbers.get(group, {})
    ]
    others += [
        [f"LlamaIndex, {name}", tables.percent(value)]
        for name, value in numbers.get("baseline_quality", {}).items()
    ]
    stages = tables.markdown(["Ступень, мс", "p50", "p95"], latency)
    return f"{stages}\n\n{tables.markdown(['Показатель', ''], others)}"


_OTHERS = (
    ("indexing", "articles", "статей", 0),
    ("indexing", "passages", "отрывков", 0),
    ("indexing", "seconds", "индексация, с", 1),
    ("indexing", "passages_per_second", "индексация, отрывков в секунду", 1),
    ("startup", "seconds", "snoska ask новым процессом, с", 2),
    ("memory", "ask_mb", "память snoska ask, пик, МБ", 1),
    ("memory", "ready_mb", "память snoska serve после запуска, МБ", 1),
    ("memory", "serve_mb", "память snoska serve после вопросов, МБ", 1),
    ("memory", "index_mb", "память при индексации, пик, МБ", 1),
    ("busy", "p50", "поиск по HTTP во время индексации, p50, мс", 1),
    ("busy", "p99", "поиск по HTTP во время индексации, p99, мс", 1),
    ("busy", "max", "поиск по HTTP во время индексации, дольше всего, мс", 1),
    ("busy", "idle_p50", "поиск по HTTP без неё, p50, мс", 1),
    ("disk", "data_mb", "папка данных, МБ", 1),
    ("disk", "models_mb", "папка модели, МБ", 1),
    ("baseline_index", "nodes", "LlamaIndex: отрывков", 0),
    ("baseline_index", "seconds", "LlamaIndex: индексация, с", 1),
    ("baseline_index", "disk_mb", "LlamaIndex: на диске, МБ", 1),
    ("ratio", "indexing", "LlamaIndex дольше индексирует, раз", 1),
    ("ratio", "search", "LlamaIndex дольше ищет, раз", 1),
)
