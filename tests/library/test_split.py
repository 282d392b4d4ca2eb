import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.library.split import LONGEST, SHORTEST, split
from rag.text.sentences import sentences, with_run_in_headings
from rag.types import Article, Passage

from .articles import article, long_text


def spans(passages: list[Passage]) -> list[tuple[int, int]]:
    return [(each.start, each.stop) for passage in passages for each in passage.sentences]


def test_a_short_article_is_one_passage() -> None:
    (passage,) = split(article())
    assert passage.quote(passage.sentences[1]) == "Он даёт 12 тыс. тонн руды в год."
    assert passage.sentences[1].lemmas == ("он", "давать", "12000", "тысяча", "тонна", "руда", "в", "год")
    assert passage.title_lemmas == ("два", "рудник")
    assert passage.article_id == "mine"


def test_passages_of_a_long_article_have_the_wanted_length() -> None:
    passages = split(article(text=long_text(1, sentences=100)))
    assert len(passages) > 5
    assert all(SHORTEST <= len(passage.text) <= LONGEST for passage in passages[:-2])
    assert all(400 <= len(passage.text) <= LONGEST for passage in passages)


MINING, BUILDING = "Здесь добывают медь и золото. " * 20, "Там строят завод и дорогу. " * 20
SENTENCE = "Каждое такое предложение состоит ровно из восьмидесяти знаков, считая и точку. "
ENDLESS = "Слово, " + "слово, " * 300 + "конец."


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (MINING.strip() + "\n\n" + BUILDING.strip(), {(20, 20)}),  # a paragraph that is long enough
        ("\n\n".join(["Короткий абзац про медь."] * 10), {(10,)}),  # short paragraphs are joined
        (SENTENCE * 13, {(7, 6), (6, 7)}),  # a short remainder shares those of its neighbour
        (f"Начало. {ENDLESS} Хвост.", {(1, 1, 1)}),  # a long sentence stands alone
        ("Дата: 23.02.2026", {(1,)}),  # nothing but a dateline is kept
    ],
)
def test_where_passages_end(text: str, sentences: set[tuple[int, ...]]) -> None:
    assert tuple(len(passage.sentences) for passage in split(article(text=text))) in sentences


def test_a_dateline_is_never_quoted() -> None:
    (passage,) = split(article(text=" date 2026-02-23 БАКУ /Trend/ - Добыча растёт. Цены тоже."))
    assert passage.text == "Добыча растёт. Цены тоже."
    assert passage.start == 32


def test_ids_depend_on_article_place_and_text_only() -> None:
    first, again = split(article()), split(article(title="Другой заголовок"))
    assert [passage.id for passage in first] == [passage.id for passage in again]
    assert first[0].id != split(article("other"))[0].id
    assert first[0].id != split(article(text=article().text + " Ещё."))[0].id
    assert len(first[0].id) == 16 and int(first[0].id, 16) >= 0


WORDS = st.sampled_from(["руда", "Медь", "12", "тыс.", "г.", "«завод»", "Он", "даёт", "слово " * 60])
ENDS = st.sampled_from([" ", ". ", "! ", "?\n", ".\n\n", "… ", ", ", "\n"])
TEXTS = st.lists(st.tuples(WORDS, ENDS), min_size=1, max_size=150).map(
    lambda pairs: "".join(word + end for word, end in pairs)
)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_passages_hold_every_sentence_once_in_order(text: str) -> None:
    whole = article(text=text)
    passages = split(whole)
    check_passages(whole, passages)
    assert spans(passages) == with_run_in_headings(text, sentences(text))
    covered = {place for passage in passages for place in range(passage.start, passage.stop)}
    assert all(place in covered for place, sign in enumerate(text) if sign.isalnum())


@pytest.mark.parametrize(
    "text", [long_text(3), "Дата: 23.02.2026\n" + long_text(4), "без заглавных. вот так."]
)
def test_passages_of_usual_texts(text: str) -> None:
    whole = article(text=text)
    check_passages(whole, split(whole))


def check_passages(whole: Article, passages: list[Passage]) -> None:
    for passage in passages:
        assert passage.sentences
        assert whole.text[passage.start : passage.stop] == passage.text
        assert (passage.start, passage.stop) == (passage.sentences[0].start, passage.sentences[-1].stop)
        assert len(passage.text) <= LONGEST or len(passage.sentences) == 1
    places = spans(passages)
    assert places == sorted(places)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(places))
    assert len({passage.id for passage in passages}) == len(passages)
