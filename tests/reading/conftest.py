"""One small network for all tests of reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.reading import weights
from rag.reading.reader import NetworkReader
from tests.reading import making


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return making.write_base(tmp_path_factory.mktemp("base") / "tiny.bin")


@pytest.fixture(scope="session")
def delta(base: Path) -> Path:
    return making.write_delta(base.with_name("delta.safetensors"), base)


@pytest.fixture(scope="session")
def made(base: Path, delta: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the reader runs from."""
    return weights.ensure(tmp_path_factory.mktemp("models"), base, delta)


@pytest.fixture(scope="session")
def reader(made: Path) -> NetworkReader:
    return NetworkReader(made)
