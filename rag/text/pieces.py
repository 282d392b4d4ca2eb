"""The pieces that claims are compared by, and what the grammar of their words says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.text.amounts import Amount
from rag.text.moments import Moment
from rag.text.name_spans import name_spans
from rag.text.readings import PREPOSITIONS, noun_readings
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
    moment: Moment | None = None


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
