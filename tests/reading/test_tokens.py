"""Pieces stand where they say, whatever the text is made of."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from rag.reading import weights
from rag.reading.tokens import UNKNOWN, Splitter
from rag.reading.window import MOST_CONTEXT, MOST_QUESTION, MOST_TEXT, window

_ODD = "\u0301 \u00ad № … \u00a0 \u200b ﬁ 😀 👩‍🚀 中 й ё Ё \t \n  ▁".split(" ")
_TEXTS = st.text(st.one_of(st.sampled_from("абвгд город мост, 19.«»"), st.characters())) | st.lists(
    st.sampled_from([*_ODD, "город", " мост", "1943", "а\u0301"])
).map("".join)


@pytest.fixture(scope="module")
def splitter(made: Path) -> Splitter:
    opened = weights.load(made)
    return Splitter(Tokenizer.from_file(str(opened.tokenizer)), opened.characters)


@given(text=_TEXTS, is_decomposed=st.booleans())
def test_spans_lie_in_the_text_in_order(splitter: Splitter, text: str, is_decomposed: bool) -> None:
    text = unicodedata.normalize("NFD", text) if is_decomposed else text
    found = splitter.tokens(text)
    assert len(found.ids) == len(found.spans)
    assert all(0 <= start <= stop <= len(text) for start, stop in found.spans)
    assert [start for start, _ in found.spans] == sorted(start for start, _ in found.spans)
    assert [stop for _, stop in found.spans] == sorted(stop for _, stop in found.spans)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("город мост", ["город", " мост"]),
        ("го\u0301род мост", ["го\u0301род", " мост"]),
        ("го\u00adрод", ["го\u00adрод"]),
        ("мост…", ["мост", "…", "…", "…"]),
        ("на\u00a0мост", ["на", "\u00a0мост"]),
    ],
)
def test_marks_for_the_eye_change_no_piece(splitter: Splitter, text: str, parts: list[str]) -> None:
    assert [text[start:stop] for start, stop in splitter.tokens(text).spans] == parts


def test_what_has_no_piece_is_unknown(splitter: Splitter) -> None:
    assert UNKNOWN in splitter.tokens("漢").ids
    assert splitter.tokens("").ids == []


def test_a_window_is_cut_and_tells_where_the_text_is(splitter: Splitter) -> None:
    long = "город " * 5_000
    read = window(splitter, long, long, long)
    assert len(read.spans) == MOST_TEXT and len(read) <= MOST_QUESTION + MOST_CONTEXT + MOST_TEXT + 20
    assert read.question.stop - read.question.start == MOST_QUESTION
    assert read.first + len(read.spans) + 1 == len(read)
    empty = window(splitter, "", "", "")
    assert empty.spans == [] and empty.first + 1 == len(empty)
