"""What commands tell as they go on: a progress bar, the parts of a report, where a measurement went."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, TypeVar

from tqdm import tqdm

from eval import provenance, results
from eval.results import Result
from rag.config import Config

Item = TypeVar("Item")
Numbers = dict[str, dict[str, float]]

BAR: dict[str, Any] = {"unit": " вопр.", "disable": None, "leave": False, "file": sys.stderr}


def progress(items: Iterable[Item], total: int | None = None, done: int = 0) -> Iterable[Item]:
    """A progress bar on a terminal, nothing elsewhere; `done` of `total` are not among the items."""
    shown: Iterable[Item] = tqdm(items, total=total, initial=done, **BAR)
    return shown


def show(*parts: str) -> None:
    """Print parts of a report with an empty line after each."""
    print(*parts, sep="\n\n", end="\n\n")


def note(text: str) -> None:
    """Say on the side what is being done."""
    print(text, file=sys.stderr)


def save(command: str, name: str, config: Config, numbers: Numbers) -> None:
    """Save numbers in eval/results and say where."""
    origin = provenance.gather(config).model_dump()
    result = Result(command=command, name=name, numbers=numbers, **origin)
    path = results.save(result)
    print(f"Измерение записано: {path.relative_to(provenance.ROOT)}", file=sys.stderr)
