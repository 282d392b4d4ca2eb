"""Which piece of a source stands behind each piece of a sentence, and what stands in another's place.

Both are read as sequences of pieces (rag.text.claims). The heaviest common subsequence lays one on the other
(Needleman & Wunsch 1970); verbs weigh more, so what has moved is rather a noun, and neighbours that stay
neighbours weigh more too. Between two anchors one piece may have been put in place of another. What has only
moved is matched wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from rag.text.claims import Claims
from rag.text.name_kinds import ORGANISATIONS, PLACES
from rag.text.pieces import (
    Piece,
    denies_the_opposite,
    is_initial_of,
    may_replace,
    related,
    same_figure,
)

Floats = NDArray[np.float64]
Clause = tuple[int, int, int]  # the source, its sentence, and how many commas part it from the front

# What a common piece weighs by what it is (a verb moves least, a noun or a figure is put in another place
# soonest), and a pair of neighbours on top.
_WEIGHTS = {"number": 0.9, "noun": 0.95, "other": 1.0, "verb": 1.2}
_NEIGHBOURS = 0.3
# Pieces of a claim times those of its sources that are compared: 20 pieces with 50 long quotes whole. Without
# an end, two thousand characters of figures took minutes beside fifty such quotes.
_MOST_PAIRS = 300_000
# A longer run between two shared ones is another text rather than a replacement.
_LONGEST_RUN = 6
# Any of these may stand for another or be left out: «по словам Токаева» is «Токаев заявил».
_SAYING = frozenset(
    """сообщать сообщить сообщаться сообщение передавать передать писать написать отмечать отметить отмечаться
    заявлять заявить заявление говорить говориться сказать рассказать уточнить уточнять подчеркнуть
    подчеркивать добавить добавлять пояснить пояснять указать указывать напомнить напоминать слово данные
    информация сведение""".split()
)
_AMOUNTING = frozenset(
    "составлять составить насчитывать насчитываться равняться оцениваться достигать исчисляться".split()
)
_PERIODS = frozenset({"год", "месяц", "неделя", "день", "час"})


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of a source: `source` numbers the sources."""

    source: int
    number: int
    piece: Piece


@dataclass(frozen=True, slots=True)
class Replacement:
    """Piece `claimed` of the sentence stands where `held` stands in the source; numbers of both."""

    claimed: int
    held: int


