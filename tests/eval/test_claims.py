"""Claims with labels against their quotes: measures by hand, the command over a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from eval import claims
from eval.errors import EvaluationError
from rag.types import Verdict

ROWS = [
    {"id": name, "claim": claim, "quotes": [quote], "label": label, "kind": kind}
    for name, claim, quote, label, kind in (
        ("1a", "Мост открыт.", "Мост открыт.", "supported", "short"),
        ("1b", "Мост закрыт.", "Мост открыт.", "contradicted", "short"),
        ("2a", "Порт открыт.", "Порт работает.", "supported", "words"),
        ("2b", "Порт велик.", "Порт работает.", "not_stated", "words"),
    )
]


def written(folder: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path = folder / "claims.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_measures_by_hand(tmp_path: Path) -> None:
    def check(claim: str, quotes: Sequence[str]) -> Verdict:  # right on «short», wrong on «words»
        return Verdict("supported" if claim in ("Мост открыт.", "Порт велик.") else "unsupported")

    found = claims.numbers(claims.judge(claims.load(written(tmp_path, ROWS)), check))
    assert found["claims"] == {"balanced": 0.5, "false_accepts": 0.5, "false_alarms": 0.5}
    assert found["kinds"] == {"short": 1.0, "words": 0.0}


def test_supported_in_part_is_not_accepted(tmp_path: Path) -> None:
    judged = claims.judge(claims.load(written(tmp_path, ROWS)), lambda *_: Verdict("partial"))
    assert not any(each.accepted for each in judged)


def test_the_worst_kinds_come_first() -> None:
    measures = {"balanced": 0.7, "false_accepts": 0.2, "false_alarms": 0.4}
    shown = claims.table({"claims": measures, "kinds": {"good": 0.9, "bad": 0.4, "middling": 0.6}})
    assert shown.index("— bad") < shown.index("— middling") < shown.index("— good")


def test_claims_of_one_sort_measure_nothing(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="и верные утверждения, и неверные"):
        claims.load(written(tmp_path, ROWS[::2]))
