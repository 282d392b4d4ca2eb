"""Two texts compared word by word, with diff-match-patch (Myers' algorithm, with a limit in time)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.types import Stretch, StretchKind

_SECONDS = 1.0  # after these the rest is taken for replaced as a whole
_PIECE = re.compile(r"\w+|\n|[^\S\n]+|[^\w\s]")
_SURROGATES, _BESIDE = 0xD800, 0x800  # code points that no string may hold, and how many they are
_MOST = 0x10FFFF - _BESIDE - 1
_KINDS: dict[int, StretchKind] = {-1: "gone", 0: "same", 1: "new"}


def compared(old: str, new: str) -> list[Stretch]:
    """What became of `old` in `new`: stretches of whole words, in order.

    `same` and `gone` ones together are `old`, `same` and `new` ones `new`.
    """
    from diff_match_patch import diff_match_patch

    pieces: dict[str, str] = {}  # each different piece as a character, as diff-match-patch does with lines
    before, after = (_written(_PIECE.findall(text), pieces) for text in (old, new))
    if len(pieces) > _MOST:
        return [each for each in (Stretch("gone", old), Stretch("new", new)) if each.text]
    differ = diff_match_patch()
    differ.Diff_Timeout = _SECONDS
    found = differ.diff_main(before, after, False)
    differ.diff_cleanupSemantic(found)
    texts = {sign: piece for piece, sign in pieces.items()}
    return [Stretch(_KINDS[kind], "".join(map(texts.__getitem__, signs))) for kind, signs in found]


def _written(found: Iterable[str], pieces: dict[str, str]) -> str:
    """One character for each piece; new ones are noted in `pieces`."""
    return "".join([pieces.setdefault(piece, _sign(len(pieces))) for piece in found])


def _sign(number: int) -> str:
    code = number + 1
    return chr(min(code if code < _SURROGATES else code + _BESIDE, 0x10FFFF))
