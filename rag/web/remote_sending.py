"""Articles on their way to a running server, and what it says of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from rag.library.arrivals import Item
from rag.library.report import Doing, Failure
from rag.library.run import Do, GoesOn, Progress
from rag.web.owner_requests import line
from rag.web.remote_shapes import Json

_SENT_AT_ONCE = 50_000_000  # bytes


class Sending:
    """Articles on their way to the server, and what it has said of them."""

    def __init__(
        self,
        events: Callable[[str, bytes, GoesOn], Iterator[tuple[str, Json]]],
        total: int | None,
        progress: Progress | None,
        goes_on: GoesOn,
        doing: Do,
    ) -> None:
        self.tally: Counter[str] = Counter()
        self.failed: list[Failure] = []
        self.unknown: list[Failure] = []
        self.remarks: list[Failure] = []
        self._events, self._total, self._progress, self._goes_on = events, total, progress, goes_on
        self._doing = doing
        self._body, self._waiting = bytearray(), 0

    def take(self, item: Item) -> bool:
        """Note what became of an item, or send its article; False when it is time to stop."""
        if item.entry:
            self.remarks += [Failure(item.name, remark) for remark in item.entry.article.left_out]
            self._body += line(item.entry)
            self._waiting += 1
        elif item.failure:
            failures = self.unknown if item.is_unknown else self.failed
            failures.append(Failure(item.name, item.failure))
        else:
            self.tally["unchanged"] += 1
        self._tell()
        return (self.send() if len(self._body) > _SENT_AT_ONCE else True) and self._goes_on()

    def send(self) -> bool:
        """Send what waits; whether all of it was taken."""
        if self._body:
            for name, data in self._events("/api/owner/articles", bytes(self._body), self._goes_on):
                if name == "doing":
                    self._doing(Doing(data["step"], data["name"], data["share"]))
                elif name == "file":
                    self._waiting -= 1
                    self.tally[data["status"]] += 1
                    self._tell()
            self._body.clear()
        return not self._waiting

    def _tell(self) -> None:
        if self._progress:
            done = sum(self.tally[status] for status in ("added", "replaced", "unchanged"))
            self._progress(done + len(self.failed) + len(self.unknown), self._total)
