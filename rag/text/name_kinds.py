"""What a name may be of: a person, a place, an organisation, by its words and by the noun before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rag.text.tokens import Token

NameKind = Literal["person", "place", "organisation", "name"]


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
PERSON_MARKS = frozenset({"Name", "Surn", "Patr"})
OPEN, CLOSE = '«„“"', '»“”"'


def is_initial(found: Sequence[Token], place: int) -> bool:
    """Whether «А.» stands at `place`."""
    return (
        0 <= place < len(found) - 1
        and found[place].is_capital
        and len(found[place].text) == 1
        and found[place + 1].text == "."
    )


def is_person(token: Token) -> bool:
    """Whether the dictionary has the token for a given name, a surname or a patronymic."""
    return bool(token.grammar.marks & PERSON_MARKS)


# Kinds


def kinds_of_run(found: Sequence[Token], first: int, last: int) -> frozenset[NameKind]:
    """What the run of capitals `[first, last]` may be."""
    inside = [token for token in found[first : last + 1] if token.kind == "word"]
    before = _noun_before(found, first)
    kinds: set[NameKind] = {"name"}
    if _may_be_person(found, first, last, inside, before):
        kinds.add("person")
    if before in PLACES or any("Geox" in token.grammar.marks for token in inside):
        kinds.add("place")
    if _may_be_organisation(inside, before):
        kinds.add("organisation")
    return frozenset(kinds)


def _may_be_person(
    found: Sequence[Token], first: int, last: int, inside: Sequence[Token], before: str | None
) -> bool:
    if any(is_person(token) for token in inside) or any(
        is_initial(found, at) for at in range(first, last + 1)
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
    if at >= 0 and found[at].text in OPEN:
        at -= 1
    if at < 0 or found[at].grammar.part != "NOUN":
        return None
    return found[at].grammar.lemma


def kinds_of_quoted(found: Sequence[Token], opened: int) -> frozenset[NameKind]:
    """What a name in quotation marks that open at `opened` may be."""
    before = _noun_before(found, opened)
    if before in PLACES:
        return frozenset(("name", "place"))
    return frozenset(("name",)) if before in WORKS else frozenset(("name", "organisation"))
