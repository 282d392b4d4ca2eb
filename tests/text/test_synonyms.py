"""The groups of synonyms and of opposites: how they are written, and what they join."""

from __future__ import annotations

from rag.text.synonyms import antonym_groups, antonyms, equals, groups, synonyms
from rag.text.words import analyzer, lemma


def test_every_word_is_there_as_the_lemma_that_the_indexes_hold() -> None:
    # «снимок» is read as a form of «снимка» and the other way round: such a group holds both.
    wrong = {word: lemma(word) for group in groups() for word in group if lemma(word) not in group}
    assert wrong == {}


def test_a_group_joins_at_least_two_words_names_none_twice_and_is_written_once() -> None:
    assert [group for group in groups() if len(group) < 2 or len(set(group)) < len(group)] == []
    written = [frozenset(group) for group in groups()]
    assert len(written) == len(set(written))


def test_synonyms_both_ways() -> None:
    pairs = ("возглавлять директор", "мвд министерство", "рф российский", "ii второй", "5 пять")
    for one, other in map(str.split, pairs):
        assert other in synonyms(one)
        assert one in synonyms(other)
    assert synonyms("кобальт") == frozenset()


def test_who_gives_and_who_gets_are_asked_for_alike_but_are_no_equals() -> None:
    assert "получить" in synonyms("передать")
    assert "получить" not in equals("передать") and "отдать" in equals("передать")


def test_opposites_are_mutual_and_nothing_is_its_own() -> None:
    for _, one, two in antonym_groups():
        assert not set(one) & set(two)
        assert all(set(two) <= antonyms(each) for each in one)
        assert all(set(one) <= antonyms(each) for each in two)
    assert antonyms("мост") == frozenset()
    assert "подписать" in antonyms("отказаться")


def test_every_verb_with_an_opposite_is_a_lemma() -> None:
    written = {each for _, *sides in antonym_groups() for side in sides for each in side}
    verbs = {each for each in written if analyzer().parse(each)[0].tag.POS in ("VERB", "INFN", "GRND")}
    assert len(verbs) > 100
    assert {each for each in verbs if lemma(each) != each} == set()
