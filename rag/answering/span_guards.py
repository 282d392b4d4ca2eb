"""What is no short answer whatever its score: wrong bold text is worse than none.

The guards take candidates away before they are scored: pronouns alone, pieces of two clauses, sorts of things
that weren't asked for. rag.answering.name_guards does it for names, rag.answering.amount_guards for amounts.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.amount_guards import Pair, amounts_asked
from rag.answering.name_guards import (
    begins_with_a_thing,
    cuts_dashed_name,
    cuts_latin_name,
    is_empty,
    is_spelt_out,
    names_the_office,
    without_asked_names,
)
from rag.answering.place_guards import is_no_place, names_a_place
from rag.answering.role_guards import (
    crosses_colon,
    cuts_adjective,
    cuts_enumeration,
    cuts_own_name,
    cuts_so_called,
    is_a_person,
    is_a_thing_for_how,
    is_done_to,
    is_nameless,
    is_of_another_verb,
    names_nothing,
    runs_into_clause,
)
from rag.answering.span_view import Seen
from rag.answering.time_guards import is_denied, is_now, is_of_relative
from rag.text.measures import MEASURES, TIMES
from rag.text.numbers import values
from rag.text.tokens import Token

_TIMES = frozenset("год месяц неделя день сутки час минута раз".split())
_DATED = frozenset("дата время день период срок событие".split())
_CONTRASTS = frozenset("а но хотя если однако поэтому".split())
_SHORT_KINDS = frozenset({"person", "organisation", "place", "list"})
_SAYING = frozenset(
    """сказать говорить заявить заявлять отметить сообщить подчеркнуть рассказать добавить пояснить напомнить
    ответить написать обещать пообещать""".split()
)


def guarded(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """The candidates that may be shown."""
    kept = [pair for pair in found if not any(guard(seen, pair) for guard in _GUARDS)]
    kept = without_asked_names(seen, kept)
    return _as_said(seen, amounts_asked(seen, kept))


def _as_said(seen: Seen, found: Sequence[Pair]) -> list[Pair]:
    """«Что сказал министр?»: his words in quotation marks, or nothing."""
    asked = seen.asked
    asks = asked.question.kind == "other" and any(token.folded == "что" for token in asked.tokens[:2])
    if not asks or not any(token.grammar.lemma in _SAYING for token in asked.tokens[:3]):
        return list(found)
    return [pair for pair in found if seen.classes[pair[0]] == "open" and seen.classes[pair[1]] == "close"]


def _inside(seen: Seen, pair: Pair) -> tuple[Token, ...]:
    return seen.tokens[pair[0] : pair[1] + 1]


def _says_nothing(seen: Seen, pair: Pair) -> bool:
    """«обоих», «этой», «другие»: no word that could answer."""
    said = _inside(seen, pair)
    return all(is_empty(token) for token in said)


def _is_only_a_time(seen: Seen, pair: Pair) -> bool:
    """«12 тонн в год»: the year says how often, it answers nothing."""
    said = [token for token in _inside(seen, pair) if token.kind != "sign"]
    return len(said) == 1 and said[0].grammar.lemma in _TIMES


def _is_no_time(seen: Seen, pair: Pair) -> bool:
    """«755 млн долларов» is no answer to «когда», «12 лет» may be one."""
    if seen.asked.question.kind != "date":
        return False
    text = seen.text[seen.tokens[pair[0]].start : seen.tokens[pair[1]].stop]
    units = {each.unit for each in values(text)}
    dated = any(pair[0] <= last and first <= pair[1] for first, last, kind in seen.spans if kind == "date")
    return not dated and bool(units & (MEASURES - TIMES))


def _is_only_a_date(seen: Seen, pair: Pair) -> bool:
    """«Февраль 2026 года» is no answer to «что решили», «кто», «где», nor to «какие страны»."""
    asked = seen.asked.question
    if asked.kind not in (*_SHORT_KINDS, "other", "reason") or asked.head in _DATED | TIMES:
        return False
    begin = pair[0] + (seen.classes[pair[0]] == "PREP")
    return any(kind == "date" and first <= begin and pair[1] <= last for first, last, kind in seen.spans)


def _cuts_relative(seen: Seen, pair: Pair) -> bool:
    """«который город и область», «города, против которого»: what is left of a relative clause."""
    if seen.asked.question.kind == "person":
        return any(seen.tokens[place].grammar.lemma == "который" for place in range(pair[0], pair[1] + 1))
    return seen.tokens[pair[0]].grammar.lemma == "который"


def _is_nowhere(seen: Seen, pair: Pair) -> bool:
    """«Затраты»: where something is, is a name, or stands behind a preposition."""
    if seen.asked.question.kind != "place" or seen.classes[max(pair[0] - 1, 0)] == "PREP":
        return False
    return seen.classes[pair[0]] != "PREP" and not names_a_place(seen, range(pair[0], pair[1] + 1))


def _crosses_sentences(seen: Seen, pair: Pair) -> bool:
    """«6 ноября. В Вашингтоне» of two sentences."""
    start, stop = seen.tokens[pair[0]].start, seen.tokens[pair[1]].stop
    return any(start < border < stop for border in seen.borders)


def _tells_a_story(seen: Seen, pair: Pair) -> bool:
    """Who, where and which ones are names: no verb, no dash with spaces stands among them."""
    if seen.asked.question.kind not in _SHORT_KINDS:
        return False
    return any(
        (seen.classes[place] in ("VERB", "short") and not seen.tokens[place].is_capital)
        or _parts(seen, place)
        for place in range(pair[0], pair[1] + 1)
        if seen.depths[place] == seen.depths[pair[0]]
    )


def _crosses_clauses(seen: Seen, pair: Pair) -> bool:
    """«степь, а в портах Лены»: the end of one clause and the begin of another."""
    return any(
        seen.classes[place] == "comma" and seen.tokens[place + 1].folded in _CONTRASTS
        for place in range(pair[0], pair[1])
        if seen.depths[place] == seen.depths[pair[0]]
    )


def _breaks_off(seen: Seen, pair: Pair) -> bool:
    """«завод выпускает 12 тонн» of «… тонн олова»: a clause is told to its end or not at all."""
    if pair[1] + 1 >= len(seen.tokens) or seen.classes[pair[1] + 1] in ("end", "comma", "dash"):
        return False
    inside = range(pair[0], pair[1] + 1)
    return any(
        seen.tokens[place].grammar.part == "VERB" and seen.classes[place] == "VERB" for place in inside
    ) and any("nomn" in seen.tokens[place].grammar.cases for place in inside)


def _parts(seen: Seen, place: int) -> bool:
    """True for the dash of «источник — проект»."""
    return (
        seen.classes[place] == "dash" and place > 0 and seen.tokens[place - 1].stop < seen.tokens[place].start
    )


def _begins_before_head(seen: Seen, pair: Pair) -> bool:
    """«базе рудников Северный и Южный» where mines are asked for: what stands before them is theirs."""
    asked = seen.asked.question
    if asked.kind != "list" or asked.head is None:
        return False
    heads = [p for p in range(pair[0], pair[1] + 1) if seen.tokens[p].grammar.lemma == asked.head]
    return bool(heads) and not all(_may_go_before(seen, place) for place in range(pair[0], heads[0]))


def _may_go_before(seen: Seen, place: int) -> bool:
    """«пяти», «северных», «Донской и Омской» областей."""
    token = seen.tokens[place]
    is_joined = token.folded in ("и", ",") or (token.is_capital and not token.grammar.known)
    return is_joined or seen.classes[place] == "number" or token.grammar.part in ("ADJF", "PRTF")


def _cuts_asked_name(seen: Seen, pair: Pair) -> bool:
    """«Новый» of «Новый порт», which the question names."""
    if seen.asked.question.kind in ("date", "quantity"):
        return False
    return any(
        seen.matched[inner] and seen.tokens[inner].is_capital and outer >= 0 and seen.matched[outer]
        for inner, outer in ((pair[0], pair[0] - 1), (pair[1], min(pair[1] + 1, len(seen.tokens) - 1)))
        if inner != outer
    )


def _leaves_one_out(seen: Seen, pair: Pair) -> bool:
    """«Южный» of «рудники Северный и Южный» where both are asked for."""
    kind, before, behind = seen.asked.question.kind, pair[0] - 1, pair[1] + 1
    if kind == "place" and before > 0 and seen.tokens[before].folded == "и":  # «Омской и Томской областях»
        return all(
            seen.tokens[p].grammar.part == "ADJF" and seen.tokens[p].is_capital for p in (before - 1, pair[0])
        )
    if kind not in ("list", "person"):
        return False
    joins = ("и", ",") if kind == "list" else ("и",)
    if kind == "person" and _has_neighbour(seen, pair):  # of «Пётр Лавров и Анна Рощина» either may be told
        return False
    if before > 0 and seen.tokens[before].folded in joins:
        return all(seen.tokens[place].is_capital for place in (before - 1, pair[0]))
    if behind + 1 < len(seen.tokens) and seen.tokens[behind].folded in joins:
        return all(seen.tokens[place].is_capital for place in (pair[1], behind + 1))
    return False


def _has_neighbour(seen: Seen, pair: Pair) -> bool:
    """True where a name has more than one word on either side of its «и»."""
    around = (pair[0] - 3, pair[0] - 2), (pair[1] + 2, pair[1] + 3)
    return pair[0] < pair[1] or any(
        first >= 0
        and second < len(seen.tokens)
        and seen.tokens[first].is_capital
        and seen.tokens[second].is_capital
        for first, second in around
    )


def _stands_beside_the_asked(seen: Seen, pair: Pair) -> bool:
    """«на базе рудников Северный и Южный»: the second isn't where the first lies."""
    if seen.asked.question.kind != "place" or pair[0] < 2:
        return False
    before, link = seen.tokens[pair[0] - 2], seen.tokens[pair[0] - 1]
    return link.folded in ("и", "или") and before.is_capital and seen.matched[pair[0] - 2]


