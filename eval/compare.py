"""Two runs of the same questions, paired."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eval import metrics, tables
from eval.errors import EvaluationError
from eval.judge import judge
from eval.runs import Record, Run


@dataclass(frozen=True, slots=True)
class Pair:
    """One question in both runs, judged by the gold of the later one."""

    before: Record
    after: Record
    was_right: bool
    is_right: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """All questions the two runs share, and how many only one of them has."""

    pairs: tuple[Pair, ...]
    only_before: int
    only_after: int

    @property
    def gained(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.is_right and not pair.was_right]

    @property
    def lost(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.was_right and not pair.is_right]

    @property
    def chance(self) -> float:
        """One-sided exact McNemar test: how likely so many losses are if nothing got worse."""
        return metrics.sign_test(len(self.gained), len(self.lost))

    def is_regression(self, level: float) -> bool:
        """More lost than gained, and too many for chance at `level`."""
        return len(self.lost) > len(self.gained) and self.chance <= level


def compare(before: Run, after: Run, paths: tuple[Path, Path]) -> Comparison:
    """Pair the questions of two runs by id.

    Raises EvaluationError where they share none.
    """
    old = {record.id: record for record in before.records}
    new = {record.id: record for record in after.records}
    shared = [record_id for record_id in old if record_id in new]
    if not shared:
        raise EvaluationError(
            f"У {paths[0]} и {paths[1]} нет общих вопросов. Сравнивайте прогоны одного набора."
        )
    pairs = tuple(_pair(old[record_id], new[record_id]) for record_id in shared)
    return Comparison(pairs, len(old) - len(shared), len(new) - len(shared))


def _pair(before: Record, after: Record) -> Pair:
    gold = after.gold
    return Pair(before, after, judge(gold, before.reply).right, judge(gold, after.reply).right)


def report(found: Comparison, level: float) -> str:
    """The comparison as text: totals, the changed questions, the verdict."""
    total = len(found.pairs)
    parts = [
        tables.markdown(
            ["", "Верно", "%"],
            [
                _row("первый прогон", sum(pair.was_right for pair in found.pairs), total),
                _row("второй прогон", sum(pair.is_right for pair in found.pairs), total),
            ],
        ),
        _changed("Стали верными", found.gained),
        _changed("Стали неверными", found.lost),
        f"Тест Макнемара (односторонний, точный): p = {tables.number(found.chance, 4)}.",
        "Регрессия." if found.is_regression(level) else "Регрессии нет.",
    ]
    if found.only_before or found.only_after:
        parts.insert(0, f"Без пары: {found.only_before} в первом прогоне, {found.only_after} во втором.")
    return "\n".join(parts)


def _row(name: str, right: int, total: int) -> list[str]:
    return [name, f"{right} из {total}", tables.percent(right / total)]


def _changed(title: str, pairs: list[Pair]) -> str:
    listed = "".join(f"\n  {pair.after.id}: {pair.after.question}" for pair in pairs)
    return f"{title}: {len(pairs)}{listed}"
