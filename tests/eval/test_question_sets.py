"""The shipped question sets against the shipped corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import sets
from eval.sets import Question
from rag.judging.tokens import stands, tokens

CORPUS = Path(__file__).parents[2] / "corpus" / "articles"
QUESTIONS = sets.load(sets.shipped())
ANSWERABLE = [question for question in QUESTIONS if not question.refuse]
ARTICLES = {f"articles/{path.stem}": tokens(path.read_text(encoding="utf-8")) for path in CORPUS.glob("*.md")}


def test_there_are_enough() -> None:
    assert len(QUESTIONS) >= 80
    assert len(QUESTIONS) - len(ANSWERABLE) >= 20
    assert any(question.history for question in QUESTIONS)


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question.id)
def test_gold_stands_in_the_articles_that_are_named(question: Question) -> None:
    assert question.articles
    assert set(question.articles) <= ARTICLES.keys()
    named = [ARTICLES[article] for article in question.articles]
    for gold in (*question.answers[:1], *question.all_of):
        assert any(stands(article, gold) for article in named), gold


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question.id)
def test_every_article_that_is_named_holds_some_gold(question: Question) -> None:
    for article in question.articles:
        golds = [*question.answers, *question.all_of]
        assert any(stands(ARTICLES[article], gold) for gold in golds), article


def test_no_answer_stands_in_its_question() -> None:
    """Otherwise repeating the question would count as an answer."""
    giving = [q.id for q in ANSWERABLE for gold in q.answers if stands(tokens(q.question), gold)]
    assert giving == []


def test_questions_differ() -> None:
    asked = [(tuple(tokens(question.question)), question.history) for question in QUESTIONS]
    assert len(asked) == len(set(asked))
