"""Which parts of a sentence may be a short answer: runs of whole tokens that read well alone, or phrases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rag.answering.span_view import Columns, Seen, Table
from rag.text.numbers import UNITS
from rag.text.tokens import Token

_LONGEST = 24  # tokens; a longer part is no short answer
_LONGEST_ANNOUNCED = 40
_NOT_FIRST = frozenset({"comma", "close", "end", "dash", "sign", "CONJ", "PRCL"})
_NOT_LAST = frozenset({"comma", "open", "bracket", "dash", "sign", "CONJ", "PRCL", "PREP"})
# Prepositions an answer may begin with: they change what it says.
_FIRST_PREPOSITIONS = frozenset({"между", "до", "от", "около", "свыше", "после", "перед", "из-за", "для"})
_COUNTED = frozenset(
    "один половина треть четверть дюжина десяток сотня тысяча миллион вдвое втрое пара".split()
)
_WHEN = frozenset(
    """после до перед во в на при с между через когда зимой летом весной осенью ночью утром днем вечером
    сегодня вчера завтра сейчас теперь ежегодно никогда""".split()
)
_CAUSES = (
    ("потому", "что"),
    ("так", "как"),
    ("в", "связи", "с"),
    ("поскольку",),
    ("из-за",),
    ("чтобы",),
    ("ввиду",),
    ("вследствие",),
    ("благодаря",),
)
_LINKS = frozenset({"являться", "означать", "называться", "представлять"})


Pair = tuple[int, int]  # first and last token


def pairs(seen: Seen) -> list[Pair]:
    """The candidates in which quotation marks stand in pairs."""
    return [pair for pair in _all(seen) if _has_pairs(seen, pair)]


def _all(seen: Seen) -> list[Pair]:
    """Announced parts, or entities of the wanted kind, where there are any; else all runs."""
    kind = seen.asked.question.kind
    if kind == "date":
        return sorted(_dates(seen)) or [pair for pair in _runs(seen) if _tells_when(seen, pair)]
    if kind == "quantity":
        is_part = seen.asked.question.head == "часть"  # «какая часть записи» may be one of its words
        return _amounts(seen) or [pair for pair in _runs(seen) if is_part or _counts(seen, pair)]
    if kind == "reason":
        told = sorted(_to_clause_ends(seen, _causes(seen)) | set(_therefore(seen)))
        # «Какова причина …?» asks for a thing, «почему» for a clause.
        return told or (_runs(seen) if seen.asked.question.head else [])
    return _runs(seen)


# Entities


def _dates(seen: Seen) -> set[Pair]:
    """Dates that don't only repeat the question, each in the forms it may be told in."""
    spans = {(first, last) for first, last, kind in seen.spans if kind == "date"}
    fresh = {span for span in spans if not all(_repeats(seen, at) for at in range(span[0], span[1] + 1))}
    return fresh | {form for span in fresh for form in _shorter(seen, span)}


def _tells_when(seen: Seen, pair: Pair) -> bool:
    """«после войны», «зимой»: a time without a date."""
    return seen.tokens[pair[0]].folded in _WHEN or (pair[0] > 0 and seen.tokens[pair[0] - 1].folded in _WHEN)


def _counts(seen: Seen, pair: Pair) -> bool:
    """True for what holds a number, but not that of a day or a year."""
    dated = {p for first, last, kind in seen.spans if kind == "date" for p in range(first, last + 1)}
    return any(_is_number(seen.tokens[p]) and p not in dated for p in range(pair[0], pair[1] + 1))


def _is_number(token: Token) -> bool:
    if token.folded in ("одни", "одних", "одним", "одними"):  # «одни из крупнейших»
        return False
    return token.kind == "number" or token.grammar.part in ("NUMR", "NUMB") or token.grammar.lemma in _COUNTED


def _repeats(seen: Seen, place: int) -> bool:
    return seen.matched[place] or not seen.tokens[place].folded.isalnum()


def _shorter(seen: Seen, span: Pair) -> Iterator[Pair]:
    """«1943 году» → «1943»; asked for a year, «23 февраля 2026 года» → «2026»."""
    first, last = span
    if first < last and seen.tokens[last].grammar.lemma in ("год", "г"):
        yield first, last - 1
    if seen.asked.question.head == "год":
        yield from ((at, at) for at in range(first, last + 1) if is_year(seen.tokens[at]))


def is_year(token: Token) -> bool:
    return token.kind == "number" and len(token.text) in (3, 4) and token.text.isdigit()


