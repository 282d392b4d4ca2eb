"""The pieces that claims are compared by, what grammar says of them, and whether one bears out another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.text import amounts
from rag.text.amounts import Amount
from rag.text.days import Time
from rag.text.name_spans import name_spans
from rag.text.readings import PREPOSITIONS, noun_readings
from rag.text.spelling import same_but_ending, sound_key
from rag.text.synonyms import equals, opposed, same_way
from rag.text.tokens import Token
from rag.text.words import analyzer, fold, is_function_word

Kind = Literal["word", "name", "number", "time"]
Group = Literal["noun", "verb", "other"]

_LIKELY = 0.02  # probability of a parse whose lemma counts
_VERBS = frozenset({"VERB", "INFN", "GRND", "PRTS"})
_NOUNS = frozenset({"NOUN", "UNKN", "LATN", "ROMN"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a claim at `text[start:stop]`; `sentence` numbers the sentences of the text.

    `lemmas` are all that the word may have; `cases` those it may stand in with their numbers («nomn sing»;
    empty: any, or no noun). `within`: it goes on the name before it. `joined`: «и» or a comma ties it to the
    noun before it. `parted`: a comma or semicolon stands before it. `finite`: a verb that tells what happens,
    no infinitive.
    """

    start: int
    stop: int
    kind: Kind
    folded: str
    lemmas: frozenset[str] = frozenset()
    group: Group = "other"
    denied: bool = False
    preposition: str = ""
    cases: frozenset[str] = frozenset()
    sentence: int = 0
    within: bool = False
    joined: bool = False
    parted: bool = False
    initial: bool = False
    finite: bool = False
    amount: Amount | None = None
    time: Time | None = None


def may_share(first: frozenset[str], second: frozenset[str]) -> bool:
    """True where two nouns may stand in one case."""
    return not first or not second or bool(plain_cases(first) & plain_cases(second))


def plain_cases(cases: frozenset[str]) -> frozenset[str]:
    """Cases without their numbers."""
    return frozenset(each.partition(" ")[0] for each in cases)


def name_places(found: Sequence[Token]) -> frozenset[int]:
    """Places of the words of names: capitals that no sentence or quotation begins with, and runs of them."""
    runs = {
        place
        for span in name_spans(found)
        for place in range(span.first, span.last + 1)
        if found[place].kind == "word" and (found[place].is_capital or found[place].is_latin)
    }
    others = {
        place
        for place, token in enumerate(found)
        if token.is_capital and place and _goes_on(found[place - 1])
    }
    return frozenset(place for place in runs | others if not _is_small(found, place))


def _goes_on(before: Token) -> bool:
    """True where a sentence goes on behind the token: a capital there means a name."""
    return before.kind != "sign" or before.text in ",-–"


def _is_small(found: Sequence[Token], place: int) -> bool:
    """«Самое» at the start of a quotation: a function word with a capital."""
    token = found[place]
    is_initial = len(token.text) == 1 and place + 1 < len(found) and found[place + 1].text == "."
    return not token.is_abbreviation and not is_initial and is_function_word(token.folded)


def group_of(token: Token) -> Group:
    """What part a word plays."""
    if token.grammar.part in _NOUNS:
        return "noun"
    return "verb" if token.grammar.part in _VERBS else "other"


def cases_of(token: Token, preposition: str) -> frozenset[str]:
    """Cases that a noun may stand in behind `preposition`; empty where any will do."""
    if token.is_latin or (token.is_abbreviation and not token.grammar.known):
        return frozenset()
    readings = [reading for reading in noun_readings(token.folded) if reading.case]
    wanted = PREPOSITIONS.get(preposition, ())
    fitting = [reading for reading in readings if reading.case in wanted] or readings
    return frozenset(f"{reading.case} {reading.number}" for reading in fitting)


@lru_cache(maxsize=100_000)
def lemmas_of(word: str) -> frozenset[str]:
    """Every lemma that a folded word may have."""
    if not "а" <= word[0] <= "я":
        return frozenset({word})
    parses = analyzer().parse(word)
    likely = [parse for parse in parses if parse.score >= _LIKELY] or parses[:1]
    return frozenset(fold(parse.normal_form) for parse in likely)


# Whether one piece bears out another: the same figure, word or name, or its kin.

# Words with the same beginning («поставил», «поставка») are kin: so many letters, and this share of the
# shorter one.
_KIN, _KIN_SHARE = 5, 0.6
_SHORTEST_SOUND = 4  # letters of a name that may be spelled in the other alphabet


def same_figure(piece: Piece, held: Piece, years: Sequence[int]) -> bool:
    """True where a number or time is borne out; `years` are those that the source names."""
    if piece.time and held.time:
        return piece.folded == held.folded or same_time(piece.time, held.time, years)
    if piece.amount and held.amount:
        return amounts.compared(piece.amount, held.amount) in ("same", "hedged")
    year = _year(held)
    return year is not None and year in (_year(piece), *_century(piece))


