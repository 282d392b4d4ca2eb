"""Splitting articles in helper processes, while this one writes: half of indexing is finding lemmas."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from rag.library.split import split
from rag.matching.outlines import Gist, gist
from rag.processes import GONE, Helper, Requests
from rag.types import Article, Passage

_MOST_HELPERS = 4
_FEW = 200_000  # characters that are split here within a second
_TELL = 0.2  # seconds between two words about how far it is
_log = logging.getLogger(__name__)

Split = list[tuple[list[Passage], list[Gist]]]


class Splitting:
    """Splits batches of articles: a small first one here, others in helpers that are started for them.

    A few uploaded articles are split before a helper would have started.
    """

    def __init__(self, helpers: int | None = None) -> None:
        """`helpers` at most; by default one a processor, up to four. None are used where it is 0."""
        self._most = min(os.cpu_count() or 1, _MOST_HELPERS) if helpers is None else helpers
        self._threads: ThreadPoolExecutor | None = None
        self._free: SimpleQueue[Helper | None] = SimpleQueue()
        self._helpers: list[Helper] = []
        self._batches = 0
        self._is_open = True
        self.share = 0.0  # of the article that a helper told of last

    @property
    def ahead(self) -> int:
        """How many batches it makes sense to give out before the first one is needed."""
        return 0 if self._threads is None else self._most + 1

    def submit(self, articles: Sequence[Article]) -> Future[Split]:
        """Begin to split `articles`; the passages of each and their gists, in their order."""
        self._batches += 1
        is_small = self._batches == 1 and sum(len(each.text) for each in articles) <= _FEW
        if is_small or not self._most:
            done: Future[Split] = Future()
            done.set_result(_split_here(articles))
            return done
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._most, "splitting")
            for _ in range(self._most):
                self._free.put(self._started())
        return self._threads.submit(self._split, articles)

    def close(self) -> None:
        """End the helpers, in the middle of what they do."""
        self._is_open = False
        for helper in self._helpers:
            helper.process.kill()
        if self._threads:
            self._threads.shutdown(cancel_futures=True)
        for helper in self._helpers:
            helper.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> Helper | None:
        try:
            helper = Helper(__name__)
        except OSError as error:
            _log.warning("no helper for splitting: %s", error)
            return None
        self._helpers.append(helper)
        return helper

    def _split(self, articles: Sequence[Article]) -> Split:
        """In a free helper; here, where there is none or it fails."""
        helper = self._free.get()
        try:
            return self._asked(helper, articles) if helper else _split_here(articles)
        except GONE as error:
            if not self._is_open:
                raise
            _log.warning("a helper for splitting is gone: %r", error)
            helper = None
            return _split_here(articles)
        finally:
            self._free.put(helper)

    def _asked(self, helper: Helper, articles: Sequence[Article]) -> Split:
        helper.send(list(articles))
        # One by one: while an object is read no other thread of this process runs, and searches go on.
        return [self._received(helper) for _ in articles]

    def _received(self, helper: Helper) -> tuple[list[Passage], list[Gist]]:
        while isinstance(answer := helper.receive(), float):
            self.share = answer
        passages, gists = answer
        return passages, gists


def serve() -> None:
    """Be a helper."""
    requests = Requests()
    requests.give_way()
    while True:
        try:
            articles: list[Article] = requests.next()
        except EOFError:
            return
        telling = _Telling(requests)
        for article in articles:
            requests.answer(_with_gists(article, telling))


class _Telling:
    """Passes on how far a long article is."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._last = time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() - self._last >= _TELL:
            self._last = time.monotonic()
            self._requests.answer(share)


def _split_here(articles: Sequence[Article]) -> Split:
    return [_with_gists(article) for article in articles]


def _with_gists(
    article: Article, tell: Callable[[float], None] = lambda share: None
) -> tuple[list[Passage], list[Gist]]:
    passages = split(article, tell)
    return passages, [gist(passage) for passage in passages]
