"""Fit the weights of the reranker's features.

`python -m eval.train_reranker BEIR_DIR… [--distractors FILE.jsonl]`

Prints cross-validated nDCG@10 of the fitted and of the shipped weights on each set, and the weights
fitted on all of them. Sets with distractors are given in a call of their own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eval import beir
from eval.fit import Labelled, Ranked, look
from eval.fitting import FOLDS, listwise, without_fold
from eval.libraries import corpus_articles, temporary
from rag import assemble, config
from rag.retrieval.rerank import WEIGHTS

_MOST_QUESTIONS = 800  # of one set; more change nothing and take long


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


def collect(folder: Path, distractors: Path | None) -> Sequence[Ranked]:
    """The questions of one set as the reranker sees them."""
    questions = beir.load(folder)
    labelled = [Labelled(query.text, questions.grades[query.id]) for query in questions.queries]
    with temporary(config.load()) as settings, assemble.open_bot(settings, command="eval") as bot:
        bot.library.add(corpus_articles([folder], distractors))
        return [each.reranked for each in look(bot, labelled[:_MOST_QUESTIONS])]


if __name__ == "__main__":
    sys.exit(main())
