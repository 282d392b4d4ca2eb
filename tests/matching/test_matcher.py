"""Late matching with vectors and weights that can be computed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.matching.matcher import CLOSE, LemmaMatch, Matcher, Matches
from rag.types import Passage, SourceSentence, Vectors

# Unit vectors in a plane; the angle between «кит» and «сом» has the cosine 0.6. Unknown words are zero.
VECTORS = {
    "кит": (1.0, 0.0),
    "сом": (0.6, 0.8),
    "лес": (0.0, 1.0),
    "бор": (-1.0, 0.0),
}
ROUNDED = 0.004  # vectors are kept as a byte a number: by so much a match of these may be off
WEIGHTS = {"кит": 3.0, "сом": 1.0}


def vectors(lemmas: Sequence[str]) -> Vectors:
    return np.array([VECTORS.get(lemma, (0.0, 0.0)) for lemma in lemmas], np.float32).reshape(-1, 2)


def weights(lemmas: Sequence[str]) -> np.ndarray:
    return np.array([WEIGHTS.get(lemma, 2.0) for lemma in lemmas])


MATCHER = Matcher(vectors, weights)


def passage(*sentences: str, title: str = "") -> Passage:
    """A passage of these sentences, each given as its lemmas."""
    text = " ".join(sentences)
    parts, start = [], 0
    for sentence in sentences:
        parts.append(SourceSentence(start, start + len(sentence), tuple(sentence.split())))
        start += len(sentence) + 1
    return Passage("p", "a", 0, len(text), text, tuple(parts), title, tuple(title.split()))


def matches(question: str, *passages: Passage) -> Matches:
    return MATCHER.matches(question.split(), passages)


@pytest.mark.parametrize(
    ("asked", "there", "kind", "lemma", "match"),
    [
        ("кит", "лес сом кит", "same", "кит", 1.0),
        ("кит", "сом", "meaning", "сом", 0.36),  # the cosine squared
        ("кит", "лес", "none", "лес", 0.0),
        ("кит", "бор", "none", "бор", 0.0),  # cosines below zero don't count
        ("кит", "лес сом бор", "meaning", "сом", 0.36),  # the best of the sentence
        ("кит", "", "none", None, 0.0),
        ("кит", "нечто", "none", "нечто", 0.0),
        ("нечто", "нечто кит", "same", "нечто", 1.0),  # unknown to the vectors, but the same
        ("полететь", "кит полет", "kin", "полет", 0.8),  # five letters of the beginning
        ("полететь", "полет полететь", "same", "полететь", 1.0),
        ("полететь", "полог", "none", "полог", 0.0),
        ("мост", "мостик", "none", "мостик", 0.0),  # a beginning has five letters
        ("длина", "кит протяженность", "synonym", "протяженность", 0.7),
        ("протяженность", "длина", "synonym", "длина", 0.7),
        ("возглавлять", "директор", "synonym", "директор", 0.7),
        ("ссср", "советский", "synonym", "советский", 0.7),
        ("xix", "девятнадцатый", "synonym", "девятнадцатый", 0.7),
        ("19", "xix", "synonym", "xix", 0.7),
        ("создание", "создатель", "kin", "создатель", 0.8),  # a synonym too: told for what counts more
        ("вабтек", "wabtec", "spelling", "wabtec", 0.9),  # the other alphabet
        ("wabtec", "вабтек", "spelling", "вабтек", 0.9),
        ("webinar", "webinar вебинар", "same", "webinar", 1.0),
        ("боинг", "boeing", "spelling", "boeing", 0.8),
        ("tesla", "tezla", "none", "tezla", 0.0),  # the same alphabet: another word
        ("12345", "12346", "none", "12346", 0.0),  # numbers have no beginnings
        ("12345", "12345", "same", "12345", 1.0),
    ],
)
def test_a_match(asked: str, there: str, kind: str, lemma: str | None, match: float) -> None:
    (told,) = MATCHER.kinds([asked], there.split())
    assert (told.kind, told.lemma, round(told.similarity, 2)) == (kind, lemma, match)
    counted = matches(asked, passage(there, "и"))
    assert counted.sentences[0, 0] == pytest.approx(match, abs=ROUNDED)


def test_the_table_by_hand() -> None:
    first = passage("кит нечто", "сом", title="лес")
    second = passage("бор")
    found = matches("кит сом", first, second)
    assert found.weights.tolist() == [3.0, 1.0]
    assert found.first.tolist() == [0, 2]
    assert found.sentences == pytest.approx(np.array([[1.0, 0.36, 0.0], [0.36, 1.0, 0.0]]), abs=ROUNDED)
    assert found.titles == pytest.approx(np.array([[0.0, 0.0], [0.64, 0.0]]), abs=ROUNDED)
    assert found.best_sentence == pytest.approx([(3 + 0.36) / 4, 0.0], abs=ROUNDED)
    assert found.passage == pytest.approx([1.0, 0.0], abs=ROUNDED)
    assert found.title == pytest.approx([0.64 / 4, 0.0], abs=ROUNDED)


def test_a_lemma_asked_twice_counts_once() -> None:
    once, twice = matches("кит сом", passage("кит")), matches("кит сом кит", passage("кит"))
    assert twice.weights.tolist() == once.weights.tolist()
    assert twice.passage == pytest.approx(once.passage)
    assert MATCHER.kinds(["кит", "сом", "кит"], []) == [LemmaMatch("кит", 0.75), LemmaMatch("сом", 0.25)]
    assert MATCHER.kinds([], ["кит"]) == []


def test_all_lemmas_give_a_share_of_one() -> None:
    whole = passage("длина", "нечто иное кит"), passage("кит длина", title="нечто")
    found = matches("кит нечто длина", *whole)
    assert found.passage == pytest.approx([1.0, 1.0])
    assert (found.best_sentence < 1).all()


def test_a_title_and_sentences_without_words() -> None:
    found = matches("кит", passage("", ""), passage("кит", title="…"))
    assert found.passage == pytest.approx([0.0, 1.0])
    assert found.title == pytest.approx([0.0, 0.0])


WORD = st.sampled_from(
    """кит сом лес бор нечто длина длинный протяженность полететь полет возглавлять директор мост
    вебинар webinar вабтек wabtec 12345 12346""".split()
)
SENTENCE = st.lists(WORD, max_size=5).map(" ".join)
QUESTION = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
SENTENCES = st.lists(SENTENCE, min_size=1, max_size=4)


@given(QUESTION, st.lists(WORD, min_size=1, max_size=6))
def test_what_is_told_is_what_counts(question: str, there: list[str]) -> None:
    asked = question.split()
    told = MATCHER.kinds(asked, there)
    assert [each.asked for each in told] == list(dict.fromkeys(asked))
    assert sum(each.weight for each in told) == pytest.approx(1)
    counted = matches(question, passage(" ".join(there)))
    assert [each.similarity for each in told] == pytest.approx(counted.sentences[:, 0], abs=1e-6)
    for each in told:
        assert each.lemma in there
        assert (each.kind == "same") == (each.lemma == each.asked)
        assert each.kind != "none" or each.similarity < CLOSE
        if each.kind == "meaning":
            assert each.similarity == pytest.approx(np.square(each.cosine), abs=1e-6)


@given(QUESTION, st.lists(st.tuples(SENTENCES, SENTENCE), min_size=1, max_size=4))
def test_shares_are_shares(question: str, given_passages: list[tuple[list[str], str]]) -> None:
    passages = [passage(*sentences, title=title) for sentences, title in given_passages]
    found = matches(question, *passages)
    assert found.sentences.shape == (len(found.weights), sum(len(p.sentences) for p in passages))
    assert found.titles.shape == (len(found.weights), len(passages))
    for shares in (found.best_sentence, found.passage, found.title):
        assert shares.shape == (len(passages),)
        assert (shares >= 0).all()
        assert (shares <= 1 + 1e-9).all()
    assert (found.passage >= found.best_sentence - 1e-9).all()
    assert (found.passage >= found.title - 1e-9).all()


@given(QUESTION, SENTENCES, SENTENCE)
def test_a_further_sentence_never_lowers_the_share(question: str, sentences: list[str], further: str) -> None:
    less, more = passage(*sentences), passage(*sentences, further)
    found = matches(question, less, more, passage(*sentences, question), less)
    assert found.passage[1] >= found.passage[0] - 1e-9
    assert found.best_sentence[1] >= found.best_sentence[0] - 1e-9
    assert found.best_sentence[2] == pytest.approx(1.0)  # it has the whole question
    alone = matches(question, less)  # a passage is matched alike in any company
    assert found.passage[[0, 3]] == pytest.approx(alone.passage[[0, 0]])
    assert found.best_sentence[[0, 3]] == pytest.approx(alone.best_sentence[[0, 0]])


@pytest.mark.parametrize(
    ("question", "title", "text", "share"),
    [
        ("кит", "кит", "лес", 1.0),  # about nothing else
        ("кит", "кит лес", "бор", 3 / 5),  # 3 of 3 + 2
        ("сом", "кит", "лес", 0.36),
        ("лес", "", "кит", 0.0),  # no title, no definition
        ("лес бор", "лес", "кит", 1.0),  # what else is asked doesn't matter
    ],
)
def test_topics_are_matched_by_the_question(question: str, title: str, text: str, share: float) -> None:
    assert matches(question, passage(text, title=title)).topics[0] == pytest.approx(share, abs=ROUNDED)
