"""How well articles are found: each leg alone, fused, and the full pipeline, counted by article.

A hit may have reprints: passages of other articles that it stands for. They count in the order in which a
reader meets them, the hit's own article first and each reprint's at the next ranks, before the next hit.
Every article so takes a rank of its own, and lumping hits together can gain nothing. How it would be if
nobody unfolded the reprints is in a row of its own, `heads`: there a reprint's article is not found at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from eval import metrics, tables
from eval.beir import BeirQuery, BeirSet, Grades
from rag.errors import QuestionError
from rag.types import Hit, Scored

if TYPE_CHECKING:
    from rag.bot import Bot

STAGES = {"keyword": "слова", "dense": "векторы", "fused": "вместе", "full": "с переоценкой"}
HEADS = "heads"
ROWS = STAGES | {HEADS: "без перепечаток"}
CUTS = (1, 5, 10, 100)
DEPTH = 100  # distinct articles that every ranking must reach
SHOWN = 10  # passages asked for at first, as a user does; the time is taken of this
DEEPER = 200  # passages asked for next; doubled until DEPTH articles come out

Numbers = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Rankings:
    """One query: article ids, best first, by row; and how long the full pipeline took."""

    by_row: Mapping[str, Sequence[str]]
    elapsed_ms: float


class Searches:
    """The stages of one bot's retrieval, each giving articles instead of passages."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._article_of: dict[str, str] = {}

    def rankings(self, text: str) -> Rankings:
        """Every stage's ranking for one question."""
        searcher = self._bot.searcher
        query = searcher.query(text)
        start = perf_counter()
        found = {SHOWN: self._full(text, SHOWN)}
        elapsed_ms = 1000 * (perf_counter() - start)

        def full(k: int) -> list[Hit]:
            if k not in found:
                found[k] = self._full(text, k)
            return found[k]

        by_row = {
            "keyword": deep_enough(lambda k: self._articles(searcher.keyword.search(query, k))),
            "dense": deep_enough(lambda k: self._articles(searcher.dense.search(query, k))),
            "fused": deep_enough(lambda k: _article_ids(searcher.fused(query, k))),
            "full": deep_enough(lambda k: read_order(full(k))),
            HEADS: deep_enough(lambda k: _article_ids(full(k))),
        }
        return Rankings(by_row, elapsed_ms)

    def _full(self, text: str, k: int) -> list[Hit]:
        """What the bot finds; nothing for a question it doesn't take."""
        try:
            return self._bot.search(text, k=k)
        except QuestionError:
            return []

    def _articles(self, scored: Sequence[Scored]) -> list[str]:
        ids = [one.passage_id for one in scored]
        unknown = [passage_id for passage_id in ids if passage_id not in self._article_of]
        passages = self._bot.library.store.passages(unknown)
        self._article_of.update({passage.id: passage.article_id for passage in passages})
        return [self._article_of[passage_id] for passage_id in ids]


def _article_ids(hits: Iterable[Hit]) -> list[str]:
    return [hit.article.id for hit in hits]


def read_order(hits: Iterable[Hit]) -> list[str]:
    """The articles of `hits`, each followed by those of its reprints."""
    return [
        article_id
        for hit in hits
        for article_id in (hit.article.id, *(reprint.article_id for reprint in hit.reprints))
    ]


def deep_enough(search: Callable[[int], Sequence[str]], depth: int = DEPTH) -> list[str]:
    """The first `depth` distinct articles of a search that takes a number of passages.

    Those that SHOWN passages bring come first: a deeper search weighs more candidates, and the top
    of the ranking has to be the one that users see.
    """
    distinct: dict[str, None] = {}
    k = SHOWN
    while True:
        found = search(k)
        distinct.update(dict.fromkeys(found))
        if len(distinct) >= depth or len(found) < k:
            return list(distinct)[:depth]
        k = max(DEEPER, 2 * k)


def measure(bot: Bot, beir: BeirSet, queries: Iterable[BeirQuery]) -> Numbers:
    """All measures of all rows over `queries` (those of `beir`, perhaps wrapped in a progress bar)."""
    searches = Searches(bot)
    rankings = [(searches.rankings(query.text), beir.grades[query.id]) for query in queries]
    times = [ranking.elapsed_ms for ranking, _ in rankings]
    return {row: _row(row, rankings) for row in ROWS} | {
        "ms": {
            "p50": round(metrics.percentile(times, 50), 2),
            "p95": round(metrics.percentile(times, 95), 2),
        },
    }


def _row(row: str, rankings: Sequence[tuple[Rankings, Grades]]) -> dict[str, float]:
    each = [of_one(ranking.by_row[row], grades) for ranking, grades in rankings]
    return {name: round(metrics.mean([one[name] for one in each]), 4) for name in each[0]}


def of_one(ranked: Sequence[str], grades: Grades) -> dict[str, float]:
    """Every measure of one ranking."""
    relevant = frozenset(grades)
    found = {
        "ndcg@10": metrics.ndcg(ranked, grades, 10),
        "mrr@10": metrics.reciprocal_rank(ranked, relevant, 10),
        "map@100": metrics.average_precision(ranked, relevant, 100),
    }
    for cut in CUTS:
        found[f"hit@{cut}"] = metrics.hit(ranked, relevant, cut)
        found[f"recall@{cut}"] = metrics.recall(ranked, relevant, cut)
    return found


def table(numbers: Numbers) -> str:
    """One set's measures, a row a stage, and one of the hits without their reprints."""
    names = list(numbers["full"])
    rows = [[title, *(tables.percent(numbers[row][name]) for name in names)] for row, title in ROWS.items()]
    return tables.markdown(["Ступень", *names], rows)


def times(numbers: Numbers) -> str:
    """How long the full pipeline took a question."""
    median, slow = tables.number(numbers["ms"]["p50"]), tables.number(numbers["ms"]["p95"])
    return f"Поиск, полный путь: медиана {median} мс, p95 {slow} мс."
