"""RAG_RATE: how often one key or address may ask."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from rag.client import BusyServerError, Client
from rag.web.api import create_app
from rag.web.terms import Terms
from tests.patience import PATIENCE
from tests.web.sample import open_sample
from tests.web.serving import running

pytestmark = pytest.mark.slow_file

ASKED = {"question": "Какова длина канала?"}


def test_who_asks_too_often_waits_and_others_do_not(tmp_path: Path) -> None:
    bot = open_sample(tmp_path / "library")
    first, second = (bot.library.keys.add(name, "read") for name in ("один", "другой"))
    with running(create_app(bot.as_bot, terms=Terms(rate="2/hour"))) as address:
        with Client(address, first, timeout=PATIENCE) as one:
            one.ask("Какова длина канала?")
            one.search("канал")
            with pytest.raises(
                BusyServerError, match=r"больше, чем разрешено.*Повторите через 60.минут"
            ) as told:
                one.verify("Канал есть.")
            assert told.value.status == 429
            assert one.health().status == "ok" and one.articles().total == 3  # what costs no work
        with Client(address, second, timeout=PATIENCE) as other:
            assert other.ask("Какова длина канала?").found
    bot.close()


def test_without_keys_it_is_the_address(tmp_path: Path) -> None:
    bot = open_sample(tmp_path / "library")
    app = create_app(bot.as_bot, terms=Terms(rate="1/hour"))

    async def ask(client: str) -> int:
        transport = httpx.ASGITransport(app, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            return (await http.post("/api/search", json={"query": "канал"})).status_code

    async def both() -> list[int]:
        return [await ask(client) for client in ("192.0.2.1", "192.0.2.1", "192.0.2.2")]

    assert asyncio.run(both()) == [200, 429, 200]
    bot.close()
