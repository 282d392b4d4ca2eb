"""One run of taking articles in: what is read, what is being split, and what came of it."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from rag.library.arrivals import Item
from rag.library.records import Counts, Entry
from rag.library.report import Failure, Outcome, Report, Status
from rag.library.splitting import Split, Splitting

Progress = Callable[[int, int | None], None]  # done, of how many (None: unknown)
Tell = Callable[[Outcome], None]
GoesOn = Callable[[], bool]
BATCH_ARTICLES = 200
BATCH_CHARACTERS = 2_000_000


def _quiet(*_: object) -> None:
    pass


@dataclass(slots=True)
class Watch:
    """Who follows a run: `progress` counts what is sure, `tell` names it, `goes_on` may end it early."""

    progress: Progress | None = None
    tell: Tell = _quiet
    goes_on: GoesOn = lambda: True


@dataclass(slots=True)
class Run:
    """A run as it goes. Articles in `batch` are read, those `under_way` are being split."""

    splitting: Splitting
    watch: Watch
    known: set[str]
    total: int | None = None
    rebuild: bool = False
    batch: dict[str, Entry] = field(default_factory=dict)
    under_way: deque[tuple[list[Entry], Future[Split]]] = field(default_factory=deque)
    characters: int = 0
    names: dict[str, str] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)
    failed: list[Failure] = field(default_factory=list)
    stopped: bool = False
    started: float = field(default_factory=time.monotonic)

    def take(self, item: Item) -> None:
        """Note what became of an item, or put its article into the batch."""
        if item.entry:
            article = item.entry.article
            self.batch[article.id] = item.entry
            self.names[article.id] = item.name
            self.characters += len(article.text)
        elif item.failure:
            self.failed.append(Failure(item.name, item.failure))
            self._done([Outcome(item.name, "failed", None, item.failure)])
        else:
            self._done([Outcome(item.name, "unchanged", item.same)])

    def holds(self, article_id: str) -> bool:
        """Whether an article is on its way into the library."""
        return article_id in self.names

    @property
    def is_full(self) -> bool:
        return len(self.batch) >= BATCH_ARTICLES or self.characters >= BATCH_CHARACTERS

    def begin(self) -> None:
        """Have the batch split."""
        entries = list(self.batch.values())
        self.under_way.append((entries, self.splitting.submit([entry.article for entry in entries])))
        self.batch.clear()
        self.characters = 0

    def split(self) -> list[Entry]:
        """The oldest batch under way, with its passages."""
        entries, passages = self.under_way.popleft()
        return [replace(entry, passages=own) for entry, own in zip(entries, passages.result(), strict=True)]

    def committed(self, entries: Sequence[Entry]) -> None:
        """`entries` are in the store and in every index."""
        outcomes = []
        for entry in entries:
            article_id = entry.article.id
            status: Status = "replaced" if article_id in self.known else "added"
            outcomes.append(Outcome(self.names.pop(article_id, article_id), status, article_id))
            self.known.add(article_id)
        self._done(outcomes)

    def report(self, counts: Counts) -> Report:
        return Report(
            **{name: self.tally[name] for name in ("added", "replaced", "unchanged", "removed")},
            failed=tuple(self.failed),
            articles=counts.articles,
            passages=counts.passages,
            seconds=time.monotonic() - self.started,
            stopped=self.stopped,
        )

    def _done(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self.tally[outcome.status] += 1
            self.tally["done"] += 1
            self.watch.tell(outcome)
        if self.watch.progress:
            self.watch.progress(self.tally["done"], self.total)
