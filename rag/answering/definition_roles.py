"""Somebody's role, or the kind of a thing, beside its name: «инженер Пётр Лавров», «корпорация «Сталь»»."""

from __future__ import annotations

from rag.answering.definition_view import (
    CLOSES_CLAUSE,
    FINITE,
    GENUS,
    NOMINAL,
    OBLIQUE,
    OPEN,
    Definition,
    DefinitionView,
    Mention,
    points_back,
)

_APPOSED, _ROLE, _NOUN_ALONE = 0.75, 0.6, 0.4
# What a thing is called in front of its name: «нефтепровода КТК» says what it is, «причал КТК» doesn't.
KINDS = GENUS | frozenset(
    """агентство ассоциация банк ведомство газета город государство журнал закон издание институт комбинат
    комплекс консорциум концерн коридор маршрут магистраль министерство нефтепровод трубопровод газопровод
    общество объединение округ остров партия пакт поселок порт программа рудник сайт саммит село система
    соглашение союз страна университет учреждение холдинг центр штат форум область район завод дорога
    технология препарат минерал сплав порода издательство бренд марка договор формат кодекс""".split()
)


def apposed(view: DefinitionView, mention: Mention) -> Definition | None:
    """«Пётр Лавров, инженер завода, …»."""
    comma = view.behind(mention[1] + 1)
    begin = comma + 1
    opens = view.class_at(begin) in ("NOUN", "ADJF") and not points_back(view.tokens[begin])
    if view.class_at(comma) != "comma" or not opens or not view.is_name(mention):
        return None
    last = begin
    while view.class_at(last + 1) in NOMINAL or view.text_at(last + 1) in ("и", "по"):
        last += 1
    noun = next((place for place in range(begin, last + 1) if view.classes[place] == "NOUN"), None)
    cases = view.cases(begin, last)
    shared = cases & (view.cases(*mention) or cases)
    if noun is None or not shared or view.class_at(last + 1) not in CLOSES_CLAUSE:
        return None
    if not _is_kind(view, noun) or role(view, mention) is not None:
        return None  # «инженер Пётр Лавров, директор Иван Серов, …»: who they are stands before
    return Definition(_APPOSED - OBLIQUE * ("nomn" not in shared), view.span(begin, last))


def role(view: DefinitionView, mention: Mention) -> Definition | None:
    """«генеральный директор завода Пётр Лавров», «американская корпорация «Сталь»»."""
    if not view.is_name(mention):
        return None
    first = last = mention[0] - 1
    while first >= 0 and _is_of_role(view, first):
        first -= 1
    for noun in range(last, first, -1):
        if view.classes[noun] != "NOUN" or _is_capital(view, noun) or not _is_kind(view, noun):
            continue
        if _agrees(view, noun, last, mention):
            return _role_of(view, first + 1, noun, last)
    return None


def named_behind(view: DefinitionView, mention: Mention) -> Definition | None:
    """«дочерняя фирма по сбыту, «Сталь», объявила»: the kind first, the name between commas."""
    comma, behind = mention[0] - 1, mention[1] + 1
    while view.class_at(behind) == "LATN" or (view.text_at(behind) == "." and behind + 1 < len(view.tokens)):
        behind += 1  # «Inc.»
    if not view.is_name(mention) or [view.class_at(p) for p in (comma, behind)] != ["comma", "comma"]:
        return None
    first = comma
    while first and (view.class_at(first - 1) in NOMINAL or view.text_at(first - 1) in ("по", "из")):
        first -= 1
    noun = next((p for p in range(first, comma) if view.classes[p] == "NOUN"), None)
    own = view.cases(*mention)
    if noun is None or view.class_at(behind + 1) not in FINITE or not _is_kind(view, noun):
        return None
    cases = view.tokens[noun].grammar.cases
    if own and not own & cases:
        return None
    is_of_another = any(points_back(token) for token in view.tokens[max(first - 1, 0) : comma])
    span = None if is_of_another else view.span(first, comma - 1)
    return Definition(_ROLE - OBLIQUE * ("nomn" not in cases), span)


def _is_of_role(view: DefinitionView, place: int) -> bool:
    """True for what a role may be made of; «сенатор от штата Огайо» has a preposition."""
    if view.term.is_somebody and view.text_at(place) in ("от", "по", "из"):
        return True
    return view.classes[place] in NOMINAL and not points_back(view.tokens[place])


def _agrees(view: DefinitionView, noun: int, last: int, mention: Mention) -> bool:
    """True where the noun is what the name behind stands with, and all in between belongs to the noun."""
    between = [p for p in range(noun + 1, last + 1) if view.classes[p] in ("NOUN", "ADJF")]
    own, cases = view.cases(*mention), view.tokens[noun].grammar.cases
    if view.term.is_somebody:
        return not own or bool(cases & own)
    if own and "nomn" not in own and (view.tokens[mention[0]].text in OPEN or not own & cases):
        return False  # «завод «Стали»»: the name is somebody's
    return all("gent" in view.tokens[place].grammar.cases for place in between)


def _role_of(view: DefinitionView, first: int, noun: int, last: int) -> Definition:
    """The phrase around its main noun, with the adjectives that agree with it."""
    cases, begin = view.tokens[noun].grammar.cases, noun
    while (
        begin > first and view.classes[begin - 1] == "ADJF" and view.tokens[begin - 1].grammar.cases & cases
    ):
        begin -= 1
    while last > noun and "Name" in view.tokens[last].grammar.marks:
        last -= 1  # the forename
    is_bare = begin == last and not view.term.is_somebody
    strength = (_NOUN_ALONE if is_bare else _ROLE) - OBLIQUE * ("nomn" not in cases)
    return Definition(strength, None if is_bare else view.span(begin, last))


def _is_kind(view: DefinitionView, noun: int) -> bool:
    """True for a noun that says what somebody or something is."""
    grammar = view.tokens[noun].grammar
    return "anim" in grammar.marks if view.term.is_somebody else grammar.lemma in KINDS


def _is_capital(view: DefinitionView, place: int) -> bool:
    return place > 0 and view.tokens[place].is_capital
