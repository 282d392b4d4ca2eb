"""Answers written by processes of their own: the same ones, whatever happens to a process."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest

from eval import sets
from rag import answer_worker_process, answer_workers, assemble
from rag.answer_workers import AnswerWorkers, WorkerError
from rag.bot import Bot
from rag.config import Config
from rag.matching.lexicon import WordVectors
from rag.matching.matcher import TermWeights
from rag.types import Answer, Article, ArticleInfo, Turn
from tests import warm
from tests.patience import PATIENCE, becomes
from tests.processes import free_port, run, served

pytestmark = pytest.mark.slow_file
CORPUS = Path(__file__).parents[1] / "corpus"
QUESTION = "Какова длина канала?"
CANAL = Article(
    ArticleInfo("canal", "Канал"), "Длина канала — 127 км. Его строят с 2019 года. Воду пустят весной."
)
# Beside the shipped ones: an overview, a comparison, a count, what has no answer.
OTHERS = (
    "Кратко о канале",
    "Сравни канал и TRIPP",
    "Сколько статей о канале?",
    "Кто открыл Плутон?",
    QUESTION,
)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Config:
    """Of a library that one bot after another opens."""
    config = Config(data=tmp_path_factory.mktemp("workers"), models=models)
    with assemble.open_library(config) as library:
        assert not library.index([CORPUS]).failed
        library.add([CANAL])
    return config


@pytest.fixture(scope="module")
def alone(config: Config) -> dict[tuple[str, tuple[Turn, ...]], str]:
    """What one process answers."""
    shipped = sets.load(sorted(sets.SHIPPED.glob("*.jsonl")))[::9]
    asked = [(each.question, tuple(each.history)) for each in shipped] + [(each, ()) for each in OTHERS]
    with assemble.open_bot(config) as bot:
        return {(question, history): told(bot.ask(question, history)) for question, history in asked}


@pytest.fixture(scope="module")
def bot(config: Config, alone: object) -> Iterator[Bot]:
    with assemble.open_bot(config, workers=2) as bot:
        yield bot
    assert bot.workers
    becomes(bot.workers.pids, [])


@pytest.fixture
def workers(bot: Bot) -> AnswerWorkers:
    workers = bot.workers
    assert workers
    workers.start()  # a test may have ended some
    becomes(lambda: len(workers.pids()), 2)
    return workers


def told(answer: Answer) -> str:
    """All that is told of it, byte for byte, but how long it took."""
    return json.dumps(replace(answer, elapsed_ms=0.0).as_dict(), ensure_ascii=False)


def test_answers_are_the_same(bot: Bot, alone: dict[tuple[str, tuple[Turn, ...]], str]) -> None:
    assert sum('"found": true' in each for each in alone.values()) > 5
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda asked: told(bot.ask(*asked)), alone))
    assert found == list(alone.values())


def test_both_see_the_library_as_it_is_now(bot: Bot, workers: AnswerWorkers) -> None:
    question = "Какова высота маяка?"
    assert not bot.ask(question).found
    bot.library.add([Article(ArticleInfo("light", "Маяк"), "Высота маяка — 47 метров. Его видно с моря.")])
    assert {bot.ask(question).short_answer for _ in range(4)} == {"47 метров"}
    bot.library.remove(["light"])
    assert not bot.ask(question).found


@pytest.mark.parametrize("killed", ["idle", "both, one of them at work"])
def test_a_killed_worker_loses_no_question(bot: Bot, workers: AnswerWorkers, killed: str) -> None:
    before, expected = workers.pids(), told(bot.ask(QUESTION))
    stopped = before if killed != "idle" else before[:1]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(bot.ask, QUESTION) for _ in range(4)]
        for pid in stopped:
            os.kill(pid, signal.SIGKILL)
        assert {told(each.result(PATIENCE)) for each in asked} == {expected}
    assert not set(workers.pids()) & set(stopped)


def test_who_leaves_ends_the_work(bot: Bot, workers: AnswerWorkers) -> None:
    """Both workers hang: who waits is told nothing yet, a BEAT after a BEAT, and leaves."""
    before = workers.pids()
    held = [os.pidfd_open(pid) for pid in before]
    for pid in before:
        os.kill(pid, signal.SIGSTOP)
    asked = [bot.stream(QUESTION) for _ in range(3)]  # one more than there are workers
    for each in asked:
        assert not next(each).found
    for each in asked:
        each.close()
    for process in held:
        assert select.select([process], [], [], PATIENCE)[0], "a worker goes on for nobody"
        os.close(process)
    assert bot.ask(QUESTION).found
    assert not set(workers.pids()) & set(before)


def test_a_worker_that_hangs_is_ended(
    bot: Bot, workers: AnswerWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_workers, "LONGEST", 0.0)
    for pid in workers.pids():
        os.kill(pid, signal.SIGSTOP)
    with pytest.raises(WorkerError, match="longer than"):
        bot.ask(QUESTION)
    monkeypatch.undo()
    for pid in workers.pids():
        os.kill(pid, signal.SIGCONT)
    assert bot.ask(QUESTION).found


def test_a_stop_of_the_service_lets_answers_end(bot: Bot, workers: AnswerWorkers) -> None:
    """A service manager tells every process of a service; the server's own drain decides."""
    before = workers.pids()
    for _ in before:  # each in turn: both are ready by then
        bot.ask(QUESTION)
    for pid in before:
        os.kill(pid, signal.SIGTERM)
    assert bot.ask(QUESTION).found and workers.pids() == before


