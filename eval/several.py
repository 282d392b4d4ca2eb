"""Several sources of one event: how often answers merge them or say that they differ, to be judged by eye."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from eval import jsonl, metrics, tables
from eval.errors import EvaluationError
from rag.errors import QuestionError
from rag.types import Answer, Disagreement

if TYPE_CHECKING:
    from rag.bot import Bot

TITLES = {
    "answered": "ответил",
    "merged": "предложения с несколькими сносками",
    "brought": "сноска шире предложения",
    "listed": "списком",
    "differ": "источники расходятся",
    "develops": "данные по датам",
}


class Titled(BaseModel):
    """A line of a file of articles or of questions: what is asked is its question, or its title."""

    model_config = ConfigDict(frozen=True)

    question: str = ""
    title: str = ""
    source: str | None = ""

    @property
    def asked(self) -> str:
        return (self.question or self.title).strip()


@dataclass(frozen=True, slots=True)
class Seen:
    """One question and its answer."""

    question: str
    answer: Answer

    def measures(self) -> dict[str, float]:
        """What the answer has, 0 or 1 each."""
        quotes = {citation.number: citation.quote for citation in self.answer.citations}
        sentences = self.answer.sentences
        return {
            "answered": float(self.answer.found),
            "merged": float(any(len(each.citations) > 1 for each in sentences)),
            "brought": float(any(quotes[each.citations[0]] != each.text for each in sentences)),
            "listed": float(self.answer.listed),
            "differ": float(any(not each.develops for each in self.answer.disagreements)),
            "develops": float(any(each.develops for each in self.answer.disagreements)),
        }


def questions(paths: Sequence[Path], source: str | None) -> list[str]:
    """Distinct questions of the files, or titles of their articles; `source`: titles of that source only.

    Raises EvaluationError where none is left.
    """
    found = [
        each.asked
        for path in paths
        for each in jsonl.read(path, Titled)
        if each.asked and (each.question or source in (None, each.source))
    ]
    if not found:
        raise EvaluationError("Нет ни одного вопроса и заголовка. Проверьте файлы и --source.")
    return list(dict.fromkeys(found))


def ask_all(bot: Bot, asked: Iterable[str]) -> Iterator[Seen]:
    """Every question with its answer; one that isn't taken at all is left out."""
    for question in asked:
        try:
            yield Seen(question, bot.ask(question))
        except QuestionError:
            continue


def numbers(seen: Sequence[Seen]) -> dict[str, dict[str, float]]:
    """Shares of all questions."""
    each = [one.measures() for one in seen]
    shares = {name: round(metrics.mean([one[name] for one in each]), 4) for name in TITLES}
    return {"several": shares}


def table(measured: dict[str, dict[str, float]]) -> str:
    rows = [[title, tables.percent(measured["several"][name])] for name, title in TITLES.items()]
    return tables.markdown(["Ответы", "%"], rows)


def report(seen: Sequence[Seen]) -> str:
    """Every disagreement with its quotes, so that whoever reads it can say whether there is one."""
    return "\n\n".join(
        _told(place, one, each)
        for place, (one, each) in enumerate(
            ((one, each) for one in seen for each in one.answer.disagreements), 1
        )
    )


def _told(place: int, seen: Seen, disagreement: Disagreement) -> str:
    kind = "по датам" if disagreement.develops else disagreement.matter
    quotes = {citation.number: citation for citation in seen.answer.citations}
    lines = [
        f"  {version.value}\n    {quotes[version.citation].article_id}: «{quotes[version.citation].quote}»"
        for version in disagreement.versions
    ]
    return "\n".join([f"{place}. [{kind}] {seen.question}", *lines])
