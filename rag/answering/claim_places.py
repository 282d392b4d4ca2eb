"""Whether the pieces of a sentence stand where the source has them: nothing in another's place or part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering.alignment import Alignment, Replacement
from rag.text.pieces import Piece, may_share
from rag.text.synonyms import opposed

_FIGURES = frozenset({"number", "time"})
_CLAIMS = frozenset({"name", *_FIGURES})


def misplaced(found: Alignment) -> Iterator[str]:
    """Reasons: a piece in another's place, one passed over for another, two that have changed parts."""
    yield from (_instead(found, each.held, each.claimed) for each in _moved(found))
    yield from _passed_over(found)
    yield from _swapped_parts(found)


def _moved(found: Alignment) -> list[Replacement]:
    return [
        each
        for each in found.replaced
        if _is_misplaced(found, each)
        and (_is_given(found, each.held) or not _has_own_clause(found, each.claimed))
    ]


def _instead(found: Alignment, held: int, claimed: int) -> str:
    said = found.claim.shown(found.pieces[claimed])
    return f"в источнике на этом месте «{found.shown(held)}», в ответе «{said}»"


def _has_own_clause(found: Alignment, number: int) -> bool:
    """True where the sentence says too what stands beside the piece in the source, in a clause of its own.

    «Запасы в Казахстане составляют 2 тонны» of «запасы в Китае составляют 5 тонн, в Казахстане — 2 тонны».
    """
    own = found.aligned[number]
    held = [each.piece for each in found.held]
    if own is None or _is_taken(found, number, own):
        return False
    for step in (-1, 1):
        beside = _neighbour(held, own, step)
        if beside is not None and beside in found.aligned and held[beside].kind in _CLAIMS:
            return not held[max(own, beside)].parted
    return False


def _is_misplaced(found: Alignment, each: Replacement) -> bool:
    own = found.aligned[each.claimed]
    if own is None or own == each.held:
        return False
    piece, held = found.pieces[each.claimed], found.held[each.held].piece
    tight = found.is_tight(each)
    if opposed(piece.lemmas, held.lemmas) and found.is_beside(each):
        return True
    if not tight and keeps_company(found, each.claimed, own):
        return False
    if _is_taken(found, each.claimed, own):
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


def keeps_company(found: Alignment, number: int, own: int) -> bool:
    """True where the piece has the neighbours it has in the source: the whole phrase has moved.

    A figure may stand on the other side of what it tells: «доля — 70 %», «70 % — доля».
    """
    if any(_neighbour_kept(found, number, own, step, step) for step in (-1, 1)):
        return True
    is_figure = found.pieces[number].kind in _FIGURES
    return is_figure and any(_neighbour_kept(found, number, own, step, -step) for step in (-1, 1))


def _neighbour_kept(found: Alignment, number: int, own: int, step: int, other: int) -> bool:
    """True where the neighbour `step` away is that of the source, `other` away there."""
    mine = _neighbour(found.pieces, number, step)
    theirs = _neighbour([each.piece for each in found.held], own, other)
    if (
        mine is None
        or theirs is None
        or not any(theirs in found.matches[each] for each in _name(found, mine))
    ):
        return False
    if step == other:
        return True
    parted = found.pieces[max(number, mine)].parted or found.held[max(own, theirs)].piece.parted
    return not parted and found.pieces[mine].group != "verb"


def _name(found: Alignment, number: int) -> range:
    """Numbers of all pieces of the name that a piece belongs to."""
    first = last = number
    while found.pieces[first].within:
        first -= 1
    while last + 1 < len(found.pieces) and found.pieces[last + 1].within:
        last += 1
    return range(first, last + 1)


def _neighbour(pieces: Sequence[Piece], place: int, step: int) -> int | None:
    """The place of the piece beside the whole name that `place` belongs to."""
    while _goes_on(pieces, place, step):
        place += step
    place += step
    return place if 0 <= place < len(pieces) else None


def _goes_on(pieces: Sequence[Piece], place: int, step: int) -> bool:
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


