"""Who does it: of the nouns that may be a subject by their form, those that agree with a verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.text.readings import noun_readings
from rag.text.words import analyzer

if TYPE_CHECKING:
    from rag.text.pieces import Piece

Agreement = tuple[str, str]  # number and gender; an empty gender agrees with any


def settled(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """`pieces` without the nominative where the noun can't be the subject of any verb of its sentence.

    «Китай обвинили США»: the verb is plural, so «США» accuse and «Китай» is accused.
    """
    verbs: dict[int, list[Agreement]] = {}
    for piece in pieces:
        if piece.group == "verb" and (form := _of_verb(piece.folded)):
            verbs.setdefault(piece.sentence, []).append(form)
    joined = {place - 1 for place, piece in enumerate(pieces) if piece.joined}
    return tuple(
        _settled(piece, verbs.get(piece.sentence, []), piece.joined or place in joined)
        for place, piece in enumerate(pieces)
    )


def _settled(piece: Piece, verbs: Sequence[Agreement], is_joined: bool) -> Piece:
    subject = frozenset(case for case in piece.cases if case.startswith("nomn"))
    if not subject or subject == piece.cases or not verbs:
        return piece
    forms = _of_noun(piece.folded)
    if is_joined:
        forms |= {("plur", "")}
    if not piece.preposition and any(_agree(form, verb) for form in forms for verb in verbs):
        return piece
    return replace(piece, cases=piece.cases - subject)


def _agree(noun: Agreement, verb: Agreement) -> bool:
    return noun[0] == verb[0] and (not noun[1] or not verb[1] or noun[1] == verb[1])


@lru_cache(maxsize=20_000)
def _of_verb(word: str) -> Agreement | None:
    """Number and gender of a finite verb; None for an infinitive."""
    tag = analyzer().parse(word)[0].tag
    return (str(tag.number), str(tag.gender or "")) if tag.number else None


@lru_cache(maxsize=20_000)
def _of_noun(word: str) -> frozenset[Agreement]:
    readings = [reading for reading in noun_readings(word) if reading.case == "nomn"]
    return frozenset((each.number, each.gender if each.number == "sing" else "") for each in readings)
