"""Fit how the network's reading and the comparison by words decide together whether a claim is supported.

`python -m eval.train_verification --reader CHECKPOINT [--write]`

Logistic regression over the claims of our own texts that no network has learnt from, as many supported ones
as others for every share of shared words. At most FALSE_ACCEPTS of the claims that are not supported are
called so. Figures printed are cross-validated over five folds of texts; `--claims` measures other claims.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from eval.reader import sets
from eval.reader.examples import Example
from eval.reader.readers import opened
from eval.train_answering import write
from rag.answering import deciding
from rag.answering.verification import FEATURES, check, features
from rag.types import Reader, TextToRead

# On claims of our own made to be hard; of independent ones about half as many more are accepted. A false
# «supported» is worse than a doubt.
FALSE_ACCEPTS = 0.06
FALSE_VERDICTS = 0.12  # the same of yes/no questions
_CAUTION = 1  # wrong ones added to those seen, among few
_FOLDS = 5
_SEED = 1


def main() -> int:
    given = _parser().parse_args()
    reader = opened(given.reader, given.base)
    kept = [each for each in sets.own(given.own) if each.label and sets.is_kept(each)]
    written = [each for each in kept if each.source == "own-claim" and not each.question.endswith("?")]
    claims = sets.balanced(written, _SEED)
    rows, right = table(claims, reader)
    folds = np.array([sets.fold_of(each, _FOLDS) for each in claims])
    held = np.zeros(len(claims))
    for fold in range(_FOLDS):
        held[folds == fold] = _fitted(rows[folds != fold], right[folds != fold]).decision_function(
            rows[folds == fold]
        )
    supported = float(np.quantile(held[~right], 1 - FALSE_ACCEPTS))
    print(_told("own texts", held, right, supported), file=sys.stderr)
    model = _fitted(rows, right)
    for path in given.claims:
        other = list(sets.claimed(path))
        others, truth = table(other, reader)
        print(_told(path.stem, model.decision_function(others), truth, supported), file=sys.stderr)
    named = dict(zip(FEATURES, model.coef_[0], strict=True)) | {"intercept": model.intercept_[0]}
    named |= {"supported": supported, "partial": _middle(held, right)}
    found = {name: round(float(value), 3) for name, value in named.items()}
    print(json.dumps(found, indent=1))
    sure = fit_verdicts([each for each in kept if each.label != "not_supported"], reader)
    print(json.dumps(sure))
    if given.write:
        write({"verification": found} | sure)
    return 0


def table(claims: Sequence[Example], reader: Reader) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Feature rows, and which claims are supported."""
    rows = []
    for each in claims:
        text = TextToRead(each.context, each.text)
        (reading,) = reader.read(each.question, [text])
        rows.append(list(features(check(each.question, [each.text]), reading.follows).values()))
    return np.array(rows), np.array([each.label == "supported" for each in claims])


def fit_verdicts(examples: Sequence[Example], reader: Reader) -> dict[str, dict[str, float]]:
    """Weights of each verdict, and the least chance from which on it is right in all but FALSE_VERDICTS of
    the cases, cross-validated over texts. Claims made of questions by rule are too easy to learn from.
    """
    polar = [e for e in examples if e.source == "own-claim" and e.question.rstrip().endswith("?")]
    follows = [deciding.alone(e.question, e.text, reader) for e in polar]
    rows = np.array(
        [
            list(deciding.features(each.question, each.text, said).values())
            for each, said in zip(polar, follows, strict=True)
        ]
    )
    folds = np.array([sets.fold_of(each, _FOLDS) for each in polar])
    labels = np.array([each.label for each in polar])
    found = {}
    for verdict, label in (("yes", "supported"), ("no", "contradicted")):
        right, held = labels == label, np.zeros(len(polar))
        for fold in range(_FOLDS):
            model = _fitted(rows[folds != fold], right[folds != fold])
            held[folds == fold] = model.predict_proba(rows[folds == fold])[:, 1]
        least = _sure(held, right)
        given, area = held >= least, roc_auc_score(right, held)
        wrong = 100 * np.mean(~right[given]) if given.any() else 0.0
        print(
            f"{verdict}: AUC {area:.3f}, given to {100 * np.mean(given[right]):.1f}% of its own, "
            f"{wrong:.1f}% of them wrong, n {len(polar)}",
            file=sys.stderr,
        )
        model = _fitted(rows, right)
        named = dict(zip(deciding.FEATURES, model.coef_[0], strict=True)) | {"intercept": model.intercept_[0]}
        found[f"verdict_{verdict}"] = {
            name: round(float(value), 3) for name, value in (named | {"least": least}).items()
        }
    return found


def _sure(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The least chance above which the share of wrong ones, two more than seen, is FALSE_VERDICTS at most."""
    order = np.argsort(-chances)
    wrong = np.cumsum(~right[order])
    given = np.arange(1, len(order) + 1)
    fine = np.flatnonzero((wrong + _CAUTION) / (given + 2 * _CAUTION) <= FALSE_VERDICTS)
    return round(float(chances[order[fine[-1]]]), 3) if len(fine) else 1.0


def _fitted(rows: NDArray[np.float64], right: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=1.0, max_iter=1_000).fit(rows, right)


def _middle(totals: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The total from which on more supported claims than others lie, both counted by their share."""
    steps = np.quantile(totals, np.linspace(0.05, 0.95, 91))
    balance = [np.mean(totals[right] >= each) - np.mean(totals[~right] >= each) for each in steps]
    return float(steps[int(np.argmax(balance))])


def _told(name: str, totals: NDArray[np.float64], right: NDArray[np.bool_], least: float) -> str:
    recall, false = np.mean(totals[right] >= least), np.mean(totals[~right] >= least)
    middle = _middle(totals, right)
    there = np.mean(totals[right] >= middle) + 1 - np.mean(totals[~right] >= middle)
    return (
        f"{name}: AUC {roc_auc_score(right, totals):.3f}, balanced {50 * (recall + 1 - false):.1f}, "
        f"false accepts {100 * false:.1f}, false alarms {100 * (1 - recall):.1f}, "
        f"best balanced {50 * there:.1f} of {len(right)}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reader", type=Path, required=True, help="a checkpoint, or a packed delta")
    parser.add_argument("--own", type=Path, default=sets.OWN_TEXTS)
    parser.add_argument("--claims", type=Path, nargs="*", default=[])
    parser.add_argument("--base", type=Path)
    parser.add_argument("--write", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
