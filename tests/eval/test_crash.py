"""Judging what a killed process left behind; and a few that are really killed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from eval.crash_outcomes import Plan, lost_versions, violations
from rag.library.reading.pieces import digest
from rag.retrieval import static
from tests import warm
from tests.patience import WHOLE_RUN

pytestmark = pytest.mark.slow_file
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


OLD, NEW = (digest(text.encode()) for text in ("1", "2"))


@pytest.mark.parametrize(
    ("before", "held", "had", "is_whole"),
    [
        ({}, {"a": "1"}, {"a": [OLD]}, True),
        ({"a": [OLD]}, {"a": "1"}, {"a": [OLD]}, True),
        ({"a": [OLD]}, {"a": "2"}, {"a": [OLD, NEW]}, True),
        ({"a": [OLD]}, {}, {"a": [OLD]}, True),
        ({"a": [OLD]}, {"a": "2"}, {"a": [NEW]}, False),
        ({"a": [OLD]}, {"a": "2"}, {"a": ["", NEW]}, False),
        ({"a": [OLD]}, {"a": "1"}, {"a": [OLD, OLD]}, False),
        ({"a": [OLD]}, {}, {}, False),
    ],
)
def test_every_text_stays_as_a_version(
    before: dict[str, list[str]], held: dict[str, str], had: dict[str, list[str]], is_whole: bool
) -> None:
    assert lost_versions(before, held, had) == ([] if is_whole else ["версии статьи a не те"])


def test_killed_processes_leave_what_they_said(models: Path) -> None:
    """In a process of its own: what is forked from one that has used Chroma waits for Chroma's threads."""
    static.ensure(models)
    command = [warm.python(), "-m", "eval", "crash", "--rounds", "3", "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WHOLE_RUN, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()]
    table = {cells[0]: cells[1] for cells in rows if len(cells) == 2}
    assert table["прервано процессов"] == "3"
    assert table["нарушений"] == "0"
