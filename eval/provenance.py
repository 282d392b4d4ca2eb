"""Where a measurement comes from: commit, settings, versions. Nothing of the machine it ran on."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rag.config import Config

ROOT = Path(__file__).resolve().parent.parent
# Saved results are the outcome of a measurement, so they don't make the next one "dirty".
_OUTCOMES = ":(exclude)eval/results"
_SHORT = 7  # characters of a commit, as git has them
_PACKAGES = (
    "chromadb",
    "llama-index-core",
    "numpy",
    "pymorphy3",
    "sentence-transformers",
    "tantivy",
    "torch",
)
_SHAPING = ("encoder", "reader", "reranker", "writer", "llm_model")


class Provenance(BaseModel):
    """Everything needed to repeat a measurement. `commit` is None outside a git checkout."""

    model_config = ConfigDict(frozen=True)

    commit: str | None
    dirty: bool
    date: str
    settings: dict[str, str]
    versions: dict[str, str]


def marks(measured: Sequence[Provenance]) -> list[str]:
    """The commit of each row of a table, † at those that are not of the newest, * at changes of their own.

    Empty where all rows are of one commit as it is: there is nothing to mark.
    """
    newest = max(measured, key=lambda each: each.date)
    if all(each.commit == newest.commit and not each.dirty for each in measured):
        return []
    return [_told(each) + ("" if each.commit == newest.commit else " †") for each in measured]


def _told(measured: Provenance) -> str:
    return f"{(measured.commit or '—')[:_SHORT]}{'*' if measured.dirty else ''}"


def gather(config: Config) -> Provenance:
    """Provenance of a measurement made now, in this process, with `config`."""
    commit = _git("rev-parse", "HEAD")
    return Provenance(
        commit=commit or None,
        dirty=bool(_git("status", "--porcelain", "--", ".", _OUTCOMES)),
        date=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        settings={name: _portable(str(getattr(config, name))) for name in _SHAPING},
        versions={"python": platform.python_version()} | {name: metadata.version(name) for name in _PACKAGES},
    )


def _portable(value: str) -> str:
    """A model's path as the name of its folder; anything else as it is."""
    return Path(value).name if Path(value).is_absolute() or Path(value).exists() else value


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False, timeout=30
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
