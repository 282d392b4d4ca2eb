"""Late matching with vectors and weights that can be computed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.matching.matcher import Matcher, Matches
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
    ("asked", "there", "match"),
    [
        ("кит", "кит", 1.0),
        ("кит", "сом", 0.36),  # the cosine squared
        ("кит", "лес", 0.0),
        ("кит", "бор", 0.0),  # cosines below zero don't count
        ("кит", "лес сом бор", 0.36),  # the best of the sentence
        ("кит", "", 0.0),
        ("кит", "нечто", 0.0),
        ("нечто", "нечто", 1.0),  # unknown to the vectors, but the same
        ("полететь", "полет", 0.8),  # five letters of the beginning
        ("полететь", "полог", 0.0),
        ("длина", "протяженность", 0.7),  # synonyms
        ("протяженность", "длина", 0.7),
        ("возглавлять", "директор", 0.7),
        ("ссср", "советский", 0.7),
        ("xix", "девятнадцатый", 0.7),
        ("19", "xix", 0.7),
        ("вабтек", "wabtec", 0.9),  # the other alphabet
        ("wabtec", "вабтек", 0.9),
        ("боинг", "boeing", 0.8),
        ("tesla", "tezla", 0.0),  # the same alphabet: another word
        ("12345", "12346", 0.0),  # numbers have no beginnings
        ("12345", "12345", 1.0),
        ("мост", "мостик", 0.0),  # a beginning has five letters
    ],
)
def test_match(asked: str, there: str, match: float) -> None:
    found = matches(asked, passage(there, "лес") if there != "лес" else passage(there))
    assert found.sentences[0, 0] == pytest.approx(match, abs=ROUNDED)


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


def test_all_lemmas_give_a_share_of_one() -> None:
    found = matches(
        "кит нечто длина", passage("длина", "нечто иное кит"), passage("кит длина", title="нечто")
    )
    assert found.passage == pytest.approx([1.0, 1.0])
    assert (found.best_sentence < 1).all()


def test_a_title_without_words() -> None:
    assert matches("кит", passage("кит"), passage("кит", title="…")).title == pytest.approx([0.0, 0.0])


def test_sentences_without_words() -> None:
    found = matches("кит", passage("", "", title=""), passage("кит"))
    assert found.passage == pytest.approx([0.0, 1.0])


WORD = st.sampled_from(
    "кит сом лес бор нечто длина протяженность полететь полет возглавлять директор 12345 12346 мост".split()
)
SENTENCE = st.lists(WORD, max_size=5).map(" ".join)
QUESTION = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
SENTENCES = st.lists(SENTENCE, min_size=1, max_size=4)


@given(QUESTION, st.lists(st.tuples(SENTENCES, SENTENCE), min_size=1, max_size=4))
@settings(deadline=None)
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


@given(QUESTION, SENTENCES, SENTENCE, SENTENCE)
@settings(deadline=None)
def test_a_further_sentence_never_lowers_the_share(
    question: str, sentences: list[str], further: str, title: str
) -> None:
    less, more = passage(*sentences, title=title), passage(*sentences, further, title=title)
    found = matches(question, less, more)
    assert found.passage[1] >= found.passage[0] - 1e-9
    assert found.best_sentence[1] >= found.best_sentence[0] - 1e-9


@given(QUESTION, SENTENCES, SENTENCES)
@settings(deadline=None)
def test_a_passage_is_matched_alike_in_any_company(
    question: str, sentences: list[str], others: list[str]
) -> None:
    alone = matches(question, passage(*sentences))
    among = matches(question, passage(*others), passage(*sentences), passage(*others))
    assert among.passage[1] == pytest.approx(alone.passage[0])
    assert among.best_sentence[1] == pytest.approx(alone.best_sentence[0])


@given(QUESTION, SENTENCES)
@settings(deadline=None)
def test_a_sentence_with_the_whole_question_is_a_full_match(question: str, sentences: list[str]) -> None:
    assert matches(question, passage(*sentences, question)).best_sentence == pytest.approx([1.0])


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
