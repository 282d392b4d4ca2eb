"""Question sets that a person goes through, question by question: what is kept, mended and dropped.

A review is a file of the data folder: what is told of it, the questions as they came, then a line for every
decision. A decision is synced before it counts, so that neither a reload nor a crash loses one.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from rag.errors import EvaluationError
from rag.judging.lines import parse
from rag.judging.questions import Question

FOLDER = "reviews"
MOST = 200  # reviews of one reader; none is removed but by hand
GONE = "Этого просмотра больше нет. Обновите страницу и начните его снова."
NO_GOLD = "Напишите верный ответ или выберите, что ответа в статьях нет."
_NAME = re.compile(r"[0-9a-f]{24}")
Choice = Literal["keep", "drop"]
Gold = Literal["answer", "yes", "no", "refuse"]


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    owner: str
    of: int  # how many lines of questions follow


class Decision(BaseModel):
    """What was decided of the question at `place`; `mended` stands in its place, if it was changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: int
    choice: Choice
    mended: Question | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A set called `title` as far as it has been gone through; `decisions` by place, the latest of each."""

    id: str
    title: str
    given: tuple[Question, ...]
    decisions: dict[int, Decision]

    @property
    def left(self) -> int:
        """How many questions nothing has been decided of."""
        return len(self.given) - len(self.decisions)

    def chosen(self, choice: Choice) -> int:
        """How many questions were decided so."""
        return sum(each.choice == choice for each in self.decisions.values())

    def question(self, place: int) -> Question:
        """The question at `place`, as it was mended last."""
        decided = self.decisions.get(place)
        return decided.mended if decided and decided.mended else self.given[place]

    def kept(self) -> list[Question]:
        """The questions that were kept, in the order of the set."""
        keeps = (each for each in sorted(self.decisions) if self.decisions[each].choice == "keep")
        return [self.question(place) for place in keeps]

    def next_open(self, after: int = -1) -> int | None:
        """The first place after `after` of which nothing is decided, else the first of all; None for none."""
        places = [place for place in range(len(self.given)) if place not in self.decisions]
        return next((place for place in places if place > after), places[0] if places else None)


class Reviews:
    """The reviews in the folder `reviews` of the data folder. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._guard = threading.Lock()

    def begin(self, owner: str, title: str, questions: Sequence[Question]) -> Review:
        """The review of these questions by `owner`: a new one, or the one that was begun before.

        Raises EvaluationError where there are too many.
        """
        lines = [each.model_dump_json(by_alias=True, exclude_defaults=True) for each in questions]
        name = blake2b("\n".join([owner, *lines]).encode(), digest_size=12).hexdigest()
        with self._guard:
            if not self._path(name).exists():
                self._check_room(owner)
                head = _Head(title=title, owner=owner, of=len(lines)).model_dump_json()
                self._write(name, "\n".join([head, *lines]) + "\n")
        return self.get(name, owner)

    def get(self, review: str, owner: str) -> Review:
        """A review of `owner`. Raises EvaluationError."""
        found = self._read(review, owner) if _NAME.fullmatch(review) else None
        if found is None:
            raise EvaluationError(GONE)
        return found

    def of(self, owner: str) -> list[Review]:
        """The reviews of `owner`, the one of the latest decision first."""
        paths = sorted(self._folder.glob("*.jsonl"), key=lambda path: -path.stat().st_mtime_ns)
        return [found for path in paths if (found := self._read(path.stem, owner)) is not None]

    def decide(self, review: str, owner: str, decision: Decision) -> Review:
        """Write a decision down, in place of the former one of its question. Raises EvaluationError."""
        with self._guard:
            found = self.get(review, owner)
            if not 0 <= decision.place < len(found.given):
                raise EvaluationError(GONE)
            if decision.mended is None and found.question(decision.place) != found.given[decision.place]:
                decision = decision.model_copy(update={"mended": found.question(decision.place)})
            self._append(review, decision.model_dump_json(by_alias=True, exclude_defaults=True))
        return self.get(review, owner)

    def remove(self, review: str, owner: str) -> None:
        """Forget a review. Raises EvaluationError."""
        with self._guard:
            self.get(review, owner)
            self._path(review).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.jsonl"

    def _check_room(self, owner: str) -> None:
        if len(self.of(owner)) >= MOST:
            raise EvaluationError(f"Просмотров уже {MOST}. Удалите те, которые больше не нужны.")

    def _write(self, name: str, content: str) -> None:
        """The whole file or none."""
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f"{name}.part"
        with temporary.open("w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path(name))

    def _append(self, name: str, line: str) -> None:
        with self._path(name).open("rb+") as file:
            file.seek(-1, os.SEEK_END)
            whole = file.read(1) == b"\n"  # a line that a crash cut short must not swallow the next one
            file.write(("" if whole else "\n").encode() + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _read(self, name: str, owner: str) -> Review | None:
        """None for what is no review, or somebody else's."""
        try:
            first, *lines = self._path(name).read_text(encoding="utf-8").splitlines()
            head = _Head.model_validate_json(first)
            if head.owner != owner:
                return None
            given = tuple(Question.model_validate_json(line) for line in lines[: head.of])
        except (OSError, ValueError):
            return None
        return Review(name, head.title, given, {each.place: each for each in _decisions(lines[head.of :])})


def _decisions(lines: Sequence[str]) -> Iterator[Decision]:
    """Those that were written whole."""
    for line in lines:
        try:
            yield Decision.model_validate_json(line)
        except ValidationError:
            continue


def gold_of(question: Question) -> Gold:
    """What kind of answer is right."""
    return "refuse" if question.refuse else question.verdict or "answer"


def mended(question: Question, asked: str, gold: Gold, answers: Sequence[str]) -> Question:
    """`question` asked with other words, or with another gold. Raises EvaluationError where it has none."""
    told = [each for each in map(str.strip, answers) if each]
    if gold == "answer" and not (told or question.all_of or question.must or question.only_articles):
        raise EvaluationError(NO_GOLD)
    changed = json.loads(question.model_dump_json(by_alias=True, exclude_defaults=True)) | {
        "question": asked,
        "answers": [] if gold == "refuse" else told,
        "refuse": gold == "refuse",
        "verdict": gold if gold in ("yes", "no") else None,
    }
    if gold == "refuse":
        changed |= {"all": [], "must": [], "short": None, "articles": []}
    if gold != gold_of(question):
        changed["why"] = ""  # it explained the former gold
    return parse(json.dumps(changed), Question, "Вопрос")
