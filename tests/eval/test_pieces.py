"""Borders and lemmas are counted against gold ones that can be checked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import pieces
from eval.__main__ import main
from eval.errors import EvaluationError

TREEBANK = """# text = Рудники дали ёлкам воду.
1\tРудники\tрудник\tNOUN\t_
2\tдали\tдать\tVERB\t_
3\tёлкам\tёлка\tNOUN\t_
4\tводу\tручей\tNOUN\t_
5\tи\tили\tCCONJ\t_
6\t.\t.\tPUNCT\t_
7-8\tнего\t_\t_\t_
"""


def gold(path: Path, text: str, sentences: list[tuple[int, int]]) -> Path:
    path.write_text(json.dumps({"text": text, "sentences": sentences}) + "\n", encoding="utf-8")
    return path


def test_borders_are_counted(tmp_path: Path) -> None:
    """Three gold borders, one of them behind no sign; two are found, and none that isn't there."""
    path = gold(tmp_path / "gold.jsonl", "Снег.\nИюль Тает. Льёт.", [(0, 5), (6, 10), (11, 16), (17, 22)])
    numbers = pieces.borders(path)
    assert numbers["size"] == {"texts": 1, "borders": 3}
    assert numbers["borders"] == pytest.approx({"f1": 0.8, "precision": 1, "recall": 2 / 3, "f1_signed": 1})
    assert "F1 80.00 на 3 границах" in pieces.line(numbers)


def test_lemmas_are_counted(tmp_path: Path) -> None:
    (tmp_path / "bank.conllu").write_text(TREEBANK, encoding="utf-8")
    numbers = pieces.lemmas(tmp_path)
    assert numbers["size"] == {"words": 6, "content_words": 4}
    assert numbers["lemmas"] == {"right": 0.75}


def test_what_holds_no_gold_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="conllu"):
        pieces.lemmas(tmp_path)
    with pytest.raises(EvaluationError, match="границ"):
        pieces.borders(gold(tmp_path / "one.jsonl", "Снег.", [(0, 5)]))
    assert main(["pieces"]) == 1
