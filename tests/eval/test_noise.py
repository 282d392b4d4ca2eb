"""Mistyped questions: each kind does what it says, and the same on every machine."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import noise
from eval.beir import BeirQuery
from eval.noisy import sample
from rag.text.candidates import NEIGHBOURS, ROWS
from rag.text.spelling import distance

QUESTION = "Кто, по мнению капитана, утопил «Берёзку» в пру\u0301ду?"
RANDOM = Random(1)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("Кто это?", "rnj 'nj&"),
        ("Ёж, съел хлеб.", "`;? c]tk [kt,/"),
        ("В 2019 году: ура", "d 2019 ujle^ ehf"),
        ("Что такое NASA", "xnj nfrjt nasa"),
    ],
)
def test_the_wrong_layout(typed: str, keys: str) -> None:
    assert noise.layout(typed, RANDOM) == keys


@pytest.mark.parametrize("seed", range(40))
def test_typos_are_one_or_two_slips_in_different_longer_words(seed: int) -> None:
    clean = QUESTION.replace("\u0301", "")
    typed = noise.typos(QUESTION, Random(seed)).split()
    changed = [pair for pair in zip(clean.split(), typed, strict=True) if len(set(pair)) > 1]
    assert 1 <= len(changed) <= 2
    for meant, mistyped in changed:
        assert len(meant.strip("«»,?")) >= 4
        assert distance(meant, mistyped, 3) == 1


def test_all_four_slips_happen() -> None:
    lengths = [len(noise.typos("капитан", Random(seed))) for seed in range(60)]
    assert {6, 7, 8} == set(lengths)
    same = [word for seed in range(60) if len(word := noise.typos("капитан", Random(seed))) == 7]
    assert {sorted(word) == sorted("капитан") for word in same} == {True, False}


def test_marks_and_case_are_lost() -> None:
    found = {noise.marks(QUESTION, Random(seed)) for seed in range(20)}
    small = "кто, по мнению капитана, утопил «березку» в пруду?"
    assert found == {small, small.upper()}


@pytest.mark.parametrize("seed", range(20))
def test_one_space_is_lost_or_added(seed: int) -> None:
    clean = QUESTION.replace("\u0301", "")
    glued, split = noise.glued(QUESTION, Random(seed)), noise.split(QUESTION, Random(seed))
    assert (len(glued), glued.replace(" ", "")) == (len(clean) - 1, clean.replace(" ", ""))
    assert (len(split), split.replace(" ", "")) == (len(clean) + 1, clean.replace(" ", ""))


@given(st.text(max_size=40), st.sampled_from(sorted(noise.KINDS)), st.integers(0, 9))
def test_any_question_can_be_mistyped_the_same_way_twice(text: str, kind: str, number: int) -> None:
    assert noise.noisy(text, kind, 7, number) == noise.noisy(text, kind, 7, number)


def test_the_seed_and_the_number_of_the_question_decide() -> None:
    assert len({noise.noisy(QUESTION, "typos", seed, number) for seed in (1, 2) for number in (1, 2)}) > 1


def test_neighbouring_keys() -> None:
    assert set(NEIGHBOURS) == set("".join(ROWS))
    assert (NEIGHBOURS["п"], NEIGHBOURS["я"]) == ("аеимнр", "фчы")
    for key, others in NEIGHBOURS.items():
        assert all(key in NEIGHBOURS[other] for other in others)


def test_a_sample_is_the_same_every_time_and_in_order() -> None:
    queries = [BeirQuery(_id=str(number), text="") for number in range(30)]
    chosen = sample(queries, 10, 1)
    assert [int(query.id) for query in chosen] == sorted({int(query.id) for query in chosen})
    assert len(chosen) == 10
    assert chosen == sample(queries, 10, 1) != sample(queries, 10, 2)
    assert sample(queries, None, 1) == sample(queries, 99, 1) == queries
