"""A title that names several things («О тербии и диспрозии») doesn't say of which of them a sentence tells.

Where the sentence, or the one that it leans on, names another of them and not the asked one, the title
vouches for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.referents import pronoun
from rag.text.tokens import Token, tokens
from rag.text.words import lemmas

Floats = NDArray[np.float64]
_JOINTS = frozenset({",", "и"})


def title_columns(asked: Sequence[str], title: str, matched: Floats, texts: Sequence[str]) -> Floats:
    """The title's matches of `asked` lemmas (rows) for each of the sentences `texts` (columns).

    `matched` are those of the title alone, a number a lemma.
    """
    columns = np.repeat(matched[:, None], len(texts), axis=1)
    found = tokens(title) if any(joint in title for joint in _JOINTS) else []
    peers = {
        row: others for row, each in enumerate(asked) if matched[row] and (others := _peers(each, found))
    }
    if peers:
        for number, text in enumerate(texts):
            _without_others(columns[:, number], asked, peers, _meant(text, texts[:number]))
    return columns


def _without_others(
    column: Floats, asked: Sequence[str], peers: Mapping[int, frozenset[str]], said: frozenset[str]
) -> None:
    for row, others in peers.items():
        if said & others and asked[row] not in said:
            column[row] = 0.0


def _meant(text: str, before: Sequence[str]) -> frozenset[str]:
    """Lemmas of a sentence, and of the one that its pronoun points back at."""
    own = frozenset(lemmas(text))
    return own | frozenset(lemmas(before[-1])) if before and pronoun(text) is not None else own


def _peers(asked: str, found: Sequence[Token]) -> frozenset[str]:
    """Lemmas of the nouns that the title's tokens `found` join with `asked` by a comma or «и»."""
    place = next((number for number, token in enumerate(found) if token.grammar.lemma == asked), None)
    if place is None or found[place].grammar.part != "NOUN":
        return frozenset()
    sides = (_joined(found[place], found[place + 1 :]), _joined(found[place], found[:place][::-1]))
    return frozenset(lemma for side in sides for lemma in side) - {asked}


def _joined(own: Token, side: Sequence[Token]) -> list[str]:
    peers: list[str] = []
    for joint, token in zip(side[::2], side[1::2], strict=False):
        alike = token.grammar.part == "NOUN" and bool(token.grammar.cases & own.grammar.cases)
        if joint.text not in _JOINTS or not alike:
            break
        peers.append(token.grammar.lemma)
    return peers
