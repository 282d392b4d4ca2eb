"""What reading is made of: a source of bytes, and the pieces it holds, an article each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from typing import BinaryIO, Protocol

from rag.errors import ArticleError
from rag.types import Article

_BLOCK = 1024 * 1024
_PACKED_BOOK = ".fb2.zip"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a source besides its bytes: its address, and the encoding its server named."""

    url: str | None = None
    charset: str | None = None


_NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes that articles are read from, as often as wanted; the suffix of `name` tells the format.

    `id` is that of its article, or the beginning of the ids of several. `size` is in bytes; `depth`
    counts the archives around it.
    """

    name: str
    id: str
    open: Callable[[], BinaryIO]
    size: int
    known: Known = _NOTHING
    depth: int = 0
    follow: Callable[[str], Source] | None = None  # fetches a page that it names
    path: str | None = None  # where it lies on this machine's disk

    @property
    def suffix(self) -> str:
        """«.html» of «Page.HTML»; empty without one."""
        return suffix_of(self.name)

    def read(self) -> bytes:
        with self.open() as file:
            return file.read()

    def digest(self) -> str:
        """Hash of the bytes, read block by block."""
        hashed = blake2b(digest_size=16)
        with self.open() as file:
            while block := file.read(_BLOCK):
                hashed.update(block)
        return hashed.hexdigest()


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of a source, not made yet: it need not be where `digest` is the one it had before.

    `article()` raises ArticleError. `origin` is where it comes from, when that is not its source. `file()` is
    the file inside the source that holds this article alone: a member of an archive.
    """

    id: str
    digest: str
    article: Callable[[], Article]
    origin: str | None = None
    file: Callable[[], Source] | None = None


Pieces = Iterator[Piece]


def failing(article_id: str, reason: str, kind: type[ArticleError] = ArticleError) -> Piece:
    """A piece that can't be read, for `reason`."""

    def fail() -> Article:
        raise kind(reason)

    return Piece(article_id, "", fail)


class Place(Protocol):
    """Where articles are to be had: a file, an address, standard input.

    `origin` is the same for every way that leads there; None for a place that can't be looked at again.
    """

    @property
    def id(self) -> str: ...
    @property
    def origin(self) -> str | None: ...
    @property
    def label(self) -> str:
        """What a user is told of it."""
        ...

    def source(self) -> Source:
        """What is there now. Raises ArticleError with the reason when it can't be read."""
        ...


def suffix_of(name: str) -> str:
    """What a name ends in after its last dot, in lower case: «.html» of «Page.HTML»; empty without one.

    A book is packed alone: «.fb2.zip».
    """
    stem, dot, suffix = name.rpartition(".")
    if not stem.strip("/\\.") or "/" in suffix:
        return ""
    return _PACKED_BOOK if name.lower().endswith(_PACKED_BOOK) else dot + suffix.lower()


def digest(data: bytes) -> str:
    """Hash of `data` that tells whether it has changed."""
    return blake2b(data, digest_size=16).hexdigest()


def source_of(data: bytes, name: str, id: str, known: Known = _NOTHING) -> Source:
    """A source in memory."""
    return Source(name, id, lambda: BytesIO(data), len(data), known)


def without_suffix(name: str, suffixes: tuple[str, ...]) -> str:
    """`name` without the one of `suffixes` that it ends in."""
    suffix = suffix_of(name)
    return name[: -len(suffix)] if suffix in suffixes else name
