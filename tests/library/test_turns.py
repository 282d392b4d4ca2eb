"""Whose turn it is: the order of those who wait, and long work that lets others go before."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from rag.library import run
from rag.library.library import Library
from rag.library.report import Outcome
from rag.library.run import Watch
from rag.library.turns import Turns
from rag.library.uploads import Upload
from tests.patience import PATIENCE, becomes

from .articles import article, sent
from .reading.making import zip_of


def test_first_come_first_served_and_who_gives_way_is_last() -> None:
    turns = Turns()
    order: list[object] = []

    def work(name: str) -> None:
        with turns:
            order.append(name)

    with turns, turns:  # as often as one likes
        hasty = threading.Thread(target=lambda: order.append(turns.acquire(0.05)))
        hasty.start()
        hasty.join(PATIENCE)
        assert order.pop() is False and not turns.is_wanted, "who waits too long goes"
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
    assert turns.acquire(0.05)


def with_others(library: Library, large: list[Upload], others: Callable[[], object]) -> list[Outcome]:
    """Outcomes of a large upload; `others` write when they want to after its first one."""
    told: list[Outcome] = []
    thread = threading.Thread(target=others)

    def tell(outcome: Outcome) -> None:
        told.append(outcome)
        if len(told) == 1:
            thread.start()
            becomes(lambda: library._writing.is_wanted)

    library.upload(large, Watch(tell=tell))
    thread.join(PATIENCE)
    return told


def test_a_small_upload_passes_a_large_one(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BATCH_ARTICLES", 10)
    letters = zip_of({f"{number}.txt": f"буква {number}".encode() for number in range(60)})
    there: list[int] = []

    def small() -> None:
        watch = Watch(tell=lambda outcome: there.append(library.counts().articles))
        library.upload([sent("заметка.txt", "Мост открыли.")], watch)

    assert len(with_others(library, [sent("много.zip", letters)], small)) == 60
    assert there[0] < 40 and library.counts().articles == 61


def test_what_others_wrote_meanwhile_is_known(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same article comes in between: it is replaced, not put into the indexes twice; one that was
    removed is added."""
    monkeypatch.setattr(run, "BATCH_ARTICLES", 1)
    library.add([article("b", "Первый текст.")])

    def others() -> None:
        library.add([article("c", "Чужой текст."), article("d", "Тоже чужой.")])
        library.remove(["b"])

    texts = {"a": "Статья про порт.", "b": "Первый текст.", "c": "Свой текст.", "d": "Тоже чужой."}
    large = [sent(f"{name}.txt", text) for name, text in texts.items()]
    told = [(each.status, each.name) for each in with_others(library, large, others)]
    assert told[0] == ("added", "a.txt") and ("replaced", "c.txt") in told
    assert library.article("c").text == "Свой текст."
