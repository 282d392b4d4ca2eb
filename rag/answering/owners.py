"""Whose size, whose office is told? What a sentence says of another thing answers nothing.

«Участок простирается на 12 га в Донецкой области» says nothing of the region's area, nor does «участок
площадью 12 га в Донецкой области»: where the thing asked about is only the place of another one, the amount
is the other one's. «Директор завода Лавров» isn't the director of the mine, and who headed a delegation to
the ministry doesn't head the ministry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag.answering.definition_term import GENUS
from rag.answering.same_name import is_same
from rag.text.questions import analyse
from rag.text.tokens import Token, tokens

# What a thing has of its own; a price or a share may be told of the place as well.
_SIZES = frozenset(
    """площадь длина протяженность высота глубина ширина диаметр население численность вес масса объем
    вместимость возраст плотность""".split()
)
_PLACING = frozenset("в во на из под около близ у возле вокруг вблизи недалеко от через по".split())
_BETWEEN = frozenset({"ADJF", "PRTF", "NUMR", "CONJ"})
_SUBJECTS = frozenset({"NOUN", "UNKN", "LATN"})
_HEADING = {"возглавлять": "accs", "возглавить": "accs", "руководить": "ablt"}
# Who holds one of them over another thing holds another office.
_OFFICES = {
    each: each for each in "директор президент глава председатель министр премьер руководитель".split()
} | {"гендиректор": "директор", "премьер-министр": "премьер"}
_ANY = GENUS | frozenset("республика страна государство федерация регион город ведомство".split())
_SOMEBODY = frozenset({"Name", "Surn", "Patr"})
_MARKS = frozenset('«»"“”„')
_REACH = 3  # words from an office or a verb to what it is over


def tells_another(question: str, sentence: str) -> bool:
    """True where the thing whose size `question` asks for is only the place of another in `sentence`."""
    owner = _owner(question)
    if owner is None:
        return False
    found = tokens(sentence)
    sizes = [place for place, token in enumerate(found) if token.grammar.lemma in _SIZES]
    if any(_bearer(found, place) in (None, owner) for place in sizes):
        return False
    named = [place for place, token in enumerate(found) if token.grammar.lemma == owner]
    return bool(named) and all(_is_place(found, place) for place in named) and _has_subject(found, owner)


def _owner(question: str) -> str | None:
    """«область» of «Какова площадь Донецкой области?»."""
    asked = analyse(question)
    if asked.kind != "quantity" or asked.head not in _SIZES:
        return None
    found = tokens(question)
    head = next((place for place, token in enumerate(found) if token.grammar.lemma == asked.head), len(found))
    return next((token.grammar.lemma for token in found[head + 1 :] if _is_genitive(token)), None)


def _bearer(found: Sequence[Token], size: int) -> str | None:
    """Whose size it is: «участок площадью», «площадь участка»; None where that can't be told."""
    if "ablt" in found[size].grammar.cases:
        before = [token for token in reversed(found[:size]) if token.text not in _MARKS][:1]
        return before[0].grammar.lemma if before and before[0].grammar.part == "NOUN" else None
    behind = [token for token in found[size + 1 : size + 1 + _REACH] if token.grammar.part != "ADJF"][:1]
    return behind[0].grammar.lemma if behind and _is_genitive(behind[0]) else None


def _is_genitive(token: Token) -> bool:
    return token.grammar.part == "NOUN" and "gent" in token.grammar.cases


def _is_place(found: Sequence[Token], place: int) -> bool:
    """True where a preposition of place stands before the noun and what agrees with it."""
    place -= 1
    while place >= 0 and found[place].grammar.part in _BETWEEN:
        place -= 1
    return place >= 0 and found[place].folded in _PLACING


def _has_subject(found: Sequence[Token], owner: str) -> bool:
    """True where the sentence has a noun in the nominative that may be what it is about."""
    return any(
        token.grammar.part in _SUBJECTS and "nomn" in token.grammar.cases and token.grammar.lemma != owner
        for token in found
        if token.kind == "word"
    )


# Offices


def heads_another(question: str, sentence: str) -> bool:
    """True where `question` asks who heads what has a name, and `sentence` says who heads something else."""
    asked = _headed(question)
    if not any(token.is_capital for _, over in asked for token in over):
        return False
    found = tokens(sentence)
    told = [
        over for place in range(len(found)) for office, over in _over(found, place) if office in dict(asked)
    ]
    if any(over[-1].grammar.lemma in _ANY for over in told):  # which of them, another sentence says
        return False
    wanted = [token for _, over in asked for token in over if token.grammar.lemma not in GENUS]
    return bool(told) and not any(is_same(one, other) for one in wanted for over in told for other in over)


@lru_cache(maxsize=100)
def _headed(question: str) -> tuple[tuple[str, tuple[Token, ...]], ...]:
    """The office asked for and what it is over: «возглавлять», «Лесную службу»; else nothing."""
    if analyse(question).kind != "person":
        return ()
    found = tokens(question)
    return tuple(each for place in range(len(found)) for each in _over(found, place))


def _over(found: Sequence[Token], place: int) -> Iterator[tuple[str, tuple[Token, ...]]]:
    """The office or the verb at `place` and what it is over; nothing where that isn't said."""
    lemma = found[place].grammar.lemma
    before, behind = found[:place][::-1], found[place + 1 :]
    if lemma in _OFFICES and (over := _body(behind, "gent")):
        yield _OFFICES[lemma], (*over, *_name(behind, over[-1]))
    elif lemma in _HEADING:
        over = _body(behind, _HEADING[lemma])
        if over := (*over, *_name(behind, over[-1])) if over else _body(before, _HEADING[lemma]):
            yield "возглавлять", over


def _body(found: Sequence[Token], case: str) -> tuple[Token, ...]:
    """The nearest noun in this `case`, name in quotes or in Latin letters; adjectives may stand before it."""
    words = [place for place, token in enumerate(found) if token.text not in _MARKS]
    for place in words[:_REACH]:
        token = found[place]
        if place > 0 and found[place - 1].text in _MARKS:
            return (token,)
        if token.kind != "word" or "anim" in token.grammar.marks:
            return ()
        if token.is_latin or (token.grammar.part == "NOUN" and case in token.grammar.cases):
            return (token,)
        if token.grammar.part not in ("ADJF", "PRTF"):
            return ()
    return ()


def _name(found: Sequence[Token], body: Token) -> Iterator[Token]:
    """The name that follows: «Самрук» behind «Тау-Кен», «США» behind «службы»."""
    for token in found:
        if token.start <= body.start or token.text in _MARKS:
            continue
        is_somebody = not _SOMEBODY.isdisjoint(token.grammar.marks) or body.is_latin != token.is_latin
        if is_somebody or not token.is_capital:
            return
        yield token
