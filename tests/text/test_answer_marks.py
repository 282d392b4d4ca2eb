"""Signs of an answer of the kind that a question wants."""

from __future__ import annotations

import numpy as np
import pytest

from rag.matching.outlines import marks, may_answer
from rag.text.question_words import Kind


@pytest.mark.parametrize(
    ("kind", "text", "may"),
    [
        ("date", "Рудник открыли в 1987 году.", True),
        ("date", "Рудник открыли 5 мая.", True),
        ("date", "Рудник открыли давно.", False),
        ("quantity", "На руднике 120 рабочих.", True),
        ("quantity", "На руднике двести рабочих, но три смены.", True),
        ("quantity", "На руднике много рабочих.", False),
        ("person", "Рудником руководит Ахметов.", True),
        ("person", "Рудником руководит инженер.", False),
        ("place", "Рудник стоит на Иртыше.", True),
        ("place", "Рудник стоит на реке.", False),
        ("definition", "Штрек — горная выработка.", True),
        ("definition", "Штрек закрыли весной.", False),
        ("reason", "Рудник закрыли из-за воды.", True),
        ("reason", "Рудник закрыли весной.", False),
        ("yesno", "Рудник закрыли весной.", True),
        ("other", "", True),
    ],
)
def test_may_answer(kind: Kind, text: str, may: bool) -> None:
    assert may_answer(kind, np.array([marks(text)], np.int32)).tolist() == [may]