def test_a_question_that_ends_every_worker_is_given_up(
    bot: Bot, workers: AnswerWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(lemmas: object) -> object:
        for pid in workers.pids():
            os.kill(pid, signal.SIGKILL)
        raise EOFError

    for each in workers._workers:
        monkeypatch.setitem(each._says, answer_worker_process.WEIGHTS, ends)
    with pytest.raises(WorkerError, match="have ended over one question"):
        bot.ask(QUESTION)
    monkeypatch.undo()
    assert bot.ask(QUESTION).found


def test_what_fails_in_a_worker_is_told_with_its_place(bot: Bot, workers: AnswerWorkers) -> None:
    before = workers.pids()
    with pytest.raises(WorkerError, match=r"(?s)Traceback.*AttributeError"):
        list(workers.write("no query", ()))  # type: ignore[arg-type]
    assert workers.pids() == before, "it goes on with the next question"


def test_without_processes_the_server_writes_itself(
    bot: Bot, workers: AnswerWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    for pid in workers.pids():
        os.kill(pid, signal.SIGKILL)
    becomes(workers.pids, [])
    assert bot.ask(QUESTION).found and not workers.pids()


def test_memory_is_told(workers: AnswerWorkers) -> None:
    assert len(workers.memory()) == 2 and all(1e6 < each < 2e9 for each in workers.memory())


def test_the_end_keeps_nobody_waiting(config: Config, bot: Bot, workers: AnswerWorkers) -> None:
    """Who is answered when all ends hears of it."""
    apart = AnswerWorkers(1, workers._workers[0]._begin, *_words(workers), bot._quoting)
    query = bot.searcher.query(QUESTION)
    hits = bot.searcher.search(query, 3)
    list(apart.write(query, hits))
    os.kill(apart.pids()[0], signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(list, apart.write(query, hits))
        apart.close()
        with pytest.raises(WorkerError, match="closing"):
            waits.result(PATIENCE)


def _words(workers: AnswerWorkers) -> tuple[WordVectors, TermWeights]:
    says = workers._workers[0]._says
    return says[answer_worker_process.VECTORS], says[answer_worker_process.WEIGHTS]


def test_a_server_that_is_stopped_finishes_what_its_workers_write(tmp_path: Path) -> None:
    """SIGTERM comes to each process of the service while a worker is held up in the middle of an answer."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "canal.txt").write_text(CANAL.text, encoding="utf-8")
    run([warm.python(), "-m", "rag", "index"], tmp_path)
    with served(tmp_path, free_port(), RAG_WORKERS="2", RAG_DRAIN=str(PATIENCE)) as address:
        ask = partial(httpx.post, f"{address}/api/ask", json={"question": QUESTION}, timeout=PATIENCE)
        metrics = partial(httpx.get, f"{address}/metrics", timeout=PATIENCE)
        becomes(lambda: metrics().text.count("\nsnoska_worker_memory_bytes{"), 2)
        assert {ask().status_code for _ in range(2)} == {200}  # each in turn: both are ready
        (server,), held = _running(tmp_path, "rag"), _running(tmp_path, "_worker_process")
        assert len(held) == 2
        for pid in held:
            os.kill(pid, signal.SIGSTOP)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(ask)
            becomes(lambda: "snoska_answers_working 1.0" in metrics().text)
            for pid in (server, *held):
                os.kill(pid, signal.SIGTERM)
            for pid in held:
                os.kill(pid, signal.SIGCONT)
            assert asked.result(PATIENCE).json()["found"]
    becomes(lambda: _running(tmp_path, "_worker_process"), [])


def _running(folder: Path, name: str) -> list[int]:
    """The warm processes (see tests.warm.nursery) of this name that work in `folder`."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (each / "cwd").readlink() == folder and (each / "comm").read_text().strip() == name:
                found.append(int(each.name))
    return found
