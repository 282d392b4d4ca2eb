"""Whatever is kept and dropped, what is told of a word is what is so."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.matching.lexicon import BEGINNING, COMMON, KEPT, Lexicon, Page
from rag.types import Vectors

LEMMAS = "медь мост мостовой парк липа порт портовый рудник wabtec вабтек boeing боинг 2026 20261 да".split()
WORDS = st.lists(st.sampled_from(LEMMAS), max_size=12)


def read(lemmas: Sequence[str]) -> Vectors:
    """Whole numbers, the largest the largest code: rounding leaves them as they are."""
    rows = [[len(lemma) % 127, ord(lemma[0]) % 127, ord(lemma[-1]) % 127, 127] for lemma in lemmas]
    return np.array(rows, np.float32).reshape(-1, 4)


def named(found: np.ndarray, numbers: np.ndarray, lemmas: Sequence[str]) -> set[str]:
    """The lemmas that places among `numbers` stand for."""
    assert len(numbers) == len(lemmas)
    return {lemmas[place] for place in found}


@given(st.lists(WORDS, max_size=8), st.integers(0, 12))
def test_vectors_are_those_that_were_read(asked: list[list[str]], most: int) -> None:
    lexicon = Lexicon(read, most)
    for lemmas in asked:
        page = lexicon.page()
        assert np.array_equal(page.vectors(page.numbers(lemmas)), read(lemmas))


def test_cosines_are_those_of_the_vectors_but_for_their_rounding() -> None:
    vectors = np.random.default_rng(7).normal(size=(600, 300)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    page = Page(lambda lemmas: vectors[[int(each) for each in lemmas]])
    every = page.numbers([str(number) for number in range(600)])
    found = page.cosines(every[:5], every)
    assert found.shape == (5, 600)
    assert np.abs(found - vectors[:5] @ vectors.T).max() < 0.005
    assert page.cosines(page.numbers([]), page.numbers([])).shape == (0, 0)


@given(WORDS, WORDS)
def test_numbers_stay(first: list[str], second: list[str]) -> None:
    page = Page(read)
    given_first = dict(zip(first, page.numbers(first).tolist(), strict=True))
    page.numbers(second)
    assert given_first == dict(zip(first, page.numbers(first).tolist(), strict=True))
    assert len(page) == len({*first, *second})
    assert len(set(page.numbers(sorted({*first, *second})).tolist())) == len(page)


def test_a_word_is_read_once_and_may_be_looked_up_ahead() -> None:
    asked: list[str] = []

    def noted(lemmas: Sequence[str]) -> Vectors:
        asked.extend(lemmas)
        return read(lemmas)

    lexicon = Lexicon(noted, lemmas=lambda numbers: [LEMMAS[number] for number in numbers])
    assert list(lexicon.prepare(range(4))) == [LEMMAS[:4]]
    assert asked == LEMMAS[:4]
    for _ in range(2):
        lexicon.page().numbers([*LEMMAS, LEMMAS[0]])
        assert asked == LEMMAS, "each once"


def test_a_page_in_use_stays_when_a_new_one_is_begun() -> None:
    lexicon = Lexicon(read, most=2)
    page = lexicon.page()
    first = page.numbers(["медь", "мост", "парк"])
    assert lexicon.page() is not page
    assert np.array_equal(page.vectors(first), read(["медь", "мост", "парк"]))
    assert lexicon.page().number("парк") is None


def test_a_new_page_begins_with_the_words_met_first() -> None:
    lexicon = Lexicon(read, most=6, lemmas=lambda numbers: [LEMMAS[number] for number in numbers])
    page = lexicon.page()
    page.sounding(page.numbers(LEMMAS))
    new = lexicon.page()
    kept = 6 * COMMON // KEPT
    assert len(new) == kept < len(LEMMAS)
    for _ in range(2):  # the second time with all words met again
        numbers = new.numbers(LEMMAS[:kept])
        assert numbers.tolist() == list(range(kept))
        assert np.array_equal(new.vectors(numbers), read(LEMMAS[:kept]))
        for what in (Page.beginnings, Page.are_latin, Page.bits, Page.sounding):
            assert np.array_equal(what(new, numbers), what(page, page.numbers(LEMMAS[:kept])))
        every = new.numbers(LEMMAS)
        assert np.array_equal(new.vectors(every), read(LEMMAS))


@pytest.mark.parametrize(
    ("lemma", "alike"),
    [
        ("мостовой", {"мостовой"}),
        ("портовик", {"портовый"}),
        ("портовый", {"портовый"}),
        ("порт", set()),  # shorter than a beginning
        ("20261", set()),  # figures have none
        ("рудниковый", {"рудник"}),
        ("озеро", set()),
    ],
)
def test_beginnings(lemma: str, alike: set[str]) -> None:
    page = Page(read)
    numbers = page.numbers(LEMMAS)
    assert named(page.among(numbers, [lemma]).begin_like(lemma), numbers, LEMMAS) == alike
    assert all(each[:BEGINNING] == lemma[:BEGINNING] for each in alike)


@pytest.mark.parametrize(
    ("lemma", "same", "alike"),
    [
        ("вабтек", {"wabtec"}, {"wabtec"}),
        ("wabtec", {"вабтек"}, {"вабтек"}),
        ("боинг", set(), {"boeing"}),
        ("boeing", set(), {"боинг"}),
        ("медь", set(), set()),
        ("2026", set(), set()),
        ("да", set(), set()),  # too short to sound like anything
    ],
)
def test_sounds(lemma: str, same: set[str], alike: set[str]) -> None:
    page = Page(read)
    numbers = page.numbers(LEMMAS)
    for _ in range(2):  # what was asked once is known
        found = page.among(numbers, [lemma]).sound_like(lemma)
        assert tuple(named(places, numbers, LEMMAS) for places in found) == (same, alike)


@pytest.mark.parametrize("most", [3, 1_000])
def test_threads_get_their_own_words(most: int) -> None:
    lexicon = Lexicon(read, most)
    lists = [
        [chr(ord("а") + (start + step) % 32) * (1 + step % 4) for step in range(20)] for start in range(64)
    ]

    def ask(lemmas: list[str]) -> bool:
        page = lexicon.page()
        return np.array_equal(page.vectors(page.numbers(lemmas)), read(lemmas))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, lists))
