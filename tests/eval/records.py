"""Runs written by hand, for the tests of what is made of runs."""

from __future__ import annotations

from typing import Any

from eval.provenance import Provenance
from eval.runs import Header, Record, Run
from eval.sets import Question

PROVENANCE = Provenance(
    commit="0123abc",
    dirty=False,
    date="2026-03-01T00:00:00Z",
    settings={"encoder": "static"},
    versions={"python": "3"},
)
HEADER = Header(sets=("small",), corpus=(), **PROVENANCE.model_dump())


def answer(text: str, found: bool = True) -> dict[str, Any]:
    """An Answer's JSON as far as judging reads it."""
    return {"found": found, "text": text, "short_answer": None, "citations": [], "confidence": 0.5}


def record(question_id: str, said: dict[str, Any] | None, refuse: bool = False, **fields: Any) -> Record:
    """One question («в Орске» is right unless it must be refused) with what was said to it."""
    answers = () if refuse else ("в Орске",)
    gold = Question(id=question_id, question="Где завод?", answers=answers, refuse=refuse, **fields)
    error = "ошибка" if said is None else None
    return Record(
        id=question_id, question=gold.question, gold=gold, answer=said, error=error, elapsed_ms=10.0
    )


RIGHT, WRONG = answer("Завод в Орске [1]."), answer("Завод в Омске [1].")
DECLINED = answer("Ответа нет.", found=False)


def run(**said: dict[str, Any] | None) -> Run:
    """A run of answerable questions by id."""
    return Run(HEADER, tuple(record(question_id, reply) for question_id, reply in said.items()))
