"""Words near a mistyped one: nothing within one edit is missed, and slips have their price."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.candidates import cost, edits
from rag.text.known_words import Listed
from rag.text.spelling import ALPHABET, distance

WORD = st.text(alphabet=ALPHABET, min_size=4, max_size=14)


@given(WORD, st.data())
def test_every_name_one_edit_away_is_found(name: str, data: st.DataObject) -> None:
    typed = data.draw(st.sampled_from([form for form in edits(name) if len(form) > 3 and form != name]))
    assert name in Listed([name, "посторонний"]).one_edit(typed)


@given(WORD.filter(lambda word: len(word) >= 8), st.data())
def test_every_name_two_edits_away_is_found(name: str, data: st.DataObject) -> None:
    once = data.draw(st.sampled_from([form for form in edits(name) if form[0] == name[0]]))
    twice = data.draw(st.sampled_from([form for form in edits(once) if form[0] == name[0]]))
    assert name in Listed([name, "посторонний"]).two_edits(twice)


@given(WORD)
def test_edits_are_those_at_distance_one(word: str) -> None:
    found = set(edits(word))
    assert {distance(word, form, 2) for form in found} <= {0, 1}  # «аа» with one more «а» put in twice
    assert {word[1:], word[:-1], word + "а", "ю" + word[1:], "щ" + word} <= found | {word}


def test_an_empty_list_has_nothing() -> None:
    assert Listed([]).one_edit("мост") == Listed([]).two_edits("меморандум") == []


@pytest.mark.parametrize(
    ("easier", "harder", "meant"),
    [
        ("тнакер", "такер", "танкер"),  # two letters swapped, one lost
        ("тапкер", "тажкер", "танкер"),  # a neighbouring key, a far one
        ("танкеер", "танкефр", "танкер"),  # a letter twice, another one
        ("молако", "молзко", "молоко"),  # heard so, not heard so
        ("танкнр", "оанкер", "танкер"),  # people look at a word's beginning
    ],
)
def test_easy_slips_cost_less(easier: str, harder: str, meant: str) -> None:
    def price(typed: str) -> float:
        return cost(typed, meant, distance(typed, meant, 3))

    assert price(easier) < price(harder)
