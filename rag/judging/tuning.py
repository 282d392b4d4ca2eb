"""From which confidence on to answer, so that no more than an allowed share of the answers is wrong.

Half of the questions choose an order of thresholds, the other half proves them one after another, each by
the exact bound of Clopper and Pearson (1934), until one fails: fixed-sequence testing as in "Learn then
Test" (Angelopoulos, Bates, Candès, Jordan and Lei, 2021), a form of conformal risk control that holds for
a share of the answers given, which doesn't fall evenly as the threshold rises. Without the second half the
threshold would be fitted to the very mistakes it is judged by.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, lgamma, log
from operator import neg
from random import Random

LEVEL = 0.95
SEED = 20260101
STEPS = tuple(step / 20 for step in range(20))


@dataclass(frozen=True, slots=True)
class Tried:
    """One question asked with no threshold at all; what declined even so is not `found`."""

    confidence: float
    found: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Point:
    """What answering from `threshold` on would do: `answered` of `asked`, `wrong` of those."""

    threshold: float
    asked: int
    answered: int
    wrong: int

    def chance(self, share: float) -> float:
        """The chance of so few wrong answers if `share` (above 0, below 1) of all were wrong; 1 of none."""
        return _at_most(self.wrong, self.answered, share)


@dataclass(frozen=True, slots=True)
class Tuning:
    """The threshold that was proven, as it did on the half kept for the check; None where none was.

    `kept` is how many answers that half has, `needed` how many without a mistake would be enough at best.
    """

    proven: Point | None
    kept: int
    needed: int


def _at_most(wrong: int, of: int, share: float) -> float:
    """Chance of no more than `wrong` among `of`, each with the chance `share` (above 0, below 1).

    The exact bound on a share (Clopper and Pearson, "The use of confidence or fiducial limits illustrated in
    the case of the binomial", 1934) is the `share` where this falls to 1 - the level.
    """
    ways = (lgamma(of + 1) - lgamma(each + 1) - lgamma(of - each + 1) for each in range(wrong + 1))
    return sum(exp(way + each * log(share) + (of - each) * log(1 - share)) for each, way in enumerate(ways))


def needed(at_most: float, level: float = LEVEL) -> int:
    """How many answers without one mistake prove that at most `at_most` (above 0, below 1) are wrong."""
    return ceil(log(1 - level) / log(1 - at_most))


def point(tried: Sequence[Tried], threshold: float) -> Point:
    """What answering from `threshold` on would have done."""
    given = [each for each in tried if each.found and each.confidence >= threshold]
    return Point(threshold, len(tried), len(given), sum(not each.right for each in given))


def tune(tried: Sequence[Tried], at_most: float) -> Tuning:
    """The lowest threshold found whose answers are wrong in at most `at_most` (above 0, below 1)."""
    mixed = sorted(tried, key=lambda each: (each.confidence, each.found, each.right))
    Random(SEED).shuffle(mixed)
    chooses, checks = mixed[::2], mixed[1::2]
    thresholds = sorted({each.confidence for each in chooses if each.found}, reverse=True)
    safest = min(
        (point(chooses, each) for each in thresholds),
        key=lambda each: each.chance(at_most),
        default=point(chooses, 0.0),
    )
    proven = None
    for each in thresholds[bisect_left(thresholds, -safest.threshold, key=neg) :]:
        checked = point(checks, each)
        if checked.chance(at_most) > 1 - LEVEL:
            break
        proven = checked
    return Tuning(proven, point(checks, 0.0).answered, needed(at_most))


def in_reach(tried: Sequence[Tried], at_most: float) -> float | None:
    """The least share above `at_most`, in whole per cent, that would be proven; None for none.

    Who goes on asking until something is proven has proven less than it says: a hint, no promise.
    """
    shares = (per_cent / 100 for per_cent in range(int(100 * at_most) + 1, 100))
    return next((each for each in shares if tune(tried, each).proven), None)
