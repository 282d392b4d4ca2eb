"""What matching asks of a word, kept for the words met lately: its vector, its beginning, how it sounds.

A search compares some six thousand words, two thousand different ones, most of them again and again. Here
each lemma has a number, and what is known of it stands in arrays at that number, so that thousands are
compared at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, reduce
from operator import or_
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from rag.text.spelling import frames, sound_keys
from rag.types import Vectors

WordVectors = Callable[[Sequence[str]], Vectors]
Lemmas = Callable[[Sequence[int]], Sequence[str]]
Numbers = NDArray[np.intp]
Codes = NDArray[np.int8]

KEPT = 120_000  # words: 36 MB of 300 numbers, a byte each; 17,000 passages of news hold 54,000
# Of them, those that stay where a new page is begun, and that are looked up before the first question: the
# words met first are the commonest.
COMMON = 60_000
_AHEAD = 2_000  # words looked up at a time
_TOGETHER = 256  # words whose cosines are taken at a time: half the time of all at once
BEGINNING = 5  # letters that kindred words share
_SHORTEST_SOUND = 3  # letters
_NOWHERE = np.empty(0, np.intp)
_NONE = -1  # has no beginning, no sound
_UNKNOWN = -2  # was not asked yet
# Words that there is room for from the start: memory that no word has come to isn't taken yet.
_ROOM = 125_000
BITS = 1024  # of which a word sets one in a sketch
_SKETCHED = 4  # letters; most texts share the shorter words
_STEPS = 127  # of a code to each side of zero


class Lexicon:
    """Hands out the page that words are written on: after `most` words one with the first of them alone."""

    def __init__(self, vectors: WordVectors, most: int = KEPT, lemmas: Lemmas | None = None) -> None:
        """`vectors(lemmas)` gives unit rows, shape (len(lemmas), dimension); zero for unknown words.

        `lemmas(numbers)` tells the words of the numbers that outlines of the library hold.
        """
        self._most = most
        self._lemmas = lemmas
        self._page = Page(vectors, lemmas)

    def page(self) -> Page:
        """Where to look words up; who holds a page can go on using it."""
        if len(self._page) > self._most:
            self._page = self._page.head(self._most * COMMON // KEPT)
        return self._page

    def prepare(self, numbers: Sequence[int]) -> Iterator[list[str]]:
        """Look up now what searches will ask of the library's words of these numbers; gives the words."""
        if self._lemmas is None:
            return
        page = self.page()
        for start in range(0, len(numbers), _AHEAD):
            found = page.numbers_of(np.array(numbers[start : start + _AHEAD], np.int32), self._lemmas)
            page.sounding(found)
            yield page.lemmas(found)


