"""A library with an index that can be looked into, a folder to read, a site to fetch from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.library.library import Library

from .indexes import FileIndex
from .reading.site import Site, serving


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.fixture
def leg(data: Path) -> FileIndex:
    return FileIndex(data)


@pytest.fixture
def library(data: Path, leg: FileIndex) -> Iterator[Library]:
    """Empty; whatever a test does to it, store and index agree in the end."""
    with Library(data, [leg], "тест") as library:
        leg.made = 0
        yield library
        assert library.differences() == []


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site
