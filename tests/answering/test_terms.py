"""«Через два года» answers «когда» of what is to come."""

from __future__ import annotations

import pytest

from rag.answering.sentence_features import answering
from rag.answering.span_view import asks_of_the_future, terms
from rag.text.entities import entities
from rag.text.words import lemmas


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Стройка начнётся через два года.", ["через два года"]),
        (
            "Стройка начнётся в течение двух лет, добыча — в течение 3,5 лет.",
            ["в течение двух лет", "в течение 3,5 лет"],
        ),
        ("Цех пустят в течение ближайших трёх месяцев.", ["в течение ближайших трёх месяцев"]),
        ("Цех пустят через полгода.", ["через полгода"]),
        ("Договор подпишут в течение года.", ["в течение года"]),
        ("Цех пустили два года спустя.", ["два года спустя"]),
        ("Лицензию дали на 49 лет.", []),
        ("Через два моста проедут поезда.", []),
    ],
)
def test_terms(text: str, found: list[str]) -> None:
    assert [text[each.start : each.stop] for each in terms(text, entities(text))] == found


@pytest.mark.parametrize(
    ("question", "is_so"),
    [
        ("Когда откроют мост?", True),
        ("Когда должны открыть мост?", True),
        ("Когда будет построен мост?", True),
        ("Когда открыли мост?", False),
        ("Когда был построен мост?", False),
        ("В каком году откроют мост?", False),
        ("Где откроют мост?", False),
    ],
)
def test_asked_of_the_future(question: str, is_so: bool) -> None:
    assert asks_of_the_future(question) is is_so


@pytest.mark.parametrize(("question", "is_so"), [("Когда пустят цех?", True), ("Когда пустили цех?", False)])
def test_a_term_answers_of_the_future_alone(question: str, is_so: bool) -> None:
    assert (
        bool(answering("date", question, "Цех пустят через два года.", frozenset(lemmas(question)))) is is_so
    )
