"""What plays another part in its sentence than the one asked for, or runs over the border of its clause."""

from __future__ import annotations

from rag.answering.amount_guards import Pair
from rag.answering.span_view import Seen
from rag.text.name_spans import ORGANISATIONS
from rag.text.tokens import Token, cases_of_one

_FINITE = frozenset({"VERB", "short"})
_ENDS = frozenset({"comma", "end", "dash"})
_NOUNS = frozenset({"NOUN", "UNKN", "LATN", "NPRO"})
_NOMINAL = frozenset({"NOUN", "Name", "LATN", "ADJF"})
# Who does something is named in one of these: «завод построил трест», «построен трестом»; «указом царя» too.
_DOING = frozenset({"nomn", "ablt"})
_BY_VERB = frozenset({"place", "date"})
_QUOTES = frozenset('«„“"')
_SORTS = frozenset("страна государство республика город компания фирма организация группа".split())
_HOW = frozenset(
    """отличаться различаться отличать закончиться кончиться завершиться плохой хороший опасный полезный
    важный вредный удобный выгодный невыгодный интересный""".split()
)


def is_done_to(seen: Seen, pair: Pair) -> bool:
    """«Учредят фирму»: who does something isn't told by what something is done to."""
    asked = seen.asked.question
    if asked.kind != "person" or "nomn" not in asked.cases or asked.preposition is not None:
        return False
    if any(token.grammar.part == "PRTS" for token in seen.asked.tokens):
        return False
    every = [token for token in seen.tokens[pair[0] : pair[1] + 1] if token.grammar.part in _NOUNS]
    nouns = [token for token in every if token is every[0] or token.is_capital]
    cases = [_cases(token) for token in nouns]
    if not nouns or any(not each or each & _DOING for each in cases):
        return False
    if "gent" not in cases[0]:
        return True
    return "Geox" in nouns[0].grammar.marks and is_of_a_setting(seen, pair[0])


def _cases(token: Token) -> frozenset[str]:
    return cases_of_one(token.folded) if "Geox" in token.grammar.marks else token.grammar.cases


def is_nameless(seen: Seen, pair: Pair) -> bool:
    """«Страны», «фирма»: the sort of somebody without a word that says which."""
    said = [token for token in seen.tokens[pair[0] : pair[1] + 1] if token.kind != "sign"]
    return seen.asked.question.kind == "person" and len(said) == 1 and said[0].grammar.lemma in _SORTS


def is_of_a_setting(seen: Seen, first: int) -> bool:
    """«На встрече министров»: what stands at `first` tells where something was; «указом царя», by whom."""
    place = first - 1
    while place >= 0 and (seen.classes[place] in _NOMINAL or seen.tokens[place].folded == "и"):
        place -= 1
    return 0 <= place < first - 1 and seen.tokens[place].folded in ("в", "во", "на", "о", "об")


def runs_into_clause(seen: Seen, pair: Pair) -> bool:
    """«… сообщил [завод, труба] лопнула»: the end of one clause and the begin of the next."""
    first, last = pair
    if not any(seen.classes[place] == "comma" for place in range(first, last)):
        return False
    begin = first
    while begin and seen.classes[begin - 1] not in _ENDS:
        begin -= 1
    before = any(seen.classes[place] in _FINITE for place in range(begin, first))
    behind = [name for name in seen.classes[last + 1 : last + 3] if name != "comma"][:1]
    return before and bool(behind) and behind[0] in _FINITE


def crosses_colon(seen: Seen, pair: Pair) -> bool:
    """«олово: его продают»: behind a colon with a verb another sentence begins."""
    colon = next((p for p in range(pair[0], pair[1]) if seen.tokens[p].text == ":"), None)
    return colon is not None and any(seen.classes[p] in _FINITE for p in range(colon, pair[1] + 1))


def is_a_person(seen: Seen, pair: Pair) -> bool:
    """«Что обещал министр?»: whoever is named is no «что»."""
    asked = seen.asked
    if asked.question.kind != "other" or not any(token.folded == "что" for token in asked.tokens[:2]):
        return False
    kinds = {kind for first, last, kind in seen.spans if (first, last) == pair}
    return "person" in kinds and not kinds & {"organisation", "place"}


