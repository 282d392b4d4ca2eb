"""What mistyped questions cost: nDCG@10 of a set clean, and noisy with and without query repair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from eval import metrics, retrieval, tables
from eval.beir import BeirQuery, BeirSet, Grades
from eval.noise import KINDS, noisy
from rag.errors import QuestionError

if TYPE_CHECKING:
    from rag.bot import Bot

SEED = 20260101
CLEAN = "clean"
TITLES = {
    CLEAN: "чистые",
    "mixed": "вперемешку: раскладка, опечатки, ё и регистр",
    "layout": "раскладка",
    "typos": "1–2 опечатки",
    "marks": "без ё и ударений, регистр",
    "glued": "потерян пробел",
    "split": "лишний пробел",
}
_COUNTED = 10  # nDCG@10 needs so many distinct articles

Numbers = dict[str, dict[str, float]]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was typed: what it is worth with repair and without, and the repair's time."""

    repaired: float
    typed: float
    touched: bool
    repair_ms: float


def sample(queries: Sequence[Item], size: int | None, seed: int) -> list[Item]:
    """`size` of the queries, chosen by the seed, in their order; all of them where there are no more."""
    if size is None or size >= len(queries):
        return list(queries)
    chosen = sorted(Random(seed).sample(range(len(queries)), size))
    return [queries[place] for place in chosen]


def measure(bot: Bot, beir: BeirSet, queries: Iterable[BeirQuery], seed: int = SEED) -> Numbers:
    """All kinds of noise over `queries`, each as nDCG@10 with repair and as typed."""
    asked: dict[str, list[Asked]] = {kind: [] for kind in (CLEAN, *KINDS)}
    for number, query in enumerate(queries):
        texts = {CLEAN: query.text} | {kind: noisy(query.text, kind, seed, number) for kind in KINDS}
        for kind, text in texts.items():
            asked[kind].append(_ask(bot, text, beir.grades[query.id]))
    return {kind: _mean(each) for kind, each in asked.items()} | {"ms": _times(asked)}


def _ask(bot: Bot, text: str, grades: Grades) -> Asked:
    started = perf_counter()
    touched = bool(bot.repaired(text).notes) if text.strip() else False
    repair_ms = 1000 * (perf_counter() - started)
    typed = _ndcg(bot, text, grades, as_typed=True)
    repaired = _ndcg(bot, text, grades, as_typed=False) if touched else typed
    return Asked(repaired, typed, touched, repair_ms)


def _ndcg(bot: Bot, text: str, grades: Grades, as_typed: bool) -> float:
    def search(k: int) -> list[str]:
        return retrieval.read_order(bot.search(text, k, as_typed=as_typed))

    try:
        return metrics.ndcg(retrieval.deep_enough(search, _COUNTED), grades, 10)
    except QuestionError:  # nothing is found for a question that the bot doesn't take
        return 0.0


def _mean(asked: Sequence[Asked]) -> dict[str, float]:
    return {
        "repaired": round(metrics.mean([one.repaired for one in asked]), 4),
        "typed": round(metrics.mean([one.typed for one in asked]), 4),
        "touched": round(metrics.mean([float(one.touched) for one in asked]), 4),
    }


def _times(asked: dict[str, list[Asked]]) -> dict[str, float]:
    times = [one.repair_ms for each in asked.values() for one in each]
    return {name: round(metrics.percentile(times, at), 2) for name, at in (("p50", 50), ("p95", 95))}


def table(numbers: Numbers) -> str:
    """A row a kind of noise: nDCG@10 repaired and as typed, and what is lost against the clean questions."""
    clean = numbers[CLEAN]["typed"]
    rows = [
        [
            title,
            tables.percent(numbers[kind]["repaired"]),
            tables.percent(numbers[kind]["typed"]),
            tables.number(100 * (numbers[kind]["repaired"] - clean), 1),
            tables.percent(numbers[kind]["touched"]),
        ]
        for kind, title in TITLES.items()
    ]
    return tables.markdown(
        ["Вопросы", "исправленные, nDCG@10", "как написаны", "разница с чистыми", "исправлено вопросов"], rows
    )


def times(numbers: Numbers) -> str:
    """How long the repair of a question took."""
    median, slow = tables.number(numbers["ms"]["p50"]), tables.number(numbers["ms"]["p95"])
    return f"Исправление вопроса: медиана {median} мс, p95 {slow} мс."
