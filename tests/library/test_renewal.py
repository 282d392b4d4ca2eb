"""A new copy built behind a library at work: what answers meanwhile, what a stop or a crash leaves."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.library import copies
from rag.library.library import Library
from rag.types import Passage
from tests.patience import PATIENCE

from .articles import article, long_text, write
from .indexes import FileCopy, FileIndex

ARTICLES = 40


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of ARTICLES whose index has the settings "1"; batches are small."""
    monkeypatch.setattr(copies, "_SMALLEST", 1)
    monkeypatch.setattr(copies, "_LARGEST", 8)
    with Library(tmp_path, [FileIndex(tmp_path)]) as library:
        library.add([article(f"{number:02}", long_text(number, 9)) for number in range(ARTICLES)])
    return tmp_path


class GatedIndex(FileIndex):
    """Stops before it writes to a copy of its own settings, until the gate is opened."""

    def __init__(self, data: Path, *readable: str) -> None:
        super().__init__(data, settings="2")
        self.readable = set(readable)
        self.gate = threading.Event()
        self.waits = threading.Event()

    def copy(self, folder: Path) -> FileCopy:
        index = self

        class Gated(FileCopy):
            def replace(self, ids: Sequence[str], passages: Sequence[Passage], fresh: bool) -> None:
                if len(self.held) >= 8:
                    index.waits.set()
                    assert index.gate.wait(PATIENCE)
                super().replace(ids, passages, fresh)

        self.made += not folder.exists()
        return Gated(self, folder, self.settings)


def narrow(data: Path) -> FileIndex:
    """An index with new settings that can't hold all articles."""
    index = FileIndex(data, settings="2")
    index.room = 20
    return index


def check(library: Library, index: FileIndex) -> None:
    """What answers holds all that there is."""
    ids = library.store.ids()
    assert index.held == {each: [found.id for found in library.store.passages_of([each])] for each in ids}


def settled(library: Library) -> bool:
    return library.renewal is not None and library.renewal.wait(PATIENCE)


def copies_on_disk(data: Path) -> int:
    return len(list((data / "plain").iterdir()))


def test_the_former_copy_answers_and_follows_until_the_new_one_is_whole(data: Path) -> None:
    index = GatedIndex(data, "1")
    with Library(data, [index], building="behind") as library:
        assert index.waits.wait(PATIENCE)
        former = index.answering
        assert former is not None and former.settings == "1"
        assert library.notes == [
            "Индекс plain строится заново в фоне (изменились настройки); пока отвечает прежний."
        ]
        library.add([article("new"), article("00", "Совсем другой текст.")])
        library.remove(["39"])
        check(library, index)
        assert index.answering is former
        index.gate.set()
        assert settled(library)
        assert index.answering is not former and index.answering.settings == "2"
        assert not former.is_open
        check(library, index)
        assert library.notes[1:] == ["Индекс plain построен заново, отвечает новый."]
        assert copies_on_disk(data) == 1
        library.add([article("newer")])
        check(library, index)
    again = FileIndex(data, settings="2")
    with Library(data, [again]) as library:
        assert (again.made, library.notes) == (0, [])
        check(library, again)


def test_a_former_copy_nobody_can_read_leaves_the_leg_out(data: Path) -> None:
    index = GatedIndex(data)
    with Library(data, [index], building="behind") as library:
        assert index.waits.wait(PATIENCE)
        assert index.answering is None
        assert library.index_counts() == {"plain": 0}
        assert library.notes[0].endswith("пока ищу без него.")
        library.add([article("new")])
        index.gate.set()
        assert settled(library)
        check(library, index)


def test_later_means_not_now_and_who_can_not_wait_is_built_first(data: Path) -> None:
    index = FileIndex(data, settings="2")
    with Library(data, [index], building="later") as library:
        assert library.pending == {"plain": "изменились настройки"}
        assert library.index_counts() == {"plain": 0}
        library.add([article("new")])
    assert copies_on_disk(data) == 1
    index.can_wait = False
    with Library(data, [index], building="behind") as library:
        assert library.renewal is None
        check(library, index)


def test_closing_stops_it_and_opening_goes_on(data: Path) -> None:
    index = GatedIndex(data)
    with Library(data, [index], building="behind"):
        assert index.waits.wait(PATIENCE)
        threading.Timer(0.1, index.gate.set).start()
    assert copies_on_disk(data) == 2
    again = FileIndex(data, settings="2")
    steps: list[tuple[int, int | None]] = []
    with Library(data, [again], progress=lambda done, total: steps.append((done, total))) as library:
        assert again.made == 0, "it went on with the copy begun before"
        assert steps[0][1] is not None and steps[0][1] < ARTICLES
        check(library, again)
    assert copies_on_disk(data) == 1


def test_a_build_that_failed_is_gone_on_with(data: Path) -> None:
    index = narrow(data)
    with pytest.raises(LibraryError, match="Индекс plain не построен"):
        Library(data, [index])
    assert copies_on_disk(data) == 2
    former = FileIndex(data)
    with Library(data, [former]) as library:  # whoever goes back to the old settings has the old copy
        assert (former.made, library.notes) == (0, [])
        check(library, former)
    with Library(data, []) as library:
        library.add([article("00", "Поменялась, пока индекс не был готов."), article("new")])
        library.remove(["01"])
    index.room = 1000
    with Library(data, [index]) as library:
        assert index.made == 1
        check(library, index)


def test_a_half_built_copy_that_holds_the_wrong_things_is_begun_anew(data: Path) -> None:
    index = narrow(data)
    with pytest.raises(LibraryError):
        Library(data, [index])
    write(data / "plain/2/index.json", '{"00": ["чужой", "лишний"]}')
    index.room = 1000
    with Library(data, [index]) as library:
        check(library, index)


def test_a_failure_behind_is_told_and_the_former_copy_stays(data: Path) -> None:
    index = narrow(data)
    index.readable = {"1"}
    with Library(data, [index], building="behind") as library:
        assert settled(library)
        assert library.notes[1].startswith("Индекс plain не построен (no space left).")
        assert index.answering is not None and index.answering.settings == "1"
        index.room = 1000
        library.add([article("new")])
        check(library, index)


def test_rebuilding_by_request_ends_the_one_behind(data: Path, corpus: Path) -> None:
    write(corpus / "а.txt", long_text(1))
    index = GatedIndex(data, "1")
    with Library(data, [index], building="behind") as library:
        assert index.waits.wait(PATIENCE)
        threading.Timer(0.1, index.gate.set).start()
        library.index([corpus], rebuild=True)
        assert library.renewal and library.renewal.wait(0)
        assert index.answering is not None and index.answering.settings == "2"
        check(library, index)
        assert copies_on_disk(data) == 1
