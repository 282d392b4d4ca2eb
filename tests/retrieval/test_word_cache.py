"""Whatever is kept and dropped, the vectors are those that were read."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.word_cache import WordCache
from rag.types import Vectors

WORDS = st.lists(
    st.sampled_from("медь мост парк липа порт рудник завод вокзал пруд река".split()), max_size=12
)


def read(lemmas: Sequence[str]) -> Vectors:
    return np.array([[len(lemma), ord(lemma[0]), ord(lemma[-1])] for lemma in lemmas], np.float32).reshape(
        -1, 3
    )


@given(st.lists(WORDS, max_size=8), st.integers(0, 12))
def test_vectors_are_those_that_were_read(asked: list[list[str]], most: int) -> None:
    cache = WordCache(read, 3, most)
    for lemmas in asked:
        assert np.array_equal(cache.vectors(lemmas), read(lemmas))


def test_a_word_is_read_once() -> None:
    asked: list[str] = []

    def noted(lemmas: Sequence[str]) -> Vectors:
        asked.extend(lemmas)
        return read(lemmas)

    cache = WordCache(noted, 3)
    cache.vectors(["медь", "мост", "медь"])
    cache.vectors(["мост", "парк"])
    assert asked == ["медь", "мост", "парк"]


def test_what_was_given_is_not_changed_later() -> None:
    cache = WordCache(read, 3, most=2)
    first = cache.vectors(["медь"])
    for word in ("мост", "парк", "липа", "порт"):
        cache.vectors([word])
    assert np.array_equal(first, read(["медь"]))


@pytest.mark.parametrize("most", [3, 1_000])
def test_threads_get_their_own_words(most: int) -> None:
    cache = WordCache(read, 3, most)
    lists = [
        [chr(ord("а") + (start + step) % 32) * (1 + step % 4) for step in range(20)] for start in range(64)
    ]
    with ThreadPoolExecutor(8) as pool:
        for lemmas, found in zip(lists, pool.map(cache.vectors, lists), strict=True):
            assert np.array_equal(found, read(lemmas))
