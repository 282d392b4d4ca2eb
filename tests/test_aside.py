"""Answers from asyncio: the loop goes on meanwhile, and who leaves stops the work."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from rag import assemble
from rag.async_steps import followed
from rag.config import Config
from rag.errors import QuestionError
from rag.types import Article, ArticleInfo
from tests.patience import PATIENCE

BRIDGE = Article(
    ArticleInfo("most", "Мост"), "Длина нового моста через Иртыш — 1220 метров. Открыли его в июле."
)
ASKED = "Какова длина моста через Иртыш?"


def test_a_bot_answers_without_holding_the_loop_up(tmp_path: Path) -> None:
    async def talk() -> None:
        with assemble.open_bot(Config(data=tmp_path)) as bot:
            bot.library.add([BRIDGE])
            answers = await asyncio.gather(*(bot.aask(ASKED) for _ in range(3)))
            assert {answer.short_answer for answer in answers} == {"1220 метров"}
            steps = [answer async for answer in bot.astream(ASKED)]
            assert steps[-1].text == bot.ask(ASKED).text
            with pytest.raises(QuestionError):
                await bot.aask(" ")

    asyncio.run(talk())


def test_the_loop_goes_on_during_a_step() -> None:
    """The step ends only once the loop has ticked: one that held it up would never end."""
    ticked = threading.Event()

    def steps() -> Generator[bool, None, None]:
        yield ticked.wait(PATIENCE)

    async def tick() -> None:
        await asyncio.sleep(0.01)
        ticked.set()

    async def both() -> list[bool]:
        ticking = asyncio.create_task(tick())
        made = [step async for step in followed(steps)]
        await ticking
        return made

    assert asyncio.run(both()) == [True]


@pytest.mark.parametrize("leave", ["cancelled", "closed", "timed out"])
def test_who_leaves_stops_the_work(leave: str) -> None:
    closed = threading.Event()

    def endless() -> Generator[int, None, None]:
        try:
            number = 0
            while True:
                number += 1
                yield number
        finally:
            closed.set()

    async def follow(started: asyncio.Event) -> None:
        async for _ in followed(endless):
            started.set()

    async def go() -> None:
        started = asyncio.Event()
        if leave == "closed":
            steps = followed(endless)
            await anext(steps)
            await steps.aclose()
        elif leave == "timed out":
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await follow(started)
        else:
            task = asyncio.create_task(follow(started))
            await started.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await asyncio.to_thread(closed.wait, PATIENCE)

    asyncio.run(go())
