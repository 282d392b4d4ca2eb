"""Every regular expression of a module against texts that would make a bad one run for ever."""

from __future__ import annotations

import re

from tests.adversarial import LIMIT, patterns, slowest


def test_a_bad_pattern_is_seen() -> None:
    assert slowest(re.compile("а*а*ъ"), 600)[0] > 10 * slowest(re.compile("а+ъ"), 600)[0]


def test_no_pattern_takes_long() -> None:
    found = patterns()
    assert len(found) > 250
    slow = {name: times for name, pattern in found.items() if (times := slowest(pattern)[0]) >= LIMIT}
    assert slow == {}
