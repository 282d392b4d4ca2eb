"""Files read apart: in a process of its own, which is killed when a file takes too long, or to stop at once.

One process reads file after file and leaves when there was nothing to read for a while. A short plain text
is read here: it can't take long.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from rag.errors import ArticleError
from rag.library import readers
from rag.library.files import Found
from rag.library.reading.pieces import Known, Piece, Pieces, Source
from rag.library.reading.telling import listening
from rag.processes import GONE, Helper, Requests
from rag.types import Article

LIMIT = 300.0  # seconds for one article, unless a setting says otherwise
_PLAIN = (".txt", ".md")
_SHORT = 64 * 1024  # bytes of a plain text that is read here
_LOOK = 0.2  # seconds between two looks whether to go on
_TELL = 0.2  # seconds between two words about progress
_AT_ONCE = 20  # pieces that are told of together
_ROWS = (".jsonl", ".ndjson", ".csv", ".tsv")  # whose articles need no open file any more
_SOON = 0.05  # seconds in which they come
_IDLE = 30.0  # seconds that a process is kept without anything to read
_SPARE = 5  # seconds beyond its limit after which a process ends itself, where nobody is left to kill it
_log = logging.getLogger(__name__)


class ReadingStopped(Exception):
    """Reading was to end, in the middle of a file."""


@dataclass(frozen=True, slots=True)
class _Asked:
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
class Apart:
    """Reads sources, for `limit` seconds an article at most.

    Once `goes_on()` is false it raises ReadingStopped.
    `told` hears every now and then what is read (as users call it), how many of its parts, and of how many;
    0 of 0 where that isn't known.
    """

    limit: float = LIMIT
    goes_on: Callable[[], bool] = lambda: True
    told: Callable[[str, int, int], None] = lambda name, done, total: None

    def article_in(self, source: Source, label: str = "") -> Article:
        """The only article of a source. Raises ArticleError."""
        readers.check(source)
        if is_quick(source) or readers.holds_several(source.name):
            return readers.article_in(source)
        asking, answer = self._begun(source, None, label)
        _workers.take_back(asking.worker, is_open=False)
        article: Article = asking.taken(answer)
        return article

    def pieces(self, source: Source, content: str | None = None, label: str = "") -> Iterator[Piece]:
        """readers.pieces; the article of a piece is to be had until the next piece is."""
        if is_quick(source):
            yield from readers.pieces(source, content)
            return
        asking, answer = self._begun(source, content or source.digest(), label)
        try:
            while answer[0] == "pieces":
                for number, (article_id, digest, origin) in enumerate(answer[1]):
                    yield Piece(article_id, digest, partial(asking.article, number), origin)
                answer = asking.asked("next")
            asking.taken(answer)
        finally:
            _workers.take_back(asking.worker, is_open=answer[0] == "pieces")

    def _begun(self, source: Source, content: str | None, label: str) -> tuple[_Asking, Any]:
        """A process that has begun to read `source`, and what it said first; without `content` all of it."""
        data = b"" if source.path else source.read()
        asked = _Asked(
            source.name, source.id, source.known, source.path, data, content,
            is_single=content is None, follows=source.follow is not None, seconds=self.limit,
        )  # fmt: skip
        worker, is_new = _workers.borrow()
        try:
            asking = _Asking(self, worker, source, label or source.name)
            return asking, asking.asked(asked)
        except _GoneError:
            if is_new:
                raise
        # The other one had left just now.
        asking = _Asking(self, _workers.started(), source, label or source.name)
        return asking, asking.asked(asked)


@dataclass(slots=True)
class _Asking:
    """One source and the process that reads it."""

    apart: Apart
    worker: _Worker
    source: Source
    label: str
    _done: tuple[int, int] = (0, 0)

    def article(self, number: int) -> Article:
        """That of a piece of the last answer. Raises ArticleError."""
        article: Article = self.taken(self.asked(number))
        return article

    def taken(self, answer: Any) -> Any:
        """What an answer holds. Raises ArticleError."""
        if answer[0] == "refused":
            raise ArticleError(answer[1])
        return answer[1]

    def asked(self, what: object) -> Any:
        """The answer. Raises ArticleError when it takes too long or the process ends, and ReadingStopped."""
        self.worker.send(what)
        ends = time.monotonic() + self.apart.limit
        while True:
            answer = self.worker.heard(_LOOK)
            if answer and answer[0] not in ("told", "follow"):
                return answer
            if not self.apart.goes_on():
                self.worker.kill()
                raise ReadingStopped
            if answer and answer[0] == "follow":
                self.worker.send(_followed(self.source, answer[1]))
                ends = time.monotonic() + self.apart.limit  # the web has limits of its own
            elif time.monotonic() > ends:
                self.worker.kill()
                raise ArticleError(_too_long(self.apart.limit))
            if answer and answer[0] == "told":
                self._done = answer[1:]
            self.apart.told(self.label, *self._done)


def is_quick(source: Source) -> bool:
    """Whether a source is read in no time, whatever stands in it."""
    return source.suffix in _PLAIN and source.size <= _SHORT


def _too_long(limit: float) -> str:
    return (
        f"чтение заняло больше {limit:g} с и остановлено; разделите файл на части, сохраните его в другом "
        f"формате или дайте больше времени: RAG_READ_LIMIT={2 * limit:g}"
    )


def _followed(source: Source, url: str) -> tuple[str, Any]:
    """The page at `url` as it is sent."""
    assert source.follow
    try:
        page = source.follow(url)
        return "page", (page.name, page.id, page.known, page.read())
    except ArticleError as error:
        return "refused", str(error)


# Processes, as who asks them sees them


class _GoneError(ArticleError):
    """A process for reading has ended in the middle of a file."""

    def __init__(self) -> None:
        super().__init__(
            "чтение оборвалось: не хватило памяти, или файл повреждён; разделите его или сохраните заново"
        )


class _Worker:
    """A process that reads. A thread takes its answers, so that waiting for one can end."""

    def __init__(self) -> None:
        self._helper = Helper(__name__)
        self._heard: SimpleQueue[Any] = SimpleQueue()
        self.is_alive = True
        threading.Thread(target=self._hear, name="reading", daemon=True).start()

    def send(self, what: object) -> None:
        try:
            self._helper.send(what)
        except GONE:
            self.kill()
            raise _GoneError from None

    def heard(self, seconds: float) -> Any:
        """The next answer; None when there is none within `seconds`."""
        try:
            answer = self._heard.get(timeout=seconds)
        except Empty:
            return None
        if answer is None:
            self.kill()
            raise _GoneError
        return answer

    def kill(self) -> None:
        if self.is_alive:
            self.is_alive = False
            self._helper.process.kill()
            self._helper.process.wait()

    def _hear(self) -> None:
        try:
            while True:
                self._heard.put(self._helper.receive())
        except Exception:  # whatever half an answer is taken for
            self._heard.put(None)


class _Workers:
    """The processes of this process that have nothing to read just now."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._free: list[tuple[_Worker, float]] = []
        self._leaving: threading.Timer | None = None

    def borrow(self) -> tuple[_Worker, bool]:
        """A process, and whether it is new. Raises ArticleError."""
        with self._guard:
            while self._free:
                worker, _ = self._free.pop()
                if worker.is_alive:
                    return worker, False
        return self.started(), True

    def started(self) -> _Worker:
        """A new process. Raises ArticleError where none can be started."""
        try:
            return _Worker()
        except OSError as error:
            raise ArticleError("не запускается процесс чтения; освободите память и повторите") from error

    def take_back(self, worker: _Worker, is_open: bool) -> None:
        """Keep it for the next file; `is_open`: the one before wasn't read to its end."""
        if is_open and worker.is_alive:
            with suppress(ArticleError):
                worker.send("leave")
        if not worker.is_alive:
            return
        with self._guard:
            self._free.append((worker, time.monotonic()))
            if self._leaving is None:
                self._leave_in(_IDLE)

    def _leave_in(self, seconds: float) -> None:
        self._leaving = threading.Timer(seconds, self._leave)
        self._leaving.daemon = True
        self._leaving.start()

    def _leave(self) -> None:
        """End those that were idle for long enough."""
        with self._guard:
            since = time.monotonic() - _IDLE
            idle = [worker for worker, last in self._free if last <= since]
            self._free = [each for each in self._free if each[1] > since]
            self._leaving = None
            if self._free:
                self._leave_in(_IDLE)
        for worker in idle:
            worker.kill()


_workers = _Workers()


# The process itself


def serve() -> None:
    """Be a process that reads: an _Asked in; pieces, articles and progress out."""
    requests = Requests()
    with listening(_Telling(requests)):
        while True:
            try:
                asked = requests.next()
                if isinstance(asked, _Asked):  # else something of a file that is done with
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


def _read(requests: Requests, asked: _Asked) -> None:
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
            requests.answer(("pieces", [(each.id, each.digest, each.origin) for each in several]))
            while isinstance(what := next_asked(), int):
                requests.answer(_made(several[what]))
            if what == "leave":
                return
        requests.answer(("end", None))
    except ArticleError as error:
        requests.answer(("refused", str(error)))
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:
        requests.answer(("refused", _defect(error)))
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


def _made(piece: Piece) -> tuple[str, Article | str]:
    try:
        return "article", piece.article()
    except ArticleError as error:
        return "refused", str(error)
    except Exception as error:
        return "refused", _defect(error)


def _source(requests: Requests, asked: _Asked) -> Source:
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
