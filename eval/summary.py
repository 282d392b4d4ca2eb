"""What `run` prints: right answers by tag, refusals, time."""

from __future__ import annotations

from collections.abc import Sequence

from eval import metrics, score, tables, timing
from eval.runs import Record, judgements

_EVERYTHING = "все вопросы"


def table(records: Sequence[Record]) -> str:
    """Share of right outcomes for every tag of the set, and for all questions."""
    rows = [_row(tag, [r for r in records if tag in r.gold.tags]) for tag in tags(records)]
    return tables.markdown(["Метка", "Вопросов", "Верно", "%"], [*rows, _row(_EVERYTHING, records)])


def tags(records: Sequence[Record]) -> list[str]:
    """The tags of a run, in the order of the alphabet."""
    return sorted({tag for record in records for tag in record.gold.tags})


def _row(name: str, records: Sequence[Record]) -> list[str]:
    right = sum(j.right for j in judgements(records))
    return [name, str(len(records)), str(right), tables.percent(right / len(records))]


def lines(records: Sequence[Record]) -> str:
    """Refusals, errors and time of a run."""
    found = judgements(records)
    declined = sum(j.right_refusal for j in found)
    unanswerable = sum(not j.answerable for j in found)
    false_refusals = sum(j.false_refusal for j in found)
    failed = sum(j.failed for j in found)
    times = [record.elapsed_ms for record in records]
    median, slow = tables.number(metrics.percentile(times, 50)), tables.number(metrics.percentile(times, 95))
    return (
        f"Верных отказов: {declined} из {unanswerable}; ответов там, где нужен отказ: "
        f"{sum(j.answered for j in found if not j.answerable)}; "
        f"ложных отказов: {false_refusals} из {len(found) - unanswerable}; ошибок: {failed}.\n"
        f"Время ответа: медиана {median} мс, p95 {slow} мс."
    ) + f"\n{timing.line([record.stages_ms for record in records])}".rstrip()


def numbers(records: Sequence[Record]) -> dict[str, dict[str, float]]:
    """The same as plain numbers, for eval/results."""
    found = judgements(records)
    times = [record.elapsed_ms for record in records]
    spent = [record.stages_ms for record in records]
    by_tag = {tag: judgements([r for r in records if tag in r.gold.tags]) for tag in tags(records)}
    return {
        "size": {"questions": len(found), "unanswerable": sum(not j.answerable for j in found)},
        "score": score.values(found),
        "tags": {tag: round(metrics.mean([float(j.right) for j in part]), 4) for tag, part in by_tag.items()},
        "ms": {
            "p50": round(metrics.percentile(times, 50), 2),
            "p95": round(metrics.percentile(times, 95), 2),
            **{f"{stage}_p50": round(value, 2) for stage, value in timing.percentiles(spent, 50).items()},
        },
    }


def mistakes(records: Sequence[Record]) -> str:
    """A line for every question that didn't come out right."""
    return "\n".join(_mistake(record) for record in records if not record.judged().right)


def _mistake(record: Record) -> str:
    said = f": {record.error}" if record.judged().failed else ""
    return f"  {record.id}: {kind(record)}{said}. {record.question}"


def kind(record: Record) -> str:
    """What went wrong with a question that didn't come out right."""
    judgement = record.judged()
    return "ошибка" if judgement.failed else judgement.outcome
