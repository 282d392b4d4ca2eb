"""Packages that only some formats need (the extra `formats`): imported when they are, missed by name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rag.errors import ArticleError


def package(module: str, distribution: str, what: str) -> Any:
    """The module `module`. Raises ArticleError with the command that installs it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] != module.partition(".")[0]:
            raise  # it is there, but broken: not for the user to mend this way
        raise ArticleError(
            f"чтобы читать {what}, нужен пакет {distribution}: python -m pip install {distribution}"
        ) from None
