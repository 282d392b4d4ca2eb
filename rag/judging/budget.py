"""The error budget in a data folder: written by `snoska tune`, read by whoever opens a bot."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rag.errors import EvaluationError
from rag.types import ErrorBudget

FILE = "error-budget.json"


def load(folder: Path) -> ErrorBudget | None:
    """The budget of the data folder `folder`; None where none is set. Raises EvaluationError."""
    path = folder / FILE
    try:
        return TypeAdapter(ErrorBudget).validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        raise EvaluationError(
            f"{path} не читается: порог отказа неизвестен. Верните обычный: snoska tune --reset"
        ) from None


def save(folder: Path, budget: ErrorBudget) -> None:
    """Set the budget, whole or not at all. Raises EvaluationError."""
    path = folder / FILE
    aside = path.with_suffix(".new")
    try:
        aside.write_text(json.dumps(asdict(budget), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        raise EvaluationError(f"Не удаётся записать {path}: {error.strerror}. Проверьте папку.") from None


def forget(folder: Path) -> bool:
    """Back to the threshold that ships; False where that was in force anyway."""
    path = folder / FILE
    is_set = path.exists()
    path.unlink(missing_ok=True)
    return is_set
