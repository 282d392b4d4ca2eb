"""What a sentence claims otherwise than its sources: each check yields Russian reasons.

Names, numbers and times must stand in the sources and in their own places; what is denied must be denied
there; nothing may be turned round (rag.text.antonyms), and nobody may take another's part.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.answering.alignment import Alignment, Replacement
from rag.text import amounts
from rag.text.antonyms import opposed
from rag.text.claims import Piece, may_share

_FIGURES = frozenset({"number", "time"})
_CLAIMS = frozenset({"name", *_FIGURES})
_PLAIN = {"number": "нет числа", "time": "нет даты", "name": "нет имени", "word": "нет слова"}


def contradictions(found: Alignment) -> Iterator[str]:
    """Reasons for which the sentence is not supported."""
    yield from _missing_claims(found)
    yield from _out_of_place(found)
    yield from _passed_over(found)
    yield from _turned_round(found)
    yield from _swapped_parts(found)
    yield from _denials(found)


def _missing_claims(found: Alignment) -> Iterator[str]:
    """Names, numbers and times that no source holds."""
    for number, piece in enumerate(found.pieces):
        if piece.kind in _CLAIMS and not found.matches[number]:
            yield _differs(found, number, _counterpart(found, number))
        elif piece.amount and (other := _other_count(found, number)) is not None:
            yield _differs(found, number, other)


def _counterpart(found: Alignment, number: int) -> int | None:
    """What stands in the source instead: in the same place, else the only one that may be meant."""
    piece = found.pieces[number]
    placed = next((each.held for each in found.replaced if each.claimed == number), None)
    if placed is not None and (piece.kind != "name" or found.held[placed].piece.kind == "name"):
        return placed
    if piece.kind == "name":
        return None
    alike = [place for place, each in enumerate(found.held) if _of_one_sort(piece, each.piece)]
    free = [place for place in alike if place not in found.aligned]
    return next(iter(free or alike), None)


def _of_one_sort(piece: Piece, held: Piece) -> bool:
    if piece.amount and held.amount:
        return piece.amount.unit is not None and piece.amount.unit == held.amount.unit
    return piece.moment is not None and held.moment is not None


def _other_count(found: Alignment, number: int) -> int | None:
    """«20 вагонов» where the source counts 300 «вагонов» and 20 of something else."""
    amount = found.pieces[number].amount
    if amount is None or amount.unit is None or amount.measure:
        return None
    counted = [
        place
        for place, each in enumerate(found.held)
        if each.piece.amount and each.piece.amount.unit == amount.unit
    ]
    matched = [found.held[place].piece.amount for place in found.matches[number]]
    if not counted or any(each is None or each.unit in (amount.unit, None) for each in matched):
        return None
    return counted[0]


def _differs(found: Alignment, number: int, held: int | None) -> str:
    piece = found.pieces[number]
    said = found.claim.shown(piece)
    if held is None:
        return f"в источнике {_PLAIN[piece.kind]} «{said}»"
    return f"в источнике «{found.shown(held)}», в ответе «{said}»"


def _out_of_place(found: Alignment) -> Iterator[str]:
    """Pieces that the source holds elsewhere, in place of another one."""
    for each in found.replaced:
        own = found.aligned[each.claimed]
        if own is None or own == each.held or not _is_misplaced(found, each, own):
            continue
        piece = found.pieces[each.claimed]
        yield f"в источнике на этом месте «{found.shown(each.held)}», в ответе «{found.claim.shown(piece)}»"


def _passed_over(found: Alignment) -> Iterator[str]:
    """«Экспорт вырос на 7 %» of «экспорт вырос на 5 %, импорт — на 7 %»: the nearer figure is passed over."""
    for number in range(1, len(found.pieces)):
        before, place = found.aligned[number - 1], found.aligned[number]
        if (
            before is None
            or place is None
            or not before < place - 1
            or found.pieces[number].kind not in _CLAIMS
        ):
            continue
        for passed in range(before + 1, place):
            if _is_meant(found, number, place, passed):
                said = found.claim.shown(found.pieces[number])
                yield f"в источнике на этом месте «{found.shown(passed)}», в ответе «{said}»"
                break


def _is_meant(found: Alignment, number: int, own: int, passed: int) -> bool:
    """True where the sentence's piece plays the part of the one passed over rather than its own."""
    piece, held, other = found.pieces[number], found.held[own].piece, found.held[passed].piece
    if piece.kind != other.kind or passed in found.aligned or not found.same_sentence(passed, own):
        return False
    if piece.amount and other.amount:
        return (
            piece.amount.unit == other.amount.unit is not None
            and piece.preposition == other.preposition
            and not _neighbour_kept(found, number, own, 1)
        )
    return piece.kind == "name" and _same_part(piece, other) and not _same_part(piece, held)


