"""Words that turn a claim round: «вырос» and «упал», «импорт» and «экспорт», «подписал» and «отказался».

Word vectors hold them for near, because they keep the same company. The groups are in antonyms.txt.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

Side = tuple[str, ...]


def antonyms(lemma: str) -> frozenset[str]:
    """Lemmas that can't be true where `lemma` is; empty for most."""
    return _index().get(lemma, frozenset())


def opposed(first: Iterable[str], second: Iterable[str]) -> bool:
    """True where a lemma of `first` contradicts one of `second`."""
    others = frozenset(second)
    return any(others & antonyms(lemma) for lemma in first)


def same_way(first: Iterable[str], second: Iterable[str]) -> bool:
    """True where two words say that something went the same way: «вырос», «увеличился»."""
    sides, others = _sides(), frozenset(second)
    return any(others & sides.get(lemma, frozenset()) for lemma in first)


@cache
def groups() -> tuple[tuple[bool, Side, Side], ...]:
    """Both sides of every line as they are written; True where the words of a side say the same."""
    lines = Path(__file__).with_name("antonyms.txt").read_text(encoding="utf-8").splitlines()
    written = [line for line in lines if line and not line.startswith("#")]
    sides = [[tuple(side.split()) for side in line.removeprefix("= ").split("|")] for line in written]
    return tuple((line.startswith("= "), one, two) for line, (one, two) in zip(written, sides, strict=True))


@cache
def _index() -> dict[str, frozenset[str]]:
    index: dict[str, frozenset[str]] = {}
    for _, one, two in groups():
        for side, other in ((one, two), (two, one)):
            for lemma in side:
                index[lemma] = index.get(lemma, frozenset()) | frozenset(other)
    return index


@cache
def _sides() -> dict[str, frozenset[str]]:
    return {lemma: frozenset(side) for equal, *both in groups() if equal for side in both for lemma in side}
