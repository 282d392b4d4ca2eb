"""Texts that make bad regular expressions run for ever, made from the expressions themselves."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from re import _constants as codes
from re import _parser as parser
from typing import Any

import rag

LENGTH = 2_000  # characters, the longest question that is answered
SHORT = 400  # characters that are tried first
LIMIT = 2.0  # seconds that no text may take
SUSPICIOUS = 0.004  # seconds for those; a pattern of quadratic time takes 0.1 for all then
_ENDS = ("", "!", "\x00")
_ALWAYS = (
    "а",
    "a",
    "1",
    " ",
    "«",
    "-",
    "а ",
    "1,",
    "а-",
    "1 ",
    "а.",
    "\n",
    "а\n",
    "А",
    "«а",
    '"',
    ".",
    "(",
    "1.2.",
)


def patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled pattern of text that stands in a module of `rag`, by its name; in containers, too."""
    found: dict[str, re.Pattern[str]] = {}
    for info in pkgutil.walk_packages(rag.__path__, "rag."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            for place, pattern in enumerate(_inside(value)):
                found.setdefault(f"{info.name}.{name}[{place}]", pattern)
    return {name: pattern for name, pattern in found.items() if isinstance(pattern.pattern, str)}


def _inside(value: Any, deep: int = 3) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif deep and isinstance(value, dict):
        for each in (*value.keys(), *value.values()):
            yield from _inside(each, deep - 1)
    elif deep and isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _inside(each, deep - 1)


def slowest(pattern: re.Pattern[str], length: int = LENGTH) -> tuple[float, str]:
    """The longest time (s, of this thread) that `pattern` takes for one of its texts, and which text."""
    worst = 0.0, ""
    for text in texts(pattern):
        if _seconds(pattern, text[-SHORT:]) > SUSPICIOUS:
            worst = max(worst, (_seconds(pattern, text[-length:]), text))
            if worst[0] > LIMIT:
                break
    return worst


def _seconds(pattern: re.Pattern[str], text: str) -> float:
    began = time.thread_time()
    pattern.fullmatch(text)
    for _ in pattern.finditer(text):
        pass
    return time.thread_time() - began


def texts(pattern: re.Pattern[str]) -> Iterator[str]:
    """Repetitions of what each repeat of `pattern` takes, of its beginnings, each with an end that fails."""
    pieces = {*_ALWAYS, *_pieces(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))}
    for piece in sorted(pieces):
        if piece:
            for end in _ENDS:
                yield (piece * (LENGTH // len(piece) + 1))[: LENGTH - 1] + end


def _pieces(parsed: Any, before: str = "") -> Iterator[str]:
    """What a repeat inside of a parsed expression takes, alone and behind what comes before it."""
    for code, argument in parsed:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            inner = _sample(argument[2])
            yield from (inner, before + inner)
            yield from _pieces(argument[2])
        elif code is codes.SUBPATTERN:
            yield from _pieces(argument[-1], before)
        elif code is codes.BRANCH:
            for each in argument[1]:
                yield from _pieces(each, before)
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _pieces(argument[1])
        before = (before + _sample([(code, argument)]))[-40:]


def _sample(parsed: Any) -> str:
    """A text that a parsed expression takes, as short as comes; roughly: it is only to get far."""
    return "".join(_one(code, argument) for code, argument in parsed)


def _one(code: Any, argument: Any) -> str:
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.IN:
        return _member(argument)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return _sample(argument[2]) * max(1, min(int(argument[0]), 5))
    if code in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
        return _sample(argument[-1] if code is codes.SUBPATTERN else argument)
    if code is codes.BRANCH:
        return _sample(argument[1][0])
    return "а" if code in (codes.ANY, codes.NOT_LITERAL) else ""


def _member(choices: Any) -> str:
    kinds = {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "а"}
    code, argument = choices[0]
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.RANGE:
        return chr(argument[0])
    return kinds.get(argument, "а") if code is codes.CATEGORY else "ъ"
