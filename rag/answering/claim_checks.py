"""What a sentence claims otherwise than its sources: each check yields Russian reasons.

Names, numbers and times must stand in the sources and in their own places; what is denied must be denied
there; nothing may be turned round (rag.text.synonyms), and nobody may take another's part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from rag.answering.alignment import Alignment, Clause, Replacement
from rag.text.amounts import compared
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
_WAYS = {"на": "by", "до": "to", "с": "from", "от": "from"}


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
        tuple(_turned_round(found)),
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


def misplaced(found: Alignment) -> Iterator[str]:
    """Reasons: a piece that stands in the place of another."""
    for each in found.replaced:
        if _is_misplaced(found, each):
            yield _instead(found, each.held, each.claimed)
    for first, second in combinations(range(len(found.pieces)), 2):
        if _are_swapped(found, first, second):
            one, other = (found.claim.shown(found.pieces[each]) for each in (first, second))
            yield f"в ответе «{one}» и «{other}» поменялись ролями"


def _instead(found: Alignment, held: int, claimed: int) -> str:
    said = found.claim.shown(found.pieces[claimed])
    return f"в источнике на этом месте «{found.shown(held)}», в ответе «{said}»"


def _is_misplaced(found: Alignment, each: Replacement) -> bool:
    own = found.aligned[each.claimed]
    if own is None or own == each.held:
        return False
    piece, held = found.pieces[each.claimed], found.held[each.held].piece
    if opposed(piece.lemmas, held.lemmas) and found.is_beside(each):
        return True
    tight, is_said_too = found.is_tight(each), each.held in found.aligned
    may_move = not is_said_too or (piece.kind in _FIGURES and not tight)
    if may_move and found.clauses[own] != found.clauses[each.held] and found.has_company(own):
        return False
    if _only_moved(found, each.claimed, own, each.held):
        return False
    return piece.kind in _CLAIMS or is_said_too or tight


def borrowed(found: Alignment) -> Iterator[str]:
    """Reasons: a claim of another clause, of which the sentence says nothing else, for one of its own clause.

    «Экспорт вырос на 7 %» of «экспорт вырос на 5 %, импорт — на 7 %».
    """
    for number, piece in enumerate(found.pieces):
        home = _home(found, number) if piece.kind in _CLAIMS and not piece.within else None
        if home is None or any(_is_at_home(found, place, home) for place in found.matches[number]):
            continue
        for place, held in enumerate(found.held):
            is_left_out = found.clauses[place] == home and place not in found.aligned
            if is_left_out and _may_stand_for(piece, held.piece):
                yield _instead(found, place, number)
                break


def _home(found: Alignment, number: int) -> Clause | None:
    """The clause with most of what the sentence says beside a piece; None for a piece that no source has."""
    others = [
        found.clauses[place]
        for other, place in zip(found.pieces, found.aligned, strict=True)
        if place is not None
        and place not in found.matches[number]
        and other.sentence == found.pieces[number].sentence
    ]
    return Counter(others).most_common(1)[0][0] if others and found.matches[number] else None


def _is_at_home(found: Alignment, place: int, home: Clause) -> bool:
    own = found.clauses[place]
    return own == home or (own[:2] == home[:2] and found.has_company(place))


def _may_stand_for(piece: Piece, held: Piece) -> bool:
    if piece.kind != held.kind or held.within:
        return False
    return _of_one_sort(piece, held) if piece.kind in _FIGURES else _same_part(piece, held)


def _only_moved(found: Alignment, number: int, own: int, other: int) -> bool:
    """True where grammar says that the piece plays its own part, not that of the other."""
    piece, held, instead = found.pieces[number], found.held[own].piece, found.held[other].piece
    if piece.group != "noun" or piece.kind in _FIGURES:
        return False
    if (held.joined and own - 1 == other) or (instead.joined and other - 1 == own):
        return True  # «Казахстан и США», «США и Казахстан»
    return _same_part(piece, held) and not _same_part(piece, instead)


def _are_swapped(found: Alignment, first: int, second: int) -> bool:
    """«Россия поставила Казахстану» where the source says «Казахстан поставил России»."""
    place, other = found.aligned[first], found.aligned[second]
    if place is None or other is None or not found.same_sentence(place, other):
        return False
    mine = found.pieces[first], found.pieces[second]
    theirs = found.held[place].piece, found.held[other].piece
    return (
        all(_has_part(each) for each in (*mine, *theirs))
        and not any(each.within for each in mine)
        and not any(map(_same_part, mine, theirs))
        and all(map(_same_part, mine, reversed(theirs)))
    )


def _has_part(piece: Piece) -> bool:
    """True for nouns of known cases, and for times, which only a preposition gives a part («в декабре»)."""
    return piece.kind == "time" or (piece.group == "noun" and bool(piece.cases))


def _same_part(first: Piece, second: Piece) -> bool:
    if first.preposition != second.preposition:
        return False
    if first.lemmas & second.lemmas:  # the same word keeps its number
        return not first.cases or not second.cases or bool(first.cases & second.cases)
    return may_share(first.cases, second.cases)


def _turned_round(found: Alignment) -> Iterator[str]:
    """Opposites: of words that stand in each other's place, and of prepositions and hedges."""
    for each in found.replaced:
        piece, held = found.pieces[each.claimed], found.held[each.held].piece
        if not found.matches[each.claimed] and piece.kind == "word" and opposed(piece.lemmas, held.lemmas):
            yield _differs(found, each.claimed, each.held)
    for number, piece in enumerate(found.pieces):
        place = found.aligned[number]
        others = {found.held[each].piece.preposition for each in found.matches[number]}
        if place is not None and _is_turned(piece, others):
            there = f"{found.held[place].piece.preposition} {found.shown(place)}"
            said = f"{piece.preposition} {found.claim.shown(piece)}"
            yield f"в источнике «{there}», в ответе «{said}»"


