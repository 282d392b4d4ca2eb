"""A claim held against quotes: what was compared, piece by piece."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answering.checking import against_hits, against_quotes, lacking
from rag.answering.evidence import read
from rag.library.split import split
from rag.matching.matcher import Matcher
from rag.text.words import content_lemmas
from rag.types import Article, ArticleInfo, Hit, Lacking, Query


def outcomes(claim: str, quote: str) -> str:
    """«number 43 км other 34 км», a piece a line's part."""
    checked = against_quotes(claim, [quote])
    return "; ".join(f"{s.slot} {s.claim}: {s.outcome} {s.source or '—'}" for s in checked.slots)


@pytest.mark.parametrize(
    ("claim", "quote", "support", "found"),
    [
        (
            "Мост длиной 43 км открыли.",
            "Мост длиной 34 км открыли.",
            "unsupported",
            "number 43 км: other 34 км",
        ),
        ("Мост открыли.", "Мост не открыли.", "unsupported", "action открыли: denied открыли"),
        ("Мост открыли.", "Мост обещают открыть в мае.", "partial", "action открыли: unreal открыть"),
        ("Мост открыли в 2024 году.", "Мост открыли.", "unsupported", "absent —"),
        (
            "Мост открыли.",
            "Мост открыли.",
            "supported",
            "thing Мост: same Мост; action открыли: same открыли",
        ),
    ],
)
def test_slots(claim: str, quote: str, support: str, found: str) -> None:
    assert against_quotes(claim, [quote]).verdict.support == support
    assert found in outcomes(claim, quote)


def test_every_slot_stands_in_the_claim_and_its_source() -> None:
    claim, quote = "Фонд купил завод за 5 млн тенге.", "Банк в мае купил завод за 7 млн тенге."
    for slot in against_quotes(claim, [quote]).slots:
        assert slot.claim in claim
        assert slot.source is None or slot.source in quote


def test_an_empty_library_supports_nothing() -> None:
    checked = against_hits("Мост открыли.", [])
    assert (checked.verdict.support, checked.citations) == ("unsupported", ())
    assert "ничего не нашлось" in checked.verdict.reasons[0]


ORDER = "Приказ № 117 утвердил смету театра. Его подписала Анна Лосева."


@pytest.mark.parametrize(
    ("question", "lacked"),
    [
        ("Какую смету театра утвердил приказ № 119?", Lacking("приказ № 119", "117")),
        ("Какую смету театра утвердил приказ № 117?", None),
        ("Какую смету театра «Ладья» утвердил приказ?", None),  # the title names it
        ("Какую смету театра Анны Лосевой утвердил приказ?", None),  # another sentence does
    ],
)
def test_a_refusal_names_what_no_passage_has(question: str, lacked: Lacking | None) -> None:
    article = Article(ArticleInfo("order", "Театр «Ладья»"), ORDER)
    hits = [Hit(passage, article.info, 1.0) for passage in split(article)]
    matcher = Matcher(lambda each: np.zeros((len(each), 2), np.float32), lambda each: np.ones(len(each)))
    found = read(Query(question, tuple(content_lemmas(question))), hits, matcher)
    assert lacking(question, found.evidence) == lacked
