"""A share of what `python -m eval hostile` draws by the hundred thousand; it sees what goes wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st

from eval import hostile
from eval.__main__ import main
from eval.broken import File
from eval.errors import EvaluationError
from eval.hostile import Tally
from rag import assemble
from rag.bot import Bot
from rag.config import Config
from rag.errors import ArticleError
from tests.library.reading.written import write_all

CASES = 20 * 40  # rounds are of all kinds


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Bot]:
    with assemble.open_bot(
        Config(data=tmp_path_factory.mktemp("hostile"), models=models, reader="off")
    ) as bot:
        corpus = tmp_path_factory.mktemp("corpus")
        (corpus / "most.txt").write_text("Мост открыли в июле 2025 года. Длина его — 312 м.", "utf-8")
        bot.library.index([corpus])
        yield bot


def test_nothing_crashes_and_nothing_takes_long(
    bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all(tmp_path)
    monkeypatch.setattr(hostile, "ROUND", CASES // 20)
    tally = Tally()
    hostile.run(bot, hostile.samples([tmp_path]), ["когда", "открыли", "мост"], CASES, 7, tally)
    assert tally.cases.total() == CASES and len(tally.cases) == 5
    assert {each.what: each.where for each in tally.found.values() if each.what != hostile.SLOW} == {}
    assert tally.refused["файлы"] > 0


def crashing(case: File) -> None:
    if case.data == b"refused":
        raise ArticleError("не читается")
    if b"b" in case.data:
        raise KeyError("b")


def test_what_goes_wrong_is_kept_in_its_smallest_case(tmp_path: Path) -> None:
    tally, cases = Tally(), [b"aaab", b"b", b"aab", b"a", b"refused"]
    strategy = st.sampled_from([File("a.txt", data) for data in cases])
    hostile._round(strategy, "файлы", crashing, 50, 1, tally)
    ((what, _),) = tally.found
    (finding,) = tally.found.values()
    assert (what, finding.case) == ("KeyError", b"b") and tally.refused["файлы"] > 0
    (line,) = hostile.kept(tally, tmp_path)
    assert "KeyError" in line and (tmp_path / "1-a.txt").read_bytes() == b"b"
    assert tally.numbers()["all"]["crashes"] == tally.times.total() > 1


def test_what_takes_too_long_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile, "LIMIT", 0.05)
    monkeypatch.setattr(hostile, "ENDLESS", 0.1)

    def endless(_: object) -> None:
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            pass
        raise AssertionError("it was not broken off")

    tally = Tally()
    hostile._round(st.just("вопрос"), "вопросы", endless, 1, 1, tally)
    assert tally.numbers()["all"] == {"cases": 1, "crashes": 0, "slow": 1}


def test_nothing_to_break_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="которые можно испортить"):
        hostile.samples([tmp_path])


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAG_READER", "off")
    (tmp_path / "most.txt").write_text("Мост открыли в июле 2025 года.", encoding="utf-8")
    monkeypatch.setenv("RAG_CORPUS", str(tmp_path))
    assert main(["hostile", "--cases", "30", "--seed", "5"]) == 0
    assert "Случаев: 30; сбоев: 0; слишком долгих: 0." in capsys.readouterr().out
