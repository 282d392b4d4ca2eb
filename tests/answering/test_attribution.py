"""Footnotes for a model's sentences: which source sentences stand behind each of them."""

from __future__ import annotations

import pytest

from rag.answering.attribution import attributed
from rag.answering.reply import Claim
from tests.answering.test_extractive import WRITER, hit

BRIDGE = hit("bridge", "Мост строили четыре года. Железный мост открыли в 1936 году. По мосту ходят поезда.")
TRAINS = hit("trains", "Поезда ходят раз в час. Длина моста — 312 метров. Мост открыли в 1936 году.")
HITS = (BRIDGE, TRAINS)


def quotes(*claims: Claim) -> list[list[str]]:
    """What each claim is said to stand on."""
    written, citations = attributed(claims, HITS, WRITER.matcher)
    texts = {each.article.id: each.passage.text for each in HITS}
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    for citation in citations:
        assert texts[citation.article_id][citation.start : citation.stop] == citation.quote
    by_number = {citation.number: citation.quote for citation in citations}
    return [[by_number[number] for number in sentence.citations] for sentence in written]


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        (Claim("Железный мост открыли в 1936 году.", (0,)), ["Железный мост открыли в 1936 году."]),
        (Claim("Мост открыли в 1936 году.", (1,)), ["Мост открыли в 1936 году."]),
        (
            Claim("Мост открыли в 1936 году.", (0, 1)),
            ["Железный мост открыли в 1936 году.", "Мост открыли в 1936 году."],
        ),
        (
            Claim("Железный мост открыли в 1936 году, по мосту ходят поезда.", (0,)),
            ["Железный мост открыли в 1936 году.", "По мосту ходят поезда."],
        ),
        (Claim("Длина моста — 312 метров.", ()), ["Длина моста — 312 метров."]),  # none named: all are read
        (Claim("Пираты любят ром.", ()), []),
        (Claim("Пираты любят ром.", (0, 1)), []),
        (Claim("Да.", (0,)), []),
    ],
)
def test_a_claim_stands_on_what_says_it(claim: Claim, found: list[str]) -> None:
    assert quotes(claim) == [found]


def test_a_source_used_twice_keeps_its_number() -> None:
    claim = Claim("Железный мост открыли в 1936 году.", (0,))
    written, citations = attributed(
        [claim, Claim("Длина моста — 312 метров.", (1,)), claim], HITS, WRITER.matcher
    )
    assert [sentence.citations for sentence in written] == [(1,), (2,), (1,)]
    assert len(citations) == 2


def test_nothing_comes_of_nothing() -> None:
    assert attributed([], HITS, WRITER.matcher) == ((), ())
    assert quotes() == []
