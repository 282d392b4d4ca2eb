"""One run of taking articles in: what is read, what is being split, and what came of it."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from rag.library.arrivals import Item
from rag.library.copies import Following
from rag.library.edits import edited
from rag.library.isolated_reading import ReadingStopped
from rag.library.mirrors import Update
from rag.library.records import Counts, Edits, Entry
from rag.library.report import Doing, Failure, Outcome, Report, Status, counted
from rag.library.splitting import Split, Splitting
from rag.library.store import Store

Progress = Callable[[int, int | None], None]  # done, of how many (None: unknown)
Tell = Callable[[Outcome], None]
Do = Callable[[Doing], None]
GoesOn = Callable[[], bool]
BATCH_ARTICLES = 200
BATCH_CHARACTERS = 2_000_000
_LOOK = 0.2  # seconds between two looks whether to go on, and two words about what is being done


def _quiet(*_: object) -> None:
    pass


@dataclass(slots=True)
class Watch:
    """Who follows a run: `progress` counts what is sure, `tell` names it, `goes_on` may end it early.

    Sure is what no crash can take back: it is in the store, and the run ends when searches find it. `doing`
    hears what takes long now. With `hurries` a run that ends early doesn't wait for the indexes: the next
    opening brings them up to date.
    """

    progress: Progress | None = None
    tell: Tell = _quiet
    goes_on: GoesOn = lambda: True
    doing: Do = _quiet
    hurries: GoesOn = lambda: False

    def read(self, name: str, done: int, total: int) -> None:
        """Hear of the reading of a file; see rag.library.isolated_reading."""
        self.doing(Doing("reading", name, done / total if total else None))


@dataclass(slots=True)
class Run:
    """A run as it goes: batches are read, split by helpers, committed to `store`, taken over by `follow`.

    A batch is told of once it is committed; while the indexes take it over, the next one is read and
    committed. What has failed there is raised with the next batch, or by `finish`. With `rebuild` nothing is
    taken over: the indexes are built anew later.
    """

    store: Store
    follow: Callable[[Update, Following], None]
    watch: Watch
    total: int | None = None
    rebuild: bool = False
    stopped: bool = False
    tally: Counter[str] = field(default_factory=Counter)
    _splitting: Splitting = field(default_factory=Splitting)
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "following"))
    _batch: dict[str, Entry] = field(default_factory=dict)  # read
    _under_way: deque[tuple[list[Entry], Future[Split]]] = field(default_factory=deque)  # being split
    _following: Future[None] | None = None  # of the batch committed last, on its way into the indexes
    _followed: tuple[str, float] = ("", 0.0)  # what that is, and its share that is in them
    _characters: int = 0
    _names: dict[str, str] = field(default_factory=dict)
    _said: dict[str, str] = field(default_factory=dict)  # remarks on articles under way
    _known: set[str] = field(default_factory=set)
    _edits: dict[str, Edits] = field(default_factory=dict)  # by hand; they hold for a file that is read again
    _failed: list[Failure] = field(default_factory=list)
    _unknown: list[Failure] = field(default_factory=list)
    _remarks: list[Failure] = field(default_factory=list)
    _started: float = field(default_factory=time.monotonic)

    def __enter__(self) -> Self:
        self._known.update(self.store.ids())
        self._edits.update(self.store.edits())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._splitting.close()
        self._threads.shutdown(cancel_futures=True)

    def take(self, item: Item) -> None:
        """Note what became of an item, or put its article into the batch."""
        if not item.entry:
            if item.failure:
                self._failures(item).append(Failure(item.name, item.failure))
                self._done([Outcome(item.name, "failed", None, item.failure)])
            else:
                self._done([Outcome(item.name, "unchanged", item.same)])
            return
        entry = self._with_edits(item.entry)
        article = entry.article
        self._remarks += [Failure(item.name, remark) for remark in article.left_out]
        if article.id in self._names:  # an earlier state of it is on its way into the library
            self.finish()
        self._batch[article.id] = entry
        self._names[article.id] = item.name
        if article.left_out:
            self._said[article.id] = "; ".join(article.left_out)
        self._characters += len(article.text)
        if len(self._batch) >= BATCH_ARTICLES or self._characters >= BATCH_CHARACTERS:
            self._flush(self._splitting.ahead)

    def finish(self) -> None:
        """Have everything that was taken in the library."""
        self._flush(0)
        self._wait()

    def stop(self) -> None:
        """Leave what isn't committed yet."""
        self.stopped = True
        self._splitting.close()
        self._wait()

    def pause(self) -> int:
        """Have the indexes in step with the store, for others to write; the store's last change."""
        self._wait()
        return self.store.last_seq()

    def go_on(self, written: Iterable[str]) -> None:
        """After a pause in which others have `written` these articles."""
        self._known.update(written)

    def report(self, counts: Counts) -> Report:
        return Report(
            **{name: self.tally[name] for name in ("added", "replaced", "unchanged", "removed")},
            failed=tuple(self._failed),
            unknown=tuple(self._unknown),
            remarks=tuple(self._remarks),
            articles=counts.articles,
            passages=counts.passages,
            seconds=time.monotonic() - self._started,
            stopped=self.stopped,
        )

    def _failures(self, item: Item) -> list[Failure]:
        return self._unknown if item.is_unknown else self._failed

    def _with_edits(self, entry: Entry) -> Entry:
        edits = self._edits.get(entry.article.id) if entry.edits is None else None
        return replace(entry, article=edited(entry.article, edits)) if edits else entry

    def _flush(self, ahead: int) -> None:
        """Have the batch split, and commit what is split: all but `ahead` batches."""
        if self._batch:
            entries = list(self._batch.values())
            split = self._splitting.submit([entry.article for entry in entries])
            self._under_way.append((entries, split))
            self._batch.clear()
            self._characters = 0
        while len(self._under_way) > ahead:
            self._commit()

    def _commit(self) -> None:
        """Commit the oldest batch under way to the store; the indexes follow."""
        before, split = self._under_way.popleft()
        name = self._called(before)
        result = self._waited(split, lambda: Doing("splitting", name, self._splitting.share))
        entries = [
            replace(entry, passages=passages, gists=gists)
            for entry, (passages, gists) in zip(before, result, strict=True)
        ]
        ids = [entry.article.id for entry in entries]
        after = self.store.last_seq()
        self.store.put_many(entries)
        passages = [passage for entry in entries for passage in entry.passages]
        update = Update(ids, passages, self._known.isdisjoint(ids), after, self.store.last_seq())
        self._tell(ids)
        self._wait()
        if not self.rebuild:
            self._followed = name, 0.0
            self._following = self._threads.submit(self.follow, update, self._heard)

    def _heard(self, done: int, total: int) -> bool:
        """Hear how far the indexes are; whether they shall go on."""
        self._followed = self._followed[0], done / max(1, total)
        return not self.watch.hurries()

    def _wait(self) -> None:
        """Until the indexes have taken over what was committed, or need not."""
        following, self._following = self._following, None
        if following is None:
            return
        while not wait([following], _LOOK).done:
            self.watch.doing(Doing("indexing", *self._followed))
        following.result()

    def _waited(self, split: Future[Split], doing: Callable[[], Doing]) -> Split:
        """What was split. Raises ReadingStopped when it shall not go on."""
        while not wait([split], _LOOK).done:
            if not self.watch.goes_on():
                raise ReadingStopped
            self.watch.doing(doing())
        return split.result()

    def _called(self, entries: Sequence[Entry]) -> str:
        """What a user is told of a batch."""
        first = entries[0].article.id
        if len(entries) == 1:
            return self._names.get(first, first)
        return counted(len(entries), "статья", "статьи", "статей")

    def _tell(self, ids: Sequence[str]) -> None:
        outcomes = []
        for article_id in ids:
            status: Status = "replaced" if article_id in self._known else "added"
            name, remark = self._names.pop(article_id, article_id), self._said.pop(article_id, None)
            outcomes.append(Outcome(name, status, article_id, remark))
            self._known.add(article_id)
        self._done(outcomes)

    def _done(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self.tally[outcome.status] += 1
            self.tally["done"] += 1
            self.watch.tell(outcome)
        if self.watch.progress:
            self.watch.progress(self.tally["done"], self.total)
