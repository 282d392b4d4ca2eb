"""Runs: every question of a set asked once, kept with all that is needed to judge it later."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from eval import jsonl, timing
from eval.errors import EvaluationError
from eval.provenance import Provenance
from eval.sets import Question
from rag.errors import RagError
from rag.judging.judge import Judgement, Reply, judge
from rag.types import Turn

Ask: TypeAlias = Callable[[str, Sequence[Turn]], dict[str, Any]]  # an Answer's JSON to a question


class Header(Provenance):
    """The first line of a run. `corpus` holds the names of what was indexed for it, empty for the library.

    `asked` is how many questions were to be asked (None in older runs), `url` the server that was asked.
    """

    kind: Literal["run"] = "run"
    sets: tuple[str, ...]
    corpus: tuple[str, ...]
    asked: int | None = None
    url: str = ""


class Record(BaseModel):
    """One question of a run: the Answer's JSON, or the error that took its place.

    `stages_ms`: milliseconds by stage, where it was answered in this process.
    """

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    id: str
    question: str
    gold: Question
    answer: dict[str, Any] | None
    error: str | None
    elapsed_ms: float
    stages_ms: dict[str, float] = {}

    @property
    def reply(self) -> Reply | None:
        return Reply.model_validate(self.answer) if self.answer is not None else None

    def judged(self) -> Judgement:
        return judge(self.gold, self.reply)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it was read from its file."""

    header: Header
    records: tuple[Record, ...]

    @property
    def name(self) -> str:
        return "+".join(self.header.sets)

    @property
    def unfinished(self) -> str:
        """What is missing from a run that was cut short, in Russian; empty for a whole one."""
        asked, done = self.header.asked, len(self.records)
        return f"прогон не закончен: {done} из {asked} вопросов" if asked and done < asked else ""


def ask_all(answer: Ask, questions: Iterable[Question], jobs: int = 1) -> Iterator[Record]:
    """A record for every question, in order; what goes wrong with one stays in its record.

    `jobs` questions are asked at the same time.
    """
    if jobs == 1:
        yield from (ask(answer, question) for question in questions)
        return
    pool = ThreadPoolExecutor(jobs, "questions")
    try:
        yield from pool.map(partial(ask, answer), questions)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def ask(answer_of: Ask, question: Question) -> Record:
    """Ask one question."""
    start = perf_counter()
    answer: dict[str, Any] | None = None
    error: str | None = None
    spent: dict[str, float] = {}
    try:
        with timing.spent() as spent:
            answer = answer_of(question.question, question.history)
    except RagError as refused:
        error = str(refused)
    except Exception as crash:  # a defect of the product is a finding of the run, never its end
        error = f"{type(crash).__name__}: {crash}"
    elapsed_ms = round(1000 * (perf_counter() - start), 2)
    return Record(
        id=question.id,
        question=question.question,
        gold=question,
        answer=answer,
        error=error,
        elapsed_ms=elapsed_ms,
        stages_ms={name: round(value, 2) for name, value in spent.items()},
    )


def done_before(path: Path, header: Header, questions: Sequence[Question]) -> list[Record]:
    """The records of an interrupted run at `path` that needn't be asked again: no error, the same gold.

    Raises EvaluationError where it is a run of something else.
    """
    if not path.exists():
        return []
    numbered = list(jsonl.lines(path))
    if not numbered or not _is_header(numbered[0][1]):
        raise EvaluationError(f"{path} — не прогон, продолжать нечего. Укажите другой файл.")
    before = jsonl.parse(numbered[0][1], Header, f"{path}:1")
    if (before.sets, before.corpus, before.url) != (header.sets, header.corpus, header.url):
        raise EvaluationError(f"{path} — прогон другого набора, других статей или другого сервера.")
    wanted = {each.id: each for each in questions}
    lines = [line for _, line in numbered[1:]]
    if lines and not _is_whole(lines[-1]):
        lines.pop()  # cut short as it was written
    records = [jsonl.parse(line, Record, str(path)) for line in lines]
    return [each for each in records if each.error is None and wanted.get(each.id) == each.gold]


def _is_whole(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def write(
    path: Path,
    header: Header,
    records: Iterable[Record],
    seen: Callable[[Record], None],
    before: Sequence[Record] = (),
) -> Run:
    """Write a run as its records come; `seen` is told of each. Those of `before` are there already."""
    kept: list[Record] = list(before)

    def keep(record: Record) -> Record:
        kept.append(record)
        seen(record)
        return record

    jsonl.write_whole(path, [header, *before])
    jsonl.append(path, map(keep, records))
    return Run(header, tuple(kept))


def read(path: Path) -> Run:
    """A run from its file.

    Raises EvaluationError where the file isn't a run or holds no question.
    """
    numbered = list(jsonl.lines(path))
    if not numbered or not _is_header(numbered[0][1]):
        raise EvaluationError(
            f"{path} — не прогон: в первой строке нет заголовка. Запишите его: python -m eval run"
        )
    header = jsonl.parse(numbered[0][1], Header, f"{path}:{numbered[0][0]}")
    records = tuple(jsonl.parse(line, Record, f"{path}:{number}") for number, line in numbered[1:])
    if not records:
        raise EvaluationError(f"{path}: в прогоне нет ни одного вопроса. Повторите его: python -m eval run")
    return Run(header, records)


def _is_header(line: str) -> bool:
    try:
        value = json.loads(line)
    except ValueError:
        return False
    return isinstance(value, dict) and value.get("kind") == "run"


def judgements(records: Sequence[Record]) -> list[Judgement]:
    return [record.judged() for record in records]
