"""Files read apart: in a process of its own, which is killed when a file takes too long, or to stop at once.

One process reads file after file and leaves when there was nothing to read for a while. A short plain text
is read here: it can't take long.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from rag.errors import ArticleError
from rag.library import readers, reading_process
from rag.library.reading.pieces import Piece, Source, source_of
from rag.library.reading_process import Asked, Wanted
from rag.processes import GONE, Helper
from rag.types import Article

LIMIT = 300.0  # seconds for one article, unless a setting says otherwise
_PLAIN = (".txt", ".md")
_SHORT = 64 * 1024  # bytes of a plain text that is read here
_LOOK = 0.2  # seconds between two looks whether to go on
_IDLE = 30.0  # seconds that a process is kept without anything to read


class ReadingStopped(Exception):
    """Reading was to end, in the middle of a file."""


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

    def pieces(
        self, source: Source, content: str | None = None, label: str = ""
    ) -> Generator[Piece, None, None]:
        """readers.pieces; the article of a piece is to be had until the next piece is."""
        if is_quick(source):
            yield from readers.pieces(source, content)
            return
        asking, answer = self._begun(source, content or source.digest(), label)
        try:
            while answer[0] == "pieces":
                for number, (article_id, digest, origin, has_file) in enumerate(answer[1]):
                    file = partial(asking.file, number) if has_file else None
                    yield Piece(article_id, digest, partial(asking.article, number), origin, file)
                answer = asking.asked("next")
            asking.taken(answer)
        finally:
            _workers.take_back(asking.worker, is_open=answer[0] == "pieces")

    def _begun(self, source: Source, content: str | None, label: str) -> tuple[_Asking, Any]:
        """A process that has begun to read `source`, and what it said first; without `content` all of it."""
        data = b"" if source.path else source.read()
        asked = Asked(
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

    def file(self, number: int) -> Source:
        """The file that a piece of the last answer is alone in. Raises ArticleError."""
        name, data = self.taken(self.asked(Wanted(number)))
        return source_of(data, name, self.source.id)

    def taken(self, answer: Any) -> Any:
        """What an answer holds. Raises ArticleError."""
        if answer[0] == "refused":
            raise answer[1]
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
        self._helper = Helper(reading_process.__name__)
        self._heard: SimpleQueue[Any] = SimpleQueue()
        self.is_alive = True
        threading.Thread(target=self._hear, name="reading", daemon=True).start()

    def send(self, what: object) -> None:
        if not self.is_alive:  # it ended at the article before
            raise _GoneError
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
            self._helper.kill()

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
