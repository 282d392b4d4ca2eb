"""Which parts of a sentence may be a short answer: runs of whole tokens that read well alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answering.span_view import Seen

Pair = tuple[int, int]  # first and last token

_LONGEST = 24  # tokens; a longer part is no short answer
_UNREAL = frozenset({"чтобы", "если", "будто"})
_NOT_FIRST = frozenset({"comma", "close", "end", "dash", "sign", "CONJ", "PRCL", "PREP"})
_NOT_LAST = frozenset({"comma", "open", "bracket", "dash", "sign", "CONJ", "PRCL", "PREP"})


def pairs(seen: Seen) -> list[Pair]:
    """The candidates: told dates, or runs that hold a told amount, where asked for; else all runs."""
    runs, told = _runs(seen), list(_told(seen))
    match seen.asked.question.kind:
        case "date":
            return sorted({form for date in told for form in _forms(seen, date)}) or runs
        case "quantity":
            return [run for run in runs if any(run[0] <= first <= run[1] for first, _ in told)] or runs
    return runs


def _told(seen: Seen) -> Iterator[Pair]:
    """The entities of the wanted kind that don't only repeat the question."""
    for first, last, kind in seen.spans:
        words = [place for place in range(first, last + 1) if seen.tokens[place].folded.isalnum()]
        if kind == seen.asked.question.kind and not all(seen.matched[place] for place in words):
            yield first, last


def _forms(seen: Seen, date: Pair) -> Iterator[Pair]:
    """«5 мая 2024 года», «5 мая 2024»; asked for the year, «2024»."""
    first, last = date
    yield date
    if first < last and seen.tokens[last].grammar.lemma in ("год", "г"):
        yield first, last - 1
    if seen.asked.question.head == "год":
        yield from ((p, p) for p in range(first, last + 1) if re.fullmatch(r"\d{3,4}", seen.tokens[p].text))


def _runs(seen: Seen) -> list[Pair]:
    """Every run that begins and ends well, with brackets and quotation marks in pairs, and cuts no name."""
    size, inside = len(seen.tokens), _inside(seen)
    amounts = {first for first, _, kind in seen.spans if kind == "quantity"}  # «лишь 40 %», «$5 млн»
    wishes = list(_wishes(seen))
    allowed = amounts.union(first for first, _ in wishes)
    begins = [p in allowed or seen.classes[p] not in _NOT_FIRST for p in range(size)]
    ends = [seen.classes[p] not in _NOT_LAST or seen.tokens[p].text in "%°" for p in range(size)]
    return [
        (first, last)
        for first in range(size)
        if begins[first] and first not in inside
        for last in range(first, min(first + _LONGEST, size))
        if ends[last] and last + 1 not in inside and _has_pairs(seen, first, last)
        if not any(begin < first <= verb <= last for begin, verb in wishes)
    ]


def _wishes(seen: Seen) -> Iterator[Pair]:
    """«чтобы завод закрыли», «если мост откроют»: without the conjunction it would say that they did."""
    for place, token in enumerate(seen.tokens):
        if token.folded in _UNREAL:
            verbs = (p for p in range(place, len(seen.tokens)) if seen.classes[p] in ("VERB", "INFN"))
            verb = next(verbs, None)
            if verb is not None and seen.tokens[verb].grammar.part == "VERB":
                yield place, verb


def _inside(seen: Seen) -> set[int]:
    """Places inside a name or an amount: no candidate begins there, none ends before."""
    return {
        place for first, last, kind in seen.spans if kind != "date" for place in range(first + 1, last + 1)
    }


def _has_pairs(seen: Seen, first: int, last: int) -> bool:
    depths = seen.depths[first : last + 2]
    marks = [token.text for token in seen.tokens[first : last + 1]]
    return depths[0] == depths[-1] == min(depths) and marks.count("«") == marks.count("»")


def phrases(seen: Seen) -> Iterator[Pair]:
    """The noun phrases of a sentence: adjectives, the main noun, genitives."""
    place, size = 0, len(seen.tokens)
    while place < size:
        first = place
        while place < size and seen.classes[place] in ("ADJF", "number", "open"):
            place += 1
        if place >= size or seen.classes[place] not in ("NOUN", "Name", "LATN"):
            place = max(place, first + 1)
            continue
        place += 1
        while place < size and (_goes_on(seen, place) or seen.classes[place] == "close"):
            place += 1
        yield first, place - 1


def _goes_on(seen: Seen, place: int) -> bool:
    """A genitive, a number and the next word of a name belong to the phrase before them."""
    here, before = seen.classes[place], seen.classes[place - 1]
    cases = seen.tokens[place].grammar.cases
    if here in ("Name", "LATN") and before in ("Name", "LATN"):
        return True
    if before == "NOUN" and here in ("number", "LATN"):
        return True
    return here in ("NOUN", "Name", "ADJF") and "gent" in cases
