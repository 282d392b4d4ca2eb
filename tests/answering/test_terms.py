"""«Через два года» answers «когда» of what is to come."""

from __future__ import annotations

import pytest

from rag.answering.span_view import asks_of_the_future, terms
from rag.answering.wanted import answering
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


def test_a_place_beside_the_asked_one_is_no_answer() -> None:
    question = "Где находится рудник Северный Карагай?"
    asked = frozenset(lemmas(question))
    assert not answering("place", question, "Рудники Северный Карагай и Южная Елань продали.", asked)
    assert answering("place", question, "Рудник Северный Карагай лежит в Омской области.", asked)


def test_a_way_through_countries_is_told_behind_through() -> None:
    question = "Через какие страны идёт дорога?"
    asked = frozenset(lemmas(question))
    assert answering("list", question, "Дорога идёт через Чили и Перу.", asked)
    assert not answering("list", question, "Дорога важна для Чили и Перу.", asked)
