"""Names in a text: runs of capitalised words, quoted names, institutions, and what each may be.

A name may be of several kinds («Вашингтон»); a capital letter at the start of a sentence is no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.text.tokens import Token

NameKind = Literal["person", "place", "organisation", "name"]


@dataclass(frozen=True, slots=True)
class NameSpan:
    """Tokens `[first, last]` are a name that may be of each of `kinds`."""

    first: int
    last: int
    kinds: frozenset[NameKind]


PLACES = frozenset(
    """город область край республика страна штат район село деревня поселок остров полуостров река озеро море
    океан залив пролив гора хребет пустыня улица проспект площадь порт станция провинция графство губерния
    округ регион месторождение долина столица аэропорт континент материк уезд кантон королевство империя
    княжество бухта пещера бульвар шоссе переулок набережная вокзал форт пик вулкан парк""".split()
)
ORGANISATIONS = frozenset(
    """ао оао зао пао ооо тоо фонд банк министерство агентство корпорация компания фирма холдинг концерн
    университет институт академия мид минфин комитет комиссия служба управление департамент ведомство
    парламент сенат конгресс правительство совет союз партия ассоциация организация консорциум группа клуб
    федерация лига музей театр завод комбинат фабрика издательство газета журнал телеканал биржа суд
    предприятие оператор школа колледж бюро альянс администрация палата прокуратура полиция армия
    инвестфонд госкомпания авиакомпания нацкомпания эксимбанк госдепартамент госдеп рада""".split()
)
WORKS = frozenset(
    """фильм роман книга повесть рассказ игра песня альбом сериал спектакль опера балет картина поэма статья
    программа операция премия орден проект корабль ракета журнал газета мультфильм сингл пьеса""".split()
)
PARTICLES = frozenset(
    "фон де да ди ван дер ден аль эль ибн бен оглы ла ле дю и of the and de von van der du la le al".split()
)
# «Северный Катпар», «Верхнее Кайракты»: what begins with one of these is a place, not somebody.
_PLACING = frozenset(
    """северный южный западный восточный верхний нижний средний центральный большой малый новый старый
    дальний ближний""".split()
)
# «Нуринской и Каратойской областей»: an adjective before one of these is nobody's surname.
_DISTRICTS = frozenset("область край район округ губерния уезд волость воеводство улус".split())
_ADJECTIVE = re.compile(
    r"[цс]к(?:ий|ой|ая|ого|ому|ую|им|ом|ие|их|ими)$|(?:ный|ной|ная|ного|ному|ную|ным|ном)$"
)
_PERSON_MARKS = frozenset({"Name", "Surn", "Patr"})
_OPEN, _CLOSE = '«„“"', '»“”"'
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
                yield NameSpan(first, stop, _kinds(found, first, stop))
        place = last + 1


def _begins(found: Sequence[Token], place: int) -> bool:
    token = found[place]
    if not token.is_capital:
        return False
    if _is_initial(found, place) or token.is_latin:
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
    if before.text in ".!?…:—–" and not _is_initial(found, place - 2):
        return before.text not in ":—–"
    return place == 1 and before.kind == "sign"


def _has_evidence(found: Sequence[Token], place: int) -> bool:
    """What tells a name at the start of a sentence from an ordinary word."""
    token = found[place]
    if _is_name(token) or token.is_abbreviation or token.is_latin or _is_initial(found, place):
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
    if following < len(found) and found[following].text == "." and _is_initial(found, last):
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


def _is_initial(found: Sequence[Token], place: int) -> bool:
    return (
        0 <= place < len(found) - 1
        and found[place].is_capital
        and len(found[place].text) == 1
        and found[place + 1].text == "."
    )


def _parts(found: Sequence[Token], first: int, last: int) -> Iterator[tuple[int, int]]:
    """«президент США Дональд Трамп»: a run parts where a place or an abbreviation meets a person."""
    start = first
    for place in range(first + 1, last + 1):
        before, here = found[place - 1], found[place]
        if _changes(before, here) or (
            _is_person(here) and not _is_person(before) and _parts_from_person(before)
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
    known = _is_person(before) and _is_person(here) and before.grammar.known and here.grammar.known
    return known and bool(cases) and bool(more) and not cases & more


def _parts_from_person(before: Token) -> bool:
    return (
        before.is_abbreviation
        or (before.grammar.known and bool(before.grammar.marks & {"Geox", "Orgn"}))
        or (before.grammar.part == "NOUN" and before.grammar.known and "anim" in before.grammar.marks)
    )


def _is_person(token: Token) -> bool:
    return bool(token.grammar.marks & _PERSON_MARKS)


def _is_known_person(token: Token) -> bool:
    return _is_person(token) and token.grammar.known


# Kinds


def _kinds(found: Sequence[Token], first: int, last: int) -> frozenset[NameKind]:
    inside = [token for token in found[first : last + 1] if token.kind == "word"]
    if all(map(_may_be_adjective, inside)) and _is_of_district(found, last + 1):
        return frozenset(("name", "place"))
    before = _noun_before(found, first)
    kinds: set[NameKind] = {"name"}
    placed = (
        len(inside) > 1 and inside[0].grammar.lemma in _PLACING and not any(map(_is_known_person, inside))
    )
    if not placed and _may_be_person(found, first, last, inside, before):
        kinds.add("person")
    if placed or before in PLACES or any("Geox" in token.grammar.marks for token in inside):
        kinds.add("place")
    if _may_be_organisation(inside, before):
        kinds.add("organisation")
    return frozenset(kinds)


def _may_be_adjective(token: Token) -> bool:
    return token.grammar.part == "ADJF" or _ADJECTIVE.search(token.folded) is not None


def _is_of_district(found: Sequence[Token], place: int) -> bool:
    """True where «области» follows, or «и Каратойской областей»."""
    while place < len(found) and (
        found[place].folded in (",", "и", "или")
        or (found[place].is_capital and _may_be_adjective(found[place]))
    ):
        place += 1
    return place < len(found) and found[place].grammar.lemma in _DISTRICTS


def _may_be_person(
    found: Sequence[Token], first: int, last: int, inside: Sequence[Token], before: str | None
) -> bool:
    if any(_is_person(token) for token in inside) or any(
        _is_initial(found, at) for at in range(first, last + 1)
    ):
        return True
    unknown = [token for token in inside if not token.grammar.known and not token.is_abbreviation]
    titled = first > 0 and found[first - 1].kind == "word" and "anim" in found[first - 1].grammar.marks
    is_firm = len(inside) == 1 and inside[0].is_latin  # «глава Microsoft»
    titled = titled and not is_firm
    titled = titled and not any("Geox" in token.grammar.marks or token.is_abbreviation for token in inside)
    several = 2 <= len(unknown) <= 4 and not any(token.is_latin for token in unknown)
    return (
        titled or several or (len(inside) == 1 == len(unknown) and before is None and not inside[0].is_latin)
    )


def _may_be_organisation(inside: Sequence[Token], before: str | None) -> bool:
    if before in ORGANISATIONS or any("Orgn" in token.grammar.marks for token in inside):
        return True
    if any(token.grammar.lemma in ORGANISATIONS for token in inside):
        return True
    return all(
        (token.is_latin or token.is_abbreviation) and "Geox" not in token.grammar.marks for token in inside
    )


def _noun_before(found: Sequence[Token], place: int) -> str | None:
    """The lemma of the common noun right before a name (or before its quotes)."""
    at = place - 1
    if at >= 0 and found[at].text in _OPEN:
        at -= 1
    if at < 0 or found[at].grammar.part != "NOUN":
        return None
    return found[at].grammar.lemma


# Quotes


def _quoted(found: Sequence[Token]) -> Iterator[NameSpan]:
    """«Тау-Кен Самрук»: short quotes that begin with a capital, with their quotation marks."""
    opened: int | None = None
    for place, token in enumerate(found):
        if opened is not None and token.text in _CLOSE:
            if _is_quoted_name(found, opened, place):
                yield NameSpan(opened, place, _kinds_of_quoted(found, opened))
            opened = None
        elif token.text in _OPEN:
            opened = place


def _is_quoted_name(found: Sequence[Token], opened: int, closed: int) -> bool:
    inside = found[opened + 1 : closed]
    return 0 < len(inside) <= 9 and (inside[0].is_capital or inside[0].kind == "number")


def _kinds_of_quoted(found: Sequence[Token], opened: int) -> frozenset[NameKind]:
    before = _noun_before(found, opened)
    if before in PLACES:
        return frozenset(("name", "place"))
    return frozenset(("name",)) if before in WORKS else frozenset(("name", "organisation"))


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
