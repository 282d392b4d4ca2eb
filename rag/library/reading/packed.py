"""ZIP files from anywhere, opened with care: .zip, and .docx and .epub, which are ZIP files too.

Nothing is ever written where a name in an archive says; names are only parts of ids. Bounds are for what
an archive says it holds, and `zipfile` reads no more than that.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from rag.errors import ArticleError
from rag.library.files import megabytes

MOST_MEMBERS = 100_000
LARGEST_TOTAL = 4 * 1024**3  # bytes of all members, unpacked
LARGEST_RATIO = 200  # times that text is packed at the very most; ten is usual
# What unpacking a member raises, at whatever moment a reader looks at it.
BROKEN = (BadZipFile, LargeZipFile, NotImplementedError, EOFError, OSError, zlib.error)
_SMALL = 1024 * 1024  # bytes below which a ratio says nothing


@contextmanager
def opened(file: BinaryIO, what: str) -> Iterator[ZipFile]:
    """An archive within bounds. Raises ArticleError, also for what goes wrong while it is read."""
    try:
        with ZipFile(file) as archive:
            _check(archive.infolist())
            yield archive
    except BROKEN:
        raise ArticleError(f"это не {what}, или файл повреждён") from None
    except RuntimeError as error:  # what zipfile says of passwords
        if "password" not in str(error) and "encrypted" not in str(error):
            raise
        raise ArticleError("архив закрыт паролем; распакуйте его") from None


def _check(members: list[ZipInfo]) -> None:
    if any(member.header_offset < 0 for member in members):  # a part of it is cut away
        raise BadZipFile
    if len(members) > MOST_MEMBERS:
        raise ArticleError(f"в архиве больше {MOST_MEMBERS} файлов; разделите его на части")
    total = sum(member.file_size for member in members)
    if total > LARGEST_TOTAL:
        raise ArticleError(f"в архиве {megabytes(total)} — больше предела в {megabytes(LARGEST_TOTAL)}")
    packed = sum(member.compress_size for member in members)
    if total > _SMALL and total > LARGEST_RATIO * max(1, packed):
        raise ArticleError("архив сжат подозрительно сильно (похоже на «бомбу»); распакуйте его сами")


def member(archive: ZipFile, name: str, limit: int) -> bytes:
    """Bytes of one member. Raises ArticleError when it is missing or of more than `limit` bytes."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise ArticleError(f"внутри нет части {name[:200]}; файл повреждён") from None
    if info.file_size > limit:
        raise ArticleError(
            f"внутри часть на {megabytes(info.file_size)} — больше предела в {megabytes(limit)}"
        )
    return archive.read(info)
