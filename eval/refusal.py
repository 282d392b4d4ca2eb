"""The refusal curve: what each threshold on confidence would answer and decline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from eval import jsonl, metrics, reliability, sets, tables
from eval.errors import EvaluationError
from eval.reliability import Reliability, Sure
from eval.runs import Record
from eval.sets import Question
from rag.errors import QuestionError
from rag.judging.judge import Reply, judge

if TYPE_CHECKING:
    from rag.bot import Bot

STEPS = tuple(step / 20 for step in range(21))


class PlainQuery(BaseModel):
    """A line of a BEIR queries file: its text and, where the set has them, the right answers."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(alias="_id", default="")
    text: str = Field(min_length=1)
    answers: tuple[str, ...] = ()

    def question(self, refuse: bool) -> Question | None:
        """The query with its gold; None for one whose right answer isn't known."""
        answers = () if refuse else tuple(filter(None, map(str.strip, self.answers)))
        if not (refuse or answers) or not self.text.strip():
            return None
        return Question(id=self.id or self.text, question=self.text, answers=answers, refuse=refuse)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a curve; without `gold`, whether an answer to it is right can't be told."""

    text: str
    gold: Question | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How sure the bot was, whether it answered, and whether that answer was right (None: not known)."""

    confidence: float
    found: bool
    right: bool | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A threshold with the share of answerable questions answered and of the others declined."""

    threshold: float
    answered: float
    declined: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Both groups of outcomes."""

    answerable: tuple[Outcome, ...]
    unanswerable: tuple[Outcome, ...]

    def point(self, threshold: float) -> Point:
        """What answering from `threshold` on would do."""
        return Point(
            threshold,
            metrics.mean([float(outcome.confidence >= threshold) for outcome in self.answerable]),
            metrics.mean([float(outcome.confidence < threshold) for outcome in self.unanswerable]),
        )

    @property
    def shipped(self) -> Point:
        """What the bot did; its threshold is taken to be the lowest confidence it answered with."""
        answered = [outcome.confidence for outcome in self.answerable + self.unanswerable if outcome.found]
        return Point(
            min(answered, default=1.0),
            metrics.mean([float(outcome.found) for outcome in self.answerable]),
            metrics.mean([float(not outcome.found) for outcome in self.unanswerable]),
        )

    @property
    def reliability(self) -> Reliability | None:
        """What confidence is worth in the answers given; None unless it is known which of them are right."""
        given = [outcome for outcome in self.answerable + self.unanswerable if outcome.found]
        if any(outcome.right is None for outcome in given):
            return None
        return reliability.reliability([Sure(each.confidence, bool(each.right)) for each in given])

    @property
    def separation(self) -> float:
        """Chance that an answerable question gets the higher confidence of the two."""
        return metrics.separation(
            [outcome.confidence for outcome in self.answerable],
            [outcome.confidence for outcome in self.unanswerable],
        )


def load(paths: Sequence[Path], refuse: bool) -> list[Asked]:
    """All of a file of BEIR queries; of a question set those that must be refused, or those that mustn't.

    Raises EvaluationError where none is left.
    """
    asked = [
        Asked(query.text, query.question(refuse))
        for path in paths
        if _is_beir(path)
        for query in jsonl.read(path, PlainQuery)
    ]
    if questions := [path for path in paths if not _is_beir(path)]:
        asked += [Asked(each.question, each) for each in sets.load(questions) if each.refuse == refuse]
    if not asked:
        kind = "без ответа (refuse)" if refuse else "с ответом"
        names = ", ".join(map(str, paths))
        raise EvaluationError(f"{names}: нет ни одного вопроса {kind}. Возьмите другой набор.")
    return asked


def _is_beir(path: Path) -> bool:
    first = next((line for _, line in jsonl.lines(path)), "")
    try:
        value = json.loads(first)
    except ValueError:
        return False
    return isinstance(value, dict) and "text" in value


def ask_all(bot: Bot, questions: Iterable[Asked]) -> tuple[Outcome, ...]:
    """Confidence and decision for every question; one that isn't taken at all counts as declined."""
    return tuple(_ask(bot, question) for question in questions)


def _ask(bot: Bot, question: Asked) -> Outcome:
    history = list(question.gold.history) if question.gold else []
    try:
        answer = bot.ask(question.text, history=history)
    except QuestionError:
        return Outcome(0.0, False)
    return outcome(question.gold, Reply.model_validate(answer.as_dict()))


def outcome(gold: Question | None, reply: Reply | None) -> Outcome:
    """What a reply comes to; none at all is as good as a refusal here."""
    if reply is None:
        return Outcome(0.0, False)
    right = judge(gold, reply).right if gold and reply.found else None
    return Outcome(reply.confidence, reply.found, right)


def of_run(records: Sequence[Record]) -> Curve:
    """The curve of a run that was made before."""
    outcomes = [(record.gold.refuse, outcome(record.gold, record.reply)) for record in records]
    return Curve(
        tuple(each for refuse, each in outcomes if not refuse),
        tuple(each for refuse, each in outcomes if refuse),
    )


def table(curve: Curve) -> str:
    """The curve, a row a threshold, with the shipped one marked."""
    points = sorted({*map(curve.point, STEPS), curve.shipped}, key=lambda point: point.threshold)
    rows = [_row(point, "← сейчас" if point == curve.shipped else "") for point in points]
    return tables.markdown(
        ["Порог", "Ответов на вопросы с ответом", "Отказов на вопросы без ответа", ""], rows
    )


def _row(point: Point, mark: str) -> list[str]:
    return [
        tables.number(point.threshold, 2),
        tables.percent(point.answered),
        tables.percent(point.declined),
        mark,
    ]


def numbers(curve: Curve) -> dict[str, dict[str, float]]:
    """The shipped point and the curve as plain numbers, for eval/results."""
    shipped = curve.shipped
    points: Sequence[Point] = [curve.point(step) for step in STEPS]
    return {
        "size": {"answerable": len(curve.answerable), "unanswerable": len(curve.unanswerable)},
        "shipped": {
            "threshold": round(shipped.threshold, 4),
            "answered": round(shipped.answered, 4),
            "declined": round(shipped.declined, 4),
            "separation": round(curve.separation, 4),
        },
        "answered": {f"{point.threshold:.2f}": round(point.answered, 4) for point in points},
        "declined": {f"{point.threshold:.2f}": round(point.declined, 4) for point in points},
        **(reliability.numbers(found) if (found := curve.reliability) else {}),
    }


def verdict(curve: Curve) -> str:
    """The shipped point and the area under the curve in words."""
    shipped = curve.shipped
    return (
        f"Сейчас: ответов {tables.percent(shipped.answered)} % "
        f"из {len(curve.answerable)} вопросов с ответом, "
        f"отказов {tables.percent(shipped.declined)} % из {len(curve.unanswerable)} вопросов без ответа. "
        f"Разделимость (ROC AUC): {tables.number(curve.separation, 3)}."
    )
