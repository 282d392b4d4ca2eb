"""What every test gets: the built encoder, and nothing of the developer's own settings and library."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import settings

from tests import warm
from tests.answering.model_server import ModelServer, model_server
from tests.patience import PATIENCE
from tests.postgres import server as postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The same examples in every run, however busy the machine is: what is found by chance belongs into a table.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
ROOT = Path(__file__).parents[1]
LOAD_TORCH = (
    "tests/answering/test_real_engine",
    "tests/eval/test_reader_",
    "tests/reading/test_hub_models",
    "tests/retrieval/test_cross_encoder",
    "tests/retrieval/test_e5",
    "tests/retrieval/test_encoders",
    "tests/retrieval/test_hub",
    "tests/retrieval/test_llama_models",
    "tests/retrieval/test_training",
)


def pytest_configure() -> None:
    """Drop every RAG_* of the developer but the folder of the encoder, before any test module reads one."""
    models = os.environ.get("RAG_MODELS") or str(ROOT / ".snoska" / "models")
    for name in [name for name in os.environ if name.startswith("RAG_")]:
        del os.environ[name]
    os.environ["RAG_MODELS"] = str(Path(models).resolve())
    os.environ["RAG_READER"] = "off"  # tables of rules hold for the rules; tests/reading asks the network


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that share Chromium first, then slow ones.

    Left to itself, xdist begins with the files of most tests, which are quick ones.
    """
    items.sort(key=lambda item: ("browser" not in _marks(item), "slow_file" not in _marks(item)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give tests out file by file, but the files that load torch together: that takes seconds."""
    from xdist.scheduler import LoadFileScheduling

    if config.getoption("dist") != "loadfile":
        return None

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "torch" if file.startswith(LOAD_TORCH) else file

    return Scheduling(config, log)


def _marks(item: pytest.Item) -> set[str]:
    """Those of its file; the tests that schemathesis makes don't have them themselves."""
    module = item.getparent(pytest.Module)
    marks = getattr(module.obj, "pytestmark", []) if module else []
    return {mark.name for mark in (marks if isinstance(marks, list) else [marks])}


@pytest.fixture(scope="session", autouse=True)
def models() -> Path:
    """The folder that holds the default encoder: built once (about 15 s), then kept between runs."""
    from rag.retrieval import static

    folder = Path(os.environ["RAG_MODELS"])
    static.ensure(folder)  # parallel workers start together: one builds, the others wait for it
    return folder


@pytest.fixture(scope="session", autouse=True)
def quick_bots(models: Path) -> Iterator[None]:
    """The built-in encoder's words are read once, not by each of the hundreds of bots that tests open."""
    from rag.retrieval import static
    from tests.warm.words import read_once

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(static, "_tokenizer", read_once(models))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_clients() -> Iterator[None]:
    """A client of HTTP reads all certificates, which takes longer than a request here: they are read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def patient_helpers() -> Iterator[None]:
    """Helpers that work when others don't may end as slowly as a busy machine lets them."""
    from rag import processes

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "_PATIENCE", PATIENCE)
        yield


@pytest.fixture
def warm_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers of this process have all imported when they start; what is known of them is a launcher's."""
    monkeypatch.setattr(sys, "executable", warm.python())


@pytest.fixture(scope="session", autouse=True)
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Tests run in a folder with no .env and no .snoska, so they can't see the developer's."""
    before, folder = Path.cwd(), tmp_path_factory.mktemp("working")
    os.chdir(folder)
    yield folder
    os.chdir(before)


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    """A language model's server that says what a test has it `play`."""
    with model_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A PostgreSQL of this worker's: nobody else stops it. Its user must be able to reach its folder."""
    server = postgres.started(Path(gettempdir()) / f"snoska-postgres-{uuid4().hex}")
    yield server
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: Any) -> Iterator[str]:
    """RAG_STORE for a library of its own."""
    url = postgres.url_of(postgres_server)
    yield url
    postgres.drop(url)


_chromium = ExitStack()
_browsers: list[Browser] = []


@pytest.fixture
def browser() -> Browser:
    """Chromium: one for all files that follow each other and need it."""
    from tests.web.chromium import CHROMIUM, chromium

    if not CHROMIUM:
        pytest.skip("no Chromium is installed")
    if not _browsers:
        _browsers.append(_chromium.enter_context(chromium()))
    return _browsers[0]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Close it before a file without it: the event loop of its driver would be in the way there."""
    if nextitem is None or (nextitem.path != item.path and "browser" not in nextitem.fixturenames):  # type: ignore[attr-defined]
        _browsers.clear()
        _chromium.close()
