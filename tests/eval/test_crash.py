"""Judging what a killed process left behind; and a few that are really killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.crash import Crashes, Plan, violations
from rag.retrieval import static

PLAN = Plan({"a": "1", "b": "1", "c": "1"}, {"f": "2", "g": "2"}, ["h"], ["i", "j"])
BEFORE = {"f": "1", "g": "1", "h": "1", "i": "1", "j": "1", "z": "1"}
AFTER_PUT = BEFORE | {"a": "1", "b": "1", "c": "1", "f": "2", "g": "2"}
DONE = {name: text for name, text in AFTER_PUT.items() if name not in "hij"}


@pytest.mark.parametrize(
    ("held", "sure", "expected"),
    [
        (BEFORE, "", ([], 0)),
        (BEFORE | {"a": "1", "b": "1"}, "a", ([], 1)),
        (BEFORE | {"a": "1", "b": "1"}, "ab", ([], 0)),
        (AFTER_PUT, "abcfg", ([], 0)),
        (DONE, "abcfghij", ([], 0)),
        (BEFORE | {"a": "1"}, "ab", (["потеряно подтверждённое"], 0)),
        (BEFORE | {"b": "1"}, "", (["сделано не по порядку"], 0)),
        (BEFORE | {"a": "2"}, "a", (["потеряно подтверждённое"], 0)),
        (DONE, "", (["не подтверждено больше одной партии"], 8)),
        ({**BEFORE, "z": "0"}, "", (["изменено лишнее"], 0)),
        ({name: text for name, text in BEFORE.items() if name != "z"}, "", (["изменено лишнее"], 0)),
        (BEFORE | {"new": "1"}, "", (["изменено лишнее"], 0)),
    ],
)
def test_what_is_left_must_be_the_outcome_of_the_first_steps(
    held: dict[str, str], sure: str, expected: tuple[list[str], int]
) -> None:
    assert violations(PLAN, BEFORE, held, set(sure)) == expected


def test_killed_processes_leave_what_they_said(tmp_path: Path, models: Path) -> None:
    tally = Crashes(tmp_path, static.ensure(models), seed=3).rounds(5)
    assert tally.kills == 5
    assert tally.wrong == []
    assert tally.steps_said + tally.in_flight > 0
