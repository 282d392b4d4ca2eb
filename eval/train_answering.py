"""Fit the weights of answering by words alone: which sentence answers, and how sure that is.

`python -m eval.train_answering --data FOLDER [--every N] [--write]`

Sentences: listwise softmax regression; each set counts the same. Confidence: logistic regression of "this
question has an answer here". The questions are the public ones and those of our own texts that the network
has not seen (eval/answering_questions.py). Confidence is read off the sentences that the weights in
weights.json put first, so after a change of the sentences' weights the command is run twice, and then
`eval.train_reading`, whose scores are made of theirs.
Figures printed are cross-validated over five folds of questions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from eval.answering_questions import Group, add_arguments, asked_in_libraries, makers
from eval.fitting import FOLDS, Floats, Listing, listwise, without_fold
from rag.answering import evidence
from rag.answering.sentence_features import SENTENCE_FEATURES
from rag.matching.matcher import Matcher

# The writer declines below the confidence that so much of this set reaches (cross-validated).
ANSWERED, JUDGED = 0.92, "tydiqa"
_PENALTY = 1e-5
# More of these never makes an answer less sure, whatever else says the same in the sets at hand.
EVIDENCE = frozenset({"names", "mass", "typed", "topic", "names_told"})
# … and more of these never makes it surer.
DOUBTS = frozenset({"missing", "unexplained"})
# The rerank score says what the other features say and is fitted to 0 beside them: sets of near passages
# alone can't show that a far one answers nothing. 3 cost nothing on the sets that it was chosen on.
LEAST_SCORE = 3.0
_WEIGHTS = Path(evidence.__file__).with_name("weights.json")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    given = parser.parse_args()
    groups: list[Group] = []
    with ExitStack() as stack:
        for matcher, found in asked_in_libraries(stack, makers(given, public=True)):
            for group in found:
                look(group, matcher)
            groups += found
    weights = {"sentence": fit_sentences(groups), "confidence": fit_confidence(groups, JUDGED)}
    print(json.dumps(weights, indent=1))
    if given.write:
        write(weights)
    return 0


def write(fitted: Mapping[str, Mapping[str, float]]) -> None:
    """Put the sections `fitted` in place of those in weights.json; the others stay."""
    kept = json.loads(_WEIGHTS.read_text(encoding="utf-8")) | fitted
    _WEIGHTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def look(group: Group, matcher: Matcher) -> None:
    """Read what was found for each question by words alone; what nothing was found for is left out."""
    group.asked = [asked for asked in group.asked if asked.hits]
    for asked in group.asked:
        found = evidence.read(asked.query, asked.hits, matcher)
        rows = np.array([each.features for each in found.evidence])
        asked.listing = Listing(rows, np.array([asked.holds(each) for each in found.evidence]))
        asked.confidence = found.confidence_features
    group.asked = [asked for asked in group.asked if asked.confidence]


def _listings(group: Group) -> list[Listing]:
    return [asked.listing for asked in group.asked if asked.listing is not None]


def fit_sentences(groups: Sequence[Group]) -> dict[str, float]:
    """Weights of the sentence features; prints first-citation and first-three rates a set."""
    usable = [group for group in groups if any(each.right.any() for each in _listings(group))]
    listings = [_listings(group) for group in usable]
    folds = [listwise(without_fold(listings, fold)) for fold in range(FOLDS)]
    for group in usable:
        print(
            f"{group.name}: gold sentence first %.1f %%, among three %.1f %%" % _rates(folds, group),
            file=sys.stderr,
        )
    found = listwise(listings)
    return {name: round(float(weight), 2) for name, weight in zip(SENTENCE_FEATURES, found, strict=True)}


def _rates(folds: Sequence[Floats], judged: Group) -> tuple[float, float]:
    """Per cent of questions whose gold is in the first sentence, and in the first three, by the weights that
    were fitted without their fold.
    """
    first, three = [], []
    for fold, weights in enumerate(folds):
        for each in _listings(judged)[fold::FOLDS]:
            order = np.argsort(-(each.rows @ weights), kind="stable")
            first.append(each.right[order[0]])
            three.append(each.right[order[:3]].any())
    return 100 * float(np.mean(first)), 100 * float(np.mean(three))


def fit_confidence(groups: Sequence[Group], judged: str) -> dict[str, float]:
    """Weights of the confidence features, and the threshold for the group `judged`; prints how all fare."""
    held_out = [np.zeros(len(group.asked)) for group in groups]
    for fold in range(FOLDS):
        weights = _logistic(groups, fold)
        for scores, group in zip(held_out, groups, strict=True):
            scores[fold::FOLDS] = _probabilities(weights, _rows(group)[fold::FOLDS])
    answerable = [scores for scores, group in zip(held_out, groups, strict=True) if group.answerable]
    known = next(scores for scores, group in zip(held_out, groups, strict=True) if group.name == judged)
    threshold = float(np.quantile(known, 1 - ANSWERED))
    for scores, group in zip(held_out, groups, strict=True):
        area = roc_auc_score(
            [1] * len(np.concatenate(answerable)) + [0] * len(scores), np.concatenate([*answerable, scores])
        )
        print(
            f"{group.name}: answered {100 * np.mean(scores >= threshold):.1f} %, AUC {area:.3f}",
            file=sys.stderr,
        )
    names = (*evidence.CONFIDENCE_FEATURES, "intercept")
    fitted = dict(zip(names, _logistic(groups, None), strict=True)) | {"threshold": threshold}
    return {name: round(float(value), 3) for name, value in fitted.items()}


def _logistic(groups: Sequence[Group], left_out: int | None) -> Floats:
    """Weights of the confidence features and, last, the intercept."""
    rows, labels, shares = [], [], []
    for group in groups:
        chosen = [i for i in range(len(group.asked)) if i % FOLDS != left_out]
        rows.append(_rows(group)[chosen])
        labels += [group.answerable] * len(chosen)
        shares += [group.share / len(chosen)] * len(chosen)
    given = np.column_stack([np.vstack(rows), np.ones(len(labels))])
    signs, share = np.where(labels, 1.0, -1.0), np.array(shares)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = signs * (given @ weights)
        slope = -(share * signs / (1 + np.exp(margins))) @ given
        penalty = _PENALTY * float(weights @ weights)
        return float(share @ np.logaddexp(0, -margins)) + penalty, slope + 2 * _PENALTY * weights

    bounds = [*map(_bounds, evidence.CONFIDENCE_FEATURES), (None, None)]
    start = np.array([low or 0.0 for low, _ in bounds])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def _bounds(feature: str) -> tuple[float | None, float | None]:
    if feature == "passage_score":
        return LEAST_SCORE, None
    if feature in DOUBTS:
        return None, 0.0
    return (0.0 if feature in EVIDENCE else None), None


def _probabilities(weights: Floats, rows: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(rows @ weights[:-1] + weights[-1]))))


def _rows(group: Group) -> Floats:
    return np.array([asked.confidence for asked in group.asked])


if __name__ == "__main__":
    sys.exit(main())