class Page:
    """Words by number. Nothing is ever removed or renumbered; threads may add at the same time."""

    def __init__(self, vectors: WordVectors, lemmas: Lemmas | None = None) -> None:
        self._read = vectors
        self._library = lemmas
        self._written: Numbers = np.empty(
            0, np.intp
        )  # our number of each word by the library's, _UNKNOWN: not asked
        self._guard = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._lemmas: list[str] = []
        self._keys: dict[str, int] = {}  # numbers of beginnings and sounds
        self._codes: Codes | None = None
        self._steps = np.empty(0, np.float32)
        self._beginnings = np.empty(0, np.int32)
        self._are_latin = np.empty(0, bool)
        self._bits = np.empty(0, np.int16)
        self._sounds = np.empty((2, 0), np.int32)

    def __len__(self) -> int:
        return len(self._numbers)

    def head(self, size: int) -> Page:
        """A page of its own with the first `size` words, under the same numbers."""
        page = Page(self._read, self._library)
        with self._guard:
            page._lemmas = self._lemmas[:size]
            page._numbers = {lemma: number for number, lemma in enumerate(page._lemmas)}
            page._keys = dict(self._keys)
            page._written = np.where(self._written < size, self._written, _UNKNOWN)
            page._codes = None if self._codes is None else self._codes[:size].copy()
            page._steps = self._steps[:size].copy()
            page._beginnings = self._beginnings[:size].copy()
            page._are_latin = self._are_latin[:size].copy()
            page._bits = self._bits[:size].copy()
            page._sounds = self._sounds[:, :size].copy()
        return page

    def numbers(self, lemmas: Sequence[str]) -> Numbers:
        """The number of each lemma, shape (len(lemmas),); unknown ones get one."""
        known = self._numbers
        try:
            return np.fromiter(map(known.__getitem__, lemmas), np.intp, len(lemmas))
        except KeyError:
            with self._guard:
                self._add([lemma for lemma in dict.fromkeys(lemmas) if lemma not in known])
            return np.fromiter(map(known.__getitem__, lemmas), np.intp, len(lemmas))

    def numbers_of(self, written: NDArray[np.int32], lemmas: Lemmas) -> Numbers:
        """Our numbers of the words that `lemmas` numbers so, in their order."""
        if lemmas != self._library:
            distinct, places = np.unique(written, return_inverse=True)
            return np.asarray(self.numbers(lemmas(distinct.tolist()))[places])
        held = self._written
        if written.size and written.max() >= len(held):
            held = self._widened(int(written.max()) + 1)
        found = held[written]
        if (found == _UNKNOWN).any():
            new = np.unique(written[found == _UNKNOWN])
            held[new] = self.numbers(lemmas(new.tolist()))
            found = held[written]
        return found

    def _widened(self, size: int) -> Numbers:
        with self._guard:
            more = max(size, 2 * len(self._written)) - len(self._written)
            if more > 0:
                self._written = np.concatenate([self._written, np.full(more, _UNKNOWN, np.intp)])
            return self._written

    def number(self, lemma: str) -> int | None:
        return self._numbers.get(lemma)

    def lemmas(self, numbers: Numbers) -> list[str]:
        return [self._lemmas[number] for number in numbers]

    def bits(self, numbers: Numbers) -> NDArray[np.int16]:
        """The bit of BITS that each word has in a sketch; -1 for the shortest ones, which tell nothing."""
        return np.asarray(self._bits[numbers])

    def vectors(self, numbers: Numbers) -> Vectors:
        """Unit vectors, (len(numbers), dimension), half a step from the truth in each number."""
        if self._codes is None:
            return self._read([])
        return self._codes.take(numbers, axis=0) * self._steps.take(numbers)[:, None]

    def cosines(self, asked: Numbers, numbers: Numbers) -> Vectors:
        """Of each word asked for with each of `numbers`, shape (len(asked), len(numbers))."""
        vectors = np.ascontiguousarray(self.vectors(asked).T)
        found = np.empty((len(numbers), len(asked)), np.float32)
        # In parts that fit into the processor's cache, and are too small to be spread over threads.
        for start in range(0, len(numbers), _TOGETHER):
            part = numbers[start : start + _TOGETHER]
            np.dot(self.vectors(part), vectors, out=found[start : start + len(part)])
        return found.T

    def among(self, numbers: Numbers, asked: Sequence[str]) -> Among:
        """These words, to tell which of them are like the `asked` lemmas."""
        return Among(self, numbers, asked)

    def beginnings(self, numbers: Numbers) -> NDArray[np.int32]:
        return np.asarray(self._beginnings[numbers])

    def are_latin(self, numbers: Numbers) -> NDArray[np.bool_]:
        return np.asarray(self._are_latin[numbers])

    def sounding(self, numbers: Numbers) -> NDArray[np.int32]:
        """Numbers of the sounds of these words and of their consonants, shape (2, len(numbers))."""
        new = numbers[self._sounds[0, numbers] == _UNKNOWN]
        if len(new):
            with self._guard:
                keys = _sound_keys(self.lemmas(new))
                self._sounds[:, new] = [self._key_numbers(each) for each in keys]
        return self._sounds[:, numbers]

    def _add(self, lemmas: list[str]) -> None:
        """Write new words down; their numbers are given out when all is written."""
        if not lemmas:
            return
        rows = self._read(lemmas)
        first, last = len(self._lemmas), len(self._lemmas) + len(lemmas)
        self._grow(last, rows.shape[1])
        assert self._codes is not None
        self._codes[first:last], self._steps[first:last] = coded(rows)
        self._beginnings[first:last] = self._key_numbers(map(_beginning, lemmas))
        self._are_latin[first:last] = list(map(is_latin, lemmas))
        self._bits[first:last] = list(map(_bit, lemmas))
        self._lemmas += lemmas
        self._numbers.update(zip(lemmas, range(first, last), strict=True))

    def _grow(self, size: int, dimension: int) -> None:
        """Room for `size` words. Readers keep the arrays they hold."""
        held = len(self._beginnings)
        if size <= held:
            return
        more = max(size, 2 * held, _ROOM) - held
        codes = np.empty((held + more, dimension), np.int8)
        if self._codes is not None:
            codes[:held] = self._codes
        self._codes = codes
        self._steps = np.concatenate([self._steps, np.zeros(more, np.float32)])
        self._beginnings = np.concatenate([self._beginnings, np.full(more, _NONE, np.int32)])
        self._are_latin = np.concatenate([self._are_latin, np.zeros(more, bool)])
        self._bits = np.concatenate([self._bits, np.full(more, _NONE, np.int16)])
        self._sounds = np.concatenate([self._sounds, np.full((2, more), _UNKNOWN, np.int32)], axis=1)

    def _key_numbers(self, keys: Iterable[str | None]) -> list[int]:
        known = self._keys
        return [known.setdefault(key, len(known)) if key else _NONE for key in keys]


