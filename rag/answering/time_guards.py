"""Times that are no answer to «когда»: today's for what is past, and since when something else is not."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.amount_guards import Pair
from rag.answering.span_view import Seen
from rag.text.tokens import Token

_NOW = frozenset("сегодня сейчас теперь ныне нынче завтра".split())
_ENDS_CLAUSE = frozenset({"comma", "end", "dash"})


def is_now(seen: Seen, pair: Pair) -> bool:
    """«Сегодня» says nothing of when something was done."""
    if seen.asked.question.kind != "date" or seen.asked.is_of_the_future:
        return False
    return all(token.folded in _NOW for token in seen.tokens[pair[0] : pair[1] + 1])


def is_denied(seen: Seen, pair: Pair) -> bool:
    """«О мосте спорят, хотя завода нет с 1990 года»: a clause apart tells since when something is not."""
    if seen.asked.question.kind != "date" or not any(seen.matched) or _denies(seen.asked.tokens):
        return False
    first, last = _clause(seen, pair)
    head = seen.asked.question.head
    known = [p for p in range(first, last + 1) if seen.matched[p] and seen.tokens[p].grammar.lemma != head]
    return _denies(seen.tokens[first : last + 1]) and not known


def is_of_relative(seen: Seen, pair: Pair) -> bool:
    """«Закон отменили, который с 1974 года мешал рыбакам»: that isn't when it was done."""
    since = pair[0] > 0 and seen.tokens[pair[0] - 1].folded in ("с", "до")
    if seen.asked.question.kind != "date" or not since:
        return False
    first, last = _clause(seen, pair)
    verbs = {p for p, name in enumerate(seen.classes) if name in ("VERB", "short")}
    inside = verbs & set(range(first, last + 1))
    is_relative = any(
        seen.tokens[p].grammar.lemma == "который" for p in range(first, min(first + 2, last + 1))
    )
    is_told = any(seen.matched[p] for p in verbs - inside)
    return is_relative and is_told and bool(inside) and not any(seen.matched[p] for p in inside)


def _denies(found: Sequence[Token]) -> bool:
    return any(token.folded in ("нет", "не") for token in found)


def _clause(seen: Seen, pair: Pair) -> Pair:
    first, last = pair
    while first and seen.classes[first - 1] not in _ENDS_CLAUSE:
        first -= 1
    while last + 1 < len(seen.tokens) and seen.classes[last + 1] not in _ENDS_CLAUSE:
        last += 1
    return first, last
