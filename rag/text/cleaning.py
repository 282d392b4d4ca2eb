"""A question as typed → a question without what no question needs."""

from __future__ import annotations

import unicodedata

from rag.text.words import words


def clean(question: str) -> str:
    """`question` composed (NFC), without control characters and doubled spaces.

    Empty when there is nothing to look for: no word of two letters or digits and no number.
    """
    composed = unicodedata.normalize("NFC", question)
    tidy = " ".join("".join(map(_visible, composed)).split())
    return tidy if any(len(word.text) > 1 or word.is_number for word in words(tidy)) else ""


def _visible(char: str) -> str:
    return " " if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Co", "Cs") else char
