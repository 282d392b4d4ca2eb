"""Questions as they are typed, pasted and attacked with."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.repair import clean
from rag.text.words import words


@pytest.mark.parametrize(
    ("question", "cleaned"),
    [
        ("Кто это?", "Кто это?"),
        ("  Кто \n\t это ?  ", "Кто это ?"),
        ("Кто\0это", "Кто это"),
        ("Кто\u2028это\u2029?", "Кто это ?"),
        ("Кто \ud800 это", "Кто это"),
        ("Где \ue000 мост?", "Где мост?"),
        ("про\u0438\u0306ма е\u0308лка", "пройма ёлка"),
        ("1\u00a0250\u00a0000 тонн", "1 250 000 тонн"),
        ("за\u0301мок", "за\u0301мок"),
        ("😀 мост 😀", "😀 мост 😀"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'; DROP TABLE articles; --", "'; DROP TABLE articles; --"),
        ("Where is the mine?", "Where is the mine?"),
        ("5", "5"),
        # nothing to look for
        ("", ""),
        (" \n ", ""),
        ("\0\0", ""),
        ("?!… — «»", ""),
        ("😀🇰🇿", ""),
        ("а", ""),
        ("a\u0301", ""),
        ("а б в", ""),
        ("\ud800", ""),
        ("\u200b\ufeff", ""),
        ("%s \\ [[", ""),
    ],
)
def test_clean(question: str, cleaned: str) -> None:
    assert clean(question) == cleaned


@given(st.text(st.characters(), max_size=60))
@settings(deadline=None)
def test_what_is_left_can_be_asked(question: str) -> None:
    cleaned = clean(question)
    assert clean(cleaned) == cleaned
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    cleaned.encode()
    assert not {unicodedata.category(char) for char in cleaned} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert bool(cleaned) == any(words(cleaned))
