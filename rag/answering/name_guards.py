"""Names that are no short answer: the question's own, halves of others, things for somebody."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.amount_guards import Pair
from rag.answering.span_view import Seen
from rag.text.name_spans import PLACES
from rag.text.tokens import Token
from rag.text.words import is_function_word

_EMPTY = frozenset(
    "оба весь каждый другой иной многие некоторый несколько последний данный указанный".split()
)
_NAMES = frozenset({"Name", "LATN"})
_NAMED = frozenset({"person", "organisation", "place", "name"})
# Who does something may be many: «комитет», «власти».
_BODIES = frozenset(
    """комитет совет правительство власть комиссия парламент конгресс сенат кабинет министерство ведомство
    компания фирма корпорация фонд банк группа партия союз народ население племя армия войско команда клуб
    университет институт академия школа церковь общество организация агентство служба суд дума палата
    государство страна республика город община семья династия род дом завод предприятие издание газета
    консорциум альянс орден большинство меньшинство часть половина""".split()
)
# What only a person is.
_OFFICES = frozenset(
    """директор гендиректор президент глава председатель возглавлять возглавить
    руководить руководитель начальник министр премьер автор жена муж сын дочь
    отец мать брат сестра родиться основатель капитан король император""".split()
)


def without_asked_names(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """Who did it is not the one the question names: «Кто пригласил Лаврова?» — not «Пётр Лавров»."""
    if seen.asked.question.kind in _NAMED:
        found = [pair for pair in found if not _repeats(seen, pair)]
    if seen.asked.question.kind != "person":
        return list(found)
    asked = [
        (first, last) for first, last, kind in seen.spans if kind == "person" and _is_asked(seen, first, last)
    ]
    known = {place for first, last in asked for place in range(first, last + 1)}
    return [
        pair
        for pair in found
        if not _names_only(seen, pair, known) and _may_be_somebody(seen, pair) and _is_one(seen, pair)
    ]


def begins_with_a_thing(seen: Seen, pair: Pair) -> bool:
    """«договор с принадлежащего фирме рудника»: who does or owns something is no contract."""
    if seen.asked.question.kind != "person":
        return False
    if seen.classes[pair[0] : pair[0] + 2] == ("ADJF", "LATN"):  # it goes with what follows the name
        return True
    bare = pair[0], pair[1] - (seen.tokens[pair[1]].kind == "sign")
    kinds = {kind for first, last, kind in seen.spans if (first, last) == bare}
    if "place" in kinds and not kinds & {"person", "organisation"}:
        # A state may act, «Северный Карагай» may not.
        return not any("Geox" in token.grammar.marks for token in seen.tokens[pair[0] : pair[1] + 1])
    if _is_of_a_place(seen, pair[0]):
        return True
    nouns = (p for p in range(pair[0], pair[1] + 1) if seen.classes[p] in ("NOUN", "Name", "LATN", "NPRO"))
    first = next(nouns, None)
    return first is not None and seen.classes[first] == "NOUN" and not _is_living(seen.tokens[first])


def _is_of_a_place(seen: Seen, first: int) -> bool:
    """«Месторождение Тенгиз»: a forename too, but nobody here."""
    before = seen.tokens[first - 1].grammar if first else None
    is_behind = before is not None and before.part == "NOUN" and before.lemma in PLACES
    is_alone = not any(token.is_capital for token in seen.tokens[first + 1 : first + 2])
    return is_behind and is_alone and "Surn" not in seen.tokens[first].grammar.marks


def names_the_office(seen: Seen, pair: Pair) -> bool:
    """«директора Cove Capital Петра Лаврова»: what the question says itself, then who it is."""
    if seen.asked.question.kind != "person" or not seen.matched[pair[0]]:
        return False
    new = next((p for p in range(pair[0], pair[1] + 1) if not seen.matched[p]), pair[1])
    return seen.classes[new] == "Name" and new < pair[1]


def cuts_dashed_name(seen: Seen, pair: Pair) -> bool:
    """True for a half of «Иванова — Петрова»."""
    first, last = pair
    whole = range(first, last + 1) if seen.asked.question.kind == "person" else ()  # it is nobody's name
    return any(_is_inner_dash(seen, place) for place in (first - 1, last + 1, *whole))


def _is_inner_dash(seen: Seen, place: int) -> bool:
    """A dash between two names: without spaces, or both in the same oblique case."""
    if not 0 < place < len(seen.tokens) - 1 or seen.classes[place] != "dash":
        return False
    before, dash, after = seen.tokens[place - 1 : place + 2]
    if not (before.is_capital and after.is_capital):
        return False
    if before.stop == dash.start and dash.stop == after.start:
        return True
    shared = before.grammar.cases & after.grammar.cases
    return bool(shared) and "nomn" not in before.grammar.cases


def is_spelt_out(seen: Seen, pair: Pair) -> bool:
    """«Донской рыбный трест (ДРТ)» where the question names it: who it belongs to is another."""
    behind = seen.tokens[pair[1] + 1 : pair[1] + 4]
    signs = [token.text for token in behind[::2]]
    return seen.asked.question.kind in _NAMED and signs == ["(", ")"] and seen.matched[pair[1] + 2]


def cuts_latin_name(seen: Seen, pair: Pair) -> bool:
    """True for the end of «Baku Steel Company» alone."""
    first = pair[0]
    if not first or seen.classes[first] != "LATN" or seen.classes[first - 1] != "LATN":
        return False
    return seen.tokens[first - 1].stop + 1 == seen.tokens[first].start


def _may_be_somebody(seen: Seen, pair: Pair) -> bool:
    """True where somebody is named: a name, a living being, a pronoun."""
    return any(
        seen.classes[place] in ("Name", "NPRO")
        or (seen.classes[place] == "LATN" and (seen.tokens[place].is_capital or seen.tokens[place].is_latin))
        or _is_living(seen.tokens[place])
        for place in range(pair[0], pair[1] + 1)
    )


def _is_one(seen: Seen, pair: Pair) -> bool:
    """False for «Cove Capital» and «Астана» where somebody's office or family is asked for."""
    if not any(token.grammar.lemma in _OFFICES for token in seen.asked.tokens):
        return True
    # «Астана» is a woman's name in the dictionary too, «Пини Лавер» has a place in his.
    somebody = {(first, last) for first, last, kind in seen.spans if kind == "person" and first < last}
    others = {
        place
        for first, last, kind in seen.spans
        if kind in ("place", "organisation") and (first, last) not in somebody
        for place in range(first, last + 1)
    }
    new = [place for place in range(pair[0], pair[1] + 1) if not seen.matched[place]]
    return any(
        (seen.classes[place] == "Name" and place not in others) or _is_person(seen.tokens[place])
        for place in new
    )


