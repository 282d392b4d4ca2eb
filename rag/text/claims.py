"""What a text claims, piece by piece: words, names, numbers and times, each with its part in the sentence.

A piece knows whether it is denied, behind which preposition it stands and in which cases it may be read, so
that two texts can be compared claim by claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from rag.text.amounts import MEASURES, MULTIPLYING, Amount, amounts
from rag.text.days import Time
from rag.text.pieces import Piece, cases_of, group_of, lemmas_of, may_share, name_places
from rag.text.readings import noun_readings
from rag.text.sentences import sentences
from rag.text.times import find_times
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer, fold, is_function_word

NEGATION = frozenset({"не", "нет", "ни", "без", "нельзя"})
# Function words that tell something by themselves: «после того, как…», «выступил против», «ещё выше».
_TELLING = frozenset(
    """до после перед против вопреки благодаря вместо кроме помимо выше ниже больше меньше более менее раньше
    позже может могут мог могла могло могли все всех всем""".split()
)
_ONLY = frozenset({"только", "лишь", "просто"})  # «не только» denies nothing
_SHORT_PREPOSITIONS = {"во": "в", "со": "с", "ко": "к", "об": "о", "обо": "о", "подо": "под", "изо": "из"}
_EX = "экс-"
_FORMER = frozenset({"экс", "бывший"})
_JOINING = frozenset({"и", "или", ",", "/"})
Agreement = tuple[str, str]  # number and gender; an empty gender agrees with any


@dataclass(frozen=True, slots=True)
class Claims:
    """A text with its pieces in order; `negative`: it denies something."""

    text: str
    pieces: tuple[Piece, ...]
    negative: bool

    def shown(self, piece: Piece) -> str:
        """The piece as it stands in the text."""
        minus = "−" if piece.amount and piece.amount.value < 0 else ""
        shown = " ".join(self.text[piece.start : piece.stop].split())
        return minus + (shown if shown.endswith("г.") else shown.removesuffix("."))


@lru_cache(maxsize=4_000)
def claims(text: str, published: date | None = None) -> Claims:
    """The pieces of `text`, written on the day `published`."""
    found = tokens(text)
    borders = [stop for _, stop in sentences(text)]
    pieces = settled(_Reader(text, found, borders, published).pieces())
    negative = any(_denies(found, place) for place in range(len(found)))
    return Claims(text, pieces, negative)


def _denies(found: Sequence[Token], place: int) -> bool:
    """True for a denial at `place`: not in «не только», «не менее»."""
    if found[place].folded not in NEGATION:
        return False
    following = found[place + 1] if place + 1 < len(found) else None
    return following is None or not (
        following.folded in _ONLY
        or following.grammar.part == "COMP"
        or following.folded in ("более", "менее")
    )


def _former(token: Token) -> Token | None:
    """«Министр» of «экс-министр»."""
    prefix = token.folded[: len(_EX)]
    if prefix not in (_EX, _EX.replace("-", "\u2011")) or len(token.folded) == len(_EX):
        return None
    (office,) = tokens(token.text[len(_EX) :])
    return replace(office, start=token.start + len(_EX), stop=token.stop)


class _Reader:
    """Walks the tokens of one text and keeps what stood before: denial, preposition, noun."""

    def __init__(
        self, text: str, found: Sequence[Token], borders: Sequence[int], published: date | None
    ) -> None:
        self.text, self.found, self.borders = text, found, borders
        times = [each for each in find_times(text, published) if each.days]
        free = [
            each
            for each in amounts(text)
            if not any(each.start < time.stop and time.start < each.stop for time in times)
        ]
        self.figures: list[Amount | Time] = sorted([*times, *free], key=lambda each: each.start)
        self.names = name_places(found)
        self.sentence = 0
        self.clear()

    def clear(self) -> None:
        self.denied, self.preposition = False, ""
        self.noun: Piece | None = None  # the noun right before
        self.joint = False  # a sign or «и» since that noun
        self.parted = False

    def pieces(self) -> list[Piece]:
        done: list[Piece] = []
        said: Amount | Time | None = None  # the figure that the token before belongs to
        for place, token in enumerate(self.found):
            if self.sentence < len(self.borders) - 1 and token.start >= self.borders[self.sentence]:
                self._end_clause(done)
                self.sentence += 1
                self.clear()
            whole = next(
                (each for each in self.figures if each.start < token.stop and token.start < each.stop), None
            )
            if whole is not None and self._is_part(token, whole):
                if whole is not said:
                    done.append(self._figure(whole))
                said = whole
            elif token.kind == "sign":
                self._sign(token, done)
            elif token.kind == "word":
                done += self._word(place, token)
        self._end_clause(done)
        return done

    def _end_clause(self, done: list[Piece]) -> None:
        """«указаны не были»: a denial with nothing behind it denies what stands before."""
        if self.denied and done and done[-1].sentence == self.sentence:
            done[-1] = replace(done[-1], denied=not done[-1].denied)
        self.denied = False

    def _is_part(self, token: Token, whole: Amount | Time) -> bool:
        """What is counted («вагонов») is a word as any other; a figure inside a word («Су-57») is none."""
        if isinstance(whole, Time):
            return True
        if token.start < whole.start and token.kind == "word":
            return False
        return whole.unit is None or whole.unit in MEASURES or token.grammar.lemma != whole.unit

    def _figure(self, whole: Amount | Time) -> Piece:
        piece = Piece(
            whole.start,
            whole.stop,
            "number" if isinstance(whole, Amount) else "time",
            fold(self.text[whole.start : whole.stop]),
            denied=self.denied,
            preposition=self.preposition,
            sentence=self.sentence,
            parted=self.parted,
            amount=whole if isinstance(whole, Amount) else None,
            time=whole if isinstance(whole, Time) else None,
        )
        self._passed()
        return piece

    def _passed(self) -> None:
        """A piece is done: what stood before it counts no more."""
        self.denied = self.parted = False

    def _word(self, place: int, token: Token) -> Iterator[Piece]:
        part = token.grammar.part
        is_name = place in self.names
        if token.folded in NEGATION:
            self.denied = self.denied or _denies(self.found, place)
        elif not is_name and is_function_word(token.folded):
            self._function(token, part)
            if token.folded in _TELLING and not self._before_figure(token):
                preposition = self.preposition
                yield self._content(place, token, is_name)
                self.preposition = preposition
        elif office := _former(token):
            former = self._content(place, token, is_name=False)
            yield replace(former, lemmas=_FORMER, group="other", cases=frozenset())
            yield self._content(place, office, is_name=False)
        else:
            yield self._content(place, token, is_name)
            if times := MULTIPLYING.get(token.grammar.lemma):
                yield self._figure(Amount(times, "раз", "", token.start, token.stop, times))

    def _before_figure(self, token: Token) -> bool:
        """«До 7 млн», «до 2020 года»: the figure keeps the preposition itself."""
        return any(token.stop < each.start <= token.stop + 2 for each in self.figures)

    def _sign(self, token: Token, done: list[Piece]) -> None:
        is_quote = token.text in "«»\"'„“”."
        self.joint = token.text in _JOINING
        self.parted = self.parted or token.text in ",;"
        if not is_quote:
            self._end_clause(done)
            self.preposition = ""  # «о том, что мост…»: it belongs to the pronoun
        if not self.joint and not is_quote:
            self.noun = None

    def _function(self, token: Token, part: str) -> None:
        if part == "PREP":
            self.preposition = _SHORT_PREPOSITIONS.get(token.folded, token.folded)
            self.noun = None
        self.joint = token.folded in _JOINING

    def _content(self, place: int, token: Token, is_name: bool) -> Piece:
        initial = is_name and len(token.text) == 1 and self.text[token.stop : token.stop + 1] == "."
        group, part = group_of(token), token.grammar.part
        cases = cases_of(token, self.preposition) if group == "noun" else frozenset()
        preposition, joined = self.preposition, False
        before = self.noun if group == "noun" and not preposition else None
        if before is not None and may_share(cases, before.cases):
            preposition, joined = before.preposition, self.joint
        piece = Piece(
            start=token.start,
            stop=token.stop,
            kind="name" if is_name else "word",
            folded=token.folded,
            lemmas=lemmas_of(token.folded),
            group=group,
            denied=self.denied,
            preposition=preposition if group == "noun" else "",
            cases=cases,
            sentence=self.sentence,
            within=is_name and place - 1 in self.names and not self.joint,
            joined=joined,
            parted=self.parted,
            initial=initial,
            finite=part in ("VERB", "PRTS"),
        )
        self._passed()
        if group == "noun":
            self.preposition, self.noun, self.joint = "", piece, False
        elif group == "verb":
            self.preposition, self.noun = "", None
        return piece


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
