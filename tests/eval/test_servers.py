"""Judging what two strained servers leave behind; and a pair that is really killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from eval.servers import Seen, broken, table
from rag.library.library import Library
from tests.library.articles import article
from tests.patience import WHOLE_RUN

pytestmark = pytest.mark.slow_file
SENT = {"а": ["Медь.", "Мост."], "б": ["Парк."]}


@pytest.mark.parametrize(
    ("sent", "unsure", "expected"),
    [
        (SENT, {}, []),
        (SENT | {"в": ["Порт."]}, {}, ["статья в потеряна"]),
        ({"а": SENT["а"]}, {}, ["статьи б никто не посылал"]),
        ({"а": SENT["а"]}, {"б": "Парк."}, []),
        (SENT, {"б": "Не дошло."}, []),
        (SENT | {"б": []}, {"б": "Парк."}, []),
        (SENT | {"а": ["Мост."]}, {}, ["версии статьи а не те"]),
        (SENT | {"а": ["Мост.", "Медь."]}, {}, ["версии статьи а не те"]),
        (SENT | {"а": ["Медь.", "Медь.", "Мост."]}, {}, ["версии статьи а не те"]),
        (SENT | {"б": ["Сад."]}, {}, ["версии статьи б не те"]),
    ],
)
def test_what_is_held_must_be_what_was_sent(
    tmp_path: Path, sent: dict[str, list[str]], unsure: dict[str, str], expected: list[str]
) -> None:
    with Library(tmp_path, []) as library:
        library.add([article("а", "Медь."), article("б", "Парк.")])
        library.add([article("а", "Мост.")])
        assert broken(library, sent, unsure) == expected


def test_what_was_seen_is_told() -> None:
    seen = Seen(kills=3, found=[0.1, 0.2, 2.0], missed=[0.0, 0.0, 1.5])
    seen.wrong["ответ оборвался"] += 2
    numbers = seen.numbers()
    assert (numbers["rounds"]["late"], numbers["rounds"]["wrong"]) == (1, 2)
    assert (numbers["found_ms"]["p50"], numbers["found_ms"]["max"]) == (200, 2000)
    assert "| нарушений                  |    2 |" in table(seen)
    assert Seen().numbers()["found_ms"] == {"p50": 0, "p95": 0, "p99": 0, "max": 0, "last_miss": 0}


def test_a_killed_server_breaks_no_promise(models: Path) -> None:
    command = [sys.executable, "-m", "eval", "servers", "--clients", "2", "--articles", "20", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WHOLE_RUN, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()]
    told = {cells[0]: cells[1] for cells in rows if len(cells) == 2}
    assert (told["прервано серверов"], told["добавлено статей"], told["нарушений"]) == ("1", "20", "0")
