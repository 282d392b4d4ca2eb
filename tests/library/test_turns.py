"""Whose turn it is: the order of those who wait, and long work that lets others go before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.library import run
from rag.library.library import Library
from rag.library.report import Outcome
from rag.library.run import Watch
from rag.library.turns import Turns
from rag.library.uploads import Upload
from tests.patience import PATIENCE, becomes

from .articles import article
from .indexes import FileIndex
from .reading.making import zip_of


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    data = tmp_path / "data"
    data.mkdir()
    with Library(data, [FileIndex(data)], "тест") as library:
        yield library


def test_first_come_first_served_and_who_gives_way_is_last() -> None:
    turns = Turns()
    order: list[str] = []

    def work(name: str) -> None:
        with turns:
            order.append(name)

    with turns, turns:  # as often as one likes
        threads = []
        for name in "абв":
            threads.append(threading.Thread(target=work, args=name))
            threads[-1].start()
            becomes(lambda: len(turns._waiting), len(threads))
        wanted = [turns.is_wanted]
        turns.give_way()
        order.append("я")
        wanted.append(turns.is_wanted)
    for thread in threads:
        thread.join(PATIENCE)
    assert wanted == [True, False]
    assert order == ["а", "б", "в", "я"]


def test_who_waits_too_long_goes() -> None:
    turns = Turns()
    got: list[bool] = []
    with turns:
        thread = threading.Thread(target=lambda: got.append(turns.acquire(0.05)))
        thread.start()
        thread.join(PATIENCE)
    assert got == [False] and not turns.is_wanted
    assert turns.acquire(0.05)


def letters(count: int) -> bytes:
    """An archive of files of a word each, in folders, so that none is like another."""
    return zip_of({f"{number}.txt": f"буква {number}".encode() for number in range(count)})


def test_a_small_upload_passes_a_large_one(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BATCH_ARTICLES", 10)
    order: list[str] = []
    begun = threading.Event()

    def tell(outcome: Outcome) -> None:
        order.append(outcome.article_id or "")
        begun.set()

    def large() -> None:
        library.upload([Upload("много.zip", lambda: letters(2000))], Watch(tell=tell))

    thread = threading.Thread(target=large)
    thread.start()
    assert begun.wait(PATIENCE)
    report = library.upload([Upload("заметка.txt", "Мост открыли.".encode)], Watch(tell=tell))
    place = order.index("заметка")
    assert report.added == 1 and len(order) < 2000
    thread.join(PATIENCE)
    assert 0 < place < 1900 and len(order) == 2001
    assert library.counts().articles == 2001
    assert library.differences() == []


def test_what_others_wrote_meanwhile_is_known(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same article comes in between: it is replaced, not put into the indexes twice; one that was
    removed is added."""
    monkeypatch.setattr(run, "BATCH_ARTICLES", 1)
    library.add([article("b", "Первый текст.")])
    told: list[tuple[str, str]] = []
    waiting = threading.Event()

    def others() -> None:
        library.add([article("c", "Чужой текст."), article("d", "Тоже чужой.")])
        library.remove(["b"])

    thread = threading.Thread(target=others)

    def tell(outcome: Outcome) -> None:
        told.append((outcome.status, outcome.name))
        if not waiting.is_set():
            waiting.set()
            thread.start()
            becomes(lambda: library._writing.is_wanted)

    names = {"a": "Статья про порт.", "b": "Первый текст.", "c": "Свой текст.", "d": "Тоже чужой."}
    sent = [Upload(f"{name}.txt", text.encode) for name, text in names.items()]
    library.upload(sent, Watch(tell=tell))
    thread.join(PATIENCE)
    assert told[0] == ("added", "a.txt") and ("replaced", "c.txt") in told
    assert library.article("c").text == "Свой текст."
    assert library.differences() == []
