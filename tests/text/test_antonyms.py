"""Opposites: the groups are sound."""

from rag.text.synonyms import antonym_groups, antonyms
from rag.text.words import analyzer, lemma


def test_opposites_are_mutual() -> None:
    for _, one, two in antonym_groups():
        for each in one:
            assert set(two) <= antonyms(each)
        for each in two:
            assert set(one) <= antonyms(each)


def test_nothing_is_its_own_opposite() -> None:
    for _, one, two in antonym_groups():
        assert not set(one) & set(two)


def test_every_verb_is_a_lemma() -> None:
    written = {each for _, *sides in antonym_groups() for side in sides for each in side}
    verbs = {each for each in written if analyzer().parse(each)[0].tag.POS in ("VERB", "INFN", "GRND")}
    assert len(verbs) > 100
    assert {each for each in verbs if lemma(each) != each} == set()


def test_most_words_have_none() -> None:
    assert antonyms("мост") == frozenset()
    assert "подписать" in antonyms("отказаться")
