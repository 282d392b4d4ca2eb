"""Hits and evidence out of plain texts.

MATCHER knows no vectors: only equal words, beginnings and synonyms match.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.answering.evidence import Evidence
from rag.library.split import split
from rag.matching.matcher import Matcher
from rag.text.words import content_lemmas
from rag.types import Article, ArticleInfo, Hit, Query, Vectors


def no_vectors(lemmas: Sequence[str]) -> Vectors:
    return np.zeros((len(lemmas), 2), np.float32)


MATCHER = Matcher(no_vectors, lambda lemmas: np.ones(len(lemmas)))


def query(question: str) -> Query:
    return Query(question, tuple(content_lemmas(question)))


def hit(text: str, article_id: str = "a", title: str = "Статья", published: str | None = None) -> Hit:
    """The one passage of an article of this text."""
    article = Article(ArticleInfo(article_id, title, f"Издание {article_id}", published), text)
    (passage,) = split(article)
    return Hit(passage, article.info, 0.9)


def evidence(text: str, beginning: str = "", article_id: str = "a", **about: str) -> Evidence:
    """The sentence of `text` that has `beginning` in it (by default the first one)."""
    found = hit(text, article_id, **about)
    sentence = next(each for each in found.passage.sentences if beginning in found.passage.quote(each))
    features = (1.0, 1.0, 0.9, 0.0, 1.0, 0.0)
    return Evidence(found, sentence, found.passage.quote(sentence), features, 5.0)
