"""What a sentence claims otherwise than its sources: each check yields Russian reasons.

Names, numbers and times must stand in the sources and in their own places; what is denied must be denied
there; nothing may be turned round (rag.text.synonyms), and nobody may take another's part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.answering.alignment import Alignment
from rag.answering.claim_places import keeps_company, misplaced, mixed
from rag.text import amounts
from rag.text.numbers import UNITS
from rag.text.pieces import Piece, denies_the_opposite, may_share
from rag.text.synonyms import opposed

# A sentence of which a smaller share stands in its sources is worded freely: places tell nothing there (of 98
# such pairs of TERRa that looked misplaced, 63 were true).
CLOSE = 0.85
_FIGURES = frozenset({"number", "time"})
_CLAIMS = frozenset({"name", *_FIGURES})
_PLAIN = {"number": "нет числа", "time": "нет даты", "name": "нет имени", "word": "нет слова"}
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


@dataclass(frozen=True, slots=True)
class Contradictions:
    """Reasons for which a sentence is not supported: what can be told exactly, and what is read off the order
    of words.

    `figures`: numbers, times and names that no source holds. `parts`: what stands in another's place.
    `turned`: opposites. `denied`: what only one side denies.
    """

    figures: tuple[str, ...]
    parts: tuple[str, ...]
    turned: tuple[str, ...]
    denied: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every reason once."""
        return tuple(dict.fromkeys((*self.figures, *self.parts, *self.turned, *self.denied)))


NO_CONTRADICTION = Contradictions((), (), (), ())


def contradictions(found: Alignment) -> Contradictions:
    """What the sentence claims otherwise than its sources."""
    return Contradictions(
        tuple(_missing_claims(found)),
        tuple(misplaced(found)) if found.share >= CLOSE else (),
        (*_turned_round(found), *other_direction(found)),
        tuple(_denials(found)),
    )


def _missing_claims(found: Alignment) -> Iterator[str]:
    """Names, numbers and times that no source holds."""
    for number, piece in enumerate(found.pieces):
        if piece.kind in _CLAIMS and not found.matches[number]:
            yield _differs(found, number, _counterpart(found, number))


def _counterpart(found: Alignment, number: int) -> int | None:
    """What stands in the source instead: in the same place, else the only one that may be meant."""
    piece = found.pieces[number]
    placed = next((each.held for each in found.replaced if each.claimed == number), None)
    if placed is not None and (found.held[placed].piece.kind == "name") == (piece.kind == "name"):
        return placed
    if piece.kind == "name":
        return None
    alike = [place for place, each in enumerate(found.held) if _of_one_sort(piece, each.piece)]
    free = [place for place in alike if place not in found.aligned]
    return next(iter(free or alike), None)


def _of_one_sort(piece: Piece, held: Piece) -> bool:
    if piece.amount and held.amount:
        return piece.amount.unit is not None and piece.amount.unit == held.amount.unit
    return piece.time is not None and held.time is not None


def _differs(found: Alignment, number: int, held: int | None) -> str:
    piece = found.pieces[number]
    said = found.claim.shown(piece)
    if held is None:
        return f"в источнике {_PLAIN[piece.kind]} «{said}»"
    return f"в источнике «{found.shown(held)}», в ответе «{said}»"


def _turned_round(found: Alignment) -> Iterator[str]:
    """Opposites: of words that stand in each other's place, and of prepositions and hedges."""
    for each in found.replaced:
        piece, held = found.pieces[each.claimed], found.held[each.held].piece
        if not found.matches[each.claimed] and piece.kind == "word" and opposed(piece.lemmas, held.lemmas):
            yield _differs(found, each.claimed, each.held)
    for number, piece in enumerate(found.pieces):
        place = found.aligned[number]
        if place is not None and _is_turned(found, piece, number):
            held = found.held[place].piece
            there, said = found.shown(place), found.claim.shown(piece)
            yield f"в источнике «{held.preposition} {there}», в ответе «{piece.preposition} {said}»"


def _is_turned(found: Alignment, piece: Piece, number: int) -> bool:
    others = {found.held[place].piece.preposition for place in found.matches[number]}
    return (
        bool(piece.preposition)
        and piece.preposition not in others
        and any(opposed([piece.preposition], [other]) for other in others)
    )


def _denials(found: Alignment) -> Iterator[str]:
    """Words denied on one side only: «не построен» and «построен»."""
    lacks = found.claim.negative and not any(source.negative for source in found.sources)
    for number, piece in enumerate(found.pieces):
        place = found.aligned[number]
        if place is None or (piece.kind == "name" and number not in found.anchored):
            continue  # a name is denied only together with what is said of it
        if not _denied_otherwise(found, number, place):
            continue
        if denies_the_opposite(piece, found.held[place].piece):
            lacks = False
            continue
        if piece.denied:
            lacks = True
        else:
            yield f"в источнике отрицается «{found.claim.shown(piece)}»"
    if lacks:
        yield "в источнике нет отрицания"


def _denied_otherwise(found: Alignment, number: int, place: int) -> bool:
    piece = found.pieces[number]
    if piece.denied == found.held[place].piece.denied:
        return False
    return all(found.held[each].piece.denied != piece.denied for each in _in_context(found, number))


def _in_context(found: Alignment, number: int) -> list[int]:
    """Matches that stand as well as the one chosen: none where a shared run decides."""
    place = found.aligned[number]
    if place is not None and keeps_company(found, number, place):
        return [place]
    return found.matches[number]


def doubts(found: Alignment) -> Iterator[str]:
    """Reasons for which the sentence is supported only in part."""
    yield from mixed(found)
    yield from scope_doubts(found)
    for number, piece in enumerate(found.pieces):
        place = found.aligned[number]
        if piece.finite and place is not None and _was_only_meant(found, place):
            said = f"{found.shown(place - 1)} {found.shown(place)}"
            yield f"в источнике «{said}», в ответе «{found.claim.shown(piece)}»"
        if piece.amount and place is not None and _hedges_differ(found, number):
            yield _differs(found, number, place)


def _was_only_meant(found: Alignment, place: int) -> bool:
    """«Отказался подписать», «намерен подписать» behind «подписал»: an infinitive whose verb is left out."""
    held, before = found.held[place].piece, found.held[place - 1].piece
    if held.group != "verb" or held.finite or not place or not found.same_sentence(place - 1, place):
        return False
    return before.group != "noun" and before.kind == "word" and place - 1 not in found.aligned


def _hedges_differ(found: Alignment, number: int) -> bool:
    claimed = found.pieces[number].amount
    held = [found.held[place].piece.amount for place in found.matches[number]]
    known = [each for each in held if each is not None]
    return (
        claimed is not None and bool(known) and all(amounts.fit(claimed, each) == "hedged" for each in known)
    )


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
