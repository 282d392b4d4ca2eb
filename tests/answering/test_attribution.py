"""Footnotes for a model's sentences: which source sentences stand behind each of them."""

from __future__ import annotations

import pytest

from rag.answering.attribution import attributed
from rag.types import Draft, Sentence
from tests.answering.test_extractive import hit

BRIDGE = hit("bridge", "Мост строили четыре года. Железный мост открыли в 1936 году. По мосту ходят поезда.")
TRAINS = hit("trains", "Поезда ходят раз в час. Длина моста — 312 метров. Мост открыли в 1936 году.")
HITS = (BRIDGE, TRAINS)


def attribute(*said: tuple[str, tuple[int, ...]]) -> Draft:
    return attributed(Draft(tuple(Sentence(*each, "unsupported") for each in said)), HITS)


def quotes(*said: tuple[str, tuple[int, ...]]) -> list[list[str]]:
    """What each sentence is said to stand on."""
    draft = attribute(*said)
    citations = draft.citations
    texts = {each.article.id: each.passage.text for each in HITS}
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    for citation in citations:
        assert texts[citation.article_id][citation.start : citation.stop] == citation.quote
    by_number = {citation.number: citation.quote for citation in citations}
    return [[by_number[number] for number in sentence.citations] for sentence in draft.sentences]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (("Железный мост открыли в 1936 году.", (1,)), ["Железный мост открыли в 1936 году."]),
        (("Мост открыли в 1936 году.", (2,)), ["Мост открыли в 1936 году."]),
        (
            (
                "Мост открыли в 1936 году.",
                (
                    1,
                    2,
                ),
            ),
            ["Железный мост открыли в 1936 году.", "Мост открыли в 1936 году."],
        ),
        (
            ("Железный мост открыли в 1936 году, по мосту ходят поезда.", (1,)),
            ["Железный мост открыли в 1936 году.", "По мосту ходят поезда."],
        ),
        (("Длина моста — 312 метров.", ()), ["Длина моста — 312 метров."]),  # none named: all are read
        (("Пираты любят ром.", ()), []),
        (
            (
                "Пираты любят ром.",
                (
                    1,
                    2,
                ),
            ),
            [],
        ),
        (("Да.", (1,)), []),
    ],
)
def test_a_sentence_stands_on_what_says_it(said: tuple[str, tuple[int, ...]], found: list[str]) -> None:
    assert quotes(said) == [found]


def test_a_source_used_twice_keeps_its_number() -> None:
    opened = ("Железный мост открыли в 1936 году.", (1,))
    draft = attribute(opened, ("Длина моста — 312 метров.", (2,)), opened)
    assert [sentence.citations for sentence in draft.sentences] == [(1,), (2,), (1,)]
    assert len(draft.citations) == 2


def test_nothing_comes_of_nothing() -> None:
    assert attribute() == Draft()
