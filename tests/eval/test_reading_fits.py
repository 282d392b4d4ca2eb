"""What is fitted to the network's readings."""

from __future__ import annotations

import pytest

from eval.answering_questions import Asked, Group, none
from eval.reading_fits import fit_span
from rag.types import Query


@pytest.mark.parametrize(
    ("poor", "lucky", "least"),
    [
        (0, 0, 0.0),  # all are good
        (60, 0, 60.0),
        (60, 10, 60.0),  # lucky ones among the least likely open no door to the other fifty
        (60, 40, 0.0),  # so many do
    ],
)
def test_short_answers_are_held_back_where_they_are_poor_together(
    poor: int, lucky: int, least: float
) -> None:
    shares = [1.0] * lucky + [0.0] * (poor - lucky) + [0.9] * (200 - poor)
    asked = [Asked(Query("Кто?", ()), [], none, span=(float(n), f1)) for n, f1 in enumerate(shares)]
    assert fit_span([Group("own", True, asked)]) == least
