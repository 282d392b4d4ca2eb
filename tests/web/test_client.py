"""rag.client against a real server: typed answers, streams, errors, waiting, nothing of the server loaded."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from rag import client as offered
from rag.client import (
    Answer,
    AsyncClient,
    BusyServerError,
    Client,
    ClientError,
    Delta,
    Filters,
    InvalidError,
    KeyRefusedError,
    MissingError,
    Turn,
    UnreachableError,
)
from rag.web.api import create_app
from tests.patience import PATIENCE
from tests.web.sample import CANAL, LENGTH, SampleBot
from tests.web.serving import running

pytestmark = pytest.mark.slow_file

ROOT = Path(__file__).parents[2]
ASKED = "Какова длина канала?"
SCRIPT = """
import asyncio
from datetime import date
from rag.client import Answer, AsyncClient, Client, ClientError, Filters, Turn

def told(answer: Answer) -> str:
    quotes: list[str] = [each.quote for each in answer.citations]
    for sentence in answer.sentences:
        footnotes = answer.cited(sentence)
        numbers: tuple[int, ...] = tuple(each.start for each in footnotes)
    return "" if answer.found else str([hit.title for hit in answer.nearest]) + answer.text + str(quotes)

def main() -> int:
    with Client("http://127.0.0.1:7860", key="k", timeout=5) as snoska:
        try:
            answer = snoska.ask("?", [Turn("a", "b")], Filters(since=date(2026, 1, 1), tags=("t",)))
            for piece in snoska.stream("?"):
                print(piece.text)
            return snoska.health().articles + len(told(answer)) + snoska.remove("id").articles
        except ClientError as error:
            return error.status

async def again() -> None:
    async with AsyncClient() as snoska:
        async for piece in snoska.stream("?"):
            if isinstance(piece, Answer):
                print(piece.confidence + 1.0, (await snoska.verify("?")).support)
