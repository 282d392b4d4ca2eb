"""The shipped question sets against the shipped corpus."""

from __future__ import annotations

from pathlib import Path

from eval import sets
from rag.judging.tokens import stands, tokens

CORPUS = Path(__file__).parents[2] / "corpus" / "articles"
QUESTIONS = sets.load(sets.shipped())
ANSWERABLE = [question for question in QUESTIONS if not question.refuse]
ARTICLES = {f"articles/{path.stem}": tokens(path.read_text(encoding="utf-8")) for path in CORPUS.glob("*.md")}


def test_there_are_enough() -> None:
    assert len(QUESTIONS) >= 80
    assert len(QUESTIONS) - len(ANSWERABLE) >= 20
    assert any(question.history for question in QUESTIONS)


def test_gold_stands_in_the_articles_that_are_named() -> None:
    """A first answer, or every part of one, in some article; and in every article some answer."""
    for question in ANSWERABLE:
        assert question.articles and set(question.articles) <= ARTICLES.keys(), question.id
        named = [ARTICLES[article] for article in question.articles]
        for gold in (*question.answers[:1], *question.all_of):
            assert any(stands(article, gold) for article in named), (question.id, gold)
        for article in question.articles:
            golds = [*question.answers, *question.all_of]
            assert any(stands(ARTICLES[article], gold) for gold in golds), (question.id, article)


def test_no_answer_stands_in_its_question() -> None:
    """Otherwise repeating the question would count as an answer."""
    giving = [q.id for q in ANSWERABLE for gold in q.answers if stands(tokens(q.question), gold)]
    assert giving == []


def test_questions_differ() -> None:
    asked = [(tuple(tokens(question.question)), question.history) for question in QUESTIONS]
    assert len(asked) == len(set(asked))
