"""Predicates that agree with their subject, made to agree with another one."""

from __future__ import annotations

from typing import Any

from rag.text.readings import Reading
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer

_AGREEING = frozenset({"VERB", "PRTS", "ADJS"})
_MISTAKEN = frozenset({"PRED", "ADVB"})  # what the dictionary takes «нужно» for
_NOT_PREDICATES = frozenset({"каков", "каковой"})


def reagreed(text: str, old: Reading, new: Reading) -> str:
    """`text` with every past tense and short form that agrees with `old` agreeing with `new`.

    «родился» with a feminine `new` → «родилась»; unknown genders change nothing.
    """
    if not (old.gender or old.number == "plur") or not (new.gender or new.number == "plur"):
        return text
    for token in reversed(tokens(text)):
        parse = _predicate(token, old)
        if parse is not None and (form := parse.inflect(_wanted(parse, new))) is not None:
            text = text[: token.start] + str(form.word) + text[token.stop :]
    return text


def _predicate(token: Token, old: Reading) -> Any | None:
    if token.grammar.part not in _AGREEING | _MISTAKEN or token.grammar.lemma in _NOT_PREDICATES:
        return None
    for parse in analyzer().parse(token.folded):
        tag = parse.tag
        if tag.POS in _AGREEING and tag.number == old.number and tag.gender in (None, old.gender):
            return parse
    return None


def _wanted(parse: Any, new: Reading) -> set[str]:
    if new.number == "plur":
        return {"plur"}
    has_gender = parse.tag.POS != "VERB" or parse.tag.tense == "past"
    return {"sing", new.gender} if has_gender else {"sing"}
