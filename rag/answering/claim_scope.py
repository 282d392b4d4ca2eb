"""Small words without which a claim is another one: whose deputy, almost all, is said to be."""

from __future__ import annotations

from collections.abc import Iterator

from rag.answering.alignment import Alignment
from rag.text.number_words import UNITS
from rag.text.pieces import Piece, may_share

# «Заместитель министра» is not «министр»: dropped, they give one's part to another; added, they take it away.
_STANDING_FOR = frozenset(
    """заместитель зам замминистр помощник советник представитель секретарь пресс-секретарь адвокат посол
    вдова жена муж сын дочь брат сестра отец мать родственник предшественник преемник""".split()
)
# They limit what stands right behind them.
_LIMITING = frozenset(
    """почти некоторый частично отчасти якобы предположительно экс бывший будущий едва вряд
    временно условно""".split()
)
_CHANGING = _STANDING_FOR | _LIMITING | UNITS.keys()
# What a figure does behind these: rises by it, to it, from it.
_BY, _TO, _FROM = frozenset({"на"}), frozenset({"до"}), frozenset({"с", "от"})


def scope_doubts(found: Alignment) -> Iterator[str]:
    """Reasons for which a sentence claims more, or of another one, than its sources."""
    missing = frozenset(found.missing)
    for number, piece in enumerate(found.pieces):
        if number in missing and piece.kind == "word" and piece.lemmas & _CHANGING:
            yield f"в источнике нет слов: {found.claim.shown(piece)}"
        place = found.aligned[number]
        if place is not None and _is_cut_short(found, piece, place):
            said = f"{found.shown(place - 1)} {found.shown(place)}"
            yield f"в источнике «{said}», в ответе «{found.claim.shown(piece)}»"


def _is_cut_short(found: Alignment, piece: Piece, place: int) -> bool:
    """True where the source has a word before the piece that the sentence leaves out, and mayn't."""
    if not place or place - 1 in found.aligned or not found.same_sentence(place - 1, place):
        return False
    before, held = found.held[place - 1].piece, found.held[place].piece
    if held.parted:
        return False
    if before.lemmas & _LIMITING:
        return not _says(found, before)
    takes_its_part = not may_share(piece.cases, held.cases) and may_share(piece.cases, before.cases)
    return bool(before.lemmas & _STANDING_FOR) and piece.group == "noun" and takes_its_part


def _says(found: Alignment, held: Piece) -> bool:
    """True where the sentence has the word too, though laid on another place."""
    return any(held.lemmas & piece.lemmas for piece in found.pieces)


def other_direction(found: Alignment) -> Iterator[str]:
    """Reasons: «вырос на 7 %» of «вырос до 7 %», «с 7 до 5» of «с 5 до 7»."""
    for number, piece in enumerate(found.pieces):
        place = found.aligned[number]
        if piece.amount is None or place is None or not (said := _way(piece)):
            continue
        ways = {_way(found.held[each].piece) for each in found.matches[number]}
        if said not in ways and frozenset() not in ways:
            there = found.held[place].piece.preposition
            yield (
                f"в источнике «{there} {found.shown(place)}», "
                f"в ответе «{piece.preposition} {found.claim.shown(piece)}»"
            )


def _way(piece: Piece) -> frozenset[str]:
    """The group of prepositions that a figure stands behind; empty for others."""
    return next((group for group in (_BY, _TO, _FROM) if piece.preposition in group), frozenset())
