"""Names in a text: runs of capitalised words, quoted names, institutions, and what each may be.

A name may be of several kinds («Вашингтон»); a capital letter at the start of a sentence is no evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.text.name_kinds import (
    CLOSE,
    OPEN,
    ORGANISATIONS,
    PLACES,
    NameKind,
    is_initial,
    is_person,
    kinds_of_quoted,
    kinds_of_run,
)
from rag.text.tokens import Token


@dataclass(frozen=True, slots=True)
class NameSpan:
    """Tokens `[first, last]` are a name that may be of each of `kinds`."""

    first: int
    last: int
    kinds: frozenset[NameKind]


PARTICLES = frozenset(
    "фон де да ди ван дер ден аль эль ибн бен оглы ла ле дю и of the and de von van der du la le al".split()
)
_STARTERS = frozenset(
    {"PREP", "CONJ", "PRCL", "NPRO", "INTJ", "PRED", "VERB", "INFN", "GRND", "ADVB", "NUMR", "COMP"}
)


def name_spans(found: Sequence[Token]) -> list[NameSpan]:
    """The names among `found`, the tokens of one sentence, in order of their first token."""
    quoted = list(_quoted(found))
    insides = {(span.first + 1, span.last - 1) for span in quoted}
    runs = [run for run in _runs(found) if (run.first, run.last) not in insides]
    return sorted((*quoted, *runs, *_institutions(found)), key=lambda run: (run.first, -run.last))


# Runs of capitals


def _runs(found: Sequence[Token]) -> Iterator[NameSpan]:
    place = 0
    while place < len(found):
        if not _begins(found, place):
            place += 1
            continue
        last = _end_of_run(found, place)
        for first, stop in _parts(found, place, last):
            if first < stop or not _is_adjective(found[first]) or not found[first].grammar.known:
                yield NameSpan(first, stop, kinds_of_run(found, first, stop))
        place = last + 1


def _begins(found: Sequence[Token], place: int) -> bool:
    token = found[place]
    if not token.is_capital:
        return False
    if is_initial(found, place) or token.is_latin:
        return True
    if token.grammar.part in _STARTERS and not token.is_abbreviation and not _is_name(token):
        return False
    return not _starts_sentence(found, place) or _has_evidence(found, place)


def _is_name(token: Token) -> bool:
    return (
        bool(token.grammar.marks & {"Name", "Surn", "Patr", "Geox", "Orgn", "UNKN"})
        or not token.grammar.known
    )


def _starts_sentence(found: Sequence[Token], place: int) -> bool:
    if place == 0:
        return True
    before = found[place - 1]
    if before.text in ".!?…:—–" and not is_initial(found, place - 2):
        return before.text not in ":—–"
    return place == 1 and before.kind == "sign"


def _has_evidence(found: Sequence[Token], place: int) -> bool:
    """What tells a name at the start of a sentence from an ordinary word."""
    token = found[place]
    if _is_name(token) or token.is_abbreviation or token.is_latin or is_initial(found, place):
        return True
    following = found[place + 1] if place + 1 < len(found) else None
    if following is None or not following.is_capital:
        return "-" in token.text and token.text.split("-")[-1][0].isupper()
    return token.grammar.part in ("ADJF", "PRTF") and token.grammar.lemma not in (
        "этот",
        "тот",
        "такой",
        "весь",
    )


def _end_of_run(found: Sequence[Token], place: int) -> int:
    last = place
    while (following := _next_in_run(found, last)) is not None:
        last = following
    return last


def _next_in_run(found: Sequence[Token], last: int) -> int | None:
    """The place of the next capital of the run that has got to `last`."""
    following = last + 1
    if following < len(found) and found[following].text == "." and is_initial(found, last):
        following += 1
        if following < len(found) and found[following].is_capital:
            return following
        return last + 1 if last and found[last - 1].is_capital else None
    for skipped in range(3):
        here = following + skipped
        if here >= len(found):
            return None
        token = found[here]
        if token.is_capital and (skipped == 0 or not _joined_by_and(found, following, here)):
            return here
        if token.kind == "number" and skipped == 0 and found[last].is_latin and token.text.isdigit():
            return here
        is_sign = token.text in "&'’" and token.kind == "sign"
        if not is_sign and (token.folded not in PARTICLES or token.is_capital):
            return None
    return None


def _joined_by_and(found: Sequence[Token], following: int, here: int) -> bool:
    """«Казахстан и США» are two names; «Marks and Spencer» is one."""
    return any(token.folded == "и" for token in found[following:here])


def _parts(found: Sequence[Token], first: int, last: int) -> Iterator[tuple[int, int]]:
    """«президент США Дональд Трамп»: a run parts where a place or an abbreviation meets a person."""
    start = first
    for place in range(first + 1, last + 1):
        before, here = found[place - 1], found[place]
        if _changes(before, here) or (
            is_person(here) and not is_person(before) and _parts_from_person(before)
        ):
            yield start, place - 1
            start = place
    yield start, last


def _changes(before: Token, here: Token) -> bool:
    """«ООН Пан Ги Мун», «Microsoft Сатью Наделла», «Эдисона Тесла»: another script, or another case."""
    if (
        before.kind != "word"
        or here.kind != "word"
        or before.folded in PARTICLES
        or here.grammar.part == "ROMN"
    ):
        return False
    if before.is_latin != here.is_latin or (
        before.is_abbreviation and not here.is_abbreviation and before.text != "И"
    ):
        return len(before.text) > 1
    cases, more = before.grammar.cases, here.grammar.cases
    known = is_person(before) and is_person(here) and before.grammar.known and here.grammar.known
    return known and bool(cases) and bool(more) and not cases & more


def _parts_from_person(before: Token) -> bool:
    return (
        before.is_abbreviation
        or (before.grammar.known and bool(before.grammar.marks & {"Geox", "Orgn"}))
        or (before.grammar.part == "NOUN" and before.grammar.known and "anim" in before.grammar.marks)
    )


# Quotes


def _quoted(found: Sequence[Token]) -> Iterator[NameSpan]:
    """«Тау-Кен Самрук»: short quotes that begin with a capital, with their quotation marks."""
    opened: int | None = None
    for place, token in enumerate(found):
        if opened is not None and token.text in CLOSE:
            if _is_quoted_name(found, opened, place):
                yield NameSpan(opened, place, kinds_of_quoted(found, opened))
            opened = None
        elif token.text in OPEN:
            opened = place


def _is_quoted_name(found: Sequence[Token], opened: int, closed: int) -> bool:
    inside = found[opened + 1 : closed]
    return 0 < len(inside) <= 9 and (inside[0].is_capital or inside[0].kind == "number")


# Institutions and places with their common noun


def _institutions(found: Sequence[Token]) -> Iterator[NameSpan]:
    """«Министерство торговли США», «Карагандинская область», «фонд «Самрук-Казына»»."""
    for place, token in enumerate(found):
        if token.grammar.part != "NOUN":
            continue
        if token.grammar.lemma in ORGANISATIONS:
            yield from _around(found, place, frozenset(("organisation", "name")))
        elif token.grammar.lemma in PLACES:
            yield from _around(found, place, frozenset(("place", "name")))


def _around(found: Sequence[Token], place: int, kinds: frozenset[NameKind]) -> Iterator[NameSpan]:
    """The noun at `place` with its capitalised adjectives and its nouns in the genitive."""
    first = place
    while first > 0 and _is_adjective(found[first - 1]):
        first -= 1
    last = place
    while last + 1 < len(found) and _is_genitive(found[last + 1]):
        last += 1
    while first < place and not found[first].is_capital:
        first += 1
    if any(_is_proper(found, at) for at in range(first, last + 1)):
        yield NameSpan(first, last, kinds)


def _is_proper(found: Sequence[Token], place: int) -> bool:
    """A capital that the start of a sentence doesn't explain («Нортумбрийский университет» has one)."""
    token = found[place]
    relational = token.grammar.part == "ADJF" and token.grammar.lemma.endswith("ский")
    return token.is_capital and (relational or not _starts_sentence(found, place) or not token.grammar.known)


def _is_adjective(token: Token) -> bool:
    return (
        token.kind == "word" and token.grammar.part in ("ADJF", "PRTF") and "Apro" not in token.grammar.marks
    )


def _is_genitive(token: Token) -> bool:
    return token.kind == "word" and token.grammar.part in ("NOUN", "ADJF") and "gent" in token.grammar.cases


# Names as the heads of phrases


def name_groups(found: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """First and last tokens of names: quoted names and runs of capitals."""
    done = -1
    for span in name_spans(found):
        if span.first > done and _is_whole_name(found, span.first, span.last):
            yield span.first, span.last
            done = span.last


def _is_whole_name(found: Sequence[Token], first: int, last: int) -> bool:
    inside = found[first : last + 1]
    if inside[0].kind == "sign":
        return True
    common = any(token.grammar.part == "NOUN" and not token.is_capital for token in inside)
    return inside[0].is_capital and inside[-1].is_capital and not common
