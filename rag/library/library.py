"""The library: articles in, and everything that holds them kept the same.

SQLite is the truth. A batch of articles is committed there first, then taken over by every index;
whatever stops in between is made up for when the library is opened the next time.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from rag.errors import ArticleError, LibraryError
from rag.library.copies import Following
from rag.library.decoding import normal
from rag.library.lock import own
from rag.library.mirrors import Mirror, Update
from rag.library.origins import check_owner, gone, renamed
from rag.library.readers import READER_VERSION, Found, checked, find_files, parse, read_bytes
from rag.library.records import Counts, Entry, Listed, Signature
from rag.library.renewal import Renewal
from rag.library.report import Failure, Report
from rag.library.split import LONGEST, SHORTEST, SPLIT_VERSION
from rag.library.splitting import Split, Splitting
from rag.library.store import FILE, Store
from rag.types import Article, IndexLeg

LIBRARY_VERSION = 1
SETTINGS = f"library {LIBRARY_VERSION}, reader {READER_VERSION}, split {SPLIT_VERSION} {SHORTEST}-{LONGEST}"
Progress = Callable[[int, int | None], None]  # done, of how many (None: unknown)
# When a copy that has to be built anew is: before anything else, in the background, or at another opening.
Building = Literal["now", "behind", "later"]
_BATCH_ARTICLES = 200
_BATCH_CHARACTERS = 2_000_000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    """One run of indexing as it goes. Articles in `batch` are read, those `under_way` are being split."""

    signatures: dict[str, Signature]
    splitting: Splitting
    rebuild: bool = False
    batch: dict[str, Entry] = field(default_factory=dict)
    under_way: deque[tuple[list[Entry], Future[Split]]] = field(default_factory=deque)
    splitting_ids: set[str] = field(default_factory=set)
    characters: int = 0
    tally: Counter[str] = field(default_factory=Counter)
    failed: list[Failure] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def take(self, article: Article, signature: Signature, origin: str | None = None) -> None:
        self.batch[article.id] = Entry(article, (), signature, origin)
        self.characters += len(article.text)

    def holds(self, article_id: str) -> bool:
        """Whether an article is on its way into the library."""
        return article_id in self.batch or article_id in self.splitting_ids

    @property
    def is_full(self) -> bool:
        return len(self.batch) >= _BATCH_ARTICLES or self.characters >= _BATCH_CHARACTERS

    def begin(self) -> None:
        """Have the batch split."""
        entries = list(self.batch.values())
        self.under_way.append((entries, self.splitting.submit([entry.article for entry in entries])))
        self.splitting_ids.update(self.batch)
        self.batch.clear()
        self.characters = 0

    def done(self) -> list[Entry]:
        """The oldest batch under way, split."""
        entries, passages = self.under_way.popleft()
        self.splitting_ids.difference_update(entry.article.id for entry in entries)
        return [replace(entry, passages=own) for entry, own in zip(entries, passages.result(), strict=True)]


class Library:
    """The articles of `folder` with their passages and indexes, owned by this process.

    Opening brings every index up to date; `notes` (Russian) say which ones were rebuilt and why.
    `building` says when: "behind" lets a leg that can wait answer from its former copy, or not at all,
    until then; with "later" it doesn't answer, and `pending` says why. `progress` is told of building now.
    `repair` sets a database that can't be opened aside and starts an empty one.
    Raises LibraryBusyError and LibraryError. Writing is for one thread at a time, others wait.
    """

    def __init__(
        self,
        folder: Path,
        legs: Sequence[IndexLeg],
        command: str = "snoska",
        repair: bool = False,
        building: Building = "now",
        progress: Progress | None = None,
    ) -> None:
        self.folder = folder
        self.notes: list[str] = []
        self.pending: dict[str, str] = {}
        self.renewal: Renewal | None = None
        self._writing = threading.RLock()
        self._mirrors: list[Mirror] = []
        self._ownership = own(folder, command)
        try:
            self.store = self._open_store(repair)
            self._mirrors = [Mirror(folder, self.store, leg) for leg in legs]
            self._open_mirrors(building, progress)
        except BaseException:
            self.close()
            raise

    # Articles in

    def index(
        self,
        paths: Sequence[Path],
        rebuild: bool = False,
        prune: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """Files and folders into the library; unchanged files are skipped.

        `rebuild` reads every file again and builds every index anew. `prune` removes the articles of
        files that are gone from the given folders. A file that can't be read is in `Report.failed`.
        """
        with self._writing, Splitting() as splitting:
            found = find_files(paths)
            origins = self.store.origins()
            former = renamed(found, origins)
            run = _Run({} if rebuild else self.store.signatures(), splitting, rebuild)
            known = set(self.store.ids())
            for done, file in enumerate(found, 1):
                if self._read_file(run, file, origins.get(file.id)):
                    run.gone += former.get(file.id, [])
                self._flush(run, known, only_full=True)
                if progress:
                    progress(done, len(found))
            self._flush(run, known)
            if rebuild:
                self._rebuild_indexes()
            if prune:
                run.gone += gone(paths, origins, found)
            run.tally["removed"] += len(self.remove(run.gone))
            return self._report(run)

    def add(self, articles: Iterable[Article], progress: Progress | None = None) -> Report:
        """Articles that came otherwise (an upload, an evaluation set); those held already are replaced."""
        total = len(articles) if isinstance(articles, Sequence) else None
        with self._writing, Splitting() as splitting:
            run = _Run(self.store.signatures(), splitting)
            known = set(self.store.ids())
            for done, article in enumerate(articles, 1):
                if run.holds(article.id):
                    self._flush(run, known)
                self._take(run, article)
                self._flush(run, known, only_full=True)
                if progress:
                    progress(done, total)
            self._flush(run, known)
            return self._report(run)

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Remove articles; the ids that were there."""
        with self._writing:
            after = self.store.last_seq()
            removed = self.store.remove(ids)
            if removed:
                self._follow(Update(removed, [], fresh=False, after=after, seq=self.store.last_seq()))
            return removed

    # Reading

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises NotFoundError."""
        return self.store.article(article_id)

    def articles(self, offset: int = 0, limit: int = 50) -> list[Listed]:
        """A page of the list of articles, newest publication first."""
        return self.store.articles(offset, limit)

    def sources(self) -> list[str]:
        """Names of all sources, in the order of the alphabet."""
        return self.store.sources()

    def tags(self) -> list[str]:
        """All tags, in the order of the alphabet."""
        return self.store.tags()

    def counts(self) -> Counts:
        return self.store.counts()

    def index_counts(self) -> dict[str, int]:
        """Passages held by each index that answers, by its name."""
        return {mirror.leg.name: mirror.leg.count() for mirror in self._mirrors}

    # Life

    def close(self) -> None:
        """Close the indexes and the store and give the folder back."""
        self._stop_renewal()
        for mirror in self._mirrors:
            mirror.close()
        if hasattr(self, "store"):
            self.store.close()
        self._ownership.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Steps

    def _open_mirrors(self, building: Building, progress: Progress | None) -> None:
        behind: list[Mirror] = []
        for mirror in self._mirrors:
            reason = mirror.open()
            if reason is None:
                continue
            name = mirror.leg.name
            if not self.counts().passages:
                mirror.build()
            elif building == "later":
                self.pending[name] = reason
            elif building == "behind" and mirror.leg.can_wait:
                self.notes.append(_renewed_behind(name, reason, mirror.open_former()))
                behind.append(mirror)
            else:
                mirror.build(_following(progress))
                self.notes.append(f"Индекс {name} построен заново: {reason}.")
        if behind:
            self.renewal = Renewal(behind, self._writing, self.notes.append)
            self.renewal.start()

    def _stop_renewal(self) -> None:
        if self.renewal:
            self.renewal.stop()

    def _open_store(self, repair: bool) -> Store:
        try:
            return Store(self.folder)
        except LibraryError as error:
            if not repair:
                raise
            _log.warning("the database is set aside: %s", error)
            self.notes.append(f"Прежняя база отложена в {_set_aside(self.folder)}; начата новая.")
            return Store(self.folder)

    def _read_file(self, run: _Run, file: Found, origin: str | None) -> bool:
        """Read one file into the batch, unless it is unchanged; False when it can't be read."""
        try:
            check_owner(file, origin)
            data = read_bytes(file.path)
            signature = Signature(_digest(data), SETTINGS)
            if run.signatures.get(file.id) == signature:
                run.tally["unchanged"] += 1
                return True
            article = parse(data, file.path.name, file.id)
            run.take(article, signature, file.origin)
        except ArticleError as error:
            run.failed.append(Failure(_printable(str(file.path)), str(error)))
            return False
        return True

    def _take(self, run: _Run, article: Article) -> None:
        try:
            article = checked(replace(article, text=normal(article.text)))
            signature = Signature(_digest(repr(article).encode()), SETTINGS)
            if run.signatures.get(article.id) == signature:
                run.tally["unchanged"] += 1
                return
            run.take(article, signature)
        except ArticleError as error:
            run.failed.append(Failure(_printable(article.id), str(error)))

    def _flush(self, run: _Run, known: set[str], only_full: bool = False) -> None:
        """Have the batch split, and commit what is split by now; all of it, unless `only_full`."""
        if run.batch and (run.is_full or not only_full):
            run.begin()
        while len(run.under_way) > (run.splitting.ahead if only_full else 0):
            self._commit(run, known, run.done())

    def _commit(self, run: _Run, known: set[str], entries: list[Entry]) -> None:
        """Commit `entries` to the store, then to every index."""
        ids = [entry.article.id for entry in entries]
        passages = [passage for entry in entries for passage in entry.passages]
        after = self.store.last_seq()
        self.store.put_many(entries)
        if not run.rebuild:  # else the indexes are built anew at the end
            self._follow(Update(ids, passages, known.isdisjoint(ids), after, self.store.last_seq()))
        run.tally["replaced"] += len(known.intersection(ids))
        run.tally["added"] += len(set(ids) - known)
        run.signatures.update((entry.article.id, entry.signature) for entry in entries)
        known.update(ids)

    def _follow(self, update: Update) -> None:
        for mirror in self._mirrors:
            mirror.follow(update)

    def _rebuild_indexes(self) -> None:
        self._stop_renewal()
        for mirror in self._mirrors:
            mirror.drop_next()
            mirror.build()

    def _report(self, run: _Run) -> Report:
        counts = self.counts()
        return Report(
            **{name: run.tally[name] for name in ("added", "replaced", "unchanged", "removed")},
            failed=tuple(run.failed),
            articles=counts.articles,
            passages=counts.passages,
            seconds=time.monotonic() - run.started,
        )


def _following(progress: Progress | None) -> Following | None:
    if progress is None:
        return None

    def tell(done: int, total: int) -> bool:
        progress(done, total)
        return True

    return tell


def _renewed_behind(name: str, reason: str, former: bool) -> str:
    meanwhile = "отвечает прежний" if former else "ищу без него"
    return f"Индекс {name} строится заново в фоне ({reason}); пока {meanwhile}."


def _set_aside(folder: Path) -> Path:
    """Rename the database and its journal; the new name of the database."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for file in _database_files(folder):
        file.rename(file.with_name(f"{file.name}.{stamp}"))
    return folder / f"{FILE}.{stamp}"


def _database_files(folder: Path) -> Iterator[Path]:
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        if (folder / name).exists():
            yield folder / name


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def _printable(name: str) -> str:
    return name.encode(errors="replace").decode()
