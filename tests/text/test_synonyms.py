"""The groups of synonyms: how they are written, and what they join."""

from __future__ import annotations

import pytest

from rag.text.synonyms import equals, groups, synonyms
from rag.text.words import lemma


def test_every_word_is_there_as_the_lemma_that_the_indexes_hold() -> None:
    # «снимок» is read as a form of «снимка» and the other way round: such a group holds both.
    wrong = {word: lemma(word) for group in groups() for word in group if lemma(word) not in group}
    assert wrong == {}


def test_a_group_joins_at_least_two_words_and_names_none_twice() -> None:
    assert [group for group in groups() if len(group) < 2 or len(set(group)) < len(group)] == []


def test_no_group_is_written_twice() -> None:
    written = [frozenset(group) for group in groups()]
    assert len(written) == len(set(written))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("возглавлять", "директор"),
        ("мвд", "министерство"),
        ("рф", "российский"),
        ("ii", "второй"),
        ("5", "пять"),
        ("смартфон", "телефон"),
        ("валюта", "денежный"),
    ],
)
def test_synonyms_both_ways(one: str, other: str) -> None:
    assert other in synonyms(one)
    assert one in synonyms(other)


def test_most_words_have_none() -> None:
    assert synonyms("кобальт") == frozenset()


def test_who_gives_and_who_gets_are_asked_for_alike_but_are_no_equals() -> None:
    assert "получить" in synonyms("передать")
    assert "получить" not in equals("передать") and "отдать" in equals("передать")
