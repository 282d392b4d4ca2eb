"""Process that reads files for rag.library.isolated_reading: a source in; pieces, articles, progress out."""

from __future__ import annotations

import logging
import signal
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path

from rag.errors import ArticleError
from rag.library import readers
from rag.library.files import Found
from rag.library.reading.pieces import Known, Piece, Pieces, Source
from rag.library.reading.telling import listening
from rag.processes import Requests
from rag.types import Article

_TELL = 0.2  # seconds between two words about progress
_AT_ONCE = 20  # pieces that are told of together
_ROWS = (".jsonl", ".ndjson", ".csv", ".tsv")  # whose articles need no open file any more
_SOON = 0.05  # seconds in which they come
# Bytes that it may take: a few kilobytes of a broken .xls want more than any machine has.
_MEMORY = 4 * 1024**3
_SPARE = 5  # seconds beyond its limit after which a process ends itself, where nobody is left to kill it
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A source as it is sent: a file on the disk by its path, anything else with its bytes."""

    name: str
    id: str
    known: Known
    path: str | None
    data: bytes
    content: str | None
    is_single: bool  # its only article is wanted at once
    follows: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """The file of a piece of the last answer is wanted, by the number of that piece."""

    number: int


def serve() -> None:
    """Be a process that reads: an Asked in; pieces, articles and progress out."""
    requests = Requests()
    requests.bound(_MEMORY)
    with listening(_Telling(requests)):
        while True:
            try:
                asked = requests.next()
                if isinstance(asked, Asked):  # else something of a file that is done with
                    _read(requests, asked)
            except (EOFError, BrokenPipeError):
                return


class _Telling:
    """Passes on how far it is, every now and then."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._last = 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._last >= _TELL:
            self._last = time.monotonic()
            self._requests.answer(("told", done, total))


def _read(requests: Requests, asked: Asked) -> None:
    def next_asked() -> object:
        _alarm(0)
        what = requests.next()
        _alarm(asked.seconds + _SPARE)
        return what

    try:
        _alarm(asked.seconds + _SPARE)
        source = _source(requests, asked)
        if asked.is_single:
            requests.answer(("article", readers.article_in(source)))
            return
        at_once = _AT_ONCE if source.suffix in _ROWS else 1
        for several in _gathered(readers.pieces(source, asked.content), at_once):
            told = [(each.id, each.digest, each.origin, each.file is not None) for each in several]
            requests.answer(("pieces", told))
            while isinstance(what := next_asked(), int | Wanted):
                requests.answer(
                    _made(several[what]) if isinstance(what, int) else _file(several[what.number])
                )
            if what == "leave":
                return
        requests.answer(("end", None))
    except ArticleError as error:
        requests.answer(("refused", error))
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:
        requests.answer(("refused", ArticleError(_defect(error))))
    finally:
        _alarm(0)


def _gathered(pieces: Pieces, at_once: int) -> Iterator[list[Piece]]:
    """Up to `at_once` pieces that come together: to send a row of a dump takes as long as to read it."""
    several: list[Piece] = []
    began = time.monotonic()
    try:
        for piece in pieces:
            several.append(piece)
            if len(several) == at_once or time.monotonic() - began > _SOON:
                yield several
                several, began = [], time.monotonic()
    except ArticleError:
        if several:
            yield several
        raise
    if several:
        yield several


def _made(piece: Piece) -> tuple[str, Article | ArticleError]:
    try:
        return "article", piece.article()
    except ArticleError as error:
        return "refused", error
    except Exception as error:
        return "refused", ArticleError(_defect(error))


def _file(piece: Piece) -> tuple[str, tuple[str, bytes] | ArticleError]:
    """The name and the bytes of the file that a piece is alone in."""
    assert piece.file
    try:
        file = piece.file()
        return "file", (file.name, file.read())
    except ArticleError as error:
        return "refused", error
    except Exception as error:
        return "refused", ArticleError(_defect(error))


def _source(requests: Requests, asked: Asked) -> Source:
    def follow(url: str) -> Source:
        requests.answer(("follow", url))
        kind, what = requests.next()
        if kind == "refused":
            raise ArticleError(what)
        name, article_id, known, data = what
        return Source(name, article_id, partial(BytesIO, data), len(data), known)

    if asked.path:
        return replace(Found(Path(asked.path), asked.id).source(), name=asked.name, known=asked.known)
    opened = partial(BytesIO, asked.data)
    return Source(
        asked.name, asked.id, opened, len(asked.data), asked.known, follow=follow if asked.follows else None
    )


def _defect(error: Exception) -> str:
    """One file that a reader doesn't expect is no reason to stop reading the others."""
    _log.info("a reader failed: %s", traceback.format_exc())
    return f"при чтении случилась внутренняя ошибка ({type(error).__name__}); сохраните файл в другом формате"


def _alarm(seconds: float) -> None:
    """End this process then, whatever it does; 0: don't. Where its owner was killed nobody else does."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
