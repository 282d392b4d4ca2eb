"""What the library holds, and which part of it is looked into."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Keys = NDArray[np.int64]
StretchKind = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """What is known of an article besides its text.

    `published` is an ISO date, `published_raw` the words it was read from, or in which no
    date was found; None where they say no more.
    """

    id: str
    title: str
    source: str | None = None
    published: str | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()
    author: str | None = None
    published_raw: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was read; `text` is what every offset points into.

    `pages`: offsets at which pages begin, in order, each with the number of its page, counted from 1; a page
    may begin several times. None for what has no pages. `remark` says how it was read, where that is to be
    known (Russian).
    `left_out` (Russian) says what its reader could not take over; it is told once and not stored.
    """

    info: ArticleInfo
    text: str
    pages: tuple[tuple[int, int], ...] = ()
    remark: str = ""
    left_out: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def id(self) -> str:
        return self.info.id


def page_at(pages: Sequence[tuple[int, int]], place: int) -> int | None:
    """The number of the page on which the character at `place` stands, by the `pages` of its article."""
    number = bisect_right(pages, place, key=lambda each: each[0]) - 1
    return pages[number][1] if number >= 0 else None


@dataclass(frozen=True, slots=True)
class Above:
    """What governs a sentence where it stands in its article.

    `headings` above it, the widest first, the `nearest` with its offset in the article; `lead` announces the
    list that it is an item of. Of a row of a table `told` is the row with the heads of its columns («Район:
    Турьевский; Август: 4,7»), and `heads` is the row of the heads as it stands in the text, with its offset.
    What `names` others, a heading without a verb or the heads themselves, says nothing alone.
    """

    headings: tuple[str, ...] = ()
    lead: str = ""
    told: str = ""
    heads: tuple[int, str] | None = None
    names: bool = False
    nearest: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """One sentence of a passage: its offsets in the article and the lemmas of its words, in order.

    `above` is there where it is read; its words are among the lemmas then.
    """

    start: int
    stop: int
    lemmas: tuple[str, ...]
    above: Above = Above()


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article, the unit of retrieval.

    `id` is derived from article id, position and text, so it is the same on every machine.
    `title` and its lemmas are the article's.
    """

    id: str
    article_id: str
    start: int
    stop: int
    text: str
    sentences: tuple[SourceSentence, ...]
    title: str = ""
    title_lemmas: tuple[str, ...] = ()

    def quote(self, sentence: SourceSentence) -> str:
        """Text of one of this passage's sentences."""
        return self.text[sentence.start - self.start : sentence.stop - self.start]

    def told(self, sentence: SourceSentence) -> str:
        """A sentence as it is read: a row of a table with its heads, any other one as it stands there."""
        return sentence.above.told or self.quote(sentence)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of two texts compared: in both, gone from the old one, or new."""

    kind: StretchKind
    text: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may answer. Dates are inclusive; an empty tuple means no restriction.

    `within`: other filters that have to allow an article as well, such as what somebody may see at all.
    """

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # an article with at least one of them
    within: Filters | None = None

    def __bool__(self) -> bool:
        own = self.since or self.until or self.sources or self.articles or self.tags
        return bool(own or self.within)


def article_key(article_id: str) -> int:
    """A number that stands for an article where millions are compared: 64 bits of its id's hash."""
    digest = blake2b(article_id.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@dataclass(frozen=True, slots=True, eq=False)
class ArticleSet:
    """The articles that may answer, by their `article_key`: sorted, each once.

    `filters` chose them, where they are known: an index in a database of its own asks it for the same.
    """

    keys: Keys
    filters: Filters | None = None

    @classmethod
    def of(cls, article_ids: Iterable[str], filters: Filters | None = None) -> Self:
        return cls(np.unique(np.array([article_key(each) for each in article_ids], np.int64)), filters)

    def __len__(self) -> int:
        return len(self.keys)

    def holds(self, keys: Keys) -> NDArray[np.bool_]:
        """Which of `keys` are in the set, in their order."""
        if not len(self.keys):
            return np.zeros(len(keys), bool)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.asarray(self.keys[places] == keys)
