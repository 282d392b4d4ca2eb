"""Words that turn a claim round: «вырос» and «упал», «импорт» and «экспорт», «до» and «после».

Word vectors hold them for near, because they keep the same company. The pairs are in antonyms.txt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path


def opposed(first: Iterable[str], second: Iterable[str]) -> bool:
    """True where a lemma of `first` contradicts one of `second`."""
    index, others = _index(), frozenset(second)
    return any(others & index.get(lemma, frozenset()) for lemma in first)


def same_way(first: Iterable[str], second: Iterable[str]) -> bool:
    """True where two words say that something went the same way: «вырос», «увеличился»."""
    sides, others = _sides(), frozenset(second)
    return any(others & sides.get(lemma, frozenset()) for lemma in first)


@cache
def _index() -> dict[str, frozenset[str]]:
    index: dict[str, frozenset[str]] = {}
    for _, left, right in _lines():
        for side, other in ((left, right), (right, left)):
            for lemma in side:
                index[lemma] = index.get(lemma, frozenset()) | other
    return index


@cache
def _sides() -> dict[str, frozenset[str]]:
    return {lemma: side for equal, *both in _lines() if equal for side in both for lemma in side}


def _lines() -> Iterator[tuple[bool, frozenset[str], frozenset[str]]]:
    """Both sides of every line; True where the words of a side say the same."""
    lines = Path(__file__).with_name("antonyms.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            left, right = line.removeprefix("= ").split("|")
            yield line.startswith("= "), frozenset(left.split()), frozenset(right.split())
