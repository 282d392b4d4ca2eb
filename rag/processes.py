"""Functions of ours in processes of their own: what one of them does holds up no thread of this one.

A helper is a module's `serve`, run by the same Python. What it is asked and what it answers are pickled,
and it ends when its input does: with this process, however that ends. The main module of a program that
uses the library is not run again for it, as `multiprocessing` would do.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

# By its own search path a helper finds the same packages as this process.
_SERVE = "import sys; module, *sys.path[:] = sys.argv[1:]; __import__(module, fromlist=['_']).serve()"
_PATIENCE = 30.0  # seconds for a helper to finish what it is doing, once it has nothing more to read
GRACE = 15.0  # seconds that work gets when the process is told to stop
_MODEST = 10  # of niceness
_REST = 2.0  # seconds without anything done
GONE = (OSError, EOFError, pickle.UnpicklingError)  # what asking a helper raises that has ended


def ends_within(seconds: float) -> None:
    """Have this process end by then, whatever it does: what it has acknowledged is on the disk."""
    leaving = threading.Timer(seconds, os._exit, [1])
    leaving.daemon = True
    leaving.start()


@contextmanager
def giving_back(done: Callable[[], object], after: float = _REST) -> Iterator[None]:
    """Give freed memory back to the system whenever nothing was done for `after` seconds.

    `done()` changes with all that is done. glibc keeps freed memory for the next to come, some 150 MB in a
    server that has answered; elsewhere nothing is to be given.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    over = threading.Event()

    def look() -> None:
        seen, given = done(), None
        while trim and not over.wait(after):
            now = done()
            if now == seen and now != given:
                trim(0)
                given = now
            seen = now

    threading.Thread(target=look, name="giving-back", daemon=True).start()
    try:
        yield
    finally:
        over.set()


class Helper:
    """A running helper, asked by one thread at a time. Raises OSError where none can be started."""

    def __init__(self, module: str) -> None:
        # A session of its own: Ctrl-C is for this process, which ends its helpers.
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, module, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def send(self, what: Any) -> None:
        """Raises one of GONE."""
        assert self.process.stdin
        pickle.dump(what, self.process.stdin, pickle.HIGHEST_PROTOCOL)
        self.process.stdin.flush()

    def has_answered(self, seconds: float) -> bool:
        """Whether the next answer has begun to come within `seconds`, or the helper has ended.

        For whoever has received all answers before it. True at once where the system can't wait for pipes.
        """
        if not hasattr(select, "poll"):
            return True
        assert self.process.stdout
        waiting = select.poll()
        waiting.register(self.process.stdout, select.POLLIN)
        return bool(waiting.poll(1000 * seconds))

    def receive(self) -> Any:
        """The next answer. Raises one of GONE."""
        assert self.process.stdout
        return pickle.load(self.process.stdout)

    def kill(self) -> None:
        """End it now, whatever it does, and the programs that it has started (tesseract for a scan)."""
        if self.process.poll() is None:
            if os.name == "posix":
                with suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)  # it leads a group of its own
            else:
                self.process.kill()
        self._left()

    def end(self) -> None:
        """Let it finish what it does."""
        assert self.process.stdin
        with suppress(OSError):  # it has ended before, with something unsaid
            self.process.stdin.close()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._left()

    def _left(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        self.process.wait()


class Requests:
    """The other end: what a helper is asked, one after another, and its answers."""

    def __init__(self) -> None:
        self._taken = sys.stdin.buffer
        self._given: IO[bytes] = os.fdopen(os.dup(1), "wb")
        # Nothing else may be written between the answers, be it by a library in Rust.
        os.dup2(2, 1)
        sys.stdout = sys.stderr

    def give_way(self) -> None:
        """Work when others don't: who asks a question is not to wait for a processor."""
        with suppress(OSError, AttributeError):
            os.nice(_MODEST)
        # Where Linux shares processors among sessions, a helper's own one has to be modest too.
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(_MODEST), encoding="ascii")

    def bound(self, memory: int) -> None:
        """Take no more than so many bytes beside those it has: whatever wants more fails, or ends it."""
        with suppress(ImportError, OSError, ValueError):  # not where the system can't
            import resource

            held = (
                int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
            )
            _, most = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (held + memory, most))

    def next(self) -> Any:
        """Raises EOFError when nothing more will be asked, or when who asked died in the middle of a word."""
        try:
            return pickle.load(self._taken)
        except pickle.UnpicklingError:
            raise EOFError from None

    def answer(self, what: Any) -> None:
        pickle.dump(what, self._given, pickle.HIGHEST_PROTOCOL)
        self._given.flush()
