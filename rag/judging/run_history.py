"""The runs that have ended: files of the data folder, so that they can be looked at and compared later."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rag.errors import EvaluationError
from rag.judging.chance import Interval, sign_test, wilson
from rag.judging.run import Outcome, Tally, tally

FOLDER = "trials"
MOST = 300  # runs; the oldest make room
GONE = "Этой проверки больше нет. Обновите страницу."
_NAME = re.compile(r"[\w-]{1,60}", re.ASCII)
_OUTCOME = TypeAdapter(Outcome)
_TALLY = TypeAdapter(Tally)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that came to its end; `ended` is its UTC time in ISO 8601.

    `owner` is the only reader who may see it, empty where everyone may who may run the set.
    """

    id: str
    title: str
    ended: str
    owner: str
    tally: Tally

    @property
    def right(self) -> Interval:
        """The share of right outcomes."""
        return wilson(self.tally.right, self.tally.asked)


class PastRuns:
    """The runs in the folder `trials` of the data folder, a file each: what is told of it, then its outcomes.

    Safe to use from several threads.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._guard = threading.Lock()

    def keep(self, title: str, outcomes: Sequence[Outcome], owner: str = "") -> None:
        """Write a run down; a full disk is logged, for the run itself has been shown."""
        if not outcomes:
            return
        now = datetime.now(UTC)
        name = f"{now:%Y%m%dT%H%M%S%f}-{token_hex(3)}"
        told = {"title": title, "ended": now.isoformat(timespec="seconds"), "owner": owner}
        head = json.dumps(
            told | {"tally": _TALLY.dump_python(tally(outcomes), mode="json")}, ensure_ascii=False
        )
        lines = [head.encode(), *(_OUTCOME.dump_json(each, by_alias=True) for each in outcomes)]
        try:
            with self._guard:
                self._folder.mkdir(parents=True, exist_ok=True)
                temporary = self._folder / f"{name}.part"
                temporary.write_bytes(b"\n".join(lines) + b"\n")
                temporary.replace(self._folder / f"{name}.jsonl")
                for old in sorted(self._folder.glob("*.jsonl"))[:-MOST]:
                    old.unlink(missing_ok=True)
        except OSError:
            _log.exception("a run could not be kept")

    def seen_by(self, owner: str) -> list[PastRun]:
        """The runs that `owner` may see, oldest first."""
        found = (self._head(path) for path in sorted(self._folder.glob("*.jsonl")))
        return [each for each in found if each is not None and each.owner in ("", owner)]

    def outcomes(self, run: str, owner: str) -> tuple[PastRun, tuple[Outcome, ...]]:
        """A run that `owner` may see, with what came of every question. Raises EvaluationError."""
        path = self._folder / f"{run}.jsonl"
        head = self._head(path) if _NAME.fullmatch(run) else None
        if head is None or head.owner not in ("", owner):
            raise EvaluationError(GONE)
        try:
            lines = path.read_bytes().splitlines()[1:]
            return head, tuple(_OUTCOME.validate_json(line) for line in lines)
        except (OSError, ValidationError):
            raise EvaluationError(GONE) from None

    def _head(self, path: Path) -> PastRun | None:
        """What is told of the run at `path`; None for what is no run, which is passed over."""
        try:
            with path.open("rb") as file:
                told: dict[str, Any] = json.loads(file.readline())
            counted = _TALLY.validate_python(told["tally"])
            return PastRun(path.stem, str(told["title"]), str(told["ended"]), str(told["owner"]), counted)
        except (OSError, ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class Compared:
    """The questions that two runs share, each with both outcomes, and how many only one of them has."""

    pairs: tuple[tuple[Outcome, Outcome], ...]
    only_before: int
    only_after: int

    @property
    def lost(self) -> list[tuple[Outcome, Outcome]]:
        return [(was, now) for was, now in self.pairs if was.judgement.right and not now.judgement.right]

    @property
    def gained(self) -> list[tuple[Outcome, Outcome]]:
        return [(was, now) for was, now in self.pairs if now.judgement.right and not was.judgement.right]

    @property
    def chance(self) -> float:
        """How likely so great a change is by chance alone (exact McNemar test, one-sided)."""
        fewer, more = sorted((len(self.lost), len(self.gained)))
        return sign_test(fewer, more)


def compared(before: Sequence[Outcome], after: Sequence[Outcome]) -> Compared:
    """Pair two runs by what is asked and wanted, in the order of the later one."""
    left: dict[str, deque[Outcome]] = defaultdict(deque)
    for outcome in before:
        left[outcome.question.gold].append(outcome)
    pairs = tuple(_paired(left, after))
    return Compared(pairs, len(before) - len(pairs), len(after) - len(pairs))


def _paired(left: dict[str, deque[Outcome]], after: Sequence[Outcome]) -> Iterator[tuple[Outcome, Outcome]]:
    for outcome in after:
        if same := left[outcome.question.gold]:
            yield same.popleft(), outcome