class Alignment:
    """A sentence laid on the texts it cites."""

    def __init__(self, claim: Claims, sources: Sequence[Claims]) -> None:
        self.claim, self.sources = claim, sources
        self.pieces = claim.pieces
        held = (
            Place(number, place, piece)
            for number, source in enumerate(sources)
            for place, piece in enumerate(source.pieces)
        )
        self.held = list(islice(held, _MOST_PAIRS // max(1, len(self.pieces))))
        times = [each.piece.time for each in self.held if each.piece.time]
        self.years = sorted({each.days.since.year for each in times if each.days and not each.guessed})
        self.matches = [self._matches(piece) for piece in self.pieces]
        self.aligned: list[int | None] = [None] * len(self.pieces)
        self.replaced: list[Replacement] = []
        self._align()

    @property
    def missing(self) -> list[int]:
        """Numbers of the pieces that no source holds, but for words that only frame the claim."""
        return [
            number for number, places in enumerate(self.matches) if not places and not self._frames(number)
        ]

    def _frames(self, number: int) -> bool:
        following = self.pieces[number + 1] if number + 1 < len(self.pieces) else None
        return frames(self.pieces[number], following)

    @property
    def share(self) -> float:
        """The share of the sentence's pieces that a source holds; 0 without any."""
        return 1 - len(self.missing) / len(self.pieces) if self.pieces else 0.0

    def shown(self, held: int) -> str:
        """A source's piece as it stands there."""
        place = self.held[held]
        return self.sources[place.source].shown(place.piece)

    def is_tight(self, each: Replacement) -> bool:
        """True for one piece in place of one: the neighbours on both sides are the same, or none."""
        return self._borders(each, -1) and self._borders(each, 1)

    def is_beside(self, each: Replacement) -> bool:
        """True where the neighbours on one side at least are the same pieces."""
        return any(
            each.claimed + step in self.anchored and self.aligned[each.claimed + step] == each.held + step
            for step in (-1, 1)
        )

    def _borders(self, each: Replacement, step: int) -> bool:
        number, place = each.claimed + step, each.held + step
        mine = (
            0 <= number < len(self.pieces)
            and self.pieces[number].sentence == self.pieces[each.claimed].sentence
        )
        theirs = 0 <= place < len(self.held) and self.same_sentence(each.held, place)
        return mine == theirs and (not mine or (number in self.anchored and self.aligned[number] == place))

    def _are_words(self, number: int, place: int) -> bool:
        return self.pieces[number].kind == self.held[place].piece.kind == "word"

    def same_sentence(self, first: int, second: int) -> bool:
        """True where two pieces stand in one sentence of one source."""
        one, other = self.held[first], self.held[second]
        return (one.source, one.piece.sentence) == (other.source, other.piece.sentence)

    @cached_property
    def clauses(self) -> list[Clause]:
        """The clause of each piece of the sources: parted by commas, but those of a list."""
        commas = accumulate(each.piece.parted and not each.piece.joined for each in self.held)
        return [
            (each.source, each.piece.sentence, count) for each, count in zip(self.held, commas, strict=True)
        ]

    def has_company(self, place: int) -> bool:
        """True where the sentence has a neighbour, too, that a piece of a source has in its clause."""
        first, last = place, place + 1
        while self.held[first].piece.within:
            first -= 1
        while last < len(self.held) and self.held[last].piece.within:
            last += 1
        return any(
            each in self.aligned and self.clauses[each] == self.clauses[place]
            for each in (first - 1, last)
            if 0 <= each < len(self.held)
        )

    @cached_property
    def _by_lemma(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        for place, each in enumerate(self.held):
            for lemma in each.piece.lemmas:
                index.setdefault(lemma, []).append(place)
        return index

    def _matches(self, piece: Piece) -> list[int]:
        """Places of the pieces that bear `piece` out, those of the surest kind."""
        if piece.amount or piece.time:
            return [
                place for place, each in enumerate(self.held) if same_figure(piece, each.piece, self.years)
            ]
        same = sorted({place for lemma in piece.lemmas for place in self._by_lemma.get(lemma, ())})
        if same or piece.initial:
            return same or [p for p, each in enumerate(self.held) if is_initial_of(piece, each.piece)]
        return [
            place
            for place, each in enumerate(self.held)
            if related(piece, each.piece) or denies_the_opposite(piece, each.piece)
        ]

    def _align(self) -> None:
        anchors = _common(self.matches, [_weight(p) for p in self.pieces], len(self.held))
        for number, place in anchors:
            self.aligned[number] = place
        self.anchored = frozenset(number for number, _ in anchors)
        gaps = [(-1, -1), *anchors, (len(self.pieces), len(self.held))]
        for (before, start), (after, stop) in pairwise(gaps):
            for first, last, held in self._runs(before, after, start, stop):
                self.replaced += self._replacements(first, last, held)
        for each in self.replaced:
            if self.held[each.held].piece.lemmas.isdisjoint(
                self.pieces[each.claimed].lemmas
            ) and not self._surely(each.claimed):
                self.matches[each.claimed] = []  # a distant kin elsewhere bears out nothing here
        self._align_moved()

    def _surely(self, number: int) -> bool:
        """True where the piece is matched by what it says itself, not by kin or a synonym."""
        piece = self.pieces[number]
        if piece.amount or piece.time or piece.kind == "name":
            return True
        return any(piece.lemmas & self.held[place].piece.lemmas for place in self.matches[number])

    def _align_moved(self) -> None:
        """What stands elsewhere: the match nearest to what its neighbours are laid on."""
        for number, places in enumerate(self.matches):
            if self.aligned[number] is None and places:
                near = self._neighbour(number)
                self.aligned[number] = min(places, key=lambda place: (abs(place - near), place))

    def _neighbour(self, number: int) -> int:
        for step in range(1, len(self.pieces)):
            for other in (number - step, number + step):
                if 0 <= other < len(self.pieces) and (place := self.aligned[other]) is not None:
                    return place
        return 0

    def _runs(self, before: int, after: int, start: int, stop: int) -> Iterator[tuple[int, int, range]]:
        """What lies between two anchors on either side, sentence by sentence.

        The anchors are the pieces `before` and `after`, laid on `start` and `stop`. What ends the sentence
        of the one before is compared with what ends that of its place, and what begins that of the one
        behind with what begins that of its place.
        """
        middle = before + 1
        if before >= 0:
            while middle < after and self.pieces[middle].sentence == self.pieces[before].sentence:
                middle += 1
            yield before + 1, middle, range(start + 1, self._end(start, stop))
        if after < len(self.pieces):
            yield middle, after, range(self._beginning(start, stop), stop)

    def _end(self, start: int, stop: int) -> int:
        """Where the sentence of the source's piece `start` ends, at `stop` at the latest."""
        return next((place for place in range(start + 1, stop) if not self.same_sentence(start, place)), stop)

    def _beginning(self, start: int, stop: int) -> int:
        """Where the sentence of the source's piece `stop` begins, behind `start` at the earliest."""
        return next((place for place in range(start + 1, stop) if self.same_sentence(place, stop)), stop)

    def _replacements(self, first: int, last: int, held: range) -> Iterator[Replacement]:
        """Pieces of one run against those of the other: kind by kind, one by one where as many."""
        if last - first > _LONGEST_RUN or len(held) > 2 * _LONGEST_RUN:
            return
        left = list(held)
        as_many = last - first == len(held)
        for number in range(first, last):
            piece = self.pieces[number]
            opposite = held.start + number - first if as_many else -1
            order = [opposite, *left] if opposite in left else left
            fitting = [place for place in order if may_replace(piece, self.held[place].piece)]
            if (
                not fitting
                and opposite in left
                and (not self.matches[number] or self._are_words(number, opposite))
            ):
                fitting = [opposite]
            if fitting:
                left.remove(fitting[0])
                yield Replacement(number, fitting[0])


def _weight(piece: Piece) -> float:
    return _WEIGHTS["number" if piece.kind == "number" else piece.group]


def _common(matches: Sequence[Sequence[int]], weights: Sequence[float], width: int) -> list[tuple[int, int]]:
    """The heaviest common subsequence: pairs of a row of `matches` and one of its places, both ascending."""
    best = np.zeros((len(matches) + 1, width + 1))
    ending = np.full((len(matches) + 1, width + 1), -np.inf)
    for row, places in enumerate(matches):
        columns = np.asarray(places, np.intp)
        before = np.maximum(best[row, columns], ending[row, columns] + _NEIGHBOURS)
        ending[row + 1, columns + 1] = before + weights[row]
        best[row + 1] = np.maximum.accumulate(np.maximum(best[row], ending[row + 1]))
    return _traced(best, ending)


def _traced(best: Floats, ending: Floats) -> list[tuple[int, int]]:
    row, column = (size - 1 for size in best.shape)
    found: list[tuple[int, int]] = []
    tied = False  # the pair behind counts on its neighbour here
    while row and column:
        if tied or (best[row, column] == ending[row, column]):
            found.append((row - 1, column - 1))
            tied = ending[row - 1, column - 1] + _NEIGHBOURS >= best[row - 1, column - 1]
            row, column = row - 1, column - 1
        elif best[row - 1, column] == best[row, column]:
            row -= 1
        else:
            column -= 1
    return found[::-1]


def frames(piece: Piece, following: Piece | None) -> bool:
    """True for a word that says only how a claim is known, how an amount is told, or what sort a name is.

    «Компания» says so before a name: «компания «Вабтек»».
    """
    if piece.kind != "word":
        return False
    if piece.lemmas & (_SAYING | _AMOUNTING):
        return True
    if following is not None and "каждый" in piece.lemmas and following.lemmas & _PERIODS:
        return True  # «каждый год» of «ежегодно», «в год»
    return (
        following is not None and following.kind == "name" and bool(piece.lemmas & (ORGANISATIONS | PLACES))
    )
