"""The refusal curve: what each threshold on confidence would answer and decline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from eval import jsonl, metrics, sets, tables
from eval.errors import EvaluationError
from rag.errors import QuestionError
from rag.types import Turn

if TYPE_CHECKING:
    from rag.bot import Bot

STEPS = tuple(step / 20 for step in range(21))


class PlainQuery(BaseModel):
    """A line of a BEIR queries file: only its text matters here."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question of a curve is: the text and the conversation before it."""

    text: str
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How sure the bot was, and whether it answered."""

    confidence: float
    found: bool


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
    def separation(self) -> float:
        """Chance that an answerable question gets the higher confidence of the two."""
        return metrics.separation(
            [outcome.confidence for outcome in self.answerable],
            [outcome.confidence for outcome in self.unanswerable],
        )


def load(path: Path, refuse: bool) -> list[Asked]:
    """All of a file of BEIR queries; of a question set those that must be refused, or those that mustn't.

    Raises EvaluationError where none is left.
    """
    if _is_beir(path):
        asked = [Asked(query.text) for query in jsonl.read(path, PlainQuery)]
    else:
        asked = [Asked(q.question, q.history) for q in sets.load([path]) if q.refuse == refuse]
    if not asked:
        kind = "без ответа (refuse)" if refuse else "с ответом"
        raise EvaluationError(f"{path}: нет ни одного вопроса {kind}. Возьмите другой набор.")
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
    try:
        answer = bot.ask(question.text, history=list(question.history))
    except QuestionError:
        return Outcome(0.0, False)
    return Outcome(answer.confidence, answer.found)


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
