"""What is asked in an evaluation, and what a right answer holds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from rag.errors import EvaluationError
from rag.judging.lines import parse
from rag.types import Turn

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


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


def read(content: str, name: str) -> list[Question]:
    """The questions of one set, one JSON object a line; `name` stands for it in messages.

    Raises EvaluationError for a broken line, an id used twice, or no question at all.
    """
    found: dict[str, Question] = {}
    for number, line in enumerate(content.lstrip("\ufeff").splitlines(), 1):
        if not line.strip():
            continue
        question = parse(line, Question, f"{name}, строка {number}")
        if question.id in found:
            raise EvaluationError(f"{name}, строка {number}: id «{question.id}» уже есть. Дайте другой.")
        found[question.id] = question
    if not found:
        raise EvaluationError(f"{name}: нет ни одного вопроса. Нужна строка JSON на каждый вопрос.")
    return list(found.values())
