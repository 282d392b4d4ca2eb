"""Which files to read, under which ids, and their bytes."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from rag.errors import ArticleError
from rag.library.reading.pieces import Place, Source, suffix_of, without_suffix
from rag.library.reasons import os_reason

PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
SUFFIXES = (
    ".md", ".markdown", ".txt", ".html", ".htm", ".xhtml", ".mht", ".mhtml", ".docx", ".doc", ".rtf", ".odt",
    ".pdf", ".epub", ".fb2", ".fb2.zip", ".pptx", ".odp", ".xlsx", ".xlsm", ".xls", ".ods", ".eml", ".mbox",
    ".srt", ".vtt", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".rss", ".atom", ".xml", ".zip",
    *PICTURES,
)  # fmt: skip
# What they are, for people: the suffixes fill half a screen of a phone.
READ = (
    "Читаются тексты, веб-страницы, PDF, документы, книги, таблицы, слайды, письма, субтитры, ленты, JSON, "
    "картинки и архивы zip."
)
LARGEST = 10 * 1024 * 1024  # bytes
_NOT_ARTICLES = (
    "readme",
    "license",
    "licence",
    "changelog",
    "makefile",
    "dockerfile",
    "thumbs.db",
    "desktop.ini",
)
_OF_A_LIBRARY = {"library.db", "library.lock"}  # a folder with these is the state of a library


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read and the id of its article.

    What can't be listed (no such path, no rights, a loop of links) is found too: reading it says why.
    `origin` is the same for every way that leads to this file.
    """

    path: Path
    id: str
    origin: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "origin", _real(self.path))

    @property
    def label(self) -> str:
        return str(self.path)

    def source(self) -> Source:
        """The file, looked at but not read. Raises ArticleError."""
        size = _size(self.path)
        return Source(self.path.name, self.id, lambda: _opened(self.path), size, path=self.origin)


def find_files(paths: Sequence[Path | Place]) -> list[Place]:
    """Files of `paths` in a fixed order, each once; a folder is searched with its subfolders.

    An id is the path inside the folder without the suffix, with "/"; for a single file its stem.
    When two files want the same id, the second keeps its suffix, then the folder's name goes before.
    Files of unknown kinds are found too: reading them says that they are. Hidden files, README and LICENSE
    files are found only when named themselves. Places that are no paths stay as they are.
    """
    found: list[Place] = []
    taken: set[str] = set()
    seen: set[str] = set()
    for root in paths:
        if not isinstance(root, Path):
            found.append(root)
            taken.add(root.id)
            continue
        for path in _under(root) if _is_folder(root) else [root]:
            real = _real(path)
            if real in seen:
                continue
            seen.add(real)
            id = next(each for each in _ids(path, root) if each not in taken)
            taken.add(id)
            found.append(Found(path, id))
    return found


def _size(path: Path) -> int:
    """Bytes of a file. Raises ArticleError for what can't be read as one."""
    with _reported():
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            os.scandir(path).close()  # raises when this is why it was not searched
            raise ArticleError("ссылка на папку ведёт по кругу")
        if not stat.S_ISREG(status.st_mode):
            raise ArticleError("это не обычный файл")
        return status.st_size


def _opened(path: Path) -> BinaryIO:
    with _reported():
        return path.open("rb")


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArticleError(f"не читается: {os_reason(error)}") from error
    except ValueError:
        raise ArticleError("не читается: нулевой байт в имени") from None


def check_size(size: int, limit: int = LARGEST) -> None:
    """Raises ArticleError for a file, an upload or a text of more than `limit` bytes."""
    if size > limit:
        raise ArticleError(
            f"{megabytes(size)} — больше предела в {megabytes(limit)}; разделите файл на части"
        )


def megabytes(size: int) -> str:
    """«10 МБ», «50,5 МБ»."""
    return f"{size / 1024 / 1024:.1f}".replace(".", ",").removesuffix(",0") + " МБ"


def _under(root: Path) -> Iterator[Path]:
    """Articles and obstacles under `root`; linked folders are followed, but not in circles."""
    found: list[Path] = []
    waiting: list[tuple[Path, frozenset[str]]] = [(root, frozenset())]
    while waiting:
        folder, above = waiting.pop()
        real = _real(folder)
        try:
            entries = [] if real in above else list(os.scandir(folder))
        except OSError:
            entries = []
            found.append(folder)
        if real in above:
            found.append(folder)
        if {Path(entry).name for entry in entries} >= _OF_A_LIBRARY:
            continue
        for path in map(Path, entries):
            if not _is_folder(path):
                found += [path] if is_wanted(path.name) else []
            elif not path.name.startswith("."):
                waiting.append((path, above | {real}))
    return iter(sorted(found, key=lambda path: _order(path.relative_to(root))))


def _real(path: Path) -> str:
    try:
        return os.path.realpath(path)
    except ValueError:  # a zero byte in the name: reading it will say so
        return str(path)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # no rights to look: reading it will say so
        return False


def is_wanted(name: str) -> bool:
    """Whether a file of this name is looked for in a folder or an archive."""
    return not name.lower().startswith((".", "~$", *_NOT_ARTICLES))


def is_readable(place: Place) -> bool:
    """Whether a place is of a kind that is read, as far as its name tells."""
    return not isinstance(place, Found) or suffix_of(place.path.name) in ("", *SUFFIXES)


def _order(path: Path) -> tuple[str, int, str]:
    suffix = suffix_of(path.name)
    rank = SUFFIXES.index(suffix) if suffix in SUFFIXES else len(SUFFIXES)
    return without_suffix(path.as_posix(), SUFFIXES), rank, str(path)


def _ids(path: Path, root: Path) -> Iterator[str]:
    """Ids for `path`, the wanted one first; endless."""
    inside = Path(path.name) if path == root else path.relative_to(root)
    whole = unicodedata.normalize("NFC", inside.as_posix())
    short = without_suffix(whole, SUFFIXES)
    folder = Path(_real(path.parent if path == root else root)).name
    yield from (short, whole, f"{folder}/{short}", f"{folder}/{whole}")
    yield from _numbered(whole)


def _numbered(name: str) -> Iterable[str]:
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