def _amounts(seen: Seen) -> list[Pair]:
    """Runs that hold an amount the question doesn't name itself."""
    amounts = [(first, last) for first, last, kind in seen.spans if kind == "quantity"]
    fresh = [span for span in amounts if not all(_repeats(seen, at) for at in range(span[0], span[1] + 1))]
    return [(first, last) for first, last in _runs(seen) if any(first <= start <= last for start, _ in fresh)]


# Clauses that a word announces


def _causes(seen: Seen) -> Iterator[int]:
    """Where the clause begins that «потому что», «из-за», «чтобы» … announce."""
    folded = tuple(token.folded for token in seen.tokens)
    for place in range(len(folded)):
        for cause in _CAUSES:
            if folded[place : place + len(cause)] == cause and not _is_wish(seen, place):
                yield place + len(cause)


def _is_wish(seen: Seen, place: int) -> bool:
    """«чтобы завод закрыли»: without its conjunction it would say that they have."""
    if seen.tokens[place].folded != "чтобы":
        return False
    verb = next((token for token in seen.tokens[place:] if token.grammar.part in ("VERB", "INFN")), None)
    return verb is not None and verb.grammar.part == "VERB"


def _therefore(seen: Seen) -> Iterator[Pair]:
    """«Руды мало, поэтому она дорога»: what stands before «поэтому»."""
    for place, token in enumerate(seen.tokens):
        if token.folded not in ("поэтому", "оттого") or place < 2 or seen.classes[place - 1] != "comma":
            continue
        first = max((p + 1 for p in range(place - 1) if seen.tokens[p].text in ".;:"), default=0)
        if place - 1 - first <= _LONGEST_ANNOUNCED and _is_balanced(seen.depths, first, place - 2):
            yield first, place - 2


def _to_clause_ends(seen: Seen, starts: Iterator[int]) -> set[Pair]:
    """From each start to each end of a clause behind it, brackets and quotes in pairs."""
    size, depths = len(seen.tokens), seen.depths
    return {
        (start, last)
        for start in starts
        for last in range(start, min(start + _LONGEST_ANNOUNCED, size))
        if last + 1 == size or seen.classes[last + 1] in ("comma", "end", "dash")
        if _is_balanced(depths, start, last) and seen.classes[last] not in ("end", "comma")
    }


# Runs


def _runs(seen: Seen) -> list[Pair]:
    """Every run that begins and ends well and cuts no name and no amount."""
    depths, size = seen.depths, len(seen.tokens)
    amounts = {first for first, _, kind in seen.spans if kind == "quantity"}  # «лишь 40 %» begins so
    begins = [place in amounts or _may_begin(seen, place) for place in range(size)]
    ends = [seen.classes[place] not in _NOT_LAST or seen.tokens[place].text in "%°" for place in range(size)]
    whole = _whole(seen)
    return [
        (first, last)
        for first in range(size)
        if begins[first] and not whole[first]
        for last in range(first, min(first + _LONGEST, size))
        if ends[last] and not whole[last + 1] and _is_balanced(depths, first, last)
    ]


def _is_balanced(depths: tuple[int, ...], first: int, last: int) -> bool:
    return depths[first] == depths[last + 1] == min(depths[first : last + 2])


def _has_pairs(seen: Seen, pair: Pair) -> bool:
    """False for «0»» where the quotation mark was opened by nothing that is still open."""
    inside = [token.text for token in seen.tokens[pair[0] : pair[1] + 1]]
    return inside.count("«") == inside.count("»")


def _may_begin(seen: Seen, first: int) -> bool:
    if seen.tokens[first].text in "$€£₽":
        return True
    if seen.classes[first] == "PREP":
        return seen.tokens[first].folded in _FIRST_PREPOSITIONS
    return seen.classes[first] not in _NOT_FIRST


def _whole(seen: Seen) -> list[bool]:
    """True where no candidate may begin, and before which none may end: inside a name or an amount."""
    inside = [False] * (len(seen.tokens) + 1)
    for first, last, kind in seen.spans:
        for place in range(first + 1, last + 1):
            inside[place] |= kind != "date" and not (kind == "quantity" and _is_counted_again(seen, place))
    return inside


def _is_counted_again(seen: Seen, place: int) -> bool:
    """«Сколько картин?» — «233 картины»: the question has named what is counted, and it is no measure."""
    token = seen.tokens[place]
    return seen.matched[place] and seen.classes[place - 1] == "number" and token.grammar.lemma not in UNITS


# Features of the phrase: is a candidate a whole noun phrase, several of them, or a piece of one?

