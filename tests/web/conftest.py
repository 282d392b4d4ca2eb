"""What the tests of the web share, file by file; a file that needs another bot or another server says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from rag.web.api import create_app
from tests.patience import PATIENCE
from tests.web.sample import SampleBot, open_sample
from tests.web.serving import running
from tests.web.visiting import CAPACITY, LENGTH, Served, real_bot, visited, with_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from rag.bot import Bot


@pytest.fixture(scope="package")
def sample_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served[SampleBot]]:
    """For files whose tests leave the library as it was; each visit has chats of its own."""
    bot = open_sample(tmp_path_factory.mktemp("library"))
    app = with_page(bot, ("Какова длина канала?", "Кто выиграл матч?"))
    with running(app) as address:
        yield Served(bot, app, address)


@pytest.fixture(scope="package")
def real_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served[Bot]]:
    """Likewise over a real index."""
    with real_bot(tmp_path_factory.mktemp("real")) as bot:
        app = with_page(bot, (LENGTH, CAPACITY))
        with running(app) as address:
            yield Served(bot, app, address)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> SampleBot:
    return open_sample(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def address(bot: SampleBot | Bot) -> Iterator[str]:
    """The API over `bot`, without the page."""
    with running(create_app(bot.as_bot if isinstance(bot, SampleBot) else bot)) as address:
        yield address


@pytest.fixture(scope="module")
def http(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with visited(browser, address) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    with visited(browser, address, 390) as page:
        yield page