def mixed(found: Alignment) -> Iterator[str]:
    """Reasons for doubt: a claim of another sentence in place of what stands beside the verb."""
    for number, piece in enumerate(found.pieces):
        homes = _homes(found, number) if piece.kind in _CLAIMS and not piece.within else []
        if any(found.same_sentence(home, place) for home in homes for place in found.matches[number]):
            continue
        places = range(len(found.held)) if homes else ()
        instead = next((each for each in places if _stands_for(found, number, homes[0], each)), None)
        if instead is not None:
            said, other = found.claim.shown(piece), found.shown(instead)
            yield f"в этом предложении источника «{other}», в ответе «{said}»"


def _homes(found: Alignment, number: int) -> list[int]:
    """Where the only verb of the piece's sentence stands in the source; none for a missing piece."""
    sentence = found.pieces[number].sentence
    verbs = [
        other
        for other, piece in enumerate(found.pieces)
        if piece.group == "verb" and piece.sentence == sentence and found.matches[other]
    ]
    return found.matches[verbs[0]] if len(verbs) == 1 and found.matches[number] else []


def _stands_for(found: Alignment, number: int, home: int, place: int) -> bool:
    """True for a piece beside the verb that the sentence leaves out and another one has the part of."""
    piece, held = found.pieces[number], found.held[place].piece
    if held.kind != piece.kind or held.within or not found.same_sentence(home, place):
        return False
    name = range(place, place + 1 + sum(1 for _ in _rest_of_name(found, place)))
    if any(each in found.aligned for each in name):
        return False
    return piece.kind == "time" or _same_part(piece, held)


def _rest_of_name(found: Alignment, place: int) -> Iterator[int]:
    following = place + 1
    while following < len(found.held) and found.held[following].piece.within:
        yield following
        following += 1


def _passed_over(found: Alignment) -> Iterator[str]:
    """«Экспорт вырос на 7 %» of «экспорт вырос на 5 %, импорт — на 7 %»: the nearer figure is passed over."""
    for number in range(1, len(found.pieces)):
        before, place = found.aligned[number - 1], found.aligned[number]
        if before is None or place is None or found.pieces[number].kind not in _CLAIMS:
            continue
        passed = next(
            (each for each in range(before + 1, place) if _is_meant(found, number, place, each)), None
        )
        if passed is not None:
            yield _instead(found, passed, number)


def _is_meant(found: Alignment, number: int, own: int, passed: int) -> bool:
    """True where the sentence's piece plays the part of the one passed over rather than its own."""
    piece, held, other = found.pieces[number], found.held[own].piece, found.held[passed].piece
    if piece.kind != other.kind or passed in found.aligned or not found.same_sentence(passed, own):
        return False
    if piece.amount and other.amount:
        return (
            piece.amount.unit == other.amount.unit is not None
            and piece.preposition == other.preposition
            and not _neighbour_kept(found, number, own, 1, 1)
            and not _has_own_clause(found, number)
        )
    return piece.kind == "name" and _same_part(piece, other) and not _same_part(piece, held)


def _swapped_parts(found: Alignment) -> Iterator[str]:
    """«Россия поставила Казахстану» where the source says «Казахстан поставил России»."""
    pairs = [
        (number, place)
        for number, place in enumerate(found.aligned)
        if place is not None and _has_part(found.pieces[number]) and _has_part(found.held[place].piece)
    ]
    for index, first in enumerate(pairs):
        for second in pairs[index + 1 :]:
            if _are_swapped(found, first, second):
                one, other = (found.claim.shown(found.pieces[pair[0]]) for pair in (first, second))
                yield f"в ответе «{one}» и «{other}» поменялись ролями"


def _has_part(piece: Piece) -> bool:
    """True for nouns, and for times, which only a preposition gives a part («в декабре»)."""
    return piece.group == "noun" or piece.kind == "time"


def _are_swapped(found: Alignment, first: tuple[int, int], second: tuple[int, int]) -> bool:
    one, other = found.pieces[first[0]], found.pieces[second[0]]
    held, others = found.held[first[1]], found.held[second[1]]
    if held.source != others.source or held.piece.sentence != others.piece.sentence:
        return False
    if one.within or other.within or not all(each.cases or each.kind == "time" for each in (one, other)):
        return False
    return (
        not _same_part(one, held.piece)
        and not _same_part(other, others.piece)
        and _same_part(one, others.piece)
        and _same_part(other, held.piece)
    )
