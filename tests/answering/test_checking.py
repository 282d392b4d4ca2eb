"""A claim held against quotes, piece by piece; footnotes of a written answer added, moved, left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.checking import against_hits, against_quotes, attributed, lacking
from rag.answering.evidence import read
from rag.library.split import split
from rag.types import Article, ArticleInfo, Draft, Hit, Lacking, Sentence
from tests.answering.passages import MATCHER, query
from tests.tables import rows


def outcomes(claim: str, quote: str) -> str:
    """«number 43 км other 34 км», a piece a line's part."""
    checked = against_quotes(claim, [quote])
    return "; ".join(f"{s.slot} {s.claim}: {s.outcome} {s.source or '—'}" for s in checked.slots)


# A claim | a quote | how far it supports the claim | what was compared
SLOTS = """
Мост длиной 43 км открыли. | Мост длиной 34 км открыли. | unsupported | number 43 км: other 34 км
Мост открыли. | Мост не открыли. | unsupported | action открыли: denied открыли
Мост открыли. | Мост обещают открыть в мае. | partial | action открыли: unreal открыть
Мост открыли в 2024 году. | Мост открыли. | unsupported | absent —
Мост открыли. | Мост открыли. | supported | thing Мост: same Мост; action открыли: same открыли
"""


@pytest.mark.parametrize(("claim", "quote", "support", "found"), rows(SLOTS))
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
        ("Какую смету театра утвердил приказ № 119?", Lacking("приказ № 119")),
        ("Какую смету театра утвердил приказ № 117?", None),
        ("Какую смету театра «Ладья» утвердил приказ?", None),  # the title names it
        ("Какую смету театра Анны Лосевой утвердил приказ?", None),  # another sentence does
    ],
)
def test_a_refusal_names_what_no_passage_has(question: str, lacked: Lacking | None) -> None:
    article = Article(ArticleInfo("order", "Театр «Ладья»"), ORDER)
    hits = [Hit(passage, article.info, 1.0) for passage in split(article)]
    found = read(query(question), hits, MATCHER)
    assert lacking(question, found.evidence) == lacked


# Footnotes of a written answer


BRIDGE = (
    "Железный мост через Урал открыли в 1936 году. Его длина — 312 метров. "
    "Строил его Иван Петров. Он же построил вокзал в Орске."
)
PLANT = "Завод в Орске выпускает станки. В прошлом году он выпустил 300 станков."
ARTICLES = {
    "bridge": Article(ArticleInfo("bridge", "Мост"), BRIDGE),
    "plant": Article(ArticleInfo("plant", "Завод", published="2025-04-01"), PLANT),
}


def articles() -> list[Hit]:
    return [Hit(split(article)[0], article.info, 0.9) for article in ARTICLES.values()]


def written(*sentences: tuple[str, tuple[int, ...]]) -> Draft:
    return Draft(tuple(Sentence(text, numbers, "unsupported") for text, numbers in sentences), found=True)


def quotes(draft: Draft) -> list[str]:
    return [citation.quote for citation in draft.citations]


def test_a_forgotten_footnote_is_added() -> None:
    draft = attributed(written(("Длина моста — 312 м.", ())), articles())
    assert quotes(draft) == ["Его длина — 312 метров."] or "Его длина — 312 метров." in quotes(draft)[0]
    (sentence,) = draft.sentences
    assert (sentence.citations, sentence.support, sentence.reasons) == ((1,), "supported", ())


def test_a_wrong_footnote_is_moved() -> None:
    draft = attributed(written(("Завод выпускает станки в Орске.", (1,))), articles())
    assert [citation.article_id for citation in draft.citations] == ["plant"]
    assert draft.sentences[0].support == "supported"


@pytest.mark.parametrize("number", [0, 3, -1])
def test_an_unknown_number_is_passed_over(number: int) -> None:
    draft = attributed(written(("Железный мост открыли в 1936 году.", (number,))), articles())
    assert quotes(draft) == ["Железный мост через Урал открыли в 1936 году."]


def test_two_sentences_are_quoted_where_one_is_not_enough() -> None:
    draft = attributed(written(("Мост открыли в 1936 году, а завод выпускает станки.", ())), articles())
    assert [citation.article_id for citation in draft.citations] == ["bridge", "plant"]
    assert draft.sentences[0].citations == (1, 2)
    assert draft.sentences[0].support == "supported"


def test_a_pronoun_is_quoted_with_the_sentence_before() -> None:
    draft = attributed(written(("Иван Петров построил вокзал в Орске.", ())), articles())
    assert quotes(draft) == ["Строил его Иван Петров. Он же построил вокзал в Орске."]
    assert draft.sentences[0].support == "supported"


def test_a_quote_has_one_number() -> None:
    said = ("Мост открыли в 1936 году.", ())
    draft = attributed(written(said, ("Завод выпускает станки.", ()), said), articles())
    assert [sentence.citations for sentence in draft.sentences] == [(1,), (2,), (1,)]


def test_a_false_sentence_is_shown_beside_what_it_comes_nearest_to() -> None:
    draft = attributed(written(("Мост через Урал открыли в 1963 году.", (1,))), articles())
    (sentence,) = draft.sentences
    assert sentence.support == "unsupported"
    assert sentence.reasons == ("в источнике «1936 году», в ответе «1963 году»",)
    assert quotes(draft) == ["Железный мост через Урал открыли в 1936 году."]


@pytest.mark.parametrize(("text", "hits"), [("Бананы растут в тропиках.", articles()), ("Мост открыли.", [])])
def test_a_sentence_like_nothing_has_no_footnote(text: str, hits: list[Hit]) -> None:
    draft = attributed(written((text, (1,))), hits)
    assert draft.citations == ()
    assert (draft.sentences[0].citations, draft.sentences[0].support) == ((), "unsupported")


def test_times_count_from_the_publication() -> None:
    draft = attributed(written(("В 2024 году завод выпустил 300 станков.", ())), articles())
    assert draft.sentences[0].support == "supported"


@given(st.lists(st.sampled_from([*BRIDGE.split(". "), *PLANT.split(". "), "Мост 5", "", "не"]), max_size=4))
@settings(deadline=None)
def test_every_footnote_is_exact(sentences: list[str]) -> None:
    draft = attributed(written(*((sentence, (1,)) for sentence in sentences)), articles())
    numbers = [citation.number for citation in draft.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {number for sentence in draft.sentences for number in sentence.citations} == set(numbers)
    for citation in draft.citations:
        article = ARTICLES[citation.article_id]
        assert article.text[citation.start : citation.stop] == citation.quote
