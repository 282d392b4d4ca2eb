"""What the store takes and gives, besides the nouns of rag.types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rag.matching.outlines import Gist
from rag.types import Article, ArticleInfo, Passage


@dataclass(frozen=True, slots=True)
class Signature:
    """What an article was made of: hashes of its content and of the settings it was split with."""

    content: str
    settings: str


# What somebody has set by hand, by the name of the field: title, source, published, tags. JSON.
Edits = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it was read: what it was called and the digest by which its bytes are kept."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Edition:
    """An article as it was in one of its versions, from `since` to `until` (ISO times; None: still)."""

    version: int
    article: Article
    since: str
    until: str | None = None
    original: Original | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One article on its way into the store; `origin` is the file it was read from.

    The store finds out itself the gists of passages that come without. `edits` are all that has been set by
    hand, None where nothing of that changes; `original` is the kept file of this text.
    """

    article: Article
    passages: Sequence[Passage]
    signature: Signature
    origin: str | None = None
    gists: Sequence[Gist] | None = None
    edits: Edits | None = None
    original: Original | None = None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of several articles as it was when all of them were taken over under the id `id`."""

    origin: str
    id: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of articles."""

    info: ArticleInfo
    characters: int
    passages: int
    indexed_at: str


# How the list of articles is ordered: by publication or by when they were taken in, newest first, or by name.
Order = Literal["date", "added", "title", "source"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Size of the library."""

    articles: int
    passages: int
    characters: int


@dataclass(frozen=True, slots=True)
class Shares:
    """How many articles there are, in all, by month («2026-02», oldest first) and by source (most first).

    None stands for articles without a date, or without a source.
    """

    total: int
    months: dict[str | None, int]
    sources: dict[str | None, int]


@dataclass(frozen=True, slots=True)
class Change:
    """`article_id` was put or removed at `seq`; only the last change of an article is kept."""

    seq: int
    article_id: str
