"""A claim with a gap: which of its words are asked for, how, and where the text has them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.answering.verification import gaps


def test_each_word_that_the_text_has_is_asked_for() -> None:
    text = "Ферму «Луг» купил банк за 3 млн, а мельницу в мае — большой фонд."
    found = {
        each.question: [text[slice(*place)] for place in each.places]
        for each in gaps("Фонд купил ферму «Луг» за 3 млн в мае у большого банка", text)
    }
    assert found == {
        "что купил ферму «Луг» за 3 млн в мае у большого банка": ["фонд"],
        "Фонд купил что «Луг» за 3 млн в мае у большого банка": ["Ферму"],
        "Фонд купил ферму «кто» за 3 млн в мае у большого банка": ["Луг"],
        "Фонд купил ферму «Луг» за сколько млн в мае у большого банка": ["3"],
        "Фонд купил ферму «Луг» за 3 что в мае у большого банка": ["млн"],
        "Фонд купил ферму «Луг» за 3 млн в что у большого банка": ["мае"],
        "Фонд купил ферму «Луг» за 3 млн в мае у какой банка": ["большой"],
        "Фонд купил ферму «Луг» за 3 млн в мае у большого что": ["банк"],
    }


def test_what_the_text_lacks_is_not_asked_for() -> None:
    assert gaps("Он и она купили его", "Фонд и банк") == []
    assert gaps("", "Фонд") == gaps("Фонд", "") == []


@given(st.text("Фонд купил банк 35,«»", max_size=40), st.text("Фонд банк 35, купил", max_size=40))
def test_places_are_words_of_the_text(claim: str, text: str) -> None:
    for each in gaps(claim, text):
        assert each.places
        assert all(0 <= start < stop <= len(text) for start, stop in each.places)
