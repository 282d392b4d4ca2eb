"""The files that articles came from: which article a file owns, and which files are gone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from rag.errors import ArticleError
from rag.library.files import Found


def check_owner(file: Found, origin: str | None) -> None:
    """Two files of different folders must not push each other out of the library."""
    if origin and origin != file.origin and Path(origin).exists():
        raise ArticleError(
            f"идентификатор «{file.id}» уже занят статьёй из {origin}; переименуйте файл "
            f"или уберите ту статью: snoska articles remove {file.id}"
        )


def renamed(found: Sequence[Found], origins: dict[str, str]) -> dict[str, list[str]]:
    """Ids that a file had before, by its present one: `index corpus/articles`, then `index corpus`."""
    former: dict[str, list[str]] = {}
    for article_id, origin in origins.items():
        former.setdefault(origin, []).append(article_id)
    wanted = {file.id for file in found}
    return {file.id: [each for each in former.get(file.origin, ()) if each not in wanted] for file in found}


def gone(paths: Sequence[Path], origins: dict[str, str], found: Iterable[Found]) -> list[str]:
    """Articles that were read from under `paths`, from files that are not there any more."""
    roots = [os.path.realpath(path) for path in paths]
    present = {file.origin for file in found}
    return [
        article_id
        for article_id, origin in origins.items()
        if origin not in present and any(Path(origin).is_relative_to(root) for root in roots)
    ]
