"""Verbs that contradict each other: who has signed has not refused. The groups are in antonyms.txt."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def antonyms(lemma: str) -> frozenset[str]:
    """Lemmas that can't be true where `lemma` is; empty for most."""
    return _index().get(lemma, frozenset())


def groups() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Both sides of every group as they are written."""
    lines = Path(__file__).with_name("antonyms.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("|") for line in lines if line and not line.startswith("#"))
    return [(tuple(one.split()), tuple(two.split())) for one, two in pairs]


@cache
def _index() -> dict[str, frozenset[str]]:
    index: dict[str, frozenset[str]] = {}
    for one, two in groups():
        for side, other in ((one, two), (two, one)):
            for lemma in side:
                index[lemma] = index.get(lemma, frozenset()) | frozenset(other)
    return index
