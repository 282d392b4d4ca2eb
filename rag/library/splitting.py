"""Splitting articles in helper processes, while this one writes: half of indexing is finding lemmas.

A helper is this module run by the same Python. It gets lists of articles and gives back their passages,
pickled, until its input ends: with this process, however that ends. The main module of a program that uses
the library is not run again for it, as `multiprocessing` would do.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Any, Self

from rag.library.split import split
from rag.types import Article, Passage

_MOST_HELPERS = 4
# By its own search path a helper finds the same packages as this process.
_SERVE = "import sys; sys.path[:] = sys.argv[1:]; from rag.library.splitting import serve; serve()"
_log = logging.getLogger(__name__)

Split = list[list[Passage]]


class Splitting:
    """Splits batches of articles: the first one here, later ones in helpers that are started for them.

    A few uploaded articles are split before a helper would have started.
    """

    def __init__(self, helpers: int | None = None) -> None:
        """`helpers` at most; by default one a processor, up to four. None are used where it is 0."""
        self._most = min(os.cpu_count() or 1, _MOST_HELPERS) if helpers is None else helpers
        self._threads: ThreadPoolExecutor | None = None
        self._free: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        self._helpers: list[subprocess.Popen[bytes]] = []
        self._batches = 0

    @property
    def ahead(self) -> int:
        """How many batches it makes sense to give out before the first one is needed."""
        return 0 if self._threads is None else self._most + 1

    def submit(self, articles: Sequence[Article]) -> Future[Split]:
        """Begin to split `articles`; the passages of each, in their order."""
        self._batches += 1
        if self._batches == 1 or not self._most:
            done: Future[Split] = Future()
            done.set_result(_split_here(articles))
            return done
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._most, "splitting")
            for _ in range(self._most):
                self._free.put(self._started())
        return self._threads.submit(self._split, articles)

    def close(self) -> None:
        """Let the helpers end."""
        if self._threads:
            self._threads.shutdown(cancel_futures=True)
        for helper in self._helpers:
            helper.kill()
            helper.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[bytes] | None:
        command = [sys.executable, "-c", _SERVE, *sys.path]
        try:
            # A session of its own: Ctrl-C is for this process, which ends its helpers.
            helper = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            _log.warning("no helper for splitting: %s", error)
            return None
        self._helpers.append(helper)
        return helper

    def _split(self, articles: Sequence[Article]) -> Split:
        """In a free helper; here, where there is none or it fails."""
        helper = self._free.get()
        try:
            return _asked(helper, articles) if helper else _split_here(articles)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            _log.warning("a helper for splitting is gone: %r", error)
            helper = None
            return _split_here(articles)
        finally:
            self._free.put(helper)


def serve() -> None:
    """Be a helper."""
    taken, given = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing else may be written between the answers
    while True:
        try:
            articles: list[Article] = pickle.load(taken)
        except EOFError:
            return
        for passages in map(split, articles):
            pickle.dump(passages, given, pickle.HIGHEST_PROTOCOL)
        given.flush()


def _asked(helper: subprocess.Popen[bytes], articles: Sequence[Article]) -> Split:
    assert helper.stdin and helper.stdout
    _send(helper.stdin, list(articles))
    # One by one: while an object is read no other thread of this process runs, and searches go on meanwhile.
    return [pickle.load(helper.stdout) for _ in articles]


def _send(pipe: IO[bytes], what: Any) -> None:
    pickle.dump(what, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _split_here(articles: Sequence[Article]) -> Split:
    return [split(article) for article in articles]
