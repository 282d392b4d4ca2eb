"""Fit the weights of the reranker's features.

`python -m eval.train_reranker BEIR_DIR… [--distractors FILE.jsonl]`

Prints cross-validated nDCG@10 of the fitted and of the shipped weights on each set, and the weights
fitted on all of them. Sets with distractors are given in a call of their own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval import beir
from eval.fitting import FOLDS, Floats, Listing, listwise, without_fold
from eval.libraries import corpus_articles, temporary
from eval.metrics import ndcg
from rag import assemble, config
from rag.retrieval.rerank import WEIGHTS, LateInteraction
from rag.retrieval.search import RERANKED

_MOST_QUESTIONS = 800  # of one set; more change nothing and take long


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its candidates' features, the articles they come from and the relevant ones."""

    listing: Listing
    articles: tuple[str, ...]
    grades: beir.Grades

    def ndcg(self, weights: Floats) -> float:
        order = np.argsort(-(self.listing.rows @ weights), kind="stable")
        ranked = list(dict.fromkeys(self.articles[place] for place in order))
        return ndcg(ranked, self.grades, 10)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="BEIR_DIR")
    parser.add_argument("--distractors", type=Path, metavar="FILE.jsonl")
    given = parser.parse_args()
    sets = [collect(folder, given.distractors) for folder in given.folders]
    listings = [[asked.listing for asked in questions] for questions in sets]
    shipped = np.array(list(WEIGHTS.values()))
    for folder, questions in zip(given.folders, sets, strict=True):
        fitted = []
        for fold in range(FOLDS):
            weights = listwise(without_fold(listings, fold))
            fitted += [asked.ndcg(weights) for asked in questions[fold::FOLDS]]
        known = [asked.ndcg(shipped) for asked in questions]
        print(
            f"{folder.name}: nDCG@10 fitted {100 * np.mean(fitted):.1f}, shipped {100 * np.mean(known):.1f}"
        )
    for name, weight in zip(WEIGHTS, listwise(listings), strict=True):
        print(f"{name} {weight:.2f}")
    return 0


def collect(folder: Path, distractors: Path | None) -> Sequence[Asked]:
    """The questions of one set as the reranker sees them."""
    questions = beir.load(folder)
    with temporary(config.load()) as settings, assemble.open_bot(settings, command="eval") as bot:
        bot.library.add(corpus_articles([folder], distractors))
        reranker = bot.searcher.reranker
        if not isinstance(reranker, LateInteraction):
            raise SystemExit("RAG_RERANKER=late-interaction: другие веса здесь не подбираются.")
        found = []
        for question in questions.queries[:_MOST_QUESTIONS]:
            query = bot.searcher.query(question.text)
            if hits := bot.searcher.fused(query, RERANKED)[:RERANKED]:
                grades = questions.grades[question.id]
                right = np.array([hit.article.id in grades for hit in hits])
                listing = Listing(reranker.features(query, hits), right)
                found.append(Asked(listing, tuple(hit.article.id for hit in hits), grades))
        return found


if __name__ == "__main__":
    sys.exit(main())
