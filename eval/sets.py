"""Question sets: what is asked, and what a right answer holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval import jsonl
from eval.errors import EvaluationError
from rag.judging.questions import Question

__all__ = ["Question", "SHIPPED", "load", "shipped"]  # noqa: RUF022  # as Python sorts them

SHIPPED = Path(__file__).parent / "questions"


def load(paths: Sequence[Path]) -> list[Question]:
    """The questions of several sets, in order; the name of a question's set becomes its first tag.

    Raises EvaluationError for a broken line, an id used twice, or no question at all.
    """
    questions: list[Question] = []
    places: dict[str, str] = {}
    for path in paths:
        for number, line in jsonl.lines(path):
            place = f"{path}:{number}"
            question = _tagged(jsonl.parse(line, Question, place), path.stem)
            if question.id in places:
                raise EvaluationError(
                    f"{place}: id «{question.id}» уже есть в {places[question.id]}. Дайте другой."
                )
            places[question.id] = place
            questions.append(question)
    if not questions:
        raise EvaluationError(f"Нет ни одного вопроса: {', '.join(map(str, paths)) or 'файлы не заданы'}.")
    return questions


def _tagged(question: Question, tag: str) -> Question:
    return question.model_copy(update={"tags": tuple(dict.fromkeys((tag, *question.tags)))})


def shipped() -> list[Path]:
    """The question sets that come with the project."""
    return sorted(SHIPPED.glob("*.jsonl"))
