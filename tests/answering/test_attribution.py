"""Footnotes of a written answer: added where they were forgotten, moved where they were wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.checking import attributed
from rag.library.split import split
from rag.types import Article, ArticleInfo, Draft, Hit, Sentence

BRIDGE = (
    "Железный мост через Урал открыли в 1936 году. Его длина — 312 метров. "
    "Строил его Иван Петров. Он же построил вокзал в Орске."
)
PLANT = "Завод в Орске выпускает станки. В прошлом году он выпустил 300 станков."
ARTICLES = {
    "bridge": Article(ArticleInfo("bridge", "Мост"), BRIDGE),
    "plant": Article(ArticleInfo("plant", "Завод", published="2025-04-01"), PLANT),
}


def hits() -> list[Hit]:
    return [Hit(split(article)[0], article.info, 0.9) for article in ARTICLES.values()]


def written(*sentences: tuple[str, tuple[int, ...]]) -> Draft:
    return Draft(tuple(Sentence(text, numbers, "unsupported") for text, numbers in sentences), found=True)


def quotes(draft: Draft) -> list[str]:
    return [citation.quote for citation in draft.citations]


def test_a_forgotten_footnote_is_added() -> None:
    draft = attributed(written(("Его длина — 312 м.", ())), hits())
    assert quotes(draft) == ["Его длина — 312 метров."] or "Его длина — 312 метров." in quotes(draft)[0]
    (sentence,) = draft.sentences
    assert (sentence.citations, sentence.support, sentence.reasons) == ((1,), "supported", ())


def test_a_wrong_footnote_is_moved() -> None:
    draft = attributed(written(("Завод в Орске выпускает станки.", (1,))), hits())
    assert [citation.article_id for citation in draft.citations] == ["plant"]
    assert draft.sentences[0].support == "supported"


@pytest.mark.parametrize("number", [0, 3, 99, -1])
def test_an_unknown_number_is_passed_over(number: int) -> None:
    draft = attributed(written(("Железный мост открыли в 1936 году.", (number,))), hits())
    assert quotes(draft) == ["Железный мост через Урал открыли в 1936 году."]


def test_two_sentences_are_quoted_where_one_is_not_enough() -> None:
    draft = attributed(written(("Мост открыли в 1936 году, а завод выпускает станки.", ())), hits())
    assert [citation.article_id for citation in draft.citations] == ["bridge", "plant"]
    assert draft.sentences[0].citations == (1, 2)
    assert draft.sentences[0].support == "partial"


def test_a_pronoun_is_quoted_with_the_sentence_before() -> None:
    draft = attributed(written(("Иван Петров построил вокзал в Орске.", ())), hits())
    assert quotes(draft) == ["Строил его Иван Петров. Он же построил вокзал в Орске."]
    assert draft.sentences[0].support == "supported"


def test_a_quote_has_one_number() -> None:
    said = ("Мост открыли в 1936 году.", ())
    draft = attributed(written(said, ("Завод выпускает станки.", ()), said), hits())
    assert [sentence.citations for sentence in draft.sentences] == [(1,), (2,), (1,)]


def test_a_false_sentence_is_shown_beside_what_it_comes_nearest_to() -> None:
    draft = attributed(written(("Мост через Урал открыли в 1963 году.", (1,))), hits())
    (sentence,) = draft.sentences
    assert sentence.support == "unsupported"
    assert sentence.reasons == ("в источнике «1936 году», в ответе «1963 году»",)
    assert quotes(draft) == ["Железный мост через Урал открыли в 1936 году."]


def test_a_sentence_like_nothing_has_no_footnote() -> None:
    draft = attributed(written(("Бананы растут в тропиках.", (1,))), hits())
    assert draft.citations == ()
    assert (draft.sentences[0].citations, draft.sentences[0].support) == ((), "unsupported")


def test_times_count_from_the_publication() -> None:
    draft = attributed(written(("В 2024 году он выпустил 300 станков.", ())), hits())
    assert draft.sentences[0].support == "supported"


def test_nothing_to_cite() -> None:
    draft = attributed(written(("Мост открыли в 1936 году.", (1,))), [])
    assert draft.citations == ()
    assert draft.sentences[0].support == "unsupported"


@given(st.lists(st.sampled_from([*BRIDGE.split(". "), *PLANT.split(". "), "Мост 5", "", "не"]), max_size=4))
@settings(deadline=None)
def test_every_footnote_is_exact(sentences: list[str]) -> None:
    draft = attributed(written(*((sentence, (1,)) for sentence in sentences)), hits())
    numbers = [citation.number for citation in draft.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {number for sentence in draft.sentences for number in sentence.citations} == set(numbers)
    for citation in draft.citations:
        article = ARTICLES[citation.article_id]
        assert article.text[citation.start : citation.stop] == citation.quote