def _runs_on(seen: Seen, pair: Pair) -> bool:
    """«Чили нового завода»: what is built there is no part of the place."""
    if seen.asked.question.kind != "place":
        return False
    behind = {last + 1 for first, last, kind in seen.spans if kind == "place" and first == pair[0]}
    return any(
        place <= pair[1] and seen.classes[place] in ("ADJF", "NOUN") and not seen.tokens[place].is_capital
        for place in behind
    )


_GUARDS = (
    _says_nothing,
    _is_only_a_time,
    _tells_a_story,
    _crosses_clauses,
    _breaks_off,
    cuts_dashed_name,
    cuts_latin_name,
    is_spelt_out,
    _begins_before_head,
    names_the_office,
    _leaves_one_out,
    _stands_beside_the_asked,
    _runs_on,
    _cuts_asked_name,
    begins_with_a_thing,
    _is_no_time,
    _is_only_a_date,
    is_no_place,
    _is_nowhere,
    _crosses_sentences,
    _cuts_relative,
    is_denied,
    is_now,
    is_of_relative,
    is_done_to,
    is_nameless,
    runs_into_clause,
    crosses_colon,
    is_a_person,
    is_a_thing_for_how,
    cuts_adjective,
    cuts_enumeration,
    cuts_own_name,
    cuts_so_called,
    is_of_another_verb,
    names_nothing,
)
