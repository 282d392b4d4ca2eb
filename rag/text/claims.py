"""What a text claims, piece by piece: words, names, numbers and times, each with its part in the sentence.

A piece knows whether it is denied and behind which preposition it stands, so that two texts can be compared
claim by claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from rag.text.amounts import MEASURES, MULTIPLYING, Amount, amounts
from rag.text.days import Time
from rag.text.pieces import Piece, group_of, lemmas_of, name_places
from rag.text.sentences import sentences
from rag.text.times import find_times
from rag.text.tokens import Token, tokens
from rag.text.words import fold, is_function_word

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
    pieces = tuple(_Reader(text, found, borders, published).pieces())
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
    """Walks the tokens of one text and keeps what stood before: denial, preposition."""

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
            amount=whole if isinstance(whole, Amount) else None,
            time=whole if isinstance(whole, Time) else None,
        )
        self.denied = False
        return piece

    def _word(self, place: int, token: Token) -> Iterator[Piece]:
        is_name = place in self.names
        if token.folded in NEGATION:
            self.denied = self.denied or _denies(self.found, place)
        elif not is_name and is_function_word(token.folded):
            if token.grammar.part == "PREP":
                self.preposition = _SHORT_PREPOSITIONS.get(token.folded, token.folded)
            if token.folded in _TELLING and not self._before_figure(token):
                preposition = self.preposition
                yield self._content(place, token, is_name)
                self.preposition = preposition
        elif office := _former(token):
            former = self._content(place, token, is_name=False)
            yield replace(former, lemmas=_FORMER, group="other")
            yield self._content(place, office, is_name=False)
        else:
            yield self._content(place, token, is_name)
            if times := MULTIPLYING.get(token.grammar.lemma):
                yield self._figure(Amount(times, "раз", "", token.start, token.stop, times))

    def _before_figure(self, token: Token) -> bool:
        """«До 7 млн», «до 2020 года»: the figure keeps the preposition itself."""
        return any(token.stop < each.start <= token.stop + 2 for each in self.figures)

    def _sign(self, token: Token, done: list[Piece]) -> None:
        if token.text not in "«»\"'„“”.":
            self._end_clause(done)
            self.preposition = ""  # «о том, что мост…»: it belongs to the pronoun

    def _content(self, place: int, token: Token, is_name: bool) -> Piece:
        initial = is_name and len(token.text) == 1 and self.text[token.stop : token.stop + 1] == "."
        group = group_of(token)
        piece = Piece(
            start=token.start,
            stop=token.stop,
            kind="name" if is_name else "word",
            folded=token.folded,
            lemmas=lemmas_of(token.folded),
            group=group,
            denied=self.denied,
            preposition=self.preposition if group == "noun" else "",
            sentence=self.sentence,
            initial=initial,
            finite=token.grammar.part in ("VERB", "PRTS"),
        )
        self.denied = False
        if group in ("noun", "verb"):
            self.preposition = ""
        return piece
