"""Counting and telling of merged sources and disagreements."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import several
from eval.errors import EvaluationError
from rag.types import Answer, Citation, Disagreement, Sentence, Version

QUOTES = ("Длина моста — 42 км.", "Мост длиной 43 км.")


def answer(*, differ: bool, merged: bool = False, develops: bool = False) -> Answer:
    citations = tuple(
        Citation(number, f"a{number}", "Мост", None, None, None, quote, 0, len(quote), "p")
        for number, quote in enumerate(QUOTES, 1)
    )
    versions = (Version("42 км", 1, None, None), Version("43 км", 2, None, None))
    return Answer(
        question="Какова длина?",
        standalone_question="Какова длина?",
        found=True,
        text=QUOTES[0],
        short_answer=None,
        sentences=(Sentence(QUOTES[0], (1, 2) if merged else (1,), "supported"),),
        citations=citations,
        hits=(),
        confidence=0.9,
        notes=(),
        writer="extractive",
        elapsed_ms=1.0,
        disagreements=(Disagreement("figure", versions, develops),) if differ else (),
    )


def test_shares_of_all_questions() -> None:
    seen = [
        several.Seen("а", answer(differ=True)),
        several.Seen("б", answer(differ=True, develops=True)),
        several.Seen("в", answer(differ=False, merged=True)),
        several.Seen("г", answer(differ=False)),
    ]
    assert several.numbers(seen)["several"] == {
        "answered": 1.0,
        "merged": 0.25,
        "brought": 0.0,
        "listed": 0.0,
        "differ": 0.25,
        "develops": 0.25,
    }
    assert "источники расходятся" in several.table(several.numbers(seen))


def test_every_disagreement_is_told_with_its_quotes() -> None:
    told = several.report([several.Seen("Какова длина?", answer(differ=True))])
    assert told.startswith("1. [figure] Какова длина?")
    assert all(quote in told for quote in QUOTES)
    assert several.report([several.Seen("Какова длина?", answer(differ=False))]) == ""


def test_questions_and_titles_of_a_source(tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text(
        '{"question": "Где мост?"}\n'
        '{"title": "Мост открыт", "source": "б"}\n{"title": "Мост открыт", "source": "в"}\n',
        encoding="utf-8",
    )
    assert several.questions([path], None) == ["Где мост?", "Мост открыт"]
    assert several.questions([path], "г") == ["Где мост?"]
    path.write_text('{"title": "Мост открыт", "source": "б"}\n', encoding="utf-8")
    assert several.questions([path], "б") == ["Мост открыт"]
    with pytest.raises(EvaluationError):
        several.questions([path], "г")
