"""The articles shipped with the project, for whoever has none at hand yet."""

from __future__ import annotations

from pathlib import Path

from rag.errors import RagError
from rag.library.reasons import os_reason

NO_ARTICLES = (
    "В библиотеке пока нет статей. Прочитайте свои: snoska index ПАПКА — "
    "или возьмите готовые для пробы: snoska example"
)


def write(folder: Path) -> int:
    """Copy the shipped articles into `folder`, which must be new or empty; returns how many there are.

    Raises RagError.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise RagError(f"Папка {folder} не пуста. Назовите новую: snoska example ПАПКА")
        return sum(_copied(each, folder) for each in sorted(_shipped().rglob("*.md")))
    except OSError as error:
        reason = os_reason(error)
        raise RagError(
            f"Папка {folder} не пишется: {reason}. Назовите другую: snoska example ПАПКА"
        ) from error


def _copied(file: Path, folder: Path) -> bool:
    """Whether `file`, copied to its place in `folder`, is an article."""
    copy = folder / file.relative_to(_shipped())
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(file.read_bytes())
    return copy.parent != folder


def _shipped() -> Path:
    """Where they lie: in an installed package inside it, in a checkout beside it."""
    package = Path(__file__).parent
    inside = package / "corpus"
    return inside if inside.is_dir() else package.parent / "corpus"