def _is_person(token: Token) -> bool:
    """A living being; «Астана» is a woman's name in the dictionary too, and no office holder."""
    grammar = token.grammar
    return grammar.part == "NOUN" and "anim" in grammar.marks and "Geox" not in grammar.marks


def _is_living(token: Token) -> bool:
    """«врач»; also «совет», «группа людей» may do something: only things can't."""
    return token.grammar.part in ("NOUN", "ADJF") and (
        "anim" in token.grammar.marks or token.grammar.lemma in _BODIES
    )


def _repeats(seen: Seen, pair: Pair) -> bool:
    """True for a name of the question with nothing new beside it but an adverb."""
    inside = range(pair[0], pair[1] + 1)
    places = [p for p in inside if not is_empty(seen.tokens[p]) and seen.classes[p] != "ADVB"]
    return all(seen.matched[place] for place in places) and any(
        seen.tokens[place].is_capital for place in places
    )


def _is_asked(seen: Seen, first: int, last: int) -> bool:
    names = [place for place in range(first, last + 1) if seen.tokens[place].is_capital]
    return bool(names) and seen.matched[names[-1]]


def _names_only(seen: Seen, pair: Pair, known: set[int]) -> bool:
    places = range(pair[0], pair[1] + 1)
    others = any(seen.classes[place] in _NAMES and place not in known for place in places)
    return not others and not known.isdisjoint(places)


def is_empty(token: Token) -> bool:
    if token.kind == "number" or token.grammar.lemma == "один":
        return False
    grammar = token.grammar
    return (
        token.kind == "sign"
        or grammar.lemma in _EMPTY
        or is_function_word(token.folded)
        or (grammar.part in ("ADJF", "NPRO") and "Apro" in grammar.marks)
    )