def is_a_thing_for_how(seen: Seen, pair: Pair) -> bool:
    """«Чем отличается мост», «чем он плох»: a clause answers and no noun."""
    asked = seen.asked
    if not any(token.folded == "чем" for token in asked.tokens[:2]):
        return False
    if _HOW.isdisjoint(token.grammar.lemma for token in asked.tokens):
        return False
    if any(token.grammar.lemma in _HOW and token.grammar.part == "VERB" for token in seen.tokens):
        return False
    opens = not pair[0] or seen.classes[pair[0] - 1] in (*_ENDS, "CONJ")
    return not opens or not any(seen.classes[place] in _FINITE for place in range(pair[0], pair[1] + 1))


def cuts_enumeration(seen: Seen, pair: Pair) -> bool:
    """«медь, олово» of «медь, олово, цинк и свинец», where all are asked for."""
    if seen.asked.question.kind != "list":
        return False
    return _goes_on(seen, pair[1], 1) or _goes_on(seen, pair[0], -1)


def _goes_on(seen: Seen, place: int, step: int) -> bool:
    """True where behind a comma or «и» another one follows in the same case."""
    link, other = place + step, place + 2 * step
    if min(link, other) < 0 or max(link, other) >= len(seen.tokens):
        return False
    if seen.tokens[link].text not in (",", "и") or seen.classes[other] not in _NOMINAL:
        return False
    one, two = seen.tokens[place].grammar, seen.tokens[other].grammar
    return one.part == two.part == "NOUN" and bool(one.cases & two.cases)


def is_of_another_verb(seen: Seen, pair: Pair) -> bool:
    """«Начинается у Перми и кончается в Уфе»: of two places, the one behind the verb asked about."""
    kind, head = seen.asked.question.kind, seen.asked.question.head
    if (
        kind not in _BY_VERB
        or head is not None
        or not any(_is_asked_verb(seen, place) for place in range(len(seen.tokens)))
    ):
        return False
    told = [
        first for first, last, each in seen.spans if each == kind and not all(seen.matched[first : last + 1])
    ]
    return any(_follows_asked_verb(seen, first) for first in told) and not _follows_asked_verb(seen, pair[0])


def _is_asked_verb(seen: Seen, place: int) -> bool:
    return seen.classes[place] in _FINITE and seen.matched[place]


def _follows_asked_verb(seen: Seen, place: int) -> bool:
    """True unless another verb stands nearer before it; what stands before all verbs belongs to any."""
    verbs = [p for p in range(place) if seen.classes[p] in _FINITE]
    return not verbs or _is_asked_verb(seen, verbs[-1])


def cuts_adjective(seen: Seen, pair: Pair) -> bool:
    """«Донской рыбный» of «Донской рыбный трест»."""
    last, behind = seen.tokens[pair[1]], pair[1] + 1
    if last.grammar.part != "ADJF":
        return False
    while behind < len(seen.tokens) and seen.classes[behind] == "ADJF":
        behind += 1
    if behind == len(seen.tokens) or seen.matched[behind]:
        return False
    noun = seen.tokens[behind].grammar
    return noun.part == "NOUN" and bool(last.grammar.cases & noun.cases)


def cuts_own_name(seen: Seen, pair: Pair) -> bool:
    """«фонд» of «фонд «Искра»»."""
    last, behind = pair[1], pair[1] + 1
    if behind >= len(seen.tokens) or seen.tokens[last].grammar.lemma not in ORGANISATIONS:
        return False
    return seen.tokens[behind].text in _QUOTES


def names_nothing(seen: Seen, pair: Pair) -> bool:
    """«Сразу»: who and which ones are told by a noun, a name or a number."""
    if seen.asked.question.kind not in ("list", "person"):
        return False
    return all(
        seen.classes[place] not in (*_NOMINAL, "NPRO", "number", "VERB")
        for place in range(pair[0], pair[1] + 1)
    )


def cuts_so_called(seen: Seen, pair: Pair) -> bool:
    """«называемый налог» of «так называемый налог»."""
    is_called = seen.tokens[pair[0]].grammar.lemma in ("называть", "называемый")
    return is_called and pair[0] > 0 and seen.tokens[pair[0] - 1].folded == "так"
