"""The kinds of matches, and that what is told of a match is what counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.matching.matcher import CLOSE, LemmaMatch

from .test_matcher import MATCHER, passage


def kind(asked: str, there: str) -> tuple[str, str | None, float]:
    (found,) = MATCHER.kinds([asked], there.split())
    return found.kind, found.lemma, round(found.similarity, 2)


@pytest.mark.parametrize(
    ("asked", "there", "expected"),
    [
        ("кит", "лес сом кит", ("same", "кит", 1.0)),
        ("кит", "лес сом", ("meaning", "сом", 0.36)),
        ("кит", "лес бор", ("none", "лес", 0.0)),
        ("нечто", "нечто кит", ("same", "нечто", 1.0)),
        ("полететь", "кит полет", ("kin", "полет", 0.8)),
        ("полететь", "полет полететь", ("same", "полететь", 1.0)),
        ("длина", "кит протяженность", ("synonym", "протяженность", 0.7)),
        ("создание", "создатель", ("kin", "создатель", 0.8)),  # a synonym too: told for what counts more
        ("вебинар", "webinar", ("spelling", "webinar", 0.9)),
        ("webinar", "вебинар", ("spelling", "вебинар", 0.9)),
        ("webinar", "webinar вебинар", ("same", "webinar", 1.0)),
        ("12345", "12346", ("none", "12346", 0.0)),
    ],
)
def test_the_kind_of_a_match(asked: str, there: str, expected: tuple[str, str, float]) -> None:
    assert kind(asked, there) == expected


def test_weights_are_shares_and_nothing_is_like_nothing() -> None:
    assert MATCHER.kinds(["кит", "сом", "кит"], []) == [LemmaMatch("кит", 0.75), LemmaMatch("сом", 0.25)]
    assert MATCHER.kinds([], ["кит"]) == []


WORD = st.sampled_from(
    """кит сом лес бор нечто длина длинный протяженность полететь полет вебинар webinar
    вабтек wabtec 12345""".split()
)
WORDS = st.lists(WORD, min_size=1, max_size=6)


@given(WORDS, WORDS)
@settings(deadline=None)
def test_what_is_told_is_what_counts(asked: list[str], there: list[str]) -> None:
    told = MATCHER.kinds(asked, there)
    assert [each.asked for each in told] == list(dict.fromkeys(asked))
    assert sum(each.weight for each in told) == pytest.approx(1)
    counted = MATCHER.matches(asked, [passage(" ".join(there))])
    assert [each.similarity for each in told] == pytest.approx(counted.sentences[:, 0], abs=1e-6)
    for each in told:
        assert each.lemma in there
        assert (each.kind == "same") == (each.lemma == each.asked)
        assert each.kind != "none" or each.similarity < CLOSE
        if each.kind == "meaning":
            assert each.similarity == pytest.approx(np.square(each.cosine), abs=1e-6)
