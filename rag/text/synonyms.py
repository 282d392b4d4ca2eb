"""Words that ask for and tell the same thing: «кто возглавляет» is answered by «генеральный директор».

Static vectors know them as kin but not as equals, because a role and its verb, or a country and its
abbreviation, keep different company. The groups are in synonyms.txt.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rag.text.antonyms import antonyms


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
