"""Fit the weights that ship for an encoder: the share of words in the fused score, the reranker's features.

`RAG_ENCODER=… python -m eval.train_reranker BEIR_DIR… [--distractors FILE.jsonl]`

Prints nDCG@10 on each set, cross-validated with fitted weights and with those in use, the weights fitted on
all sets together, each counting the same, and the scale of the encoder's cosines. Sets with distractors are
given in a call of their own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from eval import beir
from eval.fit import SHARES, Labelled, Ranked, Seen, legs, look, usable
from eval.fitting import FOLDS, Floats, listwise
from eval.libraries import corpus_articles, temporary
from rag import assemble, config
from rag.retrieval.fusion import Weights
from rag.retrieval.rerank import WEIGHTS

_MOST_QUESTIONS = 800  # of one set; more change nothing and take long

Sets = Sequence[Sequence[Ranked]]


@dataclass(frozen=True, slots=True)
class _Looked:
    """The questions of one set as both stages see them, and the weights that they were seen with."""

    name: str
    seen: Sequence[Seen]
    weights: Weights


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="BEIR_DIR")
    parser.add_argument("--distractors", type=Path, metavar="FILE.jsonl")
    given = parser.parse_args()
    looked = [collect(folder, given.distractors) for folder in given.folders]
    now = looked[0].weights
    names = [each.name for each in looked]
    fused = [[one.fused for one in each.seen] for each in looked]
    _show("fused", names, fused, _shares, legs(now.keyword))
    reranked = [[one.reranked for one in each.seen] for each in looked]
    shipped = np.array([(now.rerank or WEIGHTS).get(name, 0.0) for name in WEIGHTS])
    _show("reranked", names, reranked, _features, shipped)
    print(f"mean {now.mean:.3f}, scale {now.scale:.3f}")
    return 0


def collect(folder: Path, distractors: Path | None) -> _Looked:
    """The questions of one set as fusion and the reranker see them."""
    questions = beir.load(folder)
    labelled = [Labelled(query.text, questions.grades[query.id]) for query in questions.queries]
    with temporary(config.load()) as settings, assemble.open_bot(settings, command="eval") as bot:
        bot.library.add(corpus_articles([folder], distractors))
        return _Looked(folder.name, look(bot, labelled[:_MOST_QUESTIONS]), bot.searcher.weights())


def _show(
    stage: str, names: Sequence[str], sets: Sets, fit: Callable[[Sets], Floats], in_use: Floats
) -> None:
    """Print how good one stage is on each set, and its weights."""
    for name, ranked, unseen in zip(names, sets, _unseen(sets, fit), strict=True):
        known = np.mean([each.ndcg(in_use) for each in ranked])
        print(f"{stage} {name}: nDCG@10 fitted {100 * unseen:.1f}, in use {100 * known:.1f}")
    features = ("keyword", "dense") if len(in_use) == 2 else tuple(WEIGHTS)
    fitted = ", ".join(f"{name} {weight:.2f}" for name, weight in zip(features, fit(sets), strict=True))
    print(f"{stage} weights: {fitted}", flush=True)


def _unseen(sets: Sets, fit: Callable[[Sets], Floats]) -> Iterator[float]:
    """Each set's nDCG@10 with weights that were fitted without the fold of the question."""
    by_fold = [
        fit([[each for place, each in enumerate(ranked) if place % FOLDS != fold] for ranked in sets])
        for fold in range(FOLDS)
    ]
    for ranked in sets:
        yield float(np.mean([each.ndcg(by_fold[place % FOLDS]) for place, each in enumerate(ranked)]))


def _shares(sets: Sets) -> Floats:
    """The two weights of the fused score that are best on average over the sets."""
    gains = [np.mean([_gains(each) for each in ranked], axis=0) for ranked in sets]
    return legs(float(SHARES[int(np.mean(gains, axis=0).argmax())]))


@cache  # every fold asks for most of the questions
def _gains(ranked: Ranked) -> tuple[float, ...]:
    """The nDCG@10 of one question at every share."""
    return tuple(ranked.ndcg(legs(share)) for share in SHARES)


def _features(sets: Sets) -> Floats:
    """The reranker's weights, none below zero."""
    return usable(listwise([[each.listing for each in ranked] for ranked in sets]))


if __name__ == "__main__":
    sys.exit(main())
