"""Listwise softmax regression: weights under which the right candidates outweigh the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
FOLDS = 5
_PENALTY = 1e-3


@dataclass(frozen=True, slots=True)
class Listing:
    """The candidates of one question: feature rows (candidates, features) and which of them are right."""

    rows: Floats
    right: NDArray[np.bool_]


def listwise(sets: Sequence[Sequence[Listing]]) -> Floats:
    """Weights that maximise the softmax share of right candidates, all sets counting the same.

    Listings without a right candidate are left out. The loss is ListNet's (Cao et al. 2007), with a
    small L2 penalty.
    """
    found = ([each for each in listings if each.right.any()] for listings in sets)
    usable = [listings for listings in found if listings]
    size = usable[0][0].rows.shape[1]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = _PENALTY * float(weights @ weights), 2 * _PENALTY * weights
        for listings in usable:
            share = 1 / (len(listings) * len(usable))
            for each in listings:
                scores = each.rows @ weights
                odds = np.exp(scores - scores.max())
                right = odds * each.right
                total += share * float(np.log(odds.sum() / right.sum()))
                slope = slope + share * (each.rows.T @ (odds / odds.sum() - right / right.sum()))
        return total, slope

    return np.asarray(minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B").x)


def without_fold(sets: Sequence[Sequence[Listing]], fold: int) -> list[list[Listing]]:
    """Every set without its questions of one fold."""
    return [[each for place, each in enumerate(listings) if place % FOLDS != fold] for listings in sets]
