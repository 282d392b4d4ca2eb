"""What is asked in an evaluation, and what a right answer holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from rag.errors import EvaluationError
from rag.judging.forms import Decode, rows
from rag.judging.lines import parse
from rag.types import Turn, YesNo

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_VERDICTS = {"да": "yes", "нет": "no"}


def _verdict(value: Any) -> Any:
    return _VERDICTS.get(value.strip().lower(), value) if isinstance(value, str) else value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"неверное регулярное выражение «{value}» ({error})") from None
    return value


def _several(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Pattern = Annotated[Text, AfterValidator(_pattern)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_several)]


class Question(BaseModel):
    """One question with its gold.

    A right answer holds any of `answers` and all of `all_of` (`all` in the file), says the `verdict`, has a
    match for every `must` and none for a `mustnot`; its short answer, if it gives one, matches `short`.
    `articles` are the ids of the articles that hold it; a question with nothing else asks to have one of
    them cited. A question with `refuse` has no answer in the corpus. `quotes` stand in the articles and prove
    the gold, `why` tells a person how; neither is judged.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, populate_by_name=True, serialize_by_alias=True
    )

    id: Text = ""  # a set that gives none has its lines for ids
    question: Text
    answers: tuple[Text, ...] = ()
    all_of: tuple[Text, ...] = Field((), alias="all")
    articles: tuple[Text, ...] = ()
    refuse: bool = False
    verdict: Annotated[YesNo | None, BeforeValidator(_verdict)] = None
    must: Patterns = ()
    mustnot: Patterns = ()
    short: Pattern | None = None
    history: tuple[Turn, ...] = ()
    tags: tuple[Text, ...] = ()
    quotes: tuple[Text, ...] = ()
    why: str = ""

    @model_validator(mode="after")
    def _gold_fits(self) -> Question:
        if self.refuse and (self.answers or self.all_of or self.verdict or self.short):
            raise ValueError("у вопроса с refuse не бывает answers, all, verdict и short")
        if not (self.refuse or self._has_gold or self.articles):
            raise ValueError("нужен answers, all, must, verdict, articles или refuse")
        return self

    @property
    def _has_gold(self) -> bool:
        return bool(self.answers or self.all_of or self.verdict or self.must)

    @property
    def only_articles(self) -> bool:
        """Nothing but articles is asked for."""
        return not self.refuse and not self._has_gold

    @property
    def gold(self) -> str:
        """What is asked and wanted, whatever the question is called: equal for equal questions."""
        return self.model_dump_json(exclude={"id", "tags", "quotes", "why"})


@dataclass(frozen=True, slots=True)
class Located:
    """A question and where it stands: `place` is «set.jsonl:12»."""

    question: Question
    place: str


def located(
    data: bytes, name: str, decode: Decode, place: Callable[[int], str], prefix: str = ""
) -> Iterator[Located]:
    """The questions of one set in any of the forms of `forms.rows`, one after another.

    A question without an id gets `prefix` and its number in a list, or its line, for one. Raises
    EvaluationError for a broken line.
    """
    for row in rows(data, name, decode, place):
        at = row.place(place)
        question = parse(row.question, Question, at)
        number = row.element or row.line
        named = question if question.id else question.model_copy(update={"id": f"{prefix}{number}"})
        yield Located(named, at)


def read(data: bytes, name: str, decode: Decode) -> list[Question]:
    """The questions of one set; `name` stands for it in messages.

    Raises EvaluationError for a broken line, an id used twice, or no question at all.
    """
    found: dict[str, Question] = {}
    for each in located(data, name, decode, lambda number: f"{name}, строка {number}"):
        if each.question.id in found:
            raise EvaluationError(f"{each.place}: id «{each.question.id}» уже есть. Дайте другой.")
        found[each.question.id] = each.question
    if not found:
        raise EvaluationError(f"{name}: нет ни одного вопроса. Нужна строка на каждый вопрос.")
    return list(found.values())