"""


@pytest.fixture
def snoska(address: str) -> Iterator[Client]:
    with Client(address, timeout=PATIENCE) as client:
        yield client


def test_an_answer_points_into_its_article(snoska: Client) -> None:
    answer = snoska.ask(ASKED)
    assert answer.found and answer.short_answer == "127,4 км" and answer.nearest == ()
    first = answer.cited(answer.sentences[0])[0]
    article = snoska.article(first.article_id)
    assert article.text[first.start : first.stop] == first.quote == LENGTH
    assert answer.answer_id and article.tags == CANAL.info.tags
    refusal = snoska.ask("Кто написал марш?")
    assert not refusal.found and refusal.citations == () and [hit.article_id for hit in refusal.nearest]


def test_what_is_asked_reaches_the_bot(snoska: Client, bot: SampleBot) -> None:
    filters = Filters(date(2026, 1, 1), date(2026, 2, 1), ("Газета",), ("kanal",), ("Вода",))
    snoska.ask(ASKED, [Turn("а", "б")], filters)
    question, history, seen = bot.seen[-1]
    assert question == ASKED and [(each.question, each.answer) for each in history] == [("а", "б")]
    assert seen and (seen.since, seen.until) == (filters.since, filters.until)
    assert (seen.sources, seen.articles, seen.tags) == (filters.sources, filters.articles, filters.tags)


def test_a_stream_grows_to_the_whole_answer(snoska: Client) -> None:
    *deltas, answer = snoska.stream(ASKED)
    assert isinstance(answer, Answer) and answer.found
    assert deltas and all(isinstance(each, Delta) and answer.text.startswith(each.text) for each in deltas)


def test_who_leaves_a_stream_stops_the_work(snoska: Client, bot: SampleBot) -> None:
    pieces = snoska.stream("Длина бесконечно?")
    next(iter(pieces))
    pieces.close()  # type: ignore[attr-defined]
    assert bot.closed.wait(PATIENCE)


def test_a_search_a_claim_and_the_list(snoska: Client) -> None:
    found = snoska.search("канал", k=2)
    assert len(found.hits) == 2 and found.hits[0].ranks["keyword"] == 1
    assert found.hits[1].reprints[0].article_id == CANAL.id
    checked = snoska.verify("Права получены на 99 лет.", ["Права на проект она получит на 49 лет."])
    assert checked.support == "unsupported"
    assert [each.source for each in checked.slots if each.outcome == "other"] == ["49 лет"]
    listed = snoska.articles(filters=Filters(sources=("Степной вестник",)))
    assert listed.total == 1 and listed.items[0].characters == len(CANAL.text)
    assert snoska.health().articles == 3


@pytest.mark.parametrize(
    ("call", "kind", "told"),
    [
        (lambda client: client.ask(" "), InvalidError, "Вопрос пуст"),
        (lambda client: list(client.stream(" ")), InvalidError, "Вопрос пуст"),
        (lambda client: client.ask("поломка"), ClientError, "сломалось на сервере"),
        (lambda client: list(client.stream("длина авария")), ClientError, "сломалось на сервере"),
        (lambda client: client.article("нет/такой"), MissingError, "«нет/такой»"),
        (lambda client: client.search("канал", k=1000), InvalidError, "«k»"),
    ],
)
def test_what_goes_wrong_is_told_in_russian(
    call: Any, kind: type[ClientError], told: str, snoska: Client
) -> None:
    with pytest.raises(kind, match=told) as error:
        call(snoska)
    assert error.value.status >= 400


def test_nobody_there() -> None:
    with Client("http://127.0.0.1:9") as nobody, pytest.raises(UnreachableError, match="snoska serve"):
        nobody.health()


def test_keys_are_sent(bot: SampleBot) -> None:
    with running(create_app(bot.as_bot, keys=("ключ",))) as address:
        with Client(address) as stranger, pytest.raises(KeyRefusedError, match="Нужен ключ"):
            stranger.health()
        with Client(address, "ключ", timeout=PATIENCE) as known:
            assert known.health().status == "ok"


def test_articles_come_and_go(tmp_path: Path) -> None:
    from rag import assemble
    from rag.config import Config

    file = tmp_path / "most.txt"
    file.write_text("Длина моста — 312 метров. Его открыли в июле 2025 года.", encoding="utf-8")
    with (
        assemble.open_bot(Config(data=tmp_path / "data")) as bot,
        running(create_app(bot)) as address,
        Client(address, timeout=PATIENCE) as snoska,
    ):
        report = snoska.add("Высота башни — 97 метров.", "Башня", article_id="bashnya", tags=["башни"])
        assert (report.added, report.files[0].id) == (1, "bashnya")
        assert snoska.upload(file).files[0].status == "added"
        assert snoska.ask("Какова длина моста?").short_answer == "312 метров"
        assert snoska.remove("bashnya", "нет").missing == ("нет",)
        with pytest.raises(MissingError):
            snoska.remove("bashnya")


def test_the_same_from_asyncio(address: str, bot: SampleBot) -> None:
    async def talk() -> None:
        async with AsyncClient(address, timeout=PATIENCE) as snoska:
            answer, found = await asyncio.gather(snoska.ask(ASKED), snoska.search("канал"))
            assert answer.found and found.hits
            pieces = [piece async for piece in snoska.stream(ASKED)]
            assert isinstance(pieces[-1], Answer) and len(pieces) > 1
            with pytest.raises(MissingError):
                await snoska.article("нет")
            endless = snoska.stream("Длина бесконечно?")
            await anext(endless)
            await endless.aclose()  # type: ignore[attr-defined]
            assert await asyncio.to_thread(bot.closed.wait, PATIENCE)

    asyncio.run(talk())


def busy(times: int) -> ASGIApp:
    """A server that has no room for so many requests."""
    left = [times]
    healthy = {"status": "ok", "articles": 1, "passages": 1, "encoder": "static", "writer": "extractive"}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"  # a start is none of them
        left[0] -= 1
        full = JSONResponse({"detail": "Очередь полна."}, 503, {"Retry-After": "0"})
        reply = full if left[0] >= 0 else JSONResponse({**healthy, "version": "9", "later": "unknown"})
        await reply(scope, receive, send)

    return app


@pytest.mark.parametrize(("times", "retries", "answered"), [(2, 2, True), (3, 2, False), (1, 0, False)])
def test_a_server_without_room_is_asked_again(times: int, retries: int, answered: bool) -> None:
    async def health(address: str) -> str:
        async with AsyncClient(address, retries=retries) as snoska:
            return (await snoska.health()).version

    def health_here(address: str) -> str:
        with Client(address, retries=retries) as snoska:
            return snoska.health().version

    for ask in (health_here, lambda address: asyncio.run(health(address))):
        with running(busy(times)) as address:
            if answered:
                assert ask(address) == "9"
            else:
                with pytest.raises(BusyServerError, match="Очередь полна"):
                    ask(address)


def test_another_server_is_no_snoska() -> None:
    told = pytest.raises(UnreachableError, match="не Сноска")
    with running(HTMLResponse("<html>")) as address, Client(address) as client, told:
        client.health()


def test_both_clients_can_the_same() -> None:
    public = {name for name in vars(Client) if not name.startswith("_")}
    assert public == {name for name in vars(AsyncClient) if not name.startswith("_")}
    assert all(hasattr(offered, name) for name in offered.__all__)


def test_nothing_of_the_server_is_imported() -> None:
    code = "import sys, rag.client; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = set(_run("-c", code).split())
    assert {"httpx", "pydantic"} <= loaded
    assert not loaded & {"fastapi", "starlette", "gradio", "chromadb", "torch", "numpy", "tantivy", "uvicorn"}


def test_a_program_that_uses_it_is_checked_strictly(tmp_path: Path) -> None:
    wrong = SCRIPT.replace("snoska.health().articles +", "snoska.health().status +")
    for name, program in (("right.py", SCRIPT), ("wrong.py", wrong)):
        (tmp_path / name).write_text(program, encoding="utf-8")
    options = ("--strict", "--config-file=", "--cache-dir", os.devnull)
    *errors, last = _run("-m", "mypy", *options, "right.py", "wrong.py", at=tmp_path).splitlines()
    assert {each.partition(":")[0] for each in errors} == {"wrong.py"} and "(checked 2 source files)" in last
    assert any("operator" in each for each in errors)  # the types are seen, not Any


def _run(*arguments: str, at: Path = ROOT) -> str:
    """What Python says in `at`."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=at,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MYPYPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
    )
    assert not done.stderr, done.stderr
    return done.stdout