def _is_turned(piece: Piece, others: set[str]) -> bool:
    """True behind a preposition that says otherwise than `others`, those of the source.

    «После войны» of «до войны», «вырос на 7 %» of «вырос до 7 %».
    """
    own = piece.preposition
    if not own or own in others:
        return False
    if any(opposed([own], [other]) for other in others):
        return True
    ways = {_WAYS.get(other) for other in others}
    return piece.amount is not None and own in _WAYS and not ways & {None, _WAYS[own]}


def _denials(found: Alignment) -> Iterator[str]:
    """Words denied on one side only: «не построен» and «построен»."""
    lacks = found.claim.negative and not any(source.negative for source in found.sources)
    for number, piece in enumerate(found.pieces):
        place = found.aligned[number]
        if place is None or (piece.kind == "name" and number not in found.anchored):
            continue  # a name is denied only together with what is said of it
        if piece.denied in {found.held[each].piece.denied for each in found.matches[number]}:
            continue
        if denies_the_opposite(piece, found.held[place].piece):
            lacks = False
        elif piece.denied:
            lacks = True
        else:
            yield f"в источнике отрицается «{found.claim.shown(piece)}»"
    if lacks:
        yield "в источнике нет отрицания"


def doubts(found: Alignment) -> Iterator[str]:
    """Reasons for which the sentence is supported only in part."""
    yield from borrowed(found)
    missing = frozenset(found.missing)
    for number, piece in enumerate(found.pieces):
        place, said = found.aligned[number], found.claim.shown(piece)
        if number in missing and piece.kind == "word" and piece.lemmas & _CHANGING:
            yield f"в источнике нет слов: {said}"
        if place is not None and _is_cut_short(found, piece, place):
            yield f"в источнике «{found.shown(place - 1)} {found.shown(place)}», в ответе «{said}»"
        if place is not None and _hedges_differ(found, number):
            yield _differs(found, number, place)


def _is_cut_short(found: Alignment, piece: Piece, place: int) -> bool:
    """True where the source has a word before the piece that the sentence leaves out, and mayn't.

    «Отказался подписать» is no «подписал», nor are all countries «почти все», nor is the minister his deputy.
    """
    if not place or place - 1 in found.aligned or not found.same_sentence(place - 1, place):
        return False
    before, held = found.held[place - 1].piece, found.held[place].piece
    if piece.finite and held.group == "verb" and not held.finite:
        return before.group != "noun" and before.kind == "word"
    if held.parted:
        return False
    if before.lemmas & _LIMITING:
        return all(before.lemmas.isdisjoint(each.lemmas) for each in found.pieces)
    takes_its_part = not may_share(piece.cases, held.cases) and may_share(piece.cases, before.cases)
    return bool(before.lemmas & _STANDING_FOR) and piece.group == "noun" and takes_its_part


def _hedges_differ(found: Alignment, number: int) -> bool:
    claimed, held = found.pieces[number].amount, [found.held[at].piece.amount for at in found.matches[number]]
    return {compared(claimed, each) for each in held if claimed and each} == {"hedged"}
