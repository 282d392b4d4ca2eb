"""Opposites: the groups are sound."""

from rag.text.antonyms import antonyms, groups
from rag.text.words import lemma


def test_opposites_are_mutual() -> None:
    for one, two in groups():
        for each in one:
            assert set(two) <= antonyms(each)
        for each in two:
            assert set(one) <= antonyms(each)


def test_nothing_is_its_own_opposite() -> None:
    for one, two in groups():
        assert not set(one) & set(two)


def test_every_word_is_a_lemma() -> None:
    written = {each for group in groups() for side in group for each in side}
    assert {each for each in written if lemma(each) != each} == set()


def test_most_words_have_none() -> None:
    assert antonyms("мост") == frozenset()
    assert "подписать" in antonyms("отказаться")
