"""What ranking reads of passages says the same as the passages themselves."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rag.library.split import split
from rag.matching.outlines import Outlines, may_answer, outlined, topic
from rag.text.question_words import salience
from rag.types import Article, ArticleInfo, Passage, article_key

TEXTS = st.lists(
    st.sampled_from(
        [
            "Штрек — горная выработка без выхода на поверхность.",
            "Рудник «Северный» открыли 5 мая 2019 года.",
            "Он даёт 12 тыс. тонн руды в год!",
            "Wabtec строит завод у Астаны",
            "* * *",
            "Почему это важно — объяснил Айдар Касымов.",
        ]
    ),
    min_size=1,
    max_size=60,
).map(" ".join)
TITLES = st.sampled_from(["", "Два рудника", "Кто и зачем строит завод Wabtec"])
PASSAGES = st.lists(st.tuples(TEXTS, TITLES), max_size=4).map(
    lambda given_: [
        passage
        for place, (text, title) in enumerate(given_)
        for passage in split(Article(ArticleInfo(f"a{place}", title), text))
    ]
)


def stretches(there: Outlines) -> list[tuple[str, ...]]:
    """The lemmas of every title and sentence."""
    borders = np.cumsum(there.lengths)[:-1]
    return [tuple(there.lemmas(part.tolist())) for part in np.split(there.words, borders)]


@given(PASSAGES)
def test_an_outline_holds_what_is_ranked(passages: list[Passage]) -> None:
    there = outlined(passages)
    assert list(there.ids) == [passage.id for passage in passages]
    assert there.articles.tolist() == [article_key(passage.article_id) for passage in passages]
    assert there.opens.tolist() == [passage.start == 0 for passage in passages]
    assert there.sizes.tolist() == [1 + len(passage.sentences) for passage in passages]
    expected = [
        lemmas
        for passage in passages
        for lemmas in (passage.title_lemmas, *(sentence.lemmas for sentence in passage.sentences))
    ]
    assert (stretches(there) if passages else []) == expected
    about = [topic(passage) for passage in passages]
    assert there.topic_sizes.tolist() == list(map(len, about))
    named = [lemma for lemmas in about for lemma in lemmas]
    assert list(there.lemmas(there.topics.tolist())) == named
    assert there.saliences.tolist() == [salience(lemma) for lemma in named]


def test_marks_are_those_of_the_text() -> None:
    texts = ("Рудник открыли в 1987 году.", "Рудник открыли давно.")
    passages = [split(Article(ArticleInfo(text, ""), text))[0] for text in texts]
    assert may_answer("date", outlined(passages).marks).tolist() == [True, False]
    assert may_answer("yesno", outlined(passages).marks).tolist() == [True, True]
