"""How much of a question's topic a word carries."""

from __future__ import annotations

import pytest

from rag.text.question_words import salience
from rag.text.words import lemma


@pytest.mark.parametrize(
    ("word", "share"),
    [
        ("рудник", 1.0),
        ("wabtec", 1.0),
        ("2025", 1.0),
        ("богатый", 1.0),
        ("казахстан", 1.0),
        ("добывать", 0.7),
        ("построил", 0.7),
        ("быстро", 0.6),
        ("нельзя", 0.6),
        ("мой", 0.5),
        ("подскажите", 0.45),
        ("здравствуйте", 0.45),
        ("есть", 0.3),
        ("называется", 0.3),
    ],
)
def test_salience(word: str, share: float) -> None:
    assert salience(lemma(word)) == share
