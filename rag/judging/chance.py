"""What a share of questions is worth, and whether two runs differ by more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, sqrt

NORMAL = 1.959964  # standard deviations on either side that hold 95 % of a normal distribution


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


def wilson(right: int, count: int) -> Interval:
    """The share of `right` among `count` (above 0) with its score interval (Wilson, 1927).

    Unlike the bootstrap it stays open where all or none of a few are right.
    """
    value, z = right / count, NORMAL
    middle = (value + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(value * (1 - value) / count + z * z / (4 * count * count))
    return Interval(value, max(0.0, middle - half), min(1.0, middle + half))


def sign_test(gained: int, lost: int) -> float:
    """One-sided exact McNemar test: the chance of at least `lost` losses if both were equally likely."""
    changed = gained + lost
    ways = sum(comb(changed, losses) for losses in range(lost, changed + 1))
    return float(ways / 2**changed)