class Among:
    """Which of some words of a page are like the lemmas asked for; all of these are looked up at once."""

    def __init__(self, page: Page, numbers: Numbers, asked: Sequence[str]) -> None:
        self._page = page
        self._numbers = numbers
        self._asked = {lemma: place for place, lemma in enumerate(asked)}
        self._own = page.numbers(asked)

    @cached_property
    def _beginnings(self) -> tuple[NDArray[np.int32], list[int]]:
        """Of the words, and of what is asked for."""
        return self._page.beginnings(self._numbers), self._page.beginnings(self._own).tolist()

    @cached_property
    def _sounds(self) -> NDArray[np.int32]:
        """Of what is asked for, and the same with any vowels: shape (2, lemmas)."""
        return self._page.sounding(self._own)

    @cached_property
    def _latin(self) -> tuple[Numbers, NDArray[np.int32]]:
        return self._sounding(np.flatnonzero(self._page.are_latin(self._numbers)))

    @cached_property
    def _others(self) -> tuple[Numbers, NDArray[np.int32]]:
        return self._sounding(np.flatnonzero(~self._page.are_latin(self._numbers)))

    def _sounding(self, places: Numbers) -> tuple[Numbers, NDArray[np.int32]]:
        return places, self._page.sounding(self._numbers[places])

    def begin_like(self, lemma: str) -> Numbers:
        """Places of what begins with the same five letters; none where `lemma` is shorter or a figure."""
        held, asked = self._beginnings
        key = asked[self._asked[lemma]]
        return np.flatnonzero(held == key) if key != _NONE else _NOWHERE

    def sound_like(self, lemma: str) -> tuple[Numbers, Numbers]:
        """Places of the words of the other alphabet that sound the same, and with any vowels.

        «вабтек» and wabtec; «боинг» and boeing.
        """
        places, sounds = self._others if is_latin(lemma) else self._latin
        if not len(places):
            return _NOWHERE, _NOWHERE
        same, alike = (
            places[held == key] if key != _NONE else _NOWHERE
            for held, key in zip(sounds, self._sounds[:, self._asked[lemma]].tolist(), strict=True)
        )
        return same, alike


def coded(vectors: Vectors) -> tuple[Codes, NDArray[np.float32]]:
    """Codes, (n, dimension), and the step of each row, (n,): a row's code times its step is about its vector.

    Half a step a number lies between. Of 300 numbers that is 0.0004 in a cosine (standard deviation).
    """
    steps = np.abs(vectors).max(axis=1, initial=0.0) / np.float32(_STEPS)
    codes = np.rint(vectors / np.where(steps > 0, steps, 1)[:, None]).astype(np.int8)
    return codes, steps.astype(np.float32)


def _beginning(lemma: str) -> str | None:
    return lemma[:BEGINNING] if len(lemma) >= BEGINNING and not lemma[0].isdigit() else None


def _sound_keys(lemmas: Sequence[str]) -> tuple[list[str], list[str]]:
    """Apart from beginnings, and the two from each other; empty where there is none."""
    sounding = [
        lemma if len(lemma) >= _SHORTEST_SOUND and (is_latin(lemma) or is_cyrillic(lemma)) else ""
        for lemma in lemmas
    ]
    keys = sound_keys(sounding)
    return [key and f"={key}" for key in keys], [frame and f"~{frame}" for frame in frames(keys)]


def sketch(lemmas: Iterable[str]) -> int:
    """A bit for every longer word, as in the sketches of a matcher."""
    return reduce(or_, (1 << bit for bit in map(_bit, lemmas) if bit != _NONE), 0)


@lru_cache(maxsize=50_000)
def _bit(lemma: str) -> int:
    """The same in every process."""
    return crc32(lemma.encode(errors="surrogatepass")) % BITS if len(lemma) >= _SKETCHED else _NONE


def is_latin(lemma: str) -> bool:
    return "a" <= lemma[:1] <= "z"


def is_cyrillic(lemma: str) -> bool:
    return "а" <= lemma[:1] <= "я"
