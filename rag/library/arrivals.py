"""What is to be taken into a library: files, uploads and articles held against what it has already.

A file is known by its content: under another name or in another folder it is the same article. What is
read is handed over as it comes; what follows from the whole of it, once all is taken, is an `Aftermath`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from rag.errors import ArticleError
from rag.library.decoding import normal
from rag.library.files import SUFFIXES
from rag.library.held import Held
from rag.library.origins import check_owner, gone, renamed
from rag.library.readers import READER_VERSION, Found, checked, find_files, parse, read_bytes
from rag.library.records import Entry, Signature
from rag.library.split import LONGEST, SHORTEST, SPLIT_VERSION
from rag.types import Article

LIBRARY_VERSION = 1
SETTINGS = f"library {LIBRARY_VERSION}, reader {READER_VERSION}, split {SPLIT_VERSION} {SHORTEST}-{LONGEST}"
LONGEST_NAME = 200  # characters of an upload's name that go into its article's id
_UNNAMED = "без названия"


@dataclass(frozen=True, slots=True)
class Item:
    """One article of a file called `name`: to be taken (`entry`), held as `same` already, or failed."""

    name: str
    entry: Entry | None = None
    same: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What has to be done once all that was read is in the library.

    `removed` articles go, `moved` ones have another file now, `read` files are no copies but for those
    in `copies`.
    """

    removed: Sequence[str] = ()
    moved: dict[str, str] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    read: Sequence[str] = ()


class Reading:
    """The files and folders of `paths`, in a fixed order; `len()` is how many files they are.

    With `anew` unchanged files are read too.
    """

    def __init__(self, paths: Sequence[Path], held: Held, anew: bool = False) -> None:
        self._paths = paths
        self._files = find_files(paths)
        self._ids = set(held.signatures)
        self._held = Held({}, held.origins, held.copies) if anew else held
        self._former = renamed(self._files, held.origins)
        self._removed: list[str] = []
        self._moved: dict[str, str] = {}
        self._copies: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Item]:
        waiting = []
        for file in self._files:
            item = self._read(file, may_wait=True)
            if item is None:
                waiting.append(file)
            else:
                yield item
        for file in waiting:
            yield self._read(file) or Item(_shown(file))

    def aftermath(self, prune: bool = False) -> Aftermath:
        """To be asked for once all items are taken; `prune` removes the articles of files that are gone."""
        removed, moved = list(self._removed), dict(self._moved)
        spare = {article_id: file for file, article_id in self._held.copies.items() if Path(file).exists()}
        vanished = gone(self._paths, self._held.origins, self._files) if prune else []
        for article_id in set(vanished) - moved.keys():
            if article_id in spare:  # another folder still has it
                moved[article_id] = spare[article_id]
            else:
                removed.append(article_id)
        return Aftermath(removed, moved, self._copies, [file.origin for file in self._files])

    def _read(self, file: Found, may_wait: bool = False) -> Item | None:
        """None: `file` is like another article, which may change yet while this reading goes on."""
        held = self._held
        try:
            data = read_bytes(file.path)
            signature = Signature(digest(data), SETTINGS)
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
            check_owner(file, held.origins.get(file.id))
            article = parse(data, file.path.name, file.id)
        except ArticleError as error:
            return Item(_shown(file), failure=str(error))
        self._removed += former
        held.take(file.id, signature)
        held.origins[file.id] = file.origin
        return Item(_shown(file), Entry(article, (), signature, file.origin))

    def _is_left(self, article_id: str) -> bool:
        """Whether the file of an article is not there any more."""
        origin = self._held.origins.get(article_id)
        return origin is not None and not Path(origin).exists()

    def _same(self, file: Found, article_id: str) -> None:
        """`file` has the content of `article_id`: it is its file, or a copy of that."""
        if self._held.origins.get(article_id, file.origin) == file.origin:
            return
        if self._is_left(article_id):
            self._moved[article_id] = file.origin
        else:
            self._copies[file.origin] = article_id


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sent. `name` is what they call it: part of an id, never a path."""

    name: str
    read: Callable[[], bytes]


def uploaded(uploads: Iterable[Upload], held: Held) -> Iterator[Item]:
    """Articles of uploads; one of a name that is held already takes the place of the former one."""
    taken: set[str] = set()
    for upload in uploads:
        shown = printable(upload.name)[:LONGEST_NAME] or _UNNAMED
        try:
            item = _uploaded(upload, shown, held, taken)
        except ArticleError as error:
            item = Item(shown, failure=str(error))
        yield item


def _uploaded(upload: Upload, shown: str, held: Held, taken: set[str]) -> Item:
    data = upload.read()
    signature = Signature(digest(data), SETTINGS)
    wanted = upload_id(upload.name)
    if (twin := wanted if held.signatures.get(wanted) == signature else held.twin(signature)) is not None:
        return Item(shown, same=twin)
    article_id = next(each for each in _numbered(wanted) if each not in taken)
    if article_id in held.origins:
        raise ArticleError(f"статья «{article_id}» уже прочитана из файла на диске; дайте файлу другое имя")
    # Its suffix says what it is; of the rest of a strange name nothing reaches the reader.
    article = parse(data, f"upload{Path(shown).suffix}", article_id)
    taken.add(article_id)
    held.take(article_id, signature)
    return Item(shown, Entry(article, (), signature))


def upload_id(name: str) -> str:
    """An article's id from an upload's name: its last part without the suffix, as visible characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", printable(name)))[-1].strip(" .")
    stem = last[: -len(Path(last).suffix)] if Path(last).suffix.lower() in SUFFIXES else last
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
        signature = Signature(digest(repr(whole).encode()), SETTINGS)
        if held.signatures.get(whole.id) == signature:
            yield Item(name, same=whole.id)
        else:
            held.take(whole.id, signature)
            yield Item(name, Entry(whole, (), signature))


def digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def printable(name: str) -> str:
    """`name` without what can't be shown: control characters, halves of surrogate pairs."""
    whole = name.encode(errors="replace").decode()
    return "".join(sign for sign in whole if sign.isprintable())


def _shown(file: Found) -> str:
    return printable(str(file.path))


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
