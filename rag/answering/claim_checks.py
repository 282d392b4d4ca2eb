"""A sentence beside its sources, piece by piece: where each piece stands there, and what differs.

Names, numbers and times must stand in the sources; what is denied must be denied there, and nothing may be
turned round (rag.text.synonyms). Who does what to whom is the network's to judge: by words alone a sentence
is only plain where a source says the same words in the same forms and in the same order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from rag.text.amounts import compared
from rag.text.claims import Claims
from rag.text.name_kinds import ORGANISATIONS, PLACES
from rag.text.pieces import Piece, denies_the_opposite, is_initial_of, related, same_figure
from rag.text.synonyms import opposed

# Pieces of a claim times those of its sources that are compared: 20 pieces with 50 long quotes whole. Without
# an end, two thousand characters of figures took minutes beside fifty such quotes.
_MOST_PAIRS = 300_000
_FIGURES = frozenset({"number", "time"})
_MOST_SHOWN = 5
_CLAIMS = frozenset({"name", *_FIGURES})
_PLAIN = {"number": "нет числа", "time": "нет даты", "name": "нет имени", "word": "нет слова"}
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
# Left out before a word, they change what it says: «заместитель министра» is not «министр», nor are all
# countries «почти все».
_CHANGING = frozenset(
    """заместитель зам замминистр помощник советник представитель секретарь пресс-секретарь адвокат посол
    вдова жена муж сын дочь брат сестра отец мать родственник предшественник преемник
    почти некоторый частично отчасти якобы предположительно экс бывший будущий едва вряд
    временно условно""".split()
)
# What a figure does behind these: rises by it, to it, from it.
_WAYS = {"на": "by", "до": "to", "с": "from", "от": "from"}


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of a source: `source` numbers the sources."""

    source: int
    number: int
    piece: Piece

    @property
    def sentence(self) -> tuple[int, int]:
        """The source and its sentence."""
        return self.source, self.piece.sentence


class Comparison:
    """A sentence beside the texts it cites.

    `held` are the pieces of the texts, one after another. For each piece of the sentence `matches` are the
    places in `held` that bear it out, and `chosen` is one of them, where most of the sentence stands if it
    stands there, or None.
    """

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
        self._by_lemma: dict[str, list[int]] = {}
        for place, each in enumerate(self.held):
            for lemma in each.piece.lemmas:
                self._by_lemma.setdefault(lemma, []).append(place)
        self.matches = [self._matches(piece) for piece in self.pieces]
        told = Counter(
            at for places in self.matches for at in {self.held[place].sentence for place in places}
        )
        self.home = max(told, key=lambda at: told[at], default=None)
        self.chosen = [
            min(places, key=lambda place: self.held[place].sentence != self.home, default=None)
            for places in self.matches
        ]
        taken = {place for places in self.matches for place in places}
        self.free = [place for place in range(len(self.held)) if place not in taken]

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

    @property
    def missing(self) -> list[int]:
        """Numbers of the pieces that no source holds, but for words that only frame the claim."""
        followed = zip(self.pieces, [*self.pieces[1:], None], self.matches, strict=False)
        return [
            number
            for number, (piece, following, places) in enumerate(followed)
            if not places and not frames(piece, following)
        ]

    @property
    def share(self) -> float:
        """The share of the sentence's pieces that a source holds; 0 without any."""
        return 1 - len(self.missing) / len(self.pieces) if self.pieces else 0.0

    def shown(self, held: int) -> str:
        """A source's piece as it stands there."""
        place = self.held[held]
        return self.sources[place.source].shown(place.piece)

    def instead(self, number: int) -> int | None:
        """What a source has instead of a piece that it lacks: the nearest of its sort that nothing matches.

        Of its sort are a word's opposite, a time, a number of its unit; a name and a number of another unit
        are only where a neighbour of the piece stands beside them.
        """
        piece = self.pieces[number]
        others = [(abs(other - number), other) for other, at in enumerate(self.chosen) if at is not None]
        near = min(others)[1] if others else number
        beside = self.chosen[near] or 0
        expected = beside + number - near
        fitting = [
            (not is_like, abs(place - expected), place)
            for place in self.free
            if (held := self.held[place].piece).kind == piece.kind
            and ((is_like := _of_one_sort(piece, held)) or abs(place - beside) == 1)
            and (is_like or piece.kind in _CLAIMS)
        ]
        return min(fitting)[2] if fitting else None


def _of_one_sort(piece: Piece, held: Piece) -> bool:
    if piece.amount and held.amount:
        return piece.amount.unit is not None and piece.amount.unit == held.amount.unit
    return piece.kind == "time" or (piece.kind == "word" and opposed(piece.lemmas, held.lemmas))


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


