"""Question sets: what is asked, and what a right answer holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from eval import jsonl
from eval.errors import EvaluationError
from rag.types import Turn

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
SHIPPED = Path(__file__).parent / "questions"


class Question(BaseModel):
    """One question with its gold.

    A right answer holds any of `answers` and all of `all_of` (`all` in the file); `articles` are the
    ids of the articles that hold it. A question with `refuse` has no answer in the corpus.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, populate_by_name=True, serialize_by_alias=True
    )

    id: Text
    question: Text
    answers: tuple[Text, ...] = ()
    all_of: tuple[Text, ...] = Field((), alias="all")
    articles: tuple[Text, ...] = ()
    refuse: bool = False
    history: tuple[Turn, ...] = ()
    tags: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _gold_fits(self) -> Question:
        if self.refuse and (self.answers or self.all_of):
            raise ValueError("у вопроса с refuse не бывает answers и all")
        if not self.refuse and not (self.answers or self.all_of):
            raise ValueError("нужен answers, all или refuse")
        return self


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
