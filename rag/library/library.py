"""The library: articles in, and everything that holds them kept the same.

SQLite is the truth. A batch of articles is committed there first, then taken over by every index;
whatever stops in between is made up for when the library is opened the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rag.database import SharedDatabase
from rag.library import arrivals, checking, moving
from rag.library.arrivals import Aftermath, Item, Reading
from rag.library.contents import Contents
from rag.library.copies import Following
from rag.library.edits import checked, edited
from rag.library.indexes import Building, Indexes
from rag.library.isolated_reading import LIMIT, Apart, ReadingStopped
from rag.library.known_sources import Held
from rag.library.lock import NoOwnership, Server, own
from rag.library.mirrors import Update
from rag.library.moving import Moved
from rag.library.originals import FOLDER, Originals
from rag.library.reading.pieces import Place
from rag.library.records import Entry
from rag.library.renewal import Renewal
from rag.library.report import Report
from rag.library.run import Do, GoesOn, Progress, Run, Watch
from rag.library.store import Store, repaired
from rag.library.turns import Turns
from rag.library.uploads import Upload, given, uploaded
from rag.types import Article, IndexLeg

__all__ = ["Building", "Library", "Progress"]


class Library(Contents):
    """The articles of `folder` with their passages and indexes, owned by this process.

    Opening brings every index up to date; `notes` (Russian) say which ones were rebuilt and why.
    `building` says when: "behind" lets a leg that can wait answer from its former copy, or not at all,
    until then; with "later" it doesn't answer, and `pending` says why. `progress` is told of building now.
    `repair` sets a damaged database aside and starts an empty one. `read_seconds` are how long a file may be
    read; `keep_originals`: the files that articles are read from are kept.
    Raises LibraryBusyError and LibraryError. Writing is for one thread at a time; a long run lets others
    write in between.
    """

    def __init__(
        self,
        folder: Path,
        legs: Sequence[IndexLeg],
        command: str = "snoska",
        repair: bool = False,
        building: Building = "now",
        progress: Progress | None = None,
        read_seconds: float = LIMIT,
        keep_originals: bool = False,
        home: SharedDatabase | None = None,
    ) -> None:
        """`home` holds the library in place of the folder's files, for any number of processes."""
        self.folder = folder
        self._read_seconds = read_seconds
        self.originals = Originals(folder / FOLDER)
        self._keep_originals = keep_originals
        self.notes: list[str] = []
        self._writing = Turns()
        self._is_open = True
        self.home = home
        self._ownership = NoOwnership(folder) if home else own(folder, command)
        try:
            self.store = self._open_store(repair)
            if not home:
                self.originals.sweep(self.store.kept_files())
            self.indexes = Indexes(self.store, legs, self._writing, self.notes, home or folder)
            self.indexes.open(building, progress)
        except BaseException:
            self.close()
            raise

    # Articles in

    def index(
        self,
        paths: Sequence[Path | Place],
        rebuild: bool = False,
        prune: bool = False,
        progress: Progress | None = None,
        goes_on: GoesOn = lambda: True,
        doing: Do = lambda doing: None,
    ) -> Report:
        """Files, folders and other places into the library; what is unchanged is skipped.

        What a file of several articles held before and doesn't any more is removed. `rebuild` reads every
        file again and builds every index anew. `prune` removes the articles of files that are gone from the
        given folders. What can't be read is in `Report.failed`.
        Once `goes_on()` is false the run ends at once: what it has told of stays, the next one goes on from
        there. `doing` hears what takes long.
        """
        watch = self._followed(Watch(progress, goes_on=goes_on, doing=doing, hurries=lambda: not goes_on()))
        with self._writing:
            held = self.held()
            reading = Reading(paths, held, rebuild, self._apart(watch))
            items = chain(self._outdated(), reading)  # last comes what is so now
            return self._taken(items, watch, held, reading.total, rebuild, lambda: reading.aftermath(prune))

    def add(self, articles: Iterable[Article], progress: Progress | None = None) -> Report:
        """Articles that came otherwise (an evaluation set); those held already are replaced."""
        total = len(articles) if isinstance(articles, Sequence) else None
        with self._writing:
            held = self.held()
            return self._taken(given(articles, held), self._followed(Watch(progress)), held, total)

    def upload(self, uploads: Sequence[Upload], watch: Watch) -> Report:
        """Files that somebody sent; `watch` is told what became of each."""
        watch = self._followed(watch)
        with self._writing:
            total = None if any(each.holds_several for each in uploads) else len(uploads)
            held = self.held()
            return self._taken(uploaded(uploads, held, self._apart(watch)), watch, held, total)

    def take(
        self,
        items: Iterable[Item],
        watch: Watch,
        total: int | None = None,
        rebuild: bool = False,
        aftermath: Callable[[], Aftermath] = Aftermath,
    ) -> Report:
        """Articles that somebody else has read, and what follows from it."""
        with self._writing:
            return self._taken(items, self._followed(watch), None, total, rebuild, aftermath)

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Remove articles; the ids that were there."""
        with self._writing:
            after = self.store.last_seq()
            removed = self.store.remove(ids)
            if removed:
                self.indexes.follow(Update(removed, [], fresh=False, after=after, seq=self.store.last_seq()))
            return removed

    def restore(self, ids: Sequence[str]) -> list[str]:
        """Put removed articles back as they were; the ids of those that still could be."""
        with self._writing:
            entries = self.store.removed(ids)
            self._taken([Item(each.article.id, each) for each in entries], Watch())
            return [each.article.id for each in entries]

    def edit(self, article_id: str, given: Mapping[str, Any]) -> Article:
        """Set title, source, published or tags of an article by hand; the article.

        It stays so when the article's file is read again. Raises NotFoundError and ArticleError.
        """
        edits = checked(given)
        with self._writing:
            article, signature = self.article(article_id), self.store.signature(article_id)
            assert signature
            whole = {**self.store.edits().get(article_id, {}), **edits}
            origin = self.store.origin(article_id)
            entry = Entry(edited(article, edits), (), signature, origin, edits=whole)
            self._taken([Item(article_id, entry)], Watch())
            return self.article(article_id)

    def forget_versions(self) -> int:
        """Forget all former texts, those of removed articles too; how many they were."""
        with self._writing:
            forgotten = self.store.forget_versions()
            self.originals.sweep(self.store.kept_files())
            return forgotten

    def move_from(
        self, source: Store, tell: Following = lambda done, total: True, instead: bool = False
    ) -> Moved:
        """Hold all that `source` does, each article compared; a move that was stopped goes on.

        Raises LibraryError where this library has articles that `source` hasn't; `instead`, they go.
        """
        with self._writing:
            moved = moving.move(source, self.store, tell, instead)
            self.indexes.catch_up()
            self.indexes.settle()
            return moved

    def settle(self, aftermath: Aftermath) -> list[str]:
        """Do what follows from a reading whose articles have all been taken; the ids removed."""
        with self._writing:
            removed = self.remove(aftermath.removed)
            self.store.note_files(aftermath.moved, aftermath.copies, aftermath.read)
            self.store.keep_files(aftermath.whole)
            return removed

    def rebuild(self, progress: Progress | None = None) -> None:
        """Build every index anew from the store; the old ones answer meanwhile. Raises LibraryError."""
        with self._writing:
            self.indexes.rebuild(progress)

    def held(self) -> Held:
        """What a reading has to know of the library."""
        return Held(
            self.store.signatures(),
            self.store.origins(),
            self.store.copies(),
            self.store.files(),
            self.originals if self._keep_originals else None,
        )

    @property
    def renewal(self) -> Renewal | None:
        """What builds indexes anew in the background; None where nothing is built."""
        return self.indexes.renewal

    @property
    def pending(self) -> dict[str, str]:
        """Why an index doesn't answer yet (Russian), by its name."""
        return self.indexes.pending

    def index_counts(self) -> dict[str, int]:
        """Passages held by each index that answers, by its name."""
        return self.indexes.counts()

    def differences(self) -> list[str]:
        """What is wrong with the library, looked at passage by passage (Russian); writing waits meanwhile."""
        with self._writing:
            return checking.differences(self.store, self.indexes.mirrors)

    # Life

    def announce(self, server: Server) -> None:
        """Tell other processes where this one takes their work. Raises LibraryError."""
        self._ownership.announce(server)

    def close(self) -> None:
        """Close the indexes and the store and give the folder back; a run in another thread ends before."""
        self._is_open = False
        with self._writing:
            if hasattr(self, "indexes"):
                self.indexes.close()
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

    def _open_store(self, repair: bool) -> Store:
        if self.home or not repair:
            return Store(self.home or self.folder)
        store, aside = repaired(self.folder)
        if aside:
            self.notes.append(f"Прежняя база отложена в {aside}; начата новая.")
        return store

    def _taken(
        self,
        items: Iterable[Item],
        watch: Watch,
        held: Held | None = None,
        total: int | None = None,
        rebuild: bool = False,
        aftermath: Callable[[], Aftermath] = Aftermath,
    ) -> Report:
        with Run(self.store, self.indexes.follow, watch, total, rebuild) as run:
            try:
                for item in items:
                    run.take(item)
                    self._let_others(run, held)
                    if not watch.goes_on():
                        raise ReadingStopped
                run.finish()
            except ReadingStopped:
                run.stop()
            else:
                run.tally["removed"] += len(self.settle(aftermath()))
            if rebuild and run.stopped and self._is_open:  # then they only catch up
                self.indexes.catch_up()
            elif rebuild and not run.stopped:
                self.rebuild()
            self.indexes.settle()
            return run.report(self.counts())

    def _let_others(self, run: Run, held: Held | None) -> None:
        """Let those write who wait for it, and learn what they did."""
        if not self._writing.is_wanted:
            return
        seq = run.pause()
        self._writing.give_way()
        written = [change.article_id for change in self.store.changes_since(seq)]
        run.go_on(written)
        if held:
            for article_id in written:
                held.learn(article_id, self.store.signature(article_id), self.store.origin(article_id))

    def _followed(self, watch: Watch) -> Watch:
        """The same watch, which also ends when the library is closed."""
        return replace(
            watch,
            goes_on=lambda: self._is_open and watch.goes_on(),
            hurries=lambda: not self._is_open or watch.hurries(),
        )

    def _apart(self, watch: Watch) -> Apart:
        return Apart(self._read_seconds, watch.goes_on, watch.read)

    def _outdated(self) -> Iterator[Item]:
        """Articles of no file that an earlier version has split: they are split anew, from the store.

        What came from the web is read anew once it is asked for again; a feed may have dropped it.
        """
        origins = self.store.origins()
        for article_id in self.store.outdated_ids(arrivals.SETTINGS):
            known = self.store.signature(article_id)
            if known:
                origin = origins.get(article_id)
                signature = arrivals.signed("" if origin else known.content)
                yield Item(article_id, Entry(self.store.article(article_id), (), signature, origin))
