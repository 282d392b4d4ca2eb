"""Two runs side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import compare, runs
from eval.__main__ import main
from eval.errors import EvaluationError
from tests.eval.records import HEADER, RIGHT, WRONG, record, run

PATHS = (Path("a.jsonl"), Path("b.jsonl"))


def test_changed_questions() -> None:
    found = compare.compare(run(a=RIGHT, b=WRONG, c=RIGHT), run(a=WRONG, b=RIGHT, c=RIGHT, d=RIGHT), PATHS)
    assert [pair.after.id for pair in found.lost] == ["a"]
    assert [pair.after.id for pair in found.gained] == ["b"]
    assert (len(found.pairs), found.only_before, found.only_after) == (3, 0, 1)


@pytest.mark.parametrize(
    ("lost", "gained", "level", "regression"),
    [(5, 0, 0.05, True), (4, 0, 0.05, False), (1, 0, 1.0, True), (3, 3, 1.0, False), (0, 5, 1.0, False)],
)
def test_regression(lost: int, gained: int, level: float, regression: bool) -> None:
    before = {f"l{n}": RIGHT for n in range(lost)} | {f"g{n}": WRONG for n in range(gained)} | {"same": RIGHT}
    after = {f"l{n}": WRONG for n in range(lost)} | {f"g{n}": RIGHT for n in range(gained)} | {"same": RIGHT}
    assert compare.compare(run(**before), run(**after), PATHS).is_regression(level) is regression


def test_both_runs_are_judged_by_the_later_gold() -> None:
    before, after = run(a=WRONG), run(a=WRONG)
    gold = after.records[0].gold.model_copy(update={"answers": ("в Омске",)})
    after = runs.Run(HEADER, (after.records[0].model_copy(update={"gold": gold}),))
    (pair,) = compare.compare(before, after, PATHS).pairs
    assert pair.was_right
    assert pair.is_right


def test_runs_of_other_questions() -> None:
    with pytest.raises(EvaluationError, match="нет общих вопросов"):
        compare.compare(run(a=RIGHT), run(b=RIGHT), PATHS)


def test_command_exits_with_one_on_a_regression(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    runs.write(good, HEADER, [record(str(n), RIGHT) for n in range(6)], lambda _: None)
    runs.write(bad, HEADER, [record(str(n), WRONG) for n in range(6)], lambda _: None)
    assert main(["compare", str(good), str(bad)]) == 1
    assert "Регрессия." in capsys.readouterr().out
    assert main(["compare", str(bad), str(good)]) == 0
    assert "Стали верными: 6" in capsys.readouterr().out
