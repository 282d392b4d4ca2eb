"""Counting by article and the depth of rankings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval import retrieval
from rag.retrieval.reprints import reprint
from rag.types import ArticleInfo, Hit, Passage


def repeated(articles: int, each: int) -> list[str]:
    """A ranking with `each` passages of every article in a row."""
    return [str(article) for article in range(articles) for _ in range(each)]


@pytest.mark.parametrize(("articles", "each"), [(300, 1), (300, 7), (150, 40), (30, 20), (0, 1)])
def test_goes_deep_enough_for_a_hundred_articles(articles: int, each: int) -> None:
    ranking = repeated(articles, each)
    found = retrieval.deep_enough(lambda k: ranking[:k])
    assert found == [str(article) for article in range(min(articles, retrieval.DEPTH))]


def test_asks_no_deeper_than_needed() -> None:
    asked: list[int] = []

    def search(k: int) -> Sequence[str]:
        asked.append(k)
        return repeated(1000, 3)[:k]

    retrieval.deep_enough(search)
    assert asked == [10, 200, 400]


def test_the_top_is_what_users_see() -> None:
    """A deeper search may order the first articles otherwise."""

    def search(k: int) -> Sequence[str]:
        return ["a", "b"] * 5 if k == retrieval.SHOWN else ["c", "b", "a", "d"]

    assert retrieval.deep_enough(search) == ["a", "b", "c", "d"]


def test_best_passage_of_an_article_counts() -> None:
    found = retrieval.of_one(["b", "a"], {"a": 1.0, "c": 1.0})
    assert found["hit@1"] == 0.0
    assert found["hit@5"] == 1.0
    assert found["recall@100"] == 0.5
    assert found["mrr@10"] == 0.5


def hit(name: str, *reprints: str) -> Hit:
    """A hit of article `name` that stands for passages of other articles."""
    passage = Passage(f"{name}#0", name, 0, 4, "Мост", ())
    return Hit(passage, ArticleInfo(name, ""), 1.0, reprints=tuple(reprint(hit(each)) for each in reprints))


def test_a_reprint_takes_the_rank_behind_its_hit() -> None:
    assert retrieval.read_order([hit("a"), hit("b", "c", "d"), hit("e")]) == ["a", "b", "c", "d", "e"]


def test_lumping_hits_together_gains_nothing() -> None:
    honest = retrieval.read_order([hit("a"), hit("b"), hit("c")])
    lumped = retrieval.read_order([hit("a", "b", "c")])
    assert retrieval.of_one(lumped, {"c": 1.0}) == retrieval.of_one(honest, {"c": 1.0})
