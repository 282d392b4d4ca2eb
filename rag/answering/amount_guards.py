"""Which amount (or rank) of a sentence is the one that is asked for: in its units, and of its owner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.same_word import is_same
from rag.answering.span_view import Seen
from rag.text.measures import measure
from rag.text.tokens import Token
from rag.text.words import is_function_word, lemmas

Pair = tuple[int, int]  # first and last token

_MONEY = measure("Какая сумма?").units
_COSTS = frozenset("оценивать оцениваться оценить обойтись стоить затрата".split())
_ORDINAL = re.compile(
    r"(?:перв|втор|трет|четверт|пят|шест|седьм|восьм|девят|десят|[а-я]+надцат|двадцат|последн)"
    r"(?:ая|ую|ый|ой|ое|ье|ом|ем|ьем|ого|его|ему|ым|ими?)|\d+-[а-я]+"
)
_RANK = "место"
_CLAUSES = frozenset({"VERB", "short", "comma", "dash", "Name", "LATN"})
_AROUND = 3  # tokens that may stand around a sum of money («не менее», «в год»)


def of_the_asked_amount(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """The candidates without amounts in other units or of other things."""
    return _of_the_asked_one(seen, _in_money(seen, _with_amount(seen, found)))


def _with_amount(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """«Обоих участков» counts nothing that was asked for."""
    if seen.asked.question.kind != "quantity":
        return list(found)
    return [pair for pair in found if not _is_of_both(seen.tokens[pair[0] : pair[1] + 1])]


def _is_of_both(held: Sequence[Token]) -> bool:
    both = any(token.grammar.lemma == "оба" for token in held)
    return both and not any(token.kind == "number" for token in held)


def _in_money(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """Asked for a sum, the sums of the sentence and little around them."""
    if seen.asked.question.kind != "quantity" or not _wants_money(seen):
        return list(found)
    asks = measure("Какая сумма?")
    sums = [
        (first, last)
        for first, last, kind in seen.spans
        if kind == "quantity"
        and asks.stands_in(seen.text, (seen.tokens[first].start, seen.tokens[last].stop))
    ]
    if not sums:
        return list(found)
    return [pair for pair in found if any(_is_around(seen, pair, span) for span in sums)]


def _wants_money(seen: Seen) -> bool:
    text = " ".join(token.text for token in seen.asked.tokens)
    asked = measure(text)
    if asked.units or asked.counted:
        return asked.units == _MONEY
    return not _COSTS.isdisjoint(lemmas(text))


def _is_around(seen: Seen, pair: Pair, span: Pair) -> bool:
    holds = pair[0] <= span[0] and span[1] <= pair[1]
    if not holds or (pair[1] - pair[0]) - (span[1] - span[0]) > _AROUND:
        return False
    return _CLAUSES.isdisjoint(seen.classes[pair[0] : span[0]] + seen.classes[span[1] + 1 : pair[1] + 1])


# Whose amount it is


def _of_the_asked_one(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """Of several amounts (or ranks), those in the clause of what the question asks about."""
    wanted = _wanted(seen)
    is_rank = seen.asked.question.head == _RANK
    if len(wanted) < 2 and not is_rank:
        return list(found)
    owners = list(_owner_places(seen))
    if is_rank and not (owners and wanted):
        return []
    if not owners:
        return list(found)
    clauses = _clauses(seen)
    holding = {clauses[first] for first, _ in wanted}
    theirs = {near for place in owners if (near := _nearest(clauses[place], holding)) is not None}
    here = [span for span in wanted if clauses[span[0]] in theirs]
    if not here or (len(here) == len(wanted) and not is_rank):
        return list(found)
    return [pair for pair in found if any(_tells(seen, pair, span) for span in here)]


def _wanted(seen: Seen) -> list[Pair]:
    """The amounts, or the ranks, of the sentence."""
    if seen.asked.question.head == _RANK:
        return [(place, place) for place, token in enumerate(seen.tokens) if _ORDINAL.fullmatch(token.folded)]
    if seen.asked.question.kind != "quantity":
        return []
    return [(first, last) for first, last, kind in seen.spans if kind == "quantity"]


def _tells(seen: Seen, pair: Pair, span: Pair) -> bool:
    """The amount with little around it; a rank from its first word on."""
    if seen.asked.question.head == _RANK and pair[0] != span[0]:
        return False
    return _is_around(seen, pair, span)


def _clauses(seen: Seen) -> list[int]:
    """The number of the clause each token stands in."""
    number, numbers = 0, []
    for place, name in enumerate(seen.classes):
        if name == "comma" or seen.tokens[place].text in ";:(":
            number += 1
        numbers.append(number)
    return numbers


def _nearest(clause: int, holding: set[int]) -> int | None:
    """The clause itself, or the one before that it goes on with: «второе — по цинку, меди и золоту»."""
    return max((number for number in holding if number <= clause), default=None)


def _owner_places(seen: Seen) -> Iterator[int]:
    """Where the sentence has the most telling word of the question: a name, else the last noun."""
    for asked in _telling(seen):
        places = [place for place, token in enumerate(seen.tokens) if is_same(asked, token)]
        if places or seen.asked.question.head == _RANK:
            yield from places
            return


def _telling(seen: Seen) -> list[Token]:
    """Names of the question first, then its nouns, the last one first."""
    head = seen.asked.question.head
    words = [
        token
        for place, token in enumerate(seen.asked.tokens)
        if place
        and token.kind == "word"
        and token.grammar.lemma != head
        and not is_function_word(token.folded)
    ]
    names = [] if head == _RANK else [token for token in words if token.is_capital]
    nouns = [token for token in words if token.grammar.part == "NOUN" and token not in names]
    return [*names, *reversed(nouns)]
