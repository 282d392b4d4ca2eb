"""Runs that have ended: kept in files, seen by who may, paired with one another."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import EvaluationError
from rag.judging import run_history
from rag.judging.judge import Judgement
from rag.judging.questions import Question
from rag.judging.run import Outcome
from rag.judging.run_history import PastRuns, compared
from rag.types import Citation, Turn

QUOTE = Citation(1, "dam", "Плотина", None, None, "2026-01-02", "Плотину открыли.", 3, 19, "p", ("с. 2",))


def outcome(name: str, right: bool = True, answer: str = "да") -> Outcome:
    question = Question(id=name, question=name, answers=(answer,), history=(Turn("Что?", "Вот."),))
    return Outcome(question, "Сказано.", Judgement(right, True, True, None), "кратко", 0.5, (QUOTE,))


def test_a_run_is_read_as_it_was_kept(tmp_path: Path) -> None:
    runs = PastRuns(tmp_path)
    kept = (outcome("а"), outcome("б", right=False))
    runs.keep("Факты", kept)
    (found,) = PastRuns(tmp_path).seen_by("anna")
    assert (found.title, found.tally.asked, found.tally.right) == ("Факты", 2, 1)
    assert found.right.low < 0.5 < found.right.high
    assert runs.outcomes(found.id, "anna") == (found, kept)


def test_a_private_run_is_seen_by_its_owner_alone(tmp_path: Path) -> None:
    runs = PastRuns(tmp_path)
    runs.keep("Мой файл", [outcome("а")], owner="anna")
    (own,) = runs.seen_by("anna")
    assert runs.seen_by("boris") == []
    with pytest.raises(EvaluationError, match="Этой проверки больше нет"):
        runs.outcomes(own.id, "boris")


def test_what_is_no_run_is_told_and_passed_over(tmp_path: Path) -> None:
    runs = PastRuns(tmp_path)
    runs.keep("Пустой", [])  # without questions it is none
    runs.keep("Факты", [outcome("а")])
    (tmp_path / "secret.jsonl").write_text("{}", encoding="utf-8")
    (tmp_path / run_history.FOLDER / "0.jsonl").write_text("не прогон\n", encoding="utf-8")
    (tmp_path / run_history.FOLDER / "1.jsonl").write_text('{"title": "x"}\n', encoding="utf-8")
    assert [run.title for run in runs.seen_by("")] == ["Факты"]
    for name in ("", "gone", "../secret", "a/b", "x" * 61, "."):
        with pytest.raises(EvaluationError, match="Этой проверки больше нет"):
            runs.outcomes(name, "anna")


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_history, "MOST", 2)
    runs = PastRuns(tmp_path)
    for title in ("а", "б", "в"):
        runs.keep(title, [outcome("а")])
    assert [run.title for run in runs.seen_by("")] == ["б", "в"]


def test_runs_are_paired_by_what_is_asked_and_wanted() -> None:
    before = [outcome("а"), outcome("б"), outcome("в", right=False), outcome("г")]
    after = [outcome("в"), outcome("а", right=False), outcome("б"), outcome("г", answer="нет")]
    found = compared(before, after)
    assert [now.question.id for _, now in found.pairs] == ["в", "а", "б"]
    assert [now.question.id for _, now in found.lost] == ["а"]
    assert [now.question.id for _, now in found.gained] == ["в"]
    assert (found.only_before, found.only_after) == (1, 1)


@pytest.mark.parametrize(
    ("lost", "gained", "chance"), [(0, 0, 1.0), (5, 0, 1 / 32), (0, 5, 1 / 32), (3, 3, 42 / 64)]
)
def test_how_likely_a_change_is_by_chance(lost: int, gained: int, chance: float) -> None:
    names = [str(number) for number in range(lost + gained)]
    before = [outcome(name, right=place < lost) for place, name in enumerate(names)]
    after = [outcome(name, right=place >= lost) for place, name in enumerate(names)]
    assert compared(before, after).chance == pytest.approx(chance)