_GROUPS = {"person": "who", "organisation": "who", "place": "where", "date": "figure", "quantity": "figure"}
_NOMINAL = frozenset({"NOUN", "Name", "ADJF"})


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Adjectives, main noun, genitives: tokens `[first, last]`, the main noun at `noun`."""

    first: int
    noun: int
    last: int


def phrase_columns(table: Table) -> Columns:
    """Columns for every kind of question, and the same ones for the group of kinds it belongs to."""
    columns = {**_whole_columns(table), **_inside_columns(table)}
    group = _GROUPS.get(table.kind, "open")
    grouped = {f"{group}: {name}": column for name, column in columns.items()}
    return {**columns, **grouped, **_border_columns(table)}


def _whole_columns(table: Table) -> Columns:
    begins, ends = np.zeros(table.size, dtype=bool), np.zeros(table.size, dtype=bool)
    exact, core = table.zeros(), table.zeros()
    for phrase in _phrases(table.seen):
        begins[phrase.first] = ends[phrase.last] = True
        exact = np.maximum(exact, (table.first == phrase.first) & (table.last == phrase.last))
        core = np.maximum(core, (table.first == phrase.first) & (table.last == phrase.noun))
    starts, stops = table.at(begins, table.first), table.at(ends, table.last)
    several = starts * stops * (1 - exact)
    has_verb = np.minimum(table.count(table.flags("VERB", "short")), 1)
    has_and = np.minimum(table.count(_ands(table)), 1)
    return {
        "is phrase": exact,
        "is core of phrase": core,
        "begins phrase": starts,
        "ends phrase": stops,
        "several phrases": several * (1 - has_verb),
        "several phrases, joined": several * has_and * (1 - has_verb),
        "several phrases, clause": several * has_verb,
    }


def _inside_columns(table: Table) -> Columns:
    return {
        "verbs inside": table.count(table.flags("VERB")),
        "commas inside": table.count(table.flags("comma")),
        "conjunctions inside": table.count(table.flags("CONJ")),
        "prepositions inside": table.count(table.flags("PREP")),
    }


def _border_columns(table: Table) -> Columns:
    """Cut-off phrases: an adjective left outside, a genitive or «и» that goes on."""
    seen, ands = table.seen, _ands(table)
    genitives = np.array([_goes_on_in_genitive(seen, place) for place in range(table.size)], dtype=bool)
    cuts = np.array([_follows_adjective(seen, place) for place in range(table.size)], dtype=bool)
    return {
        "genitive follows": table.at(genitives, table.last + 1),
        "adjective cut off": table.at(cuts, table.first),
        "and follows": table.at(ands, table.last + 1),
        "and before": table.at(ands, table.first - 1),
    }


def _ands(table: Table) -> np.ndarray:
    return np.array([token.folded in ("и", "или") for token in table.seen.tokens], dtype=bool)


def _goes_on_in_genitive(seen: Seen, place: int) -> bool:
    if place == 0 or seen.classes[place] not in _NOMINAL:
        return False
    return "gent" in seen.tokens[place].grammar.cases and seen.classes[place - 1] in (
        "NOUN",
        "Name",
        "number",
    )


def _follows_adjective(seen: Seen, place: int) -> bool:
    if place == 0 or seen.classes[place] not in _NOMINAL:
        return False
    before, here = seen.tokens[place - 1].grammar, seen.tokens[place].grammar
    return before.part in ("ADJF", "PRTF") and bool(before.cases & here.cases)


def _phrases(seen: Seen) -> Iterator[_Phrase]:
    place, size = 0, len(seen.tokens)
    while place < size:
        first = place
        while place < size and seen.classes[place] in ("ADJF", "number", "open"):
            place += 1
        if place >= size or seen.classes[place] not in ("NOUN", "Name", "LATN"):
            place = max(place, first + 1)
            continue
        noun, place = place, place + 1
        while place < size and (_goes_on(seen, place) or seen.classes[place] == "close"):
            place += 1
        yield _Phrase(first, noun, place - 1)


def _goes_on(seen: Seen, place: int) -> bool:
    """A genitive, a number and the next word of a name belong to the phrase before them."""
    here, before = seen.classes[place], seen.classes[place - 1]
    cases = seen.tokens[place].grammar.cases
    if here in ("Name", "LATN") and before in ("Name", "LATN"):
        return True
    if before == "NOUN" and here in ("number", "LATN"):
        return True
    if before == "NOUN" and here == "Name":
        return bool(cases & {"gent", "nomn"})
    return here in _NOMINAL and "gent" in cases
