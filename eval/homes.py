"""The same library in its three homes, in one run: is the same found, and how quickly.

The homes are asked in turn, question by question: whatever else the machine does slows all of them alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from pydantic import SecretStr

from eval import databases, libraries, metrics, noisy, retrieval, speed, tables
from eval.beir import BeirSet
from eval.recombined import recombined
from rag import assemble
from rag.bot import Bot
from rag.config import Config
from rag.errors import QuestionError
from rag.types import Article

HOMES = {"embedded": "в папке", "chroma": "сервер Chroma", "postgresql": "PostgreSQL"}
_DEPTH = 10  # articles that are compared
_GROWN = 2_000  # articles added at a time
_BUFFERS = "1GB"  # of PostgreSQL: a library of 100,000 passages takes as much
_COLUMNS = {
    "ndcg@10": "nDCG@10, %",
    "same": "те же 10 статей, %",
    "search_p50": "поиск p50, мс",
    "search_p95": "p95",
    "filter_20_p50": "по фильтру p50, мс",
    "filter_20_p95": "p95",
    "keyword_p50": "слова p50, мс",
    "keyword_p95": "p95",
    "dense_p50": "векторы p50, мс",
    "dense_p95": "p95",
    "indexing": "индексация, с",
}
Numbers = dict[str, dict[str, float]]
Bots = Mapping[str, Bot]


@contextmanager
def opened(config: Config) -> Iterator[Bots]:
    """A bot over an empty library in each of the homes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="snoska-homes-")))
        plain = config.model_copy(update={"store": None, "chroma_url": ""})
        settings = stack.enter_context(libraries.temporary(plain))
        server = stack.enter_context(databases.chroma(folder / "server"))
        base = stack.enter_context(closing(databases.Postgres(_BUFFERS)))
        homes: dict[str, dict[str, object]] = {
            "embedded": {},
            "chroma": {"chroma_url": server},
            "postgresql": {"store": SecretStr(base.url)},
        }
        yield {
            name: stack.enter_context(
                assemble.open_bot(settings.model_copy(update={"data": folder / name, **update}), "eval homes")
            )
            for name, update in homes.items()
        }


def measure(
    bots: Bots, data: BeirSet, more: Sequence[Article], passages: int, sample: int | None = None
) -> Numbers:
    """Quality over the articles of `data` and `more`; then times, grown to so many `passages`.

    Of the questions all are asked, or a `sample`.
    """
    queries = noisy.sample(data.queries, sample, seed=1)
    articles = [*data.articles(), *more]
    seconds = {name: _filled(bot, articles) for name, bot in bots.items()}
    asked = [query.text for query in queries]
    found = {name: [_ranked(bot, text) for text in asked] for name, bot in bots.items()}
    counts = bots["embedded"].library.counts()
    numbers: Numbers = {"size": {"questions": len(asked), "passages_quality": counts.passages}}
    for bot in bots.values():
        _grow(bot, articles, passages)
    counts = bots["embedded"].library.counts()
    numbers["size"] |= {"articles": counts.articles, "passages": counts.passages}
    for name, rankings in found.items():
        pairs = zip(rankings, queries, strict=True)
        gains = [metrics.ndcg(ranked, data.grades[query.id], 10) for ranked, query in pairs]
        same = [ranked == first for ranked, first in zip(rankings, found["embedded"], strict=True)]
        numbers[name] = {"ndcg@10": round(metrics.mean(gains), 4), "same": round(metrics.mean(same), 4)}
        numbers[name]["indexing"] = round(seconds[name], 1)
    for name, times in _times(bots, asked).items():
        numbers[name] |= times
    return numbers


def parts(numbers: Numbers) -> Mapping[str, Numbers]:
    """The numbers of each home by itself, with how many times those of the embedded one its times are."""
    first = numbers["embedded"]
    return {
        name: {
            "size": numbers["size"],
            "home": numbers[name],
            "ratio": {
                each: round(value / first[each], 2)
                for each, value in numbers[name].items()
                if each.endswith(("_p50", "_p95")) and first[each]
            },
        }
        for name in HOMES
    }


def _filled(bot: Bot, articles: Sequence[Article]) -> float:
    start = perf_counter()
    bot.library.add(articles)
    return perf_counter() - start


def _grow(bot: Bot, articles: Sequence[Article], passages: int) -> None:
    extra = recombined(articles)
    while (missing := passages - bot.library.counts().passages) > 0:
        counts = bot.library.counts()
        needed = 1 + missing * counts.articles // max(1, counts.passages)
        bot.library.add(list(islice(extra, min(needed, _GROWN))))


def _ranked(bot: Bot, text: str) -> list[str]:
    def found(k: int) -> list[str]:
        try:
            return retrieval.read_order(bot.search(text, k=k))
        except QuestionError:
            return []

    return retrieval.deep_enough(found, _DEPTH)


def _times(bots: Bots, asked: Sequence[str]) -> Numbers:
    """Milliseconds of every stage in every home."""
    stages = {name: _stages(bot) for name, bot in bots.items()}
    spent: dict[tuple[str, str], list[float]] = {}
    for bot in bots.values():
        bot.prepare()
    for number, text in enumerate((asked[0], *asked)):
        for name in (order := list(bots))[number % len(order) :] + order[: number % len(order)]:
            for stage, search in stages[name].items():
                start = perf_counter()
                search(text)
                if number:  # what is opened at the first question isn't part of a warm answer
                    spent.setdefault((name, stage), []).append(1000 * (perf_counter() - start))
    told: Numbers = {name: {} for name in bots}
    for (name, stage), times in spent.items():
        told[name] |= {f"{stage}_p{each}": round(metrics.percentile(times, each), 2) for each in (50, 95)}
    return told


def _stages(bot: Bot) -> Mapping[str, Callable[[str], object]]:
    searcher, filters = bot.searcher, speed.filtered(bot)["filter_20"]
    return {
        "search": bot.search,
        "filter_20": lambda text: bot.search(text, filters=filters),
        "keyword": lambda text: searcher.keyword.search(searcher.query(text), speed.CANDIDATES),
        "dense": lambda text: searcher.dense.search(searcher.query(text), speed.CANDIDATES),
    }


def table(numbers: Numbers) -> str:
    """A row a home."""
    rows = []
    for name, title in HOMES.items():
        told = numbers[name]
        shares = [tables.percent(told[each]) for each in ("ndcg@10", "same")]
        rows.append([title, *shares, *(tables.number(told[each]) for each in list(_COLUMNS)[2:])])
    return tables.markdown(["Где библиотека", *_COLUMNS.values()], rows)
