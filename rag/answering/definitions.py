"""Does a sentence say what something is, and which part of it does?

«Шлак — остаток плавки», «Шлак. Остаток плавки», «доменная печь (ДП)», «шлак (остаток плавки)» explain;
«о шлаке вспоминают в каждом отчёте» only names it. How much a shape explains is a strength from 0 to 1; the
part that explains is given where it can be read alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.answering.definition_view import (
    CLOSES_CLAUSE,
    FINITE,
    NAMES,
    NOMINAL,
    OBLIQUE,
    OPEN,
    Definition,
    DefinitionView,
    Mention,
    Term,
    points_back,
)
from rag.answering.span_view import Seen
from rag.text.words import fold

# How much each shape explains: set by hand, a shape that says what it is above one that says what it does.
_LINKED, _HEADED, _SPELT_OUT, _GLOSSED = 1.0, 0.95, 0.6, 0.6
_DENIED, _SUBJECT = 0.6, 0.3
_ASIDE = 14  # tokens of what may stand between the term and its dash
_RESERVE = 5  # tokens of «X — в геологии — …»
_NEAR_VERB = 3  # tokens from the term to what it does
_LINKING = frozenset({"являться", "означать", "обозначать", "называть", "представлять", "называться"})
_WHAT = re.compile(r"\bчто (?:это )?(?:за|так(?:ой|ое|ая|ие))\b")


def asks_what(question: str) -> bool:
    """True for «что такое», «что за»; who somebody is and «что означает» are told in many more shapes."""
    return _WHAT.search(fold(question)) is not None


def explains(question: str, text: str) -> float:
    """How much `text` explains what `question` asks about (0 to 1)."""
    found = definition(question, text)
    return found.strength if found else 0.0


@lru_cache(maxsize=5_000)
def definition(question: str, text: str) -> Definition | None:
    """The strongest definition of what `question` («что такое X») asks about; None where `text` has none."""
    view = DefinitionView(Seen.of(question, text), Term.of(question))
    found = [
        each for mention in view.mentions() for shape in _SHAPES if (each := shape(view, mention)) is not None
    ]
    return max(found, key=lambda each: (each.strength, each.span is not None), default=None)


def _linked(view: DefinitionView, mention: Mention) -> Definition | None:
    """«X — …», «X (ещё Y) — это …», «X, или Y, называют …»."""
    first, last = mention
    if not view.opens_clause(first) or not view.may_be_subject(mention):
        return None
    place = view.behind(last + 1)
    if view.class_at(place) == "comma":
        place = _behind_aside(view, place)
    is_dash = view.class_at(place) == "dash"
    begin = view.behind(place + 1)
    if is_dash and view.text_at(begin) == "это":
        begin += 1
    elif is_dash:
        begin = _behind_reserve(view, begin)
    if is_dash or view.text_at(place) == "это":
        return _explained(view, begin)
    lemma = view.tokens[place].grammar.lemma if place < len(view.tokens) else ""
    if lemma in _LINKING:
        begin += view.text_at(begin) == "собой"
        return Definition(_LINKED, view.explanation(begin)) if begin < len(view.tokens) else None
    return None


def _explained(view: DefinitionView, begin: int) -> Definition | None:
    if view.text_at(begin) == "не":  # what it isn't is half of an explanation
        return Definition(_DENIED)
    return Definition(_LINKED, view.explanation(begin)) if view.is_explaining(begin) else None


def _behind_reserve(view: DefinitionView, begin: int) -> int:
    """Behind the second dash of «X — в геологии — …», «X — первоначально — …»; else `begin`."""
    if view.class_at(begin) not in ("PREP", "ADVB"):
        return begin
    dashes = [p for p in range(begin, min(begin + _RESERVE, len(view.tokens))) if view.classes[p] == "dash"]
    return dashes[0] + 1 if dashes else begin


def _behind_aside(view: DefinitionView, comma: int) -> int:
    """The dash behind «X, или Y, —» or «X, по-английски Y —»; the comma itself where there is none."""
    for place in range(comma + 1, min(comma + _ASIDE, len(view.tokens))):
        if view.classes[place] == "dash":
            return place
        if view.classes[place] in FINITE or view.tokens[place].text in ".;:":
            break
    return comma


def _headed(view: DefinitionView, mention: Mention) -> Definition | None:
    """«X. Остаток плавки, …»: an entry of a glossary, without a verb of its own."""
    first, last = mention
    while view.class_at(last + 1) == "LATN":
        last += 1
    if first or view.text_at(last + 1) != "." or not view.is_explaining(last + 2):
        return None
    for place in range(last + 2, len(view.tokens)):
        if view.classes[place] in CLOSES_CLAUSE:
            break
        if view.classes[place] in FINITE:
            return None
    return Definition(_HEADED, view.explanation(last + 2))


def _spelt_out(view: DefinitionView, mention: Mention) -> Definition | None:
    """«доменная печь (ДП)», «ДП (доменная печь)»."""
    first, last = mention
    bracket = first - 1
    while (
        view.class_at(bracket) in ("LATN", "Name", "comma", "open", "close") or view.text_at(bracket) == "или"
    ):
        bracket -= 1
    if view.text_at(bracket) == "(" and view.is_name(mention):
        return _in_full(view, bracket, view.tokens[first].folded)
    if view.text_at(last + 1) != "(" or not view.tokens[first].is_abbreviation:
        return None
    close = next((p for p in range(last + 2, len(view.tokens)) if view.tokens[p].text == ")"), last + 2)
    return Definition(_SPELT_OUT, view.span(last + 2, close - 1)) if view.is_explaining(last + 2) else None


def _glossed(view: DefinitionView, mention: Mention) -> Definition | None:
    """«шлак (остаток плавки)»: a phrase of lower-case words in the same case, or the nominative."""
    bracket, begin = mention[1] + 1, mention[1] + 2
    if view.term.is_somebody or view.text_at(bracket) != "(" or begin >= len(view.tokens):
        return None
    close = next((p for p in range(begin, len(view.tokens)) if view.tokens[p].text == ")"), begin)
    inside = view.classes[begin:close]
    is_phrase = len(inside) > 1 and inside[0] in ("NOUN", "ADJF") and "NOUN" in inside
    if not is_phrase or view.tokens[begin].is_capital or {*inside} & {*FINITE, "number"}:
        return None
    cases, own = view.cases(begin, begin + 1), view.cases(*mention)
    if "nomn" not in cases and not cases & own:
        return None
    return Definition(_GLOSSED - OBLIQUE * ("nomn" not in cases), view.span(begin, close - 1))


def _in_full(view: DefinitionView, bracket: int, short: str) -> Definition | None:
    """The phrase before the bracket; as many words as `short` has letters where they begin so."""
    begin = bracket
    if view.class_at(bracket - 1) == "close":  # «слёта «Юг — Север» (ЮС)»
        begin = max((p for p in range(bracket - 1) if view.tokens[p].text in OPEN), default=bracket)
        begin -= view.class_at(begin - 1) == "NOUN"
        return Definition(_SPELT_OUT - OBLIQUE, view.span(begin, bracket - 1))
    while begin and view.classes[begin - 1] in NOMINAL and not points_back(view.tokens[begin - 1]):
        begin -= 1
    # «(СК)», and «(СК или Средний коридор)» where the latter is asked for
    for letters in (short, view.text_at(bracket + 1)):
        own = bracket - len(letters)
        if own >= begin and [view.tokens[p].folded[0] for p in range(own, bracket)] == list(letters):
            begin = own
            break
    if begin == bracket:
        return None
    is_oblique = "nomn" not in view.cases(begin, bracket - 1)
    return Definition(_SPELT_OUT - OBLIQUE * is_oblique, view.span(begin, bracket - 1))


def _acts(view: DefinitionView, mention: Mention) -> Definition | None:
    """«X стоит …», «X и Y лежат …»: the sentence is about it."""
    if not view.opens_clause(mention[0]) or not view.may_be_subject(mention):
        return None
    place = view.behind(mention[1] + 1)
    while view.text_at(place) == "и" or view.class_at(place) in NAMES:
        place = view.behind(place + 1)
    for _ in range(_NEAR_VERB):
        if view.class_at(place) in FINITE:
            return Definition(_SUBJECT)
        if view.class_at(place) in CLOSES_CLAUSE:
            return None
        place = view.behind(place + 1)
    return None


_SHAPES = (_linked, _headed, _spelt_out, _glossed, _acts)
