"""Where articles are to be had besides files: what was handed over (an upload, standard input), the web."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rag.errors import ArticleError
from rag.library.files import SUFFIXES, check_size
from rag.library.reading.addresses import canonical, is_address, slug, whole
from rag.library.reading.packages import package
from rag.library.reading.pieces import Known, Place, Source, digest, source_of, without_suffix
from rag.library.reading.sniffing import suffix_of

if TYPE_CHECKING:
    from rag.library.reading.fetching import Fetched, Fetcher

LARGEST_GIVEN = 1024**3  # bytes of standard input: it has to be held
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_KINDS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/pdf": ".pdf",
    "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "application/vnd.ms-excel": ".xls",
    "application/msword": ".doc",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/json": ".json",
    "application/x-fictionbook+xml": ".fb2",
    "application/x-subrip": ".srt",
    "text/vtt": ".vtt",
    "message/rfc822": ".eml",
    "application/mbox": ".mbox",
    "application/zip": ".zip",
    "text/csv": ".csv",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "text/markdown": ".md",
}


@dataclass(frozen=True, slots=True)
class Given:
    """Bytes under a name that somebody gave them. The name is data: nothing is opened by it.

    Without a name, or with one that has no known suffix, the bytes tell the format.
    """

    name: str
    data: bytes = field(repr=False)

    @property
    def origin(self) -> None:
        return None

    @property
    def label(self) -> str:
        return self.name or "стандартный ввод"

    @property
    def id(self) -> str:
        """The name without folders and suffix; without a name, one that belongs to these bytes."""
        return without_suffix(self._last, SUFFIXES).strip(" .") or f"stdin-{digest(self.data)[:8]}"

    @property
    def _last(self) -> str:
        """The name without folders."""
        return posixpath.basename(_CONTROLS.sub("", self.name).replace("\\", "/").rstrip("/"))

    def source(self) -> Source:
        is_told = without_suffix(self._last, SUFFIXES) != self._last
        return source_of(self.data, self._last if is_told else self.id + suffix_of(self.data), self.id)


@dataclass(frozen=True, slots=True)
class Page:
    """An address on the web: a page, a feed, or a file of any format that is read."""

    url: str
    fetcher: Fetcher = field(repr=False)

    @property
    def origin(self) -> str:
        return whole(canonical(self.url))

    @property
    def label(self) -> str:
        return self.url

    @property
    def id(self) -> str:
        return slug(self.url)

    def source(self) -> Source:
        return self._source(self.url)

    def _source(self, url: str) -> Source:
        found = self.fetcher.fetch(url)
        name = slug(url) + _suffix(found)
        known = Known(found.url, found.charset)
        source = source_of(found.data, name, slug(url), known)
        return Source(source.name, source.id, source.open, source.size, known, follow=self._source)


def _suffix(found: Fetched) -> str:
    """By what the server says; where it says nothing of use, by the address or the bytes."""
    sniffed = suffix_of(found.data)
    if said := _KINDS.get(found.kind):
        return sniffed if said == ".html" and sniffed == ".xml" else said
    path = canonical(found.url).path.lower()
    return next((each for each in SUFFIXES if path.endswith(each)), sniffed)


def places(
    typed: Iterable[str], fetch_private: bool = False, name: str = "", standard_input: BinaryIO | None = None
) -> list[Path | Place]:
    """What a user typed, as places: paths, addresses, and «-» for `standard_input`, called `name`.

    Raises ArticleError for a wrong address and for too much input.
    """
    fetcher: Fetcher | None = None
    found: list[Path | Place] = []
    for each in typed:
        if is_address(each):
            if fetcher is None:
                fetcher = _fetcher(fetch_private)
            canonical(each)
            found.append(Page(each, fetcher))
        elif each == "-" and standard_input is not None:
            found.append(Given(name, _read(standard_input)))
        else:
            found.append(Path(each))
    return found


@dataclass(frozen=True, slots=True)
class Ready:
    """A page that has been fetched already, whoever waits for its articles to be taken."""

    page: Page
    found: Source = field(repr=False)

    @property
    def origin(self) -> str:
        return self.page.origin

    @property
    def label(self) -> str:
        return self.page.label

    @property
    def id(self) -> str:
        return self.page.id

    def source(self) -> Source:
        return self.found


def fetched(url: str) -> Ready:
    """The page at an address that somebody else has typed: none of this network. Raises ArticleError."""
    canonical(url)
    page = Page(url, _fetcher(False))
    return Ready(page, page.source())


def _fetcher(private: bool) -> Fetcher:
    package("httpcore", "httpcore", "страницы по адресу")
    from rag.library.reading.fetching import Fetcher  # 0.2 s to import

    return Fetcher(private)


def _read(stream: BinaryIO) -> bytes:
    data = stream.read(LARGEST_GIVEN + 1)
    check_size(len(data), LARGEST_GIVEN)
    if not data.strip():
        raise ArticleError("на стандартном вводе пусто")
    return data
