"""Passages as ranking reads them: words as numbers, in a few hundred bytes each.

A search weighs 64 passages for the ten that it shows. To read their texts and words takes longer than to
find them, so what ranking needs stands apart, made when a passage is written: which words are in its title
and in every sentence, what it is about, which signs of an answer it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from rag.text.question_words import Kind, salience
from rag.text.words import analyzer, is_function_word, words
from rag.types import Keys, Passage, article_key

# Raise it when the same passage would get another outline.
OUTLINE_VERSION = 1
_FIRST = 3  # numbers before the words: marks, words of the topic, stretches
_WHOLE = 1_000  # a salience of 1
_OPENS = 1 << 30  # beside the marks: the passage begins its article

_BYTES = 4  # of a number

Ints = NDArray[np.int32]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Outlines:
    """Outlines of the passages `ids`, one after another.

    `words` holds the numbers of all words, `lengths` how many of them are in each stretch (a passage's
    title, then its sentences), `sizes` (passages,) how many stretches a passage has. `topics` and
    `topic_sizes` (passages,) tell what passages are about, `saliences` what each word of `topics` counts.
    `marks`, `opens` and `articles`, the keys of their articles, are of shape (passages,).
    `lemmas(numbers)` gives the words back.
    """

    ids: Sequence[str]
    articles: Keys
    marks: Ints
    opens: NDArray[np.bool_]
    topics: Ints
    topic_sizes: NDArray[np.intp]
    saliences: NDArray[np.float64]
    words: Ints
    lengths: NDArray[np.intp]
    sizes: NDArray[np.intp]
    lemmas: Callable[[Sequence[int]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Gist:
    """What an outline says of a passage besides its words: all that takes time to find out.

    `flags` are its marks, and whether it begins its article; `counts` what each word `about` which it is
    counts, in thousandths.
    """

    flags: int
    about: tuple[str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A passage's outline as it is kept, and the key of its article."""

    passage_id: str
    article: int
    outline: bytes


def gist(passage: Passage) -> Gist:
    about = topic(passage)
    flags = marks(passage.text) | (_OPENS if passage.start == 0 else 0)
    return Gist(flags, about, tuple(round(salience(lemma) * _WHOLE) for lemma in about))


def outline(passage: Passage, numbers: Callable[[Sequence[str]], Sequence[int]], found: Gist) -> bytes:
    """What stands in the library of one passage: little-endian int32; `numbers(lemmas)` numbers words."""
    stretches = [passage.title_lemmas, *(sentence.lemmas for sentence in passage.sentences)]
    words = numbers([*found.about, *chain.from_iterable(stretches)])
    first = found.flags, len(found.about), len(stretches)
    return np.array([*first, *map(len, stretches), *found.counts, *words], "<i4").tobytes()


