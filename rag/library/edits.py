"""What somebody sets by hand of an article: it holds however often its file is read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from rag.errors import ArticleError
from rag.library.records import Edits
from rag.types import Article

FIELDS = ("title", "source", "published", "tags")
_LONGEST = {"title": 1000, "source": 300, "tags": 300}  # characters


def checked(given: Mapping[str, Any]) -> Edits:
    """`given` as it is kept: without blanks around, tags each once. Raises ArticleError.

    None or nothing takes away a source, a date or tags; a title there always is.
    """
    if not given or given.keys() - set(FIELDS):
        raise ArticleError("Изменить можно заголовок, источник, дату и метки: укажите хотя бы одно из них.")
    edits: Edits = {}
    for name, value in given.items():
        if name == "tags":
            tags = (_line("tags", tag) for tag in value or ())
            edits[name] = list(dict.fromkeys(tag for tag in tags if tag))
        elif name == "published":
            edits[name] = date.fromisoformat(value).isoformat() if value else None
        else:
            edits[name] = _line(name, value or "") or None
    if "title" in edits and not edits["title"]:
        raise ArticleError("У статьи должен быть заголовок: напишите его.")
    return edits


def edited(article: Article, edits: Edits) -> Article:
    """`article` as it was set."""
    changes: dict[str, Any] = {
        name: tuple(value) if name == "tags" else value for name, value in edits.items()
    }
    if "published" in changes:
        changes["published_raw"] = None
    return replace(article, info=replace(article.info, **changes))


def _line(name: str, value: str) -> str:
    line = " ".join(value.split())
    if len(line) > _LONGEST[name]:
        raise ArticleError(f"Слишком длинно: «{line[:60]}…», а можно до {_LONGEST[name]} знаков.")
    return line
