"""Words that turn a claim round: «вырос» and «упал», «импорт» and «экспорт», «до» and «после».

Word vectors hold them for near, because they keep the same company. The pairs are in antonyms.txt.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path


def opposed(first: Iterable[str], second: Iterable[str]) -> bool:
    """True where a lemma of `first` contradicts one of `second`."""
    index, others = _index(), frozenset(second)
    return any(others & index.get(lemma, frozenset()) for lemma in first)


def opposites(lemma: str) -> frozenset[str]:
    """Lemmas that contradict `lemma`; empty for most."""
    return _index().get(lemma, frozenset())


@cache
def _index() -> dict[str, frozenset[str]]:
    index: dict[str, frozenset[str]] = {}
    lines = Path(__file__).with_name("antonyms.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            left, right = (frozenset(side.split()) for side in line.split("|"))
            for side, other in ((left, right), (right, left)):
                for lemma in side:
                    index[lemma] = index.get(lemma, frozenset()) | other
    return index
