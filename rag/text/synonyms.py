"""Words of one meaning and of opposite ones: «возглавляет» and «генеральный директор», «вырос» and «упал».

Static vectors know them as kin but not as equals, because a role and its verb, or a country and its
abbreviation, keep different company. The groups are in synonyms.txt.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path


@cache
def synonyms(lemma: str) -> frozenset[str]:
    """Lemmas of the groups that `lemma` stands in; empty for most."""
    return _index().get(lemma, frozenset())


@cache
def equals(lemma: str) -> frozenset[str]:
    """Synonyms that may stand in its place; «получить» answers who asks for «передать», but is no equal."""
    return synonyms(lemma) - antonyms(lemma)


def groups() -> list[tuple[str, ...]]:
    """The groups as they are written, lemma by lemma."""
    lines = Path(__file__).with_name("synonyms.txt").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split()) for line in lines if line and not line.startswith("#")]


@cache
def _index() -> dict[str, frozenset[str]]:
    index: dict[str, frozenset[str]] = {}
    for line in groups():
        group = frozenset(line)
        for lemma in group:
            index[lemma] = index.get(lemma, frozenset()) | group
    return index


# Words that turn a claim round: «вырос» and «упал», «импорт» and «экспорт», «подписал» and «отказался».
#
# Word vectors hold them for near, because they keep the same company. The groups are in antonyms.txt.

Side = tuple[str, ...]


def antonyms(lemma: str) -> frozenset[str]:
    """Lemmas that can't be true where `lemma` is; empty for most."""
    return _antonym_index().get(lemma, frozenset())


def opposed(first: Iterable[str], second: Iterable[str]) -> bool:
    """True where a lemma of `first` contradicts one of `second`."""
    others = frozenset(second)
    return any(others & antonyms(lemma) for lemma in first)


def same_way(first: Iterable[str], second: Iterable[str]) -> bool:
    """True where two words say that something went the same way: «вырос», «увеличился»."""
    sides, others = _sides(), frozenset(second)
    return any(others & sides.get(lemma, frozenset()) for lemma in first)


@cache
def antonym_groups() -> tuple[tuple[bool, Side, Side], ...]:
    """Both sides of every line as they are written; True where the words of a side say the same."""
    lines = Path(__file__).with_name("antonyms.txt").read_text(encoding="utf-8").splitlines()
    written = [line for line in lines if line and not line.startswith("#")]
    sides = [[tuple(side.split()) for side in line.removeprefix("= ").split("|")] for line in written]
    return tuple((line.startswith("= "), one, two) for line, (one, two) in zip(written, sides, strict=True))


@cache
def _antonym_index() -> dict[str, frozenset[str]]:
    index: dict[str, frozenset[str]] = {}
    for _, one, two in antonym_groups():
        for side, other in ((one, two), (two, one)):
            for lemma in side:
                index[lemma] = index.get(lemma, frozenset()) | frozenset(other)
    return index


@cache
def _sides() -> dict[str, frozenset[str]]:
    return {
        lemma: frozenset(side)
        for equal, *both in antonym_groups()
        if equal
        for side in both
        for lemma in side
    }
