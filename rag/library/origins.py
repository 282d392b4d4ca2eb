"""The places that articles came from: which article a place owns, and which files are gone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from rag.errors import ArticleError
from rag.library.reading.pieces import Place

ADDRESSES = ("http://", "https://")


def check_owner(article_id: str, origin: str | None, held: str | None) -> None:
    """Two files of different folders must not push each other out of the library.

    `origin` is where the article was found now, `held` where the one in the library came from.
    """
    if held and held != origin and is_there(held):
        raise ArticleError(
            f"идентификатор «{article_id}» уже занят статьёй из {held}; переименуйте файл "
            f"или уберите ту статью: snoska articles remove {article_id}"
        )


def renamed(found: Iterable[Place], origins: dict[str, str]) -> dict[str, list[str]]:
    """Ids that a file had before, by its present one: `index corpus/articles`, then `index corpus`."""
    places = list(found)
    former: dict[str, list[str]] = {}
    for article_id, origin in origins.items():
        former.setdefault(origin, []).append(article_id)
    wanted = {place.id for place in places}
    return {
        place.id: [each for each in former.get(place.origin or "", ()) if each not in wanted]
        for place in places
    }


def gone(paths: Sequence[Path], origins: dict[str, str], found: Iterable[Place]) -> list[str]:
    """Articles that were read from under `paths`, from files that are not there any more."""
    roots = [os.path.realpath(path) for path in paths]
    present = {file.origin for file in found}
    return [
        article_id
        for article_id, origin in origins.items()
        if origin not in present and any(Path(origin).is_relative_to(root) for root in roots)
    ]


def is_there(origin: str) -> bool:
    """Whether there may still be something at a place; a page is not fetched to find that out."""
    return origin.startswith(ADDRESSES) or Path(origin).exists()
