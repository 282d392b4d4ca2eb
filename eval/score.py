"""Numbers of a run: each a share of questions, with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval import metrics, tables
from eval.judge import Judgement


@dataclass(frozen=True, slots=True)
class Measure:
    """A share: `counted` of the questions that are `among`; `title` is what the tables call it."""

    name: str
    title: str
    counted: Callable[[Judgement], bool]
    among: Callable[[Judgement], bool]

    def of(self, judgements: Sequence[Judgement]) -> metrics.Interval | None:
        """The share with its interval; None where no question is among them."""
        pairs = [(float(self.among(j) and self.counted(j)), float(self.among(j))) for j in judgements]
        return metrics.share(pairs)


def _any(judgement: Judgement) -> bool:
    return True


def _refused(judgement: Judgement) -> bool:
    return not judgement.answered and not judgement.failed


MEASURES = (
    Measure("right", "верно: ответы и отказы", lambda j: j.right, _any),
    Measure("answered_right", "верных ответов", lambda j: j.right, lambda j: j.answerable),
    Measure("cited", "нужная статья в сносках", lambda j: bool(j.cited), lambda j: j.cited is not None),
    Measure("refusal_precision", "отказы: точность", lambda j: not j.answerable, _refused),
    Measure("refusal_recall", "отказы: полнота", lambda j: j.right_refusal, lambda j: not j.answerable),
    Measure("false_refusals", "ложных отказов", lambda j: j.false_refusal, lambda j: j.answerable),
    Measure("failed", "ошибок", lambda j: j.failed, _any),
)


def table(judgements: Sequence[Judgement]) -> str:
    """All measures with how many questions each is counted over."""
    rows = [
        [measure.title, str(sum(map(measure.among, judgements))), tables.interval(measure.of(judgements))]
        for measure in MEASURES
    ]
    return tables.markdown(["Показатель", "Вопросов", "% [интервал 95 %]"], rows)


def values(judgements: Sequence[Judgement]) -> dict[str, float]:
    """The measures without intervals, by name; those of no question are left out."""
    found = {measure.name: measure.of(judgements) for measure in MEASURES}
    return {name: round(interval.value, 4) for name, interval in found.items() if interval is not None}
