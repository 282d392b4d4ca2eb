"""The library: articles in, and everything that holds them kept the same.

SQLite is the truth. A batch of articles is committed there first, then taken over by every index;
whatever stops in between is made up for when the library is opened the next time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from rag.database import SharedDatabase
from rag.errors import DamagedError
from rag.library import arrivals, checking, moving, page_pictures
from rag.library.arrivals import Aftermath, Item, Reading
from rag.library.copies import Following
from rag.library.edits import checked, edited
from rag.library.isolated_reading import LIMIT, Apart, ReadingStopped
from rag.library.keyring import Keyring
from rag.library.known_sources import Held
from rag.library.lock import NoOwnership, Server, own
from rag.library.mirrors import NEWER, Mirror, Update
from rag.library.moving import Moved
from rag.library.originals import FOLDER, Originals
from rag.library.reading.pieces import Place
from rag.library.records import Counts, Edition, Edits, Entry, Listed, Order, Shares
from rag.library.renewal import Renewal
from rag.library.report import Report, counted
from rag.library.residents import ResidentMirror
from rag.library.run import Do, GoesOn, Progress, Run, Watch
from rag.library.store import FILE, Store
from rag.library.turns import Turns
from rag.library.uploads import Upload, given, uploaded
from rag.types import Article, Filters, IndexLeg

# When a copy that has to be built anew is: before anything else, in the background, or at another opening.
Building = Literal["now", "behind", "later"]
__all__ = ["Building", "Library", "Progress"]
_LOST = (
    " Последние изменения базы пропали вместе с журналом library.db-wal. "
    "Прочитайте статьи снова: snoska index ПАПКА"
)
_log = logging.getLogger(__name__)


class Library:
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
        self.pending: dict[str, str] = {}
        self.renewal: Renewal | None = None
        self._writing = Turns()
        self._is_open = True
        self.home = home
        self._mirrors: list[Mirror | ResidentMirror] = []
        self._ownership = NoOwnership(folder) if home else own(folder, command)
        try:
            self.store = self._open_store(repair)
            if home:
                self._mirrors = [ResidentMirror(self.store, leg) for leg in legs]
            else:
                self.originals.sweep(self.store.kept_files())
                self._mirrors = [Mirror(folder, self.store, leg) for leg in legs]
            self._open_mirrors(building, progress)
            for mirror in self._mirrors:
                if home and isinstance(mirror, ResidentMirror):
                    home.heed(mirror.heard)
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
                self._follow(Update(removed, [], fresh=False, after=after, seq=self.store.last_seq()))
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
            self._follow(Update([], [], fresh=False, after=-1, seq=self.store.last_seq()))
            for mirror in self._mirrors:
                mirror.settle()
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
            self._stop_renewal()
            for mirror in self._mirrors:
                mirror.drop_next()
                mirror.build(_following(progress))

    def held(self) -> Held:
        """What a reading has to know of the library."""
        return Held(
            self.store.signatures(),
            self.store.origins(),
            self.store.copies(),
            self.store.files(),
            self.originals if self._keep_originals else None,
        )

    # Reading

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises NotFoundError."""
        return self.store.article(article_id)

    def is_pictured(self, article_id: str) -> bool:
        """Whether the file with the pages of an article is still there."""
        return page_pictures.is_pictured(self.store, self.originals, article_id)

    def page_picture(
        self, article_id: str, number: int, start: int = 0, stop: int = 0, near: bool = False
    ) -> bytes:
        """A page of an article as a PNG, `text[start:stop]` marked; see page_pictures.py."""
        return page_pictures.page_picture(self.store, self.originals, article_id, number, start, stop, near)

    def versions(self, article_id: str) -> list[Edition]:
        """All versions of an article, newest first. Raises NotFoundError."""
        return self.store.versions(article_id)

    def present(self, article_id: str) -> Edition:
        """An article as it is now. Raises NotFoundError."""
        return self.store.present(article_id)

    def version(self, article_id: str, version: int) -> Edition:
        """One version of an article. Raises NotFoundError."""
        return self.store.version(article_id, version)

    def version_with(self, article_id: str, text: str) -> int | None:
        """The version of an article that is this text; None where none is."""
        return self.store.version_with(article_id, text)

    def current_versions(self) -> dict[str, int]:
        """The version of every article, by its id."""
        return self.store.current_versions()

    def edits(self) -> dict[str, Edits]:
        """What has been set by hand, by the article's id."""
        return self.store.edits()

    def articles(
        self,
        offset: int = 0,
        limit: int = 50,
        filters: Filters | None = None,
        words: str = "",
        text: str = "",
        order: Order = "date",
    ) -> list[Listed]:
        """A page of the list of articles, newest publication first; by words of the title and of the text."""
        return self.store.articles(offset, limit, filters, words, text, order)

    def shares(self, filters: Filters | None = None, words: str = "", text: str = "") -> Shares:
        """How many articles that list has, by month of publication and by source."""
        return self.store.shares(filters, words, text)

    def matching(self, filters: Filters) -> list[str] | None:
        """Ids of the articles that `filters` allow; None when they allow all."""
        return self.store.matching(filters)

    def sources(self, filters: Filters | None = None) -> list[str]:
        """Names of the sources of the articles that `filters` allow, in the order of the alphabet."""
        return self.store.sources(filters)

    def tags(self, filters: Filters | None = None) -> list[str]:
        """Tags of these articles, in the order of the alphabet."""
        return self.store.tags(filters)

    def counts(self, filters: Filters | None = None) -> Counts:
        """How much there is of these articles."""
        return self.store.counts(filters)

    @property
    def keys(self) -> Keyring:
        """The keys that open a server of this library."""
        return self.store.keys

    def index_counts(self) -> dict[str, int]:
        """Passages held by each index that answers, by its name."""
        return {mirror.leg.name: mirror.leg.count() for mirror in self._mirrors}

    def differences(self) -> list[str]:
        """What is wrong with the library, looked at passage by passage (Russian); writing waits meanwhile."""
        with self._writing:
            return checking.differences(self.store, self._mirrors)

    # Life

    def announce(self, server: Server) -> None:
        """Tell other processes where this one takes their work. Raises LibraryError."""
        self._ownership.announce(server)

    def close(self) -> None:
        """Close the indexes and the store and give the folder back; a run in another thread ends before."""
        self._is_open = False
        with self._writing:
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
        behind: list[Mirror | ResidentMirror] = []
        for mirror in self._mirrors:
            reason = mirror.open()
            if reason is None:
                continue
            name = mirror.leg.name
            if not self.counts().passages:
                mirror.build()
                if reason == NEWER:
                    self.notes.append(_rebuilt(name, reason))
            elif building == "later":
                self.pending[name] = reason
            elif building == "behind" and mirror.leg.can_wait:
                self.notes.append(_renewed_behind(name, reason, mirror.open_former()))
                behind.append(mirror)
            else:
                mirror.build(_following(progress))
                self.notes.append(_rebuilt(name, reason))
        if behind:
            self.renewal = Renewal(behind, self._writing, self.notes.append)
            self.renewal.start()
        if building != "now" and (outdated := self.store.outdated(arrivals.SETTINGS)):
            self.notes.append(
                f"Разобрано прежней версией программы: {counted(outdated, 'статья', 'статьи', 'статей')}. "
                "Прочитайте их заново: snoska index"
            )

    def _stop_renewal(self) -> None:
        if self.renewal:
            self.renewal.stop()

    def _open_store(self, repair: bool) -> Store:
        if self.home or not repair:
            return Store(self.home or self.folder)
        try:
            store = Store(self.folder)
        except DamagedError as error:
            damage = str(error)
        else:
            damage = _damage(store)
            if not damage:
                return store
            store.close()
        _log.warning("the database is set aside: %s", damage)
        self.notes.append(f"Прежняя база отложена в {_set_aside(self.folder)}; начата новая.")
        return Store(self.folder)

    def _taken(
        self,
        items: Iterable[Item],
        watch: Watch,
        held: Held | None = None,
        total: int | None = None,
        rebuild: bool = False,
        aftermath: Callable[[], Aftermath] = Aftermath,
    ) -> Report:
        with Run(self.store, self._follow, watch, total, rebuild) as run:
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
                self._follow(Update([], [], fresh=False, after=-1, seq=self.store.last_seq()))
            elif rebuild and not run.stopped:
                self.rebuild()
            for mirror in self._mirrors:
                mirror.settle()
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

    def _follow(self, update: Update, tell: Following = lambda done, total: True) -> None:
        for number, mirror in enumerate(self._mirrors):
            mirror.follow(update, partial(_of_several, tell, number, len(self._mirrors)))


def _of_several(tell: Following, number: int, several: int, done: int, total: int) -> bool:
    """Tell of one of several that take over the same."""
    return tell(number * total + done, several * total)


def _following(progress: Progress | None) -> Following | None:
    if progress is None:
        return None

    def tell(done: int, total: int) -> bool:
        progress(done, total)
        return True

    return tell


def _damage(store: Store) -> str:
    """What is wrong with a database that can be opened; empty where nothing is."""
    try:
        return "; ".join(store.damage())
    except DamagedError as error:
        return str(error)


def _rebuilt(name: str, reason: str) -> str:
    return f"Индекс {name} построен заново: {reason}." + (_LOST if reason == NEWER else "")


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