@dataclass(frozen=True, slots=True)
class Contradictions:
    """Reasons for which a sentence is not supported.

    `figures`: numbers, times and names that no source holds. `turned`: opposites. `denied`: what only one
    side denies.
    """

    figures: tuple[str, ...]
    turned: tuple[str, ...]
    denied: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every reason once."""
        return tuple(dict.fromkeys((*self.figures, *self.turned, *self.denied)))


NO_CONTRADICTION = Contradictions((), (), ())


def contradictions(found: Comparison) -> Contradictions:
    """What the sentence claims otherwise than its sources."""
    return Contradictions(tuple(_figures(found)), tuple(_turned_round(found)), tuple(_denials(found)))


def _figures(found: Comparison) -> Iterator[str]:
    """Names, numbers and times that no source holds."""
    for number, piece in enumerate(found.pieces):
        if piece.kind in _CLAIMS and not found.matches[number]:
            yield _differs(found, number, found.instead(number))


def _differs(found: Comparison, number: int, held: int | None) -> str:
    piece = found.pieces[number]
    said = found.claim.shown(piece)
    if held is None:
        return f"в источнике {_PLAIN[piece.kind]} «{said}»"
    return f"в источнике «{found.shown(held)}», в ответе «{said}»"


def _turned_round(found: Comparison) -> Iterator[str]:
    """Opposites: words, prepositions, and the ways of a figure."""
    for number, piece in enumerate(found.pieces):
        if piece.kind == "word" and not found.matches[number]:
            if (place := found.instead(number)) is not None:
                yield _differs(found, number, place)
            continue
        others = {found.held[each].piece.preposition for each in found.matches[number]}
        if (place := found.chosen[number]) is not None and _is_turned(piece, others):
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


def _denials(found: Comparison) -> Iterator[str]:
    """Words denied on one side only: «не построен» and «построен»."""
    lacks = found.claim.negative and not any(source.negative for source in found.sources)
    for number, piece in enumerate(found.pieces):
        place = found.chosen[number]
        if place is None or (piece.kind == "name" and found.held[place].sentence != found.home):
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


def doubts(found: Comparison) -> Iterator[str]:
    """Reasons for which a sentence that differs in nothing is supported only in part."""
    if missing := [found.claim.shown(found.pieces[each]) for each in found.missing[:_MOST_SHOWN]]:
        yield f"в источнике нет слов: {', '.join(missing)}"
    for number, piece in enumerate(found.pieces):
        place, said = found.chosen[number], found.claim.shown(piece)
        if place is not None and _is_cut_short(found, piece, place):
            source, start = found.sources[found.held[place].source], found.held[place - 1].piece.start
            there = " ".join(source.text[start : found.held[place].piece.stop].split())
            yield f"в источнике «{there}», в ответе «{said}»"
        if place is not None and _hedges_differ(found, number):
            yield _differs(found, number, place)


def is_told(found: Comparison) -> bool:
    """True where a source has the pieces of the sentence in the same forms and order.

    Between two of them it may have other words in the same sentence, but no verb, name or figure, and nothing
    that is denied or limits what follows.
    """
    weighty = [0, *accumulate(map(_has_weight, found.held))]  # as many up to each place
    ends: list[int] | None = None  # where the pieces so far may end
    for number, places in enumerate(found.matches):
        if not places:
            continue
        same = [place for place in places if _is_same(found.pieces[number], found.held[place].piece)]
        if ends is None:
            ends = same
        else:
            ends = [place for place in same if _follows(found, weighty, ends, place)]
    return bool(ends)


def _follows(found: Comparison, weighty: Sequence[int], ends: Sequence[int], place: int) -> bool:
    at = bisect_left(ends, place)
    if not at:
        return False
    one, other = found.held[ends[at - 1]], found.held[place]
    if one.sentence != other.sentence:
        return one.source == other.source and ends[at - 1] == place - 1
    return weighty[ends[at - 1] + 1] == weighty[place]


def _has_weight(each: Place) -> bool:
    piece = each.piece
    return piece.group == "verb" or piece.kind != "word" or piece.denied or bool(piece.lemmas & _CHANGING)


def _is_same(piece: Piece, held: Piece) -> bool:
    if (piece.denied, piece.preposition) != (held.denied, held.preposition):
        return False
    return piece.kind in _FIGURES or piece.folded == held.folded


def _is_cut_short(found: Comparison, piece: Piece, place: int) -> bool:
    """True where the sentence leaves out the word before the piece, and mayn't.

    «Отказался подписать» is no «подписал», nor is the minister his deputy.
    """
    if place - 1 not in found.free or found.held[place - 1].sentence != found.held[place].sentence:
        return False
    before, held = found.held[place - 1].piece, found.held[place].piece
    if piece.finite and held.group == "verb" and not held.finite:
        return before.group != "noun" and before.kind == "word"
    return bool(before.lemmas & _CHANGING)


def _hedges_differ(found: Comparison, number: int) -> bool:
    claimed, held = found.pieces[number].amount, [found.held[at].piece.amount for at in found.matches[number]]
    return {compared(claimed, each) for each in held if claimed and each} == {"hedged"}