def _is_misplaced(found: Alignment, each: Replacement, own: int) -> bool:
    piece, held = found.pieces[each.claimed], found.held[each.held].piece
    tight = found.is_tight(each)
    if not tight and _keeps_company(found, each.claimed, own):
        return False
    if _is_taken(found, each.claimed, own) or (tight and opposed(piece.lemmas, held.lemmas)):
        return True
    if _only_moved(found, each.claimed, own, each.held):
        return False
    return piece.kind in _CLAIMS or tight or _is_given(found, each.held)


def _is_given(found: Alignment, held: int) -> bool:
    """True where the sentence says this piece too, somewhere else."""
    return held in found.aligned


def _is_taken(found: Alignment, number: int, own: int) -> bool:
    """True where the source says it once and the sentence twice: «с востока и с востока»."""
    return any(place == own for other, place in enumerate(found.aligned) if other != number)


def _keeps_company(found: Alignment, number: int, own: int) -> bool:
    """True where the piece has the neighbours it has in the source: the whole phrase has moved."""
    return any(_neighbour_kept(found, number, own, step) for step in (-1, 1))


def _neighbour_kept(found: Alignment, number: int, own: int, step: int) -> bool:
    mine, theirs = number, own
    while 0 <= mine < len(found.pieces) and _goes_on(found.pieces, mine, step):
        mine += step
    while 0 <= theirs < len(found.held) and _goes_on([each.piece for each in found.held], theirs, step):
        theirs += step
    mine, theirs = mine + step, theirs + step
    if not (0 <= mine < len(found.pieces) and 0 <= theirs < len(found.held)):
        return False
    return theirs in found.matches[mine]


def _goes_on(pieces: list[Piece] | tuple[Piece, ...], place: int, step: int) -> bool:
    """True where the neighbour of a piece belongs to the same name."""
    if step < 0:
        return pieces[place].within and place > 0
    return place + 1 < len(pieces) and pieces[place + 1].within


def _only_moved(found: Alignment, number: int, own: int, other: int) -> bool:
    """True where grammar says that the piece plays its own part, not that of the other."""
    piece, held, instead = found.pieces[number], found.held[own].piece, found.held[other].piece
    if piece.group != "noun" or piece.kind in _FIGURES:
        return False
    if (held.joined and own - 1 == other) or (instead.joined and other - 1 == own):
        return True  # «Казахстан и США», «США и Казахстан»
    return _same_part(piece, held) and not _same_part(piece, instead)


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


def _swapped_parts(found: Alignment) -> Iterator[str]:
    """«Россия поставила Казахстану» where the source says «Казахстан поставил России»."""
    pairs = [
        (number, place)
        for number, place in enumerate(found.aligned)
        if place is not None
        and found.pieces[number].group == "noun"
        and found.held[place].piece.group == "noun"
    ]
    for index, first in enumerate(pairs):
        for second in pairs[index + 1 :]:
            if _are_swapped(found, first, second):
                one, other = (found.claim.shown(found.pieces[pair[0]]) for pair in (first, second))
                yield f"в ответе «{one}» и «{other}» поменялись ролями"


def _are_swapped(found: Alignment, first: tuple[int, int], second: tuple[int, int]) -> bool:
    one, other = found.pieces[first[0]], found.pieces[second[0]]
    held, others = found.held[first[1]], found.held[second[1]]
    if held.source != others.source or held.piece.sentence != others.piece.sentence:
        return False
    if one.within or other.within or not (one.cases and other.cases):
        return False
    return (
        not _same_part(one, held.piece)
        and not _same_part(other, others.piece)
        and _same_part(one, others.piece)
        and _same_part(other, held.piece)
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
        if piece.denied or piece.denials > found.held[place].piece.denials:
            lacks = True
        else:
            yield f"в источнике отрицается «{found.claim.shown(piece)}»"
    if lacks:
        yield "в источнике нет отрицания"


def _denied_otherwise(found: Alignment, number: int, place: int) -> bool:
    piece, held = found.pieces[number], found.held[place].piece
    differs = (piece.denials - held.denials) % 2 or {piece.limit, held.limit} == {"only", "not only"}
    if differs and _begin_alike(found, number, place):
        return True
    if piece.denied == held.denied:
        return False
    return all(found.held[each].piece.denied != piece.denied for each in _in_context(found, number))


def _begin_alike(found: Alignment, number: int, place: int) -> bool:
    """True where the same stands before a piece on both sides, or nothing: both begin a sentence."""
    begins = number == 0 or found.pieces[number - 1].sentence != found.pieces[number].sentence
    if begins or found.starts_with(place):
        return begins and found.starts_with(place)
    return found.aligned[number - 1] == place - 1


def _in_context(found: Alignment, number: int) -> list[int]:
    """Matches that stand as well as the one chosen: none where a shared run decides."""
    place = found.aligned[number]
    if place is not None and _keeps_company(found, number, place):
        return [place]
    return found.matches[number]


def doubts(found: Alignment) -> Iterator[str]:
    """Reasons for which the sentence is supported only in part."""
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