def same_time(claimed: Time, held: Time, years: Sequence[int] = ()) -> bool:
    """True where `held` bears `claimed` out; `years` are those that the source names elsewhere.

    «15.01.2014» is «15 января 2014-го»; «в 2014 году» follows from either, not the other way round, and what
    lasted «с 1961 по 1975 год» was so in 1968. A range that was typed must be the same. A time without its
    year, or counted from the day of writing, is compared by what that day makes of it where it is known.
    """
    of_one_sort = claimed.counted == held.counted or (claimed.dated and held.dated)
    if not claimed.days or not held.days or not of_one_sort:
        return False
    if claimed.guessed:
        years = [claimed.days.since.year]
    elif not held.guessed:
        years = []
    elif held.dated:
        years = [*years, held.days.since.year + 1]
    exactly = claimed.ranged or (claimed.counted and held.counted)
    for days in (held.days, *map(held.days.in_year, years)):
        lasted = held.ranged and claimed.days.within(days)
        if days == claimed.days or (not exactly and (lasted or days.within(claimed.days))):
            return True
    return False


def _year(piece: Piece) -> int | None:
    """The year that a bare number or a time names, if it is one."""
    if piece.amount and piece.amount.unit in (None, "год") and piece.amount.value == int(piece.amount.value):
        return int(piece.amount.value)
    days = piece.time.days if piece.time else None
    if days and days.since.year == days.until.year and (days.until - days.since).days > 360:
        return days.since.year
    return None


def _century(piece: Piece) -> range:
    """The years of «XIX век»; none for other pieces."""
    if piece.amount is None or piece.amount.unit != amounts.CENTURY:
        return range(0)
    return range(100 * int(piece.amount.value) - 99, 100 * int(piece.amount.value) + 1)


def is_initial_of(piece: Piece, held: Piece) -> bool:
    """True for «А.» and «Айгуль»."""
    return held.kind == "name" and held.folded[0] == piece.folded[0]


@lru_cache(maxsize=100_000)
def _kin(word: str, other: str) -> bool:
    if is_function_word(word) or is_function_word(other):
        return False  # «последний» is no kin of «после»
    shared = next((at for at, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]), None)
    shorter = min(len(word), len(other))
    shared = shorter if shared is None else shared
    return shared >= max(_KIN, _KIN_SHARE * shorter)


def related(piece: Piece, held: Piece) -> bool:
    """True where a word or name says what another one says: kin, a synonym, another spelling."""
    if held.amount or held.time or opposed(piece.lemmas, held.lemmas):
        return False
    if piece.kind == "name" or held.kind == "name":
        return _same_name(piece, held)
    return same_way(piece.lemmas, held.lemmas) or any(
        other in equals(lemma) or _kin(lemma, other) for lemma in piece.lemmas for other in held.lemmas
    )


def _same_name(piece: Piece, held: Piece) -> bool:
    """«Пашиняном» and «Пашинян», wabtec and «Вабтек», «Казахстан» and «казахстанский», «А.» and «Айгуль»."""
    if held.initial:
        return piece.folded[0] == held.folded[0]
    word, other = piece.folded, held.folded
    if (
        "-" in other
        and "-" not in word
        and any(same_but_ending(word, part) or word == part for part in other.split("-"))
    ):
        return True
    if same_but_ending(word, other) or any(
        each in equals(lemma) for lemma in piece.lemmas for each in held.lemmas
    ):
        return True
    if word.isascii() != other.isascii() and min(len(word), len(other)) >= _SHORTEST_SOUND:
        return sound_key(word) == sound_key(other) or any(
            sound_key(w) == sound_key(o) for w in piece.lemmas for o in held.lemmas
        )
    return _is_adjective_of(piece, held) or _is_adjective_of(held, piece)


def _is_adjective_of(adjective: Piece, name: Piece) -> bool:
    """«российский» of «Россия», «армянский» of «Армения»: what is left of it begins the name."""
    for lemma in adjective.lemmas:
        stem = lemma.removesuffix("ий").removesuffix("ск")
        if lemma.endswith("ский") and any(
            other.startswith(stem[: max(4, len(stem) - 1)]) for other in name.lemmas
        ):
            return True
    return False


def denies_the_opposite(piece: Piece, held: Piece) -> bool:
    """True for «не состоялся» and «отменили»: one of two opposites is denied."""
    return piece.denied != held.denied and opposed(piece.lemmas, held.lemmas)


def may_replace(piece: Piece, held: Piece) -> bool:
    """True for pieces of one sort, of which one may stand in place of the other."""
    figures = {"number", "time"}
    if piece.kind in figures or held.kind in figures:
        return piece.kind in figures and held.kind in figures
    if piece.kind == "name" and held.kind == "name":
        return True
    return (piece.group == "noun") == (held.group == "noun")