def outlines(written: Sequence[Written], lemmas: Callable[[Sequence[int]], Sequence[str]]) -> Outlines:
    """Passages by what `outline` made of them."""
    ends = np.cumsum([len(each.outline) // _BYTES for each in written], dtype=np.intp)
    numbers = np.frombuffer(b"".join([each.outline for each in written]), "<i4")
    starts = np.concatenate([[0], ends])[:-1]
    flags, topic_sizes, sizes = numbers[starts[:, None] + np.arange(_FIRST)].T
    borders = _borders(starts, sizes, topic_sizes, ends)
    lengths, saliences, topics, words = (_taken(numbers, first, last) for first, last in pairwise(borders))
    return Outlines(
        ids=[each.passage_id for each in written],
        articles=np.array([each.article for each in written], np.int64),
        marks=flags & ~np.int32(_OPENS),
        opens=(flags & _OPENS) > 0,
        topics=topics,
        topic_sizes=topic_sizes.astype(np.intp),
        saliences=saliences / _WHOLE,
        words=words,
        lengths=lengths.astype(np.intp),
        sizes=sizes.astype(np.intp),
        lemmas=lemmas,
    )


def _borders(starts: Places, sizes: Ints, topic_sizes: Ints, ends: Places) -> Iterator[Places]:
    """Of each outline, where the lengths of its stretches, the saliences, the topic and the words begin."""
    for border in (0 * sizes, sizes, sizes + topic_sizes, sizes + 2 * topic_sizes):
        yield starts + _FIRST + border
    yield ends


def _taken(numbers: Ints, starts: Places, stops: Places) -> Ints:
    """The numbers of all these stretches, one stretch after another."""
    sizes = stops - starts
    before = np.cumsum(sizes) - sizes
    return np.asarray(numbers[np.repeat(starts - before, sizes) + np.arange(sizes.sum())])


def outlined(passages: Sequence[Passage]) -> Outlines:
    """Outlines of passages that are at hand."""
    vocabulary: dict[str, int] = {}

    def numbers(lemmas: Sequence[str]) -> list[int]:
        return [vocabulary.setdefault(lemma, len(vocabulary)) for lemma in lemmas]

    written = [
        Written(each.id, article_key(each.article_id), outline(each, numbers, gist(each)))
        for each in passages
    ]
    known = list(vocabulary)
    return outlines(written, lambda found: [known[each] for each in found])


# What a passage is about, as far as it says so itself: its title, or the word that it opens by defining.
#
# «Никотин — алкалоид…», «НАТО, Организация … — военный блок…» are about никотин and НАТО. A passage that
# is about just what is asked answers better than one that mentions it: «Московский метрополитен» before
# «Букву «М» сломали у вестибюля станции московского метро».

_DASH = re.compile(r"\s[—–-]\s")
_END = re.compile(r"\s[—–-]\s|[(\[,;:/]|\.\s|\s\s")
_SENTENCE = re.compile(r"[.!?…]\s+[А-ЯЁA-Z«]")
_REACH = 160  # characters within which the dash of a definition stands
_MOST_WORDS = 7


def topic(passage: Passage) -> tuple[str, ...]:
    """Content lemmas of the title, or of the headword of an opening definition; empty where neither is."""
    return tuple(lemma for lemma in passage.title_lemmas or _headword(passage) if not is_function_word(lemma))


def _headword(passage: Passage) -> tuple[str, ...]:
    """The lemmas before the dash of «X — это…», less what stands in brackets or after a comma."""
    opening = passage.text[: _REACH + 60].lstrip('«"„ ')
    dash = _DASH.search(opening)
    if not dash or dash.start() > _REACH or _SENTENCE.search(opening[: dash.start()]):
        return ()
    end = _END.search(opening)
    count = sum(1 for _ in words(opening[: min(dash.start(), end.start() if end else _REACH)]))
    if not 0 < count <= _MOST_WORDS or not passage.sentences:
        return ()
    lemmas = passage.sentences[0].lemmas[:count]
    return () if any(_is_verb(lemma) for lemma in lemmas) else lemmas


def _is_verb(lemma: str) -> bool:
    return "а" <= lemma[0] <= "я" and analyzer().parse(lemma)[0].tag.POS in {"INFN", "VERB", "GRND"}


# Signs that a text may hold the kind of answer a question wants: «когда» a year, «кто» a capitalised name.
#
# They are noted of every passage when it is indexed; what really answers is found later, sentence by
# sentence, with the entities of rag.text.entities.

_MONTHS = "январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр"
_NAME = re.compile(r"(?<![.!?…»\"\n] )(?<!^)\b[А-ЯЁA-Z][а-яёa-z]+")
_MARKS: dict[Kind, re.Pattern[str]] = {
    "date": re.compile(rf"\b1\d{{3}}\b|\b20\d\d\b|\b\d{{1,2}} (?:{_MONTHS})"),
    "quantity": re.compile(
        r"\d|\b(?:один|одна|два|две|три|четыр|пять|шесть|семь|восемь|девять|десят|двадцат|тридцат|сто\b|тысяч|милли)"
    ),
    "person": _NAME,
    "organisation": _NAME,
    "name": _NAME,
    "place": re.compile(r"\b(?:в|на|из|под|близ|около|у) [А-ЯЁ]"),
    "definition": re.compile(r" [—–-] |\(| это | явля| называ"),
    "reason": re.compile(
        r"потому|поэтому|из-за|вследств|благодар|так как|поскольку|чтобы|в связи|причин|ввиду|привел"
    ),
}


# Kinds that share a sign share its bit.
_SIGNS = tuple(dict.fromkeys(_MARKS.values()))
_BITS = {kind: 1 << _SIGNS.index(sign) for kind, sign in _MARKS.items()}


def marks(text: str) -> int:
    """The signs that stand in `text`, a bit each; for `may_answer`."""
    return sum(1 << place for place, sign in enumerate(_SIGNS) if sign.search(text))


def may_answer(kind: Kind, found: NDArray[np.int32]) -> NDArray[np.bool_]:
    """False where `found`, the `marks` of some texts, has no sign of an answer of this kind.

    True for kinds that have no sign.
    """
    bit = _BITS.get(kind)
    return np.ones(found.shape, bool) if bit is None else (found & bit) > 0
