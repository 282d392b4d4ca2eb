"""Abbreviations that end with a full stop, and on which side of them stands what they are of."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Literal

Kind = Literal["head", "tail", "date", "word"]  # what each means is said in the list
_FILE = "abbreviations.txt"
# The last word of a text, and the letter with a full stop before it, in a text read from its end: a pattern
# that must end where the text does is tried at every place of it.
_ENDING = re.compile(r"\s*([^\W\d_]+)(?![^\W\d_])(?:\s*\.\s*([^\W\d_])(?![^\W\d_]))?")
_COUNTED = re.compile(r"(?:\d|\b[IVXLCХ]+|-[ехмй]{1,2}|[°'′″%]|\w/)\s*$")
_SEEN = 40  # characters that are looked at


def kind(left: str) -> Kind | None:
    """Of the abbreviation that `left` ends with, its full stop left off; None where it ends with none."""
    seen = left[-_SEEN:]
    ending = _ENDING.match(seen[::-1])
    if not ending:
        return None
    last = ending[1][::-1]
    if len(last) == 1 and last.isupper():
        return None  # an initial
    word = last.lower()
    if ending[2] and (pair := abbreviations().get(f"{ending[2].lower()}.{word}")):
        return pair[0]
    kinds = abbreviations().get(word, ())
    if len(kinds) == 2:
        return kinds[_is_counted(seen[: len(seen) - ending.end(1)])]
    return kinds[0] if kinds else None


@cache
def abbreviations() -> dict[str, tuple[Kind, ...]]:
    """Every abbreviation with its kind; what stands on either side has the one for before, then the other."""
    kinds: dict[str, set[Kind]] = {}
    for line in files(__package__).joinpath(_FILE).read_text(encoding="utf-8").splitlines():
        name, _, words = line.partition(":")
        for word in () if line.startswith("#") else words.split():
            kinds.setdefault(word, set()).add(name)  # type: ignore[arg-type]
    order: tuple[Kind, ...] = ("head", "word", "tail", "date")
    return {word: tuple(sorted(found, key=order.index)) for word, found in kinds.items()}


def _is_counted(before: str) -> bool:
    """Whether `before` ends with a number or what stands behind numbers: «40 тыс. »."""
    if _COUNTED.search(before):
        return True
    ending = _ENDING.match(before.rstrip().removesuffix(".")[::-1])
    # Of one letter are «в» and «с», which are prepositions as well.
    word = ending[1][::-1].lower() if ending else ""
    return len(word) > 1 and "tail" in abbreviations().get(word, ())
