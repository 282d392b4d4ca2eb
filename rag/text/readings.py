"""The cases, numbers and genders a noun may be read in, and words put into another case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rag.text.tokens import Token, tokens
from rag.text.words import analyzer, fold

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
ADJECTIVES = frozenset({"ADJF", "PRTF"})
_MINOR_CASES = {
    "gen1": "gent",
    "gen2": "gent",
    "acc2": "accs",
    "loc1": "loct",
    "loc2": "loct",
    "voct": "nomn",
}
_VOWELS = "аеёиоуыэюя"
_LIKELY = 0.02  # probability of a parse

PREPOSITIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        "от из у без для до около после против кроме вокруг ради среди из-за из-под".split(), ("gent",)
    ),
    **dict.fromkeys(("к", "ко", "благодаря"), ("datv",)),
    **dict.fromkeys(("о", "об", "обо", "при"), ("loct",)),
    **dict.fromkeys(("в", "во", "на"), ("loct", "accs")),
    **dict.fromkeys(("с", "со"), ("ablt", "gent")),
    **dict.fromkeys(("за", "под", "подо"), ("ablt", "accs")),
    **dict.fromkeys(("над", "перед", "между", "рядом"), ("ablt",)),
    **dict.fromkeys(("про", "через", "сквозь"), ("accs",)),
    "по": ("datv",),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a phrase; empty `case` and `gender` fit every case and gender (Latin names)."""

    case: str
    number: str
    gender: str
    animate: bool = False


UNKNOWN = Reading("", "sing", "")


@lru_cache(maxsize=20_000)
def noun_lemma(word: str) -> str:
    """Dictionary form of `word` read as a noun where it can be one."""
    found = _nouns(word)
    return fold((found[0] if found else analyzer().parse(word)[0]).normal_form)


def name_readings(inside: Sequence[Token]) -> list[Reading]:
    """Cases that all words of a name may stand in; Latin, quoted and unknown abbreviations fit any."""
    if inside[0].kind == "sign" or any(token.is_latin for token in inside):
        return [UNKNOWN]
    if all(token.is_abbreviation and not token.grammar.known for token in inside):
        return [UNKNOWN]
    tables = [noun_readings(token.folded) for token in inside if token.kind == "word"]
    if len(tables) == 1:
        return tables[0] or [UNKNOWN]
    gender = _gender(inside)
    number = "sing"
    cases = [{r.case for r in table if r.gender in (gender, "") and r.number == number} for table in tables]
    shared = set(CASES).intersection(*(case for case in cases if case)) if any(cases) else set()
    order = [case for case in CASES if case in shared]
    return [Reading(case, number, gender, True) for case in order] or [UNKNOWN]


def _gender(inside: Sequence[Token]) -> str:
    """A person's gender: by the given name, else by the surname; masculine where neither tells."""
    for mark in ("Name", "Patr", "Surn"):
        for token in inside:
            found = {p.tag.gender for p in _nouns(token.folded) if mark in p.tag and p.tag.number == "sing"}
            if token.grammar.known and len(found) == 1:
                return str(found.pop() or "masc")
    female = any(token.folded.endswith(("ова", "ева", "ина", "ская", "цкая")) for token in inside[1:])
    return "femn" if female else "masc"


@lru_cache(maxsize=20_000)
def _nouns(word: str) -> tuple[Any, ...]:
    """The likely parses of `word` as a noun."""
    found = [parse for parse in analyzer().parse(word) if parse.tag.POS == "NOUN"]
    return tuple(parse for parse in found if parse.score >= _LIKELY) or tuple(found[:1])


@lru_cache(maxsize=20_000)
def noun_readings(word: str) -> list[Reading]:
    readings = [
        Reading(
            _MINOR_CASES.get(str(p.tag.case), str(p.tag.case)),
            str(p.tag.number or "sing"),
            str(p.tag.gender or ""),
            p.tag.animacy == "anim",
        )
        for p in _nouns(word)
    ]
    return list(dict.fromkeys(readings))


def agrees(adjective: str, reading: Reading) -> bool:
    return not reading.case or any(
        parse.tag.case == reading.case
        and parse.tag.number == reading.number
        and (reading.number == "plur" or reading.gender in ("", str(parse.tag.gender)))
        for parse in analyzer().parse(adjective)
        if parse.tag.POS in ADJECTIVES
    )


@lru_cache(maxsize=20_000)
def declined(word: str, reading: Reading, case: str, adjective: bool) -> str | None:
    """`word`, read as `reading`, in `case`; None where it has no such form."""
    if not adjective and not analyzer().word_is_known(word) and word[-1] in _VOWELS and word[-1] not in "ая":
        return None  # foreign names in -и, -о, -у, -е are not declined
    parse = _parse_as(word, reading, adjective)
    if parse is None:
        return None
    wanted = {case, reading.number}
    if adjective:
        wanted |= {reading.gender} if reading.number == "sing" and reading.gender else set()
        wanted |= (
            {"anim" if reading.animate else "inan"} if case == "accs" and reading.gender != "femn" else set()
        )
    form = parse.inflect(wanted)
    return str(form.word) if form else None


def _parse_as(word: str, reading: Reading, adjective: bool) -> Any | None:
    for parse in analyzer().parse(word):
        tag = parse.tag
        if (tag.POS in ADJECTIVES) is not adjective or (not adjective and tag.POS != "NOUN"):
            continue
        gender = reading.number == "plur" or reading.gender in ("", tag.gender)
        if _MINOR_CASES.get(tag.case, tag.case) == reading.case and tag.number == reading.number and gender:
            return parse
    return None


def cased_like(token: Token, form: str) -> str:
    if token.is_abbreviation:
        return token.text
    if not token.is_capital:
        return form
    return "-".join(
        part[:1].upper() + part[1:] if typed[:1].isupper() else part
        for part, typed in zip(form.split("-"), token.text.split("-"), strict=False)
    )


# Predicates that agree with their subject, made to agree with another one.

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
