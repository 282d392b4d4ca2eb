"""Evaluations that go on by themselves: begun, looked at, stopped, each reader's own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rag.judging import trials
from rag.judging.questions import Question
from rag.judging.run_history import PastRuns
from rag.judging.trials import Trial, Trials
from rag.types import Answer, Turn
from tests.chats.sample import refusal
from tests.patience import PATIENCE


class Asked:
    """Declines every question; each waits until `more` lets it through."""

    def __init__(self) -> None:
        self.more = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)
        self.questions: list[str] = []

    def __call__(self, question: str, history: Sequence[Turn]) -> Answer:
        self.questions.append(question)
        self.begun.release()
        assert self.more.acquire(timeout=PATIENCE)
        return refusal()


@pytest.fixture()
def asked() -> Asked:
    return Asked()


@pytest.fixture()
def running(asked: Asked) -> Iterator[Trials]:
    runs = Trials(asked)
    yield runs
    runs.close()
    asked.more.release(100)


def questions(*names: str) -> list[Question]:
    return [Question(id=name, question=name, refuse=True) for name in names]


def followed(runs: Trials, owner: str) -> list[Trial]:
    async def collected() -> list[Trial]:
        return [trial async for trial in runs.follow(owner)]

    return asyncio.run(asyncio.wait_for(collected(), PATIENCE))


def test_a_run_goes_on_while_nobody_looks(running: Trials, asked: Asked) -> None:
    running.start("anna", "Факты", questions("а", "б", "в"))
    asked.more.release(3)
    last = followed(running, "anna")[-1]
    assert (last.title, last.of, len(last.outcomes), last.running) == ("Факты", 3, 3, False)
    assert running.now("anna") == last  # and can be looked at again


def test_who_comes_back_sees_how_far_it_is(running: Trials, asked: Asked) -> None:
    running.start("anna", "Факты", questions("а", "б"))
    asked.more.release()
    for _ in range(2):
        assert asked.begun.acquire(timeout=PATIENCE)  # the second one waits: the first is over
    now = running.now("anna")
    assert now and [each.question.id for each in now.outcomes] == ["а"] and now.running
    assert running.now("boris") is None and followed(running, "boris") == []


def test_a_stopped_run_asks_nothing_more(running: Trials, asked: Asked) -> None:
    running.start("anna", "Факты", questions("а", "б"))
    assert asked.begun.acquire(timeout=PATIENCE)
    running.stop("anna")
    (shown,) = followed(running, "anna")
    asked.more.release(2)
    running.start("boris", "Даты", questions("в"))
    assert len(followed(running, "boris")[-1].outcomes) == 1
    assert (shown.running, shown.outcomes) == (False, ()) and running.now("anna") == shown
    assert sorted(asked.questions) == ["а", "в"]


def test_a_new_run_takes_the_place_of_the_former(running: Trials, asked: Asked) -> None:
    running.start("anna", "Факты", questions("а", "б"))
    assert asked.begun.acquire(timeout=PATIENCE)
    running.start("anna", "Даты", questions("в"))
    asked.more.release(2)
    last = followed(running, "anna")[-1]
    assert (last.title, [each.question.id for each in last.outcomes]) == ("Даты", ["в"])
    assert "б" not in asked.questions


def test_only_whole_runs_are_kept(asked: Asked, tmp_path: Path) -> None:
    past = PastRuns(tmp_path)
    runs = Trials(asked, past)
    asked.more.release(2)
    runs.start("anna", "Факты", questions("а"))
    followed(runs, "anna")
    runs.start("anna", "Мой файл", questions("б"), private=True)
    followed(runs, "anna")
    runs.start("anna", "Даты", questions("в"))
    runs.stop("anna")
    asked.more.release()
    runs.close()
    assert [run.title for run in past.seen_by("boris")] == ["Факты"]
    assert [run.title for run in past.seen_by("anna")] == ["Факты", "Мой файл"]


def test_the_runs_of_too_many_readers_are_forgotten(
    running: Trials, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "KEPT", 2)
    for owner in ("anna", "boris", "clara"):
        running.start(owner, "Факты", questions("а"))
    assert [running.now(owner) is None for owner in ("anna", "boris", "clara")] == [True, False, False]


def test_a_closed_server_asks_nothing_more(running: Trials, asked: Asked) -> None:
    running.start("anna", "Факты", questions("а", "б"))
    assert asked.begun.acquire(timeout=PATIENCE)
    running.close()
    asked.more.release(2)
    now = running.now("anna")
    assert now and not now.running
