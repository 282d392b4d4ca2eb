"""A passage that opens with a word that points back is read with the end of the one before."""

from __future__ import annotations

import pytest

from rag.answering.surroundings import led
from rag.text.sentences import sentences
from rag.text.words import lemmas
from rag.types import ArticleInfo, Hit, Passage, SourceSentence

OPENING = "Рудники Долгий и Светлый передали тресту. "
TEXT = OPENING + "Они лежат в Омской области. Трест построит там завод."


def passage(text: str, start: int, stop: int) -> Passage:
    parts = tuple(
        SourceSentence(start + first, start + last, tuple(lemmas(text[start + first : start + last])))
        for first, last in sentences(text[start:stop])
    )
    return Passage("p", "a", start, stop, text[start:stop], parts, "Статья", ("статья",))


def second(text: str = TEXT) -> Hit:
    """The hit whose passage begins behind OPENING."""
    return Hit(passage(text, len(OPENING), len(text)), ArticleInfo("a", "Статья"), 0.9)


def test_it_brings_what_it_leans_on() -> None:
    (hit,) = led([second()], lambda _: TEXT)
    assert hit.lead == 1
    assert TEXT[hit.passage.start : hit.passage.stop] == hit.passage.text
    quotes = [hit.passage.quote(each) for each in hit.passage.sentences]
    assert quotes[:2] == [OPENING.strip(), "Они лежат в Омской области."]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (OPENING + "Завод лежит в Омской области.", True),
        (OPENING + "А где они лежат?", True),
        (TEXT, False),
    ],
    ids=["it stands alone", "it asks", "the article is gone"],
)
def test_others_stay_as_they_are(text: str, known: bool) -> None:
    hit = second(text)
    assert led([hit], lambda _: text if known else None) == [hit]


def test_an_article_that_has_changed_lends_nothing() -> None:
    assert led([second()], lambda _: TEXT.upper()) == [second()]


def test_the_first_passage_has_nothing_before_it() -> None:
    text = "Они лежат в Омской области."
    hit = Hit(passage(text, 0, len(text)), ArticleInfo("a", "Статья"), 0.9)
    assert led([hit], lambda _: text) == [hit]


def test_no_more_than_two_sentences_and_none_cut() -> None:
    long = "Первое слово тут. " * 90
    text = long + TEXT
    start = text.index("Они лежат")
    hit = Hit(passage(text, start, len(text)), ArticleInfo("a", "Статья"), 0.9)
    (wider,) = led([hit], lambda _: text)
    assert wider.lead == 2
    assert wider.passage.text.startswith("Первое слово тут. Рудники")
