"""RAG_WATCH: a folder kept in step with the library while something else goes on, such as serving."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

from watchfiles import Change, watch
from watchfiles.main import FileChange

from rag.errors import RagError
from rag.library.files import find_files, is_readable
from rag.library.library import Library
from rag.library.report import Failure

_log = logging.getLogger(__name__)
_SETTLED = 1_000  # milliseconds for which nothing more must change before files are read
_AGAIN = 5.0  # seconds until a folder that isn't there is looked for again


class Watching:
    """Reads `folder` once and then whenever something in it has changed; articles of files that are gone go.

    A folder that is missing or suddenly has no article at all is taken for a disk that is not there, and
    nothing is removed. What can't be read is logged once, and again when the reason is another.
    """

    def __init__(self, library: Library, folder: Path) -> None:
        self._library = library
        self._folder = folder
        self._known: set[Failure | str] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after the batch at hand."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except Exception as error:  # the watcher of the system gave up; the folder went
                self._log_once({f"{type(error).__name__}: {error}"})
            self._stopping.wait(_AGAIN)

    def _follow(self) -> None:
        """Keep the folder in step for as long as it is there."""
        folder = self._identity()
        if folder is None:
            self._log_once({f"no folder {self._folder}"})
            return
        self._read()
        is_sure = False  # what changed before the watch had begun is found by another look
        for changes in watch(
            self._folder,
            debounce=_SETTLED,
            stop_event=self._stopping,
            raise_interrupt=False,
            rust_timeout=int(1000 * _AGAIN),
            yield_on_timeout=True,
        ):
            if self._identity() != folder or self._is_deleted(
                changes
            ):  # another in its place is watched anew
                return
            if changes or not is_sure:
                self._read()
                is_sure = True

    def _is_deleted(self, changes: set[FileChange]) -> bool:
        """Whether the folder itself went: another one may have got its number."""
        return any(
            change is Change.deleted and os.path.realpath(path) == os.path.realpath(self._folder)
            for change, path in changes
        )

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self._folder.stat()
        except OSError:
            return None
        return (status.st_dev, status.st_ino) if self._folder.is_dir() else None

    def _read(self) -> None:
        try:
            has_files = any(map(is_readable, find_files([self._folder])))
            report = self._library.index(
                [self._folder], prune=has_files, goes_on=lambda: not self._stopping.is_set()
            )
        except RagError as error:
            self._log_once({str(error)})
            return
        self._log_once(
            {*report.failed} if has_files else {f"{self._folder} has no articles: nothing removed"}
        )
        if report.added or report.replaced or report.removed:
            _log.info("%s: %s", self._folder, report.summary())

    def _log_once(self, failures: set[Failure | str]) -> None:
        for failure in failures - self._known:
            what = failure if isinstance(failure, str) else f"{failure.name}: {failure.reason}"
            _log.warning("watching: %s", what)
        self._known = failures
