"""Which amount, which place in a ranking is asked for: in what units, and whose it is.

«70 % у фирмы, а у фонда — лишь 30 %»: of several, the one in the clause of what the question asks about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.same_word import is_same
from rag.answering.span_view import Seen
from rag.text.measures import TIMES, Measure, measure
from rag.text.tokens import Token
from rag.text.words import is_function_word, lemmas

Pair = tuple[int, int]  # first and last token

_COSTS = frozenset("оценивать оцениваться оценить обойтись стоить затрата".split())
_ORDINAL = re.compile(
    r"(?:перв|втор|трет|четверт|пят|шест|седьм|восьм|девят|десят|[а-я]+надцат|двадцат|последн)"
    r"(?:ая|ую|ый|ой|ое|ье|ом|ем|ьем|ого|его|ему|ым|ими?)|\d+-[а-я]+"
)
_RANK = "место"
_CLAUSES = frozenset({"VERB", "short", "comma", "dash", "Name", "LATN"})
_AROUND = 3  # tokens that may stand around a sum of money («не менее», «в год»)


def amounts_asked(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """Of the candidates, those that hold the amount asked for; all where no amount is."""
    return _of_the_asked_one(seen, _in_units(seen, _not_of_all(seen, _with_amount(seen, found))))


def _not_of_all(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """«Из 60 видов поставят 20»: those that are chosen from are not the amount, where another one is told."""
    if seen.asked.question.kind != "quantity":
        return list(found)
    told, every = _chosen(seen), _amounts(seen)
    return [
        pair
        for pair in found
        if told == every or any(pair[0] <= first and last <= pair[1] for first, last in told)
    ]


def _amounts(seen: Seen) -> list[Pair]:
    return [(first, last) for first, last, kind in seen.spans if kind == "quantity"]


def _chosen(seen: Seen) -> list[Pair]:
    """The amounts of the sentence, but those that others are chosen from."""
    return [span for span in _amounts(seen) if not _is_chosen_from(seen, span[0])] or _amounts(seen)


def _is_chosen_from(seen: Seen, first: int) -> bool:
    """True behind an «из» that opens a clause: «состоит из 60 видов» counts them."""
    if not first or seen.tokens[first - 1].folded != "из":
        return False
    return first == 1 or seen.classes[first - 2] in ("comma", "end", "dash", "CONJ", "open")


def _with_amount(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """«Обоих участков» counts nothing that was asked for."""
    if seen.asked.question.kind != "quantity":
        return list(found)
    return [pair for pair in found if not _is_of_both(seen.tokens[pair[0] : pair[1] + 1])]


def _is_of_both(held: Sequence[Token]) -> bool:
    both = any(token.grammar.lemma == "оба" for token in held)
    return both and not any(token.kind == "number" for token in held)


def _in_units(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """Asked for a sum, a share or a length, those of the sentence and little around them."""
    if seen.asked.question.kind != "quantity":
        return list(found)
    amounts = _amounts_asked(seen)
    if not amounts:
        return list(found)
    return [pair for pair in found if any(_is_around(seen, pair, span) for span in amounts)]


def _amounts_asked(seen: Seen) -> list[Pair]:
    """The amounts of the sentence in the units asked for."""
    asks = _asked_in(seen)
    found = [
        (first, last)
        for first, last, kind in seen.spans
        if kind == "quantity"
        and asks.units
        and (asks.counted is None or asks.units == TIMES)
        and asks.stands_in(seen.text, (seen.tokens[first].start, seen.tokens[last].stop))
    ]
    return sorted([*found, *_elliptic(seen)]) if found else []


def _elliptic(seen: Seen) -> list[Pair]:
    """«У фирмы — 70 процентов, у фонда — 30»: behind a dash a number goes without its unit."""
    return [
        (first, last)
        for first, last in _amounts(seen)
        if first == last
        and first
        and seen.classes[first - 1] == "dash"
        and seen.tokens[first].kind == "number"
    ]


def _asked_in(seen: Seen) -> Measure:
    """The units asked for; money where the question speaks of costs without a unit."""
    text = " ".join(token.text for token in seen.asked.tokens)
    asked = measure(text)
    if asked.units or asked.counted or _COSTS.isdisjoint(lemmas(text)):
        return asked
    return measure("Какая сумма?")


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
    if seen.asked.is_of_the_future:
        return [(first, last) for first, last, kind in seen.spans if kind == "date"]
    if seen.asked.question.kind != "quantity":
        return []
    return _amounts_asked(seen) or _chosen(seen)


def _tells(seen: Seen, pair: Pair, span: Pair) -> bool:
    """The amount with little around it; a rank from its first word on."""
    if seen.asked.question.head == _RANK and pair[0] != span[0]:
        return False
    return _is_around(seen, pair, span)


def _clauses(seen: Seen) -> list[int]:
    """The number of the clause each token stands in."""
    number, numbers = 0, []
    is_rank = seen.asked.question.head == _RANK
    for place, name in enumerate(seen.classes):
        # «восьмое — по углю и второе — по меди»
        is_next_rank = is_rank and place > 0 and name != "comma" and seen.tokens[place - 1].folded == "и"
        is_next_rank = is_next_rank and _ORDINAL.fullmatch(seen.tokens[place].folded) is not None
        if name == "comma" or is_next_rank or seen.tokens[place].text in ";:(":
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
