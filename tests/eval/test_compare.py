"""Two runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval import compare, runs
from eval.__main__ import main
from eval.errors import EvaluationError
from tests.eval.records import DECLINED, HEADER, RIGHT, WRONG, record, run

PATHS = (Path("a.jsonl"), Path("b.jsonl"))
CITING = RIGHT | {"citations": [{"article_id": "plant", "quote": "Он там.", "start": 0, "stop": 7}]}
SHORT, SHORT_WRONG = RIGHT | {"short_answer": "в Орске"}, RIGHT | {"short_answer": "в Омске"}


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
    assert pair.was.right
    assert pair.is_right


def asking(question_id: str, question: str, said: dict[str, Any] = RIGHT, **gold: Any) -> runs.Run:
    """A run of one question with a wording and gold of its own."""
    (one,) = run(**{question_id: said}).records
    changed = one.gold.model_copy(update={"question": question, **gold})
    return runs.Run(HEADER, (one.model_copy(update={"question": question, "gold": changed}),))


def test_runs_of_other_questions() -> None:
    for question_id in ("b", "a"):  # an id that stands for another question is no pair
        with pytest.raises(EvaluationError, match="нет общих вопросов"):
            compare.compare(run(a=RIGHT), asking(question_id, "Когда построен завод?"), PATHS)


def test_questions_are_paired_whatever_they_are_called() -> None:
    found = compare.compare(asking("a", "Когда?"), asking("line-2", "Когда?", WRONG), PATHS)
    assert [pair.after.id for pair in found.lost] == ["line-2"]
    assert (found.only_before, found.only_after, found.regolded, found.reworded) == (0, 0, (), ())


def test_what_changed_in_the_set_is_told() -> None:
    before = runs.Run(HEADER, (*asking("a", "Когда?").records, *asking("b", "Кто?").records))
    after = runs.Run(HEADER, (*asking("a", "Где?").records, *asking("b", "Кто?", answers=("Никто",)).records))
    found = compare.compare(before, after, PATHS)
    assert (found.reworded, found.regolded, found.only_before, found.only_after) == (("a",), ("b",), 1, 1)
    told = compare.report(found, 0.05)
    assert "другой вопрос, не сравниваются: a." in told and "судятся по новому: b." in told


def many(said: list[dict[str, Any]], **fields: Any) -> runs.Run:
    return runs.Run(HEADER, tuple(record(str(n), each, **fields) for n, each in enumerate(said)))


@pytest.mark.parametrize(
    ("before", "after", "fields", "told"),
    [
        ([RIGHT] * 20, [WRONG] * 3 + [RIGHT] * 17, {}, "потеряно 3 из 20, приобретено 0, p = 0,1250"),
        ([RIGHT] * 20, [WRONG] * 3 + [RIGHT] * 17, {}, "регрессию доказала бы потеря не меньше 5 (25,0 %)"),
        ([RIGHT] * 20, [WRONG] * 3 + [RIGHT] * 17, {}, "изменилась на −15,0 п. п., интервал 95 %: от −3"),
        ([RIGHT] * 4, [WRONG] + [RIGHT] * 3, {}, "так мало, что регрессию они не докажут никакую"),
        ([RIGHT] * 20, [RIGHT] * 20, {}, "Ни один вопрос из 20 не стал хуже. Набор такого"),
        ([RIGHT] * 20, [WRONG] * 9 + [RIGHT] * 11, {}, "Регрессия. Стало хуже"),
        ([DECLINED] * 6, [RIGHT] * 6, {"refuse": True}, "отказы там, где ответа нет: потеряно 6 из 6"),
        ([RIGHT] * 6, [DECLINED] * 6, {}, "ответы там, где они есть: потеряно 6 из 6"),
        ([CITING] * 8, [RIGHT] * 8, {"articles": ("plant",)}, "не объяснит: нужная статья"),
        ([SHORT] * 8, [SHORT_WRONG] * 8, {}, "краткие ответы: потеряно 8 из 8"),
    ],
)
def test_a_loss_is_never_passed_over(
    before: list[dict[str, Any]], after: list[dict[str, Any]], fields: dict[str, Any], told: str
) -> None:
    found = compare.compare(many(before, **fields), many(after, **fields), PATHS)
    said = compare.report(found, 0.05)
    assert told in said
    assert "Регрессии нет" not in said
    assert ("Регрессия." in said) is found.is_regression(0.05)


def test_a_run_that_was_cut_short_is_told() -> None:
    whole = run(a=RIGHT, b=RIGHT)
    short = runs.Run(HEADER.model_copy(update={"asked": 2}), whole.records[:1])
    assert "Второй прогон не закончен: 1 из 2 вопросов." in compare.report(
        compare.compare(whole, short, PATHS), 0.05
    )


def test_command_exits_with_one_on_a_regression(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    runs.write(good, HEADER, [record(str(n), RIGHT) for n in range(6)], lambda _: None)
    runs.write(bad, HEADER, [record(str(n), WRONG) for n in range(6)], lambda _: None)
    assert main(["compare", str(good), str(bad)]) == 1
    assert "Регрессия." in capsys.readouterr().out
    assert main(["compare", str(bad), str(good)]) == 0
    assert "Стали верными: 6" in capsys.readouterr().out
