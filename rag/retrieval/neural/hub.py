"""Where a model's files are: a folder, this machine's cache of the hub, or the hub itself.

This process never goes online. A hub model that is not cached is fetched by a child process, which asks
the hub first whether it is there (a few seconds) and shows its own progress.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelError
from rag.retrieval.neural import fetching

_OFFLINE = "HF_HUB_OFFLINE"
# Whoever has set it has forbidden the hub to all programs; else it is set for this process alone.
_IS_FORBIDDEN = os.environ.get(_OFFLINE, "").upper() in ("1", "ON", "YES", "TRUE")
# Set before the hub's client is imported, which reads it then.
os.environ[_OFFLINE] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting that named a model, and what works without it (Russian)."""

    name: str
    instead: str


ENCODER = Setting("RAG_ENCODER", "чтобы работал встроенный кодировщик")
RERANKER = Setting("RAG_RERANKER", "чтобы работала встроенная переоценка")


@dataclass(frozen=True, slots=True)
class Located:
    """A model's folder, and a name that changes with its content."""

    folder: Path
    identity: str


def locate(name: str, setting: Setting) -> Located:
    """The folder of a model given by path or by hub name, fetched if need be. Raises ModelError."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return Located(folder, f"{folder.resolve()}@{_newest(folder)}")
    if name.startswith((".", "/", "~")) or folder.exists():
        raise unusable(name, setting)
    cached = _cached(name)
    if cached is None:
        _fetch(name, setting)
        cached = _cached(name)
    if cached is None:
        raise _absent(name, setting, "")
    return Located(cached, f"{name}@{cached.name[:8]}")


def quiet() -> None:
    """No bar for the second that weights take to load."""
    from transformers.utils import logging

    logging.disable_progress_bar()


def unusable(name: str, setting: Setting) -> ModelError:
    """What is there can't be loaded."""
    return ModelError(
        f"В папке {name} нет модели sentence-transformers, которую можно загрузить. "
        f"Проверьте {setting.name} или уберите её, {setting.instead}: unset {setting.name}"
        if Path(name).expanduser().exists() or name.startswith((".", "/", "~"))
        else f"Модель {name} не загружается: она скачана не целиком или не годится для {setting.name}. "
        f"Скачайте её заново: hf download {name} — или уберите настройку, {setting.instead}: "
        f"unset {setting.name}"
    )


def _newest(folder: Path) -> int:
    return max((file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()), default=0)


def _cached(name: str) -> Path | None:
    """The snapshot in the cache, whoever fetched it; None where there is none, or one without weights."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    for description in ("modules.json", "config.json"):
        try:
            found = try_to_load_from_cache(name, description)
        except HFValidationError:
            return None
        folder = Path(found).parent if isinstance(found, str) else None
        if folder and any(next(folder.rglob(kind), None) for kind in ("*.safetensors", "*.bin")):
            return folder
    return None


def _fetch(name: str, setting: Setting) -> None:
    """Let a child process that may go online fetch the model. Raises ModelError."""
    if not _could_be_hub_name(name):
        raise _absent(name, setting, "")
    if _IS_FORBIDDEN:
        raise _absent(name, setting, f", а скачивать запрещает {_OFFLINE}")
    print(f"Модели {name} на этой машине нет: скачиваю её с хаба.", file=sys.stderr, flush=True)
    allowed = {**os.environ, _OFFLINE: "0"}
    done = subprocess.run([sys.executable, "-m", fetching.__name__, name], env=allowed, check=False)
    if done.returncode == fetching.UNKNOWN:
        raise ModelError(
            f"Модели {name} нет ни на этой машине, ни на хабе (или она закрыта). Проверьте имя в "
            f"{setting.name} или уберите настройку, {setting.instead}: unset {setting.name}"
        )
    if done.returncode:
        raise _absent(name, setting, ", а хаб не отвечает")


def _could_be_hub_name(name: str) -> bool:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return True


def _absent(name: str, setting: Setting, why: str) -> ModelError:
    return ModelError(
        f"Модели {name} нет на этой машине{why}. Скачайте её один раз при доступной сети: "
        f"hf download {name} — или уберите настройку, {setting.instead}: unset {setting.name}"
    )
