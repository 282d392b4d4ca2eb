"""Numbers of a run: each a share of questions, with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval import metrics, tables
from eval.runs import Record
from rag.judging.judge import Judgement


@dataclass(frozen=True, slots=True)
class Measure:
    """A share: `counted` of the questions that are `among`; `title` is what the tables call it.

    One that is not `always` told is left out of tables where no question is among.
    """

    name: str
    title: str
    counted: Callable[[Judgement], bool]
    among: Callable[[Judgement], bool]
    always: bool = True

    def of(self, judgements: Sequence[Judgement]) -> metrics.Interval | None:
        """The share with its interval; None where no question is among them."""
        pairs = [(float(self.among(j) and self.counted(j)), float(self.among(j))) for j in judgements]
        return metrics.share(pairs)


def _any(judgement: Judgement) -> bool:
    return True


def _refused(judgement: Judgement) -> bool:
    return not judgement.answered and not judgement.failed


def _part(name: str, title: str, of: Callable[[Judgement], bool | None]) -> Measure:
    """A part of an answer that is judged by itself, among the questions where it is."""
    return Measure(name, title, lambda j: bool(of(j)), lambda j: of(j) is not None, always=False)


MEASURES = (
    Measure("right", "верно: ответы и отказы", lambda j: j.right, _any),
    Measure("answered_right", "верных ответов", lambda j: j.right, lambda j: j.answerable),
    _part("in_text", "— в тексте ответа", lambda j: j.in_text),
    _part("short", "— в кратком ответе", lambda j: j.short),
    _part("in_quotes", "— в цитатах", lambda j: j.in_quotes),
    _part("verdict", "верных «да» и «нет»", lambda j: j.verdict),
    _part("false_verdict", "«да» вместо «нет» и наоборот", lambda j: j.false_verdict),
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
        for measure in told(judgements)
    ]
    return tables.markdown(["Показатель", "Вопросов", "% [интервал 95 %]"], rows)


def by_tag(records: Sequence[Record]) -> str:
    """Right outcomes of every tag, with intervals."""
    judged = [(record.gold.tags, record.judged().right) for record in records]
    names = sorted({tag for tags, _ in judged for tag in tags})
    parts = {name: [right for tags, right in judged if name in tags] for name in names}
    rows = [
        [name, str(len(part)), tables.interval(metrics.wilson(sum(part), len(part)))]
        for name, part in parts.items()
    ]
    return tables.markdown(["Метка", "Вопросов", "верно, % [интервал 95 %]"], rows)


def told(judgements: Sequence[Judgement]) -> list[Measure]:
    """The measures that a table of these shows."""
    return [measure for measure in MEASURES if measure.always or any(map(measure.among, judgements))]


def values(judgements: Sequence[Judgement]) -> dict[str, float]:
    """The measures without intervals, by name; those of no question are left out."""
    found = {measure.name: measure.of(judgements) for measure in MEASURES}
    return {name: round(interval.value, 4) for name, interval in found.items() if interval is not None}
