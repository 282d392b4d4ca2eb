"""Archives (.zip): every article inside, under the id of the archive and its path there."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZipFile, ZipInfo

from rag.errors import ArticleError
from rag.library.decoding import encoding_of
from rag.library.files import SUFFIXES, is_wanted
from rag.library.reading.packed import member, opened
from rag.library.reading.pieces import Piece, Pieces, Source, failing, suffix_of, without_suffix
from rag.library.reading.telling import tell
from rag.types import Article

DEEPEST = 2  # archives in archives
LARGEST_MEMBER = 200 * 1024**2  # bytes of one that is looked at again
_UTF8 = 0x800  # the flag of a name that is in UTF-8
_ENCRYPTED = 0x1
_OUTSIDE = re.compile(r"^(?:[a-z]:|/)|(?:^|/)\.\.(?:/|$)|\0", re.IGNORECASE)


def archive(source: Source, read: Callable[[Source], Pieces]) -> Pieces:
    """The articles of every member, which `read` knows how to read; what is none of its own is left out.

    A member that can't be read is reported, and the others are read.
    """
    if source.depth >= DEEPEST:
        raise ArticleError("архив внутри архива внутри архива не читается; распакуйте его")
    with source.open() as file, opened(file, "архив ZIP") as packed:
        taken: set[str] = set()
        members = packed.infolist()
        for number, info in enumerate(members):
            tell(number, len(members))
            name = _name(info)
            if not info.is_dir() and _is_wanted(name):
                inside = _id(name, taken)
                yield from _member(packed, info, name, f"{source.id}/{inside}", source, read)


def members(path: Path, article_id: str) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the members of an archive that the article of that id may have been read from.

    Whoever called the archive what it is called in the id, of members of one path there may be several.
    Raises ArticleError.
    """
    with path.open("rb") as file:
        yield from _named_in(file, article_id, 0)


def _named_in(file: BinaryIO, article_id: str, depth: int) -> Iterator[tuple[str, bytes]]:
    with opened(file, "архив ZIP") as packed:
        taken: set[str] = set()
        for info in packed.infolist():
            name = _name(info)
            if info.is_dir() or not _is_wanted(name) or _refusal(info, name):
                continue
            inside = f"/{_id(name, taken)}"
            if article_id.endswith(inside):
                yield name, member(packed, info.filename, LARGEST_MEMBER)
            elif suffix_of(name) == ".zip" and f"{inside}/" in article_id and depth < DEEPEST - 1:
                within = BytesIO(member(packed, info.filename, LARGEST_MEMBER))
                yield from _named_in(within, article_id, depth + 1)


def _member(
    packed: ZipFile,
    info: ZipInfo,
    name: str,
    article_id: str,
    above: Source,
    read: Callable[[Source], Pieces],
) -> Pieces:
    if reason := _refusal(info, name):
        yield failing(article_id, f"{name}: {reason}")
        return
    within = Source(name, article_id, partial(_opened, packed, info), info.file_size, depth=above.depth + 1)
    try:
        for piece in read(within):
            is_alone = piece.id == article_id and piece.digest  # else it is a row of it, or can't be read
            file = (lambda: within) if is_alone else piece.file
            yield replace(piece, article=partial(_named, piece, name), file=file)
    except ArticleError as error:
        yield failing(article_id, f"{name}: {error}", type(error))


def _named(piece: Piece, name: str) -> Article:
    try:
        return piece.article()
    except ArticleError as error:
        raise type(error)(f"{name}: {error}") from None


def _opened(packed: ZipFile, info: ZipInfo) -> BinaryIO:
    return cast(BinaryIO, packed.open(info))


def _refusal(info: ZipInfo, name: str) -> str | None:
    """Why a member is not even opened."""
    if info.flag_bits & _ENCRYPTED:
        return "закрыт паролем; распакуйте архив"
    if _OUTSIDE.search(name):
        return "имя ведёт за пределы архива"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "это ссылка, а не файл"
    return None


def _is_wanted(name: str) -> bool:
    """Whether the same file would be found in a folder."""
    *folders, last = name.split("/")
    hidden = any(each.startswith((".", "__MACOSX")) and each not in (".", "..") for each in folders)
    return is_wanted(last) and not hidden


def _name(info: ZipInfo) -> str:
    """The name of a member; where it is not said to be UTF-8 it may be, or CP866 as Windows writes it."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8 and not name.isascii():
        data = name.encode("cp437", errors="replace")
        try:
            name = data.decode(encoding_of(data))
        except (ArticleError, UnicodeDecodeError):
            name = data.decode("cp866")
    return name.replace("\\", "/").removeprefix("./")


def _id(name: str, taken: set[str]) -> str:
    """The path inside without its suffix, unless another member has it already."""
    ids: Iterator[str] = iter((without_suffix(name, SUFFIXES), name))
    wanted = next((each for each in ids if each not in taken), f"{name}-{len(taken)}")
    taken.add(wanted)
    return wanted
