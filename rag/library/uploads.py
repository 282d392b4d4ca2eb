"""Articles that somebody sent: files under names that are data, never paths, and articles already made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from rag.errors import ArticleError
from rag.library.arrivals import Item, failed, printable, signed
from rag.library.decoding import normal
from rag.library.files import SUFFIXES
from rag.library.isolated_reading import Apart
from rag.library.known_sources import Held
from rag.library.readers import check, checked, holds_several
from rag.library.reading.pieces import Piece, Source, digest, source_of, suffix_of, without_suffix
from rag.library.records import Entry
from rag.types import Article

LONGEST_NAME = 200  # characters of an upload's name that go into its article's id
_UNNAMED = "без названия"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sent. `name` is what they call it: part of an id, never a path."""

    name: str
    read: Callable[[], bytes]

    @property
    def label(self) -> str:
        """What a user is told of it."""
        return printable(self.name)[:LONGEST_NAME] or _UNNAMED

    @property
    def holds_several(self) -> bool:
        return holds_several(self._safe)

    def source(self, article_id: str) -> Source:
        """Its bytes as those of `article_id`. Raises ArticleError where none can be read from them."""
        source = source_of(self.read(), self._safe, article_id)
        check(source)
        return source

    @property
    def _safe(self) -> str:
        """Its suffix says what it is; of the rest of a strange name nothing reaches the reader."""
        return f"upload{suffix_of(printable(self.name))}"


def uploaded(uploads: Iterable[Upload], held: Held, apart: Apart | None = None) -> Iterator[Item]:
    """Articles of uploads, read by `apart`; one of a name that is held already replaces the former one."""
    apart = apart or Apart()
    taken: set[str] = set()
    for upload in uploads:
        try:
            if upload.holds_several:
                yield from _several(upload, held, taken, apart)
            else:
                yield _single(upload, held, taken, apart)
        except ArticleError as error:
            yield failed(upload.label, error)


def _single(upload: Upload, held: Held, taken: set[str], apart: Apart) -> Item:
    wanted = upload_id(upload.name)
    source = upload.source(wanted)
    signature = signed(source.digest())
    if (twin := wanted if held.signatures.get(wanted) == signature else held.twin(signature)) is not None:
        return Item(upload.label, same=twin)
    article_id = next(each for each in _numbered(wanted) if each not in taken)
    _check_no_file(article_id, held)
    article = apart.article_in(replace(source, id=article_id), upload.label)
    original = held.kept(source, upload.label)
    taken.add(article_id)
    held.take(article_id, signature)
    return Item(upload.label, Entry(article, (), signature, original=original))


def _several(upload: Upload, held: Held, taken: set[str], apart: Apart) -> Iterator[Item]:
    """Every article of a dump or an archive; what is wrong with one of them is no matter for the others."""
    above = next(each for each in _numbered(upload_id(upload.name)) if each not in taken)
    taken.add(above)
    source = upload.source(above)
    for piece in apart.pieces(source, label=upload.label):
        try:
            yield _piece(piece, source, upload.label, held)
        except ArticleError as error:
            inside = piece.id.removeprefix(f"{above}/")
            is_named = str(error).startswith(f"{inside}: ")
            yield failed(upload.label if is_named else f"{upload.label}, {printable(piece.id)}", error)


def _piece(piece: Piece, source: Source, label: str, held: Held) -> Item:
    signature = signed(piece.digest)
    if held.signatures.get(piece.id) == signature:
        return Item(label, same=piece.id)
    _check_no_file(piece.id, held)
    article, original = checked(piece.article()), held.kept_of(piece, source, label)
    held.take(piece.id, signature)
    return Item(label, Entry(article, (), signature, original=original))


def _check_no_file(article_id: str, held: Held) -> None:
    if article_id in held.origins:
        raise ArticleError(f"статья «{article_id}» уже прочитана из файла на диске; дайте файлу другое имя")


def upload_id(name: str) -> str:
    """An article's id from an upload's name: its last part without the suffix, as visible characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", printable(name)))[-1].strip(" .")
    stem = without_suffix(last, SUFFIXES)
    return stem.strip(" .")[:LONGEST_NAME] or _UNNAMED


def given(articles: Iterable[Article], held: Held) -> Iterator[Item]:
    """Articles that came otherwise; one whose id is held already takes the former one's place."""
    for article in articles:
        name = printable(article.id)
        try:
            whole = checked(replace(article, text=normal(article.text)))
        except ArticleError as error:
            yield Item(name, failure=str(error))
            continue
        signature = signed(digest(repr(whole).encode()))
        if held.signatures.get(whole.id) == signature:
            yield Item(name, same=whole.id)
        else:
            held.take(whole.id, signature)
            yield Item(name, Entry(whole, (), signature))


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
