"""The logs of a server: a file in the data folder, and standard error where RAG_LOG asks for it.

Text or JSON, one record a line, with the id of the request it belongs to. Keys never come here; questions
only with RAG_LOG_QUESTIONS=1.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Literal

LOG_SIZE = 1_000_000
REQUESTS = "snoska.requests"  # the log with a line for each request
_TEXT = "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"
Form = Literal["", "text", "json"]
request_id: ContextVar[str] = ContextVar("request_id", default="")  # of the request that is answered here


def log_to(file: Path, form: Form = "") -> None:
    """All logs of the process go to `file` (two of 1 MB at most), so none reaches the terminal.

    With a `form` every request is logged too, and all of it goes to standard error besides, where those who
    run servers collect it.
    """
    kept = RotatingFileHandler(file, maxBytes=LOG_SIZE, backupCount=1, encoding="utf-8", errors="replace")
    handlers: list[logging.Handler] = [kept, logging.StreamHandler(sys.stderr)] if form else [kept]
    for handler in handlers:
        handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(_TEXT))
        handler.addFilter(FewAlike())
        handler.addFilter(_with_request)
    logging.basicConfig(level=logging.WARNING, handlers=handlers, force=True)
    logging.getLogger(REQUESTS).setLevel(logging.INFO if form else logging.WARNING)
    # logging reports its own failures to stderr, which leads back into the log.
    logging.raiseExceptions = False


def _with_request(record: logging.LogRecord) -> bool:
    record.request_id = request_id.get() or "-"
    return True


class JsonLines(logging.Formatter):
    """A record as an object of JSON; what was given as `extra={"fields": {…}}` beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


class FewAlike(logging.Filter):
    """Of records from the same line of code with the same kind of error, `most` in `seconds`.

    Otherwise whoever repeats a request that fails would push everything else out of the log.
    """

    def __init__(
        self, most: int = 20, seconds: float = 60.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._most, self._seconds, self._now = most, seconds, now
        self._seen: dict[tuple[object, ...], tuple[float, int]] = {}  # since when, and how many

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == REQUESTS:  # of which each is another
            return True
        kind = record.exc_info[0] if record.exc_info else None
        alike, now = (record.pathname, record.lineno, kind), self._now()
        since, count = self._seen.get(alike, (now, 0))
        if now - since >= self._seconds:
            if count > self._most:
                left_out = count - self._most
                record.msg = f"{record.msg} ({left_out} more like this were left out before)"
            since, count = now, 0
        self._seen[alike] = since, count + 1
        return count < self._most


class LogStream(io.TextIOBase):
    """A text stream whose lines become warnings of `log`."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._unfinished = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._unfinished = (self._unfinished + text).split("\n")
        for line in filter(str.strip, lines):
            self._log.warning("%s", line)
        return len(text)
