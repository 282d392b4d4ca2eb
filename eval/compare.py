"""Two runs of the same questions, paired."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval import metrics, tables
from eval.errors import EvaluationError
from eval.runs import Record, Run
from rag.judging.judge import Judgement, judge


@dataclass(frozen=True, slots=True)
class Pair:
    """One question in both runs, both judged by the gold of the later one."""

    before: Record
    after: Record
    was: Judgement
    now: Judgement

    @property
    def is_right(self) -> bool:
        return self.now.right


@dataclass(frozen=True, slots=True)
class Aspect:
    """What may get worse: `of` a judgement, None where it isn't asked."""

    title: str
    of: Callable[[Judgement], bool | None]


ASPECTS = (
    Aspect("верно: ответы и отказы", lambda j: j.right),
    Aspect("нужная статья в сносках", lambda j: j.cited),
    Aspect("отказы там, где ответа нет", lambda j: None if j.answerable else j.right_refusal),
    Aspect("ответы там, где они есть", lambda j: not j.false_refusal if j.answerable else None),
    Aspect("«да» и «нет»", lambda j: j.verdict),
    Aspect("краткие ответы", lambda j: j.short),
)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one aspect, among the pairs that both runs can be judged in."""

    title: str
    total: int
    was: int
    gained: tuple[Pair, ...]
    lost: tuple[Pair, ...]

    @property
    def now(self) -> int:
        return self.was + len(self.gained) - len(self.lost)

    @property
    def chance(self) -> float:
        """One-sided exact McNemar test: how likely so many losses are if nothing got worse."""
        return metrics.sign_test(len(self.gained), len(self.lost))

    def is_regression(self, level: float) -> bool:
        """More lost than gained, and too many for chance at `level`."""
        return len(self.lost) > len(self.gained) and self.chance <= level


@dataclass(frozen=True, slots=True)
class Comparison:
    """All questions the two runs share, and how many only one of them has.

    `regolded` are shared questions whose gold has changed, `reworded` ids that stand for another question.
    """

    pairs: tuple[Pair, ...]
    only_before: int
    only_after: int
    regolded: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()

    @property
    def changes(self) -> list[Change]:
        """Every aspect that the questions have, right answers first."""
        return [change for aspect in ASPECTS if (change := _change(aspect, self.pairs)).total]

    @property
    def gained(self) -> tuple[Pair, ...]:
        return self.changes[0].gained

    @property
    def lost(self) -> tuple[Pair, ...]:
        return self.changes[0].lost

    @property
    def chance(self) -> float:
        return self.changes[0].chance

    def regressions(self, level: float) -> list[Change]:
        """What got worse at `level`: right answers by themselves, the other aspects together (Holm, 1979)."""
        main, *others = self.changes
        found = [main] if main.is_regression(level) else []
        for left, change in enumerate(sorted(others, key=lambda each: each.chance)):
            if not change.is_regression(level if level >= 1 else level / (len(others) - left)):
                break
            found.append(change)
        return found

    def is_regression(self, level: float) -> bool:
        return bool(self.regressions(level))


def _change(aspect: Aspect, pairs: Sequence[Pair]) -> Change:
    both = [(pair, aspect.of(pair.was), aspect.of(pair.now)) for pair in pairs]
    asked = [(pair, was, now) for pair, was, now in both if was is not None and now is not None]
    return Change(
        aspect.title,
        len(asked),
        sum(was for _, was, _ in asked),
        tuple(pair for pair, was, now in asked if now and not was),
        tuple(pair for pair, was, now in asked if was and not now),
    )


def compare(before: Run, after: Run, paths: tuple[Path, Path]) -> Comparison:
    """Pair the questions of two runs by what is asked and wanted, whatever they are called.

    A question whose gold alone has changed is known by its id; both replies are judged by the later gold.
    Raises EvaluationError where the runs share none.
    """
    old, new = list(before.records), list(after.records)
    pairs = [
        *_taken(old, new, lambda record: (record.id, record.gold.gold)),
        *_taken(old, new, lambda record: record.gold.gold),
    ]
    regolded = _taken(old, new, lambda record: (record.id, record.question, record.gold.history))
    if not (pairs or regolded):
        raise EvaluationError(
            f"У {paths[0]} и {paths[1]} нет общих вопросов. Сравнивайте прогоны одного набора."
        )
    order = {id(record): place for place, record in enumerate(after.records)}
    runs = zip(("Первый", "Второй"), (before, after), strict=True)
    return Comparison(
        tuple(sorted([*pairs, *regolded], key=lambda pair: order[id(pair.after)])),
        only_before=len(old),
        only_after=len(new),
        regolded=tuple(pair.after.id for pair in regolded),
        reworded=tuple(sorted({record.id for record in old} & {record.id for record in new})),
        unfinished=tuple(f"{name} {run.unfinished}." for name, run in runs if run.unfinished),
    )


def _taken(old: list[Record], new: list[Record], key: Callable[[Record], Hashable]) -> list[Pair]:
    """The pairs that have the same `key`; both records leave their list."""
    left: dict[Hashable, deque[Record]] = defaultdict(deque)
    for record in old:
        left[key(record)].append(record)
    pairs = [_pair(left[key(record)].popleft(), record) for record in new if left[key(record)]]
    taken = {id(record) for pair in pairs for record in (pair.before, pair.after)}
    for records in (old, new):
        records[:] = [record for record in records if id(record) not in taken]
    return pairs


def _pair(before: Record, after: Record) -> Pair:
    return Pair(before, after, judge(after.gold, before.reply), judge(after.gold, after.reply))


def report(found: Comparison, level: float) -> str:
    """The comparison as text: every aspect, the changed questions, the verdict."""
    rows = [
        [
            change.title,
            *map(str, (change.total, change.was, change.now, len(change.lost), len(change.gained))),
            tables.number(change.chance, 4),
        ]
        for change in found.changes
    ]
    table = tables.markdown(["", "Вопросов", "Было", "Стало", "Потеряно", "Приобретено", "p"], rows)
    others = [
        _changed(f"Потеряно: {change.title}", lost)
        for change in found.changes[1:]
        if (lost := tuple(pair for pair in change.lost if pair not in found.lost))
    ]
    parts = [
        *_remarks(found),
        table,
        _changed("Стали верными", found.gained),
        _changed("Стали неверными", found.lost),
        *others,
        "p — тест Макнемара (односторонний, точный).",
        verdict(found, level),
    ]
    return "\n".join(parts)


def _remarks(found: Comparison) -> list[str]:
    """What has to be known of the two runs before the numbers."""
    told = list(found.unfinished)
    if found.only_before or found.only_after:
        told.append(f"Без пары: {found.only_before} в первом прогоне, {found.only_after} во втором.")
    if found.reworded:
        told.append(f"Под тем же id другой вопрос, не сравниваются: {_named(found.reworded)}.")
    if found.regolded:
        told.append(f"Изменился верный ответ, оба прогона судятся по новому: {_named(found.regolded)}.")
    return told


def verdict(found: Comparison, level: float) -> str:
    """What the comparison proves, and what a set of this size can prove at all."""
    if worse := found.regressions(level):
        named = "; ".join(f"{each.title}: {_counts(each)}" for each in worse)
        return f"Регрессия. Стало хуже, и случай это не объяснит: {named}."
    total = len(found.pairs)
    lost = [change for change in found.changes if change.lost]
    if not lost:
        most = tables.percent(1 - 0.05 ** (1 / total))
        return (
            f"Ни один вопрос из {total} не стал хуже. Набор такого размера не исключает потерь "
            f"до {most} % (с уверенностью 95 %)."
        )
    named = "; ".join(f"{change.title}: {_counts(change)}" for change in lost)
    main = found.changes[0]
    span = metrics.difference(len(main.gained), len(main.lost), main.total)
    return (
        f"Потери есть, но они могут быть и случайны: {named}. {_power(main, level)} Доля верных изменилась "
        f"на {_points(span.value)} п. п., интервал 95 %: от {_points(span.low)} до {_points(span.high)}."
    )


def _counts(change: Change) -> str:
    return (
        f"потеряно {len(change.lost)} из {change.total}, приобретено {len(change.gained)}, "
        f"p = {tables.number(change.chance, 4)}"
    )


def _power(main: Change, level: float) -> str:
    """How many losses it takes to be sure."""
    least = metrics.least_losses(len(main.gained), level)
    beside = f" при {len(main.gained)} приобретённых" if main.gained else ""
    if least > main.total:
        return f"Вопросов {main.total}: так мало, что регрессию они не докажут никакую."
    share = tables.percent(least / main.total)
    return f"На {main.total} вопросах регрессию доказала бы потеря не меньше {least} ({share} %){beside}."


def _points(share: float) -> str:
    return f"{'+' if share > 0 else ''}{tables.percent(share)}".replace("-", "−")


def _changed(title: str, pairs: Sequence[Pair]) -> str:
    listed = "".join(f"\n  {pair.after.id}: {pair.after.question}" for pair in pairs)
    return f"{title}: {len(pairs)}{listed}"


def _named(names: Sequence[str], most: int = 10) -> str:
    more = f" и ещё {len(names) - most}" if len(names) > most else ""
    return ", ".join(names[:most]) + more
