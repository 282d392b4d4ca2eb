"""Answers written in processes of their own, so that one server uses more than one core (RAG_WORKERS).

A Python process runs one thread at a time, and choosing the sentences of an answer takes most of its time.
This process owns the library and searches it; a worker gets a question with the passages found for it and
gives drafts back. It asks here what comparing words needs of the library, so that all of them always see
the library as it is now, and answers are the same, whoever writes them.

A worker that has ended is started again, and its question is asked anew.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from rag import answer_worker_process
from rag.answer_worker_process import DRAFTS, FAILED, VECTORS, WEIGHTS, Begin, ToWrite
from rag.answering.extractive import ExtractiveWriter
from rag.matching.lexicon import WordVectors
from rag.matching.matcher import TermWeights
from rag.processes import GONE, Helper
from rag.types import Draft, Hit, Query

log = logging.getLogger(__name__)

BEAT = 0.5  # seconds after which whoever waits for an answer may leave
LONGEST = 120.0  # seconds for one answer; a worker that takes longer hangs
_TRIES = 3  # workers that may end over one question: it may be why they do


class WorkerError(RuntimeError):
    """No worker can write this answer."""


class AnswerWorkers:
    """A writer that has `count` workers write for it. Safe to use from several threads."""

    name = ExtractiveWriter.name

    def __init__(
        self, count: int, begin: Begin, vectors: WordVectors, weights: TermWeights, here: ExtractiveWriter
    ) -> None:
        """`begin` is said to each worker first; `vectors` and `weights` are what a Matcher wants.

        `here` writes in this process: it says whether the network reads, and writes itself where no process
        can be started.
        """
        self._here = here
        says = {VECTORS: vectors, WEIGHTS: weights}
        self._workers = [_Worker(begin, says) for _ in range(count)]
        self._free: SimpleQueue[_Worker] = SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)

    def start(self) -> None:
        """Have the processes started by now: each takes a second or two to be ready."""
        for worker in self._workers:
            threading.Thread(target=worker.start, name="worker-start", daemon=True).start()

    def write(self, query: Query, hits: Sequence[Hit]) -> Iterator[Draft]:
        """Drafts as ExtractiveWriter's; before them an empty one a BEAT, so that whoever waits may leave.

        Raises WorkerError.
        """
        reader = self._here.reader()
        asked = ToWrite(query, tuple(hits), reader is not None, self._here.least(reader))
        while (worker := self._next_free()) is None:
            yield Draft()
        try:
            drafts = yield from worker.written(asked)
        except OSError as error:
            log.warning("no worker can be started (%s): an answer is written in the server itself", error)
            drafts = list(self._here.write(query, hits))
        finally:
            self._free.put(worker)
        yield from drafts

    def _next_free(self) -> _Worker | None:
        try:
            return self._free.get(timeout=BEAT)
        except Empty:
            return None

    def memory(self) -> list[int]:
        """Resident bytes of each worker that runs; none where the system doesn't tell."""
        return [held for each in self._workers if (held := each.memory())]

    def pids(self) -> list[int]:
        """The processes that run."""
        return [pid for each in self._workers if (pid := each.pid)]

    def close(self) -> None:
        """End all of them: they hold nothing that isn't elsewhere."""
        for worker in self._workers:
            worker.close()


class _Worker:
    """One worker: its process, a new one whenever that has ended. One thread at a time has it write."""

    def __init__(self, begin: Begin, says: dict[str, Any]) -> None:
        self._begin = begin
        self._says = says
        self._helper: Helper | None = None
        self._starting = threading.Lock()
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        helper = self._helper
        return helper.process.pid if helper and helper.process.poll() is None else None

    def start(self) -> Helper:
        """Its process, a new one if need be. Raises OSError, and WorkerError where all is closed."""
        with self._starting:
            if self._is_closed:
                raise WorkerError("the server is closing")
            if self._helper and self._helper.process.poll() is not None:
                self._helper.kill()  # it has ended since the last question
                self._helper = None
            if self._helper is None:
                helper = Helper(answer_worker_process.__name__)
                try:
                    helper.send(self._begin)
                except GONE as error:
                    helper.kill()
                    raise OSError(f"a worker ends at once: {error!r}") from error
                self._helper = helper
            return self._helper

    def written(self, asked: ToWrite) -> Generator[Draft, None, list[Draft]]:
        """The drafts; yields an empty one a BEAT until they are there. Who leaves before ends the process.

        Raises OSError where none can be started, and WorkerError.
        """
        for _ in range(_TRIES):
            helper, is_done = self.start(), False
            try:
                kind, what = yield from self._exchange(helper, asked)
                is_done = True
            except GONE as error:
                log.warning("a worker has ended (%r): another one is started and asked anew", error)
            finally:
                if not is_done:  # what it is at is of no use any more
                    self._dismiss(helper)
            if is_done and kind == FAILED:
                raise WorkerError(f"a worker failed:\n{what}")
            if is_done:
                return list(what)
        raise WorkerError(f"{_TRIES} workers have ended over one question")

    def _exchange(self, helper: Helper, asked: ToWrite) -> Generator[Draft, None, tuple[str, Any]]:
        """What `helper` says in the end. Raises one of GONE, and WorkerError where that takes too long."""
        ends = time.monotonic() + LONGEST
        helper.send(asked)
        while True:
            while not helper.has_answered(BEAT):
                if time.monotonic() > ends:
                    raise WorkerError(f"an answer takes longer than {LONGEST:g} s")
                yield Draft()
            kind, what = helper.receive()
            if kind in (DRAFTS, FAILED):
                return kind, what
            helper.send(self._says[kind](what))

    def _dismiss(self, helper: Helper) -> None:
        with self._starting:
            helper.kill()
            if self._helper is helper:
                self._helper = None

    def memory(self) -> int:
        """Resident bytes of its process; 0 where there is none, or the system doesn't tell."""
        try:
            told = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            return 0
        found = next((line for line in told.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0")
        return int(found.split()[1]) * 1024

    def close(self) -> None:
        """End its process; a thread that waits for it gets WorkerError."""
        with self._starting:
            self._is_closed = True
            if self._helper:
                self._helper.process.kill()
