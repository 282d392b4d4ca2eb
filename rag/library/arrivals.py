"""What is to be taken into a library from places, held against what it has already.

A file of one article is known by its content: under another name or in another folder it is the same
article. What is read is handed over as it comes; what follows from the whole of it, once all is taken, is
an `Aftermath`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import ArticleError, UnknownKindError
from rag.library.intake import Intake
from rag.library.isolated_reading import Apart
from rag.library.known_sources import Held, check_owner, gone, is_there, renamed
from rag.library.readers import (
    READER_VERSION,
    Found,
    check,
    checked,
    find_files,
    holds_several,
)
from rag.library.reading.dumps import rows_of
from rag.library.reading.pieces import Piece, Place, Source
from rag.library.records import Entry, FileRecord, Signature
from rag.library.split import LONGEST, SHORTEST, SPLIT_VERSION

LIBRARY_VERSION = 1
SETTINGS = f"library {LIBRARY_VERSION}, reader {READER_VERSION}, split {SPLIT_VERSION} {SHORTEST}-{LONGEST}"


@dataclass(frozen=True, slots=True)
class Item:
    """One article of a file called `name`: to be taken (`entry`), held as `same` already, or failed.

    `is_unknown`: it failed because its kind isn't read.
    """

    name: str
    entry: Entry | None = None
    same: str | None = None
    failure: str | None = None
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What has to be done once all that was read is in the library.

    `removed` articles go, `moved` ones have another file now, `read` files are no copies but for those
    in `copies`, and of those in `whole` all articles are held.
    """

    removed: Sequence[str] = ()
    moved: dict[str, str] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    read: Sequence[str] = ()
    whole: Sequence[FileRecord] = ()


class Reading:
    """The articles of `paths` (files, folders and other places), in a fixed order.

    With `anew` what is unchanged is read too. `apart` reads the files.
    """

    def __init__(
        self, paths: Sequence[Path | Place], held: Held, anew: bool = False, apart: Apart | None = None
    ) -> None:
        self._apart = apart or Apart()
        self._folders = [each for each in paths if isinstance(each, Path)]
        self._places = find_files(paths)
        self._ids = set(held.signatures)
        self._held = Held({}, held.origins, held.copies, originals=held.originals) if anew else held
        self._former = renamed(filter(_is_single, self._places), held.origins)
        self._intake = Intake(self._held)
        self._removed: list[str] = []
        self._moved: dict[str, str] = {}
        self._copies: dict[str, str] = {}

    @property
    def total(self) -> int | None:
        """How many articles they are; None where that is known only once they are read."""
        counts = [_count(place) for place in self._places]
        return None if None in counts else sum(filter(None, counts))

    def __iter__(self) -> Iterator[Item]:
        waiting = []
        for place in self._places:
            if not _is_single(place):
                yield from self._pieces(place)
            elif item := self._file(place, may_wait=True):
                yield item
            else:
                waiting.append(place)
        for place in waiting:
            yield self._file(place) or Item(_shown(place))

    def aftermath(self, prune: bool = False) -> Aftermath:
        """To be asked for once all items are taken; `prune` removes the articles of files that are gone."""
        removed, moved = list(self._removed), {**self._intake.moved, **self._moved}
        copies = {**self._held.copies, **self._copies}
        spare = {article_id: file for file, article_id in copies.items() if Path(file).exists()}
        vanished = {*self._intake.gone()}
        if prune:
            vanished |= {*gone(self._folders, self._held.origins, self._places)}
        for article_id in sorted(vanished - moved.keys()):
            if article_id in spare:  # another folder still has it
                moved[article_id] = spare[article_id]
            else:
                removed.append(article_id)
        read = [place.origin for place in self._places if place.origin]
        return Aftermath(removed, moved, self._copies, read, self._intake.whole)

    # Places of several articles, and those that are no files

    def _pieces(self, place: Place) -> Iterator[Item]:
        """The articles of one place, none of which is made that is held as it is."""
        is_whole = True
        try:
            source = place.source()
            check(source)
            signature = signed(source.digest())
            if same := self._intake.unchanged(place, signature):
                yield from (Item(_shown(place), same=each) for each in same)
                return
            for piece in self._apart.pieces(source, signature.content, _shown(place)):
                item = self._piece(place, piece, source)
                is_whole &= item.failure is None or item.is_unknown
                yield item
        except ArticleError as error:
            is_whole = False
            yield failed(_shown(place), error)
        if is_whole:
            self._intake.read_whole(place, signature)
        else:
            self._intake.failed(place)

    def _piece(self, place: Place, piece: Piece, source: Source) -> Item:
        signature = signed(piece.digest)
        try:
            if self._intake.is_unchanged(piece, place, signature):
                return Item(_shown(place), same=piece.id)
            article = checked(piece.article())
            original = self._held.kept_of(piece, source, source.name)
        except ArticleError as error:
            name = place.label if piece.id == place.id else f"{place.label}, {piece.id}"
            return failed(printable(name), error)
        self._held.take(piece.id, signature)
        return Item(
            _shown(place), Entry(article, (), signature, piece.origin or place.origin, original=original)
        )

    # Files of one article

    def _file(self, file: Place, may_wait: bool = False) -> Item | None:
        """None: `file` is like another article, which may change yet while this reading goes on."""
        held = self._held
        try:
            source = file.source()
            check(source)
            signature = signed(source.digest())
            former = self._former.get(file.id, [])
            if held.signatures.get(file.id) == signature:
                self._same(file, file.id)
                self._removed += former
                return Item(_shown(file), same=file.id)
            twin = held.twin(signature) if file.id not in self._ids else None
            if twin is not None and twin not in former:
                if may_wait:
                    return None
                if not self._is_left(twin):
                    self._same(file, twin)
                    return Item(_shown(file), same=twin)
                former = [*former, twin]  # the file has been given another name
            check_owner(file.id, file.origin, held.origins.get(file.id))
            article, original = self._apart.article_in(source, _shown(file)), held.kept(source, source.name)
        except ArticleError as error:
            return failed(_shown(file), error)
        self._removed += former
        held.take(file.id, signature, file.origin)
        return Item(_shown(file), Entry(article, (), signature, file.origin, original=original))

    def _is_left(self, article_id: str) -> bool:
        """Whether the file of an article is not there any more."""
        origin = self._held.origins.get(article_id)
        return origin is not None and not is_there(origin)

    def _same(self, file: Place, article_id: str) -> None:
        """`file` has the content of `article_id`: it is its file, or a copy of that."""
        if file.origin is None or self._held.origins.get(article_id, file.origin) == file.origin:
            return
        if self._is_left(article_id):
            self._moved[article_id] = file.origin
        else:
            self._copies[file.origin] = article_id


def failed(name: str, error: ArticleError) -> Item:
    """What can't be taken, because of `error`."""
    return Item(name, failure=str(error), is_unknown=isinstance(error, UnknownKindError))


def signed(content: str) -> Signature:
    """The signature of an article made now from what has the digest `content`."""
    return Signature(content, SETTINGS)


def printable(name: str) -> str:
    """`name` without what can't be shown: control characters, halves of surrogate pairs."""
    whole = name.encode(errors="replace").decode()
    return "".join(sign for sign in whole if sign.isprintable())


def _is_single(place: Place) -> bool:
    return isinstance(place, Found) and not holds_several(place.path.name)


def _count(place: Place) -> int | None:
    """How many articles a place holds; None where it would have to be read to know."""
    if _is_single(place):
        return 1
    return rows_of(place.path) if isinstance(place, Found) else None


def _shown(place: Place) -> str:
    return printable(place.label)
