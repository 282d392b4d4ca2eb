"""A library goes to PostgreSQL and back, whole, with its versions, and goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from rag.errors import KeyringError, LibraryError
from rag.library import moving
from rag.library.split import split
from rag.library.store import Store
from rag.types import Filters
from tests.postgres.server import database

from .articles import article, long_text
from .test_store import put

Stores = tuple[Store, Store, Store]
IDS = [f"статья {number:02}" for number in range(7)]


@pytest.fixture
def stores(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    """A library with all that articles may have, a database, another folder; three articles at a time."""
    monkeypatch.setattr(moving, "_AT_ONCE", 3)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        closing(Store(tmp_path / "a")) as first,
        database(postgres_url) as home,
        closing(Store(tmp_path / "b")) as last,
    ):
        for number, name in enumerate(IDS):
            put(first, article(name, long_text(number, 6), source="Вестник", tags=("Медь", "мосты")))
        put(first, article(IDS[1], "Мост перестроили в 2024 году.", published="2026-02-23"), signature="2")
        put(first, article("убрана", "Её больше нет."))
        first.remove(["убрана"])
        yield first, Store(home), last


def go_on(done: int, total: int) -> bool:
    return True


def test_there_and_back(stores: Stores) -> None:
    first, home, last = stores
    assert (moving.move(first, home, go_on).moved, moving.move(home, last, go_on).moved) == (8, 8)
    for store in (home, last):
        assert store.ids() == IDS
        assert [store.article(each) for each in IDS] == [first.article(each) for each in IDS]
        assert store.passages_of(IDS) == first.passages_of(IDS)
        assert store.versions(IDS[1]) == first.versions(IDS[1])
        assert [each.article for each in store.removed(["убрана"])] == [article("убрана", "Её больше нет.")]
        assert store.matching(Filters(tags=("медь",))) == [each for each in IDS if each != IDS[1]]
        assert store.signatures() == first.signatures()
        ids = [each.id for each in split(first.article(IDS[0]))]
        assert list(store.outlines(ids).ids) == ids


def test_what_was_stopped_goes_on_and_what_differs_is_moved_again(stores: Stores) -> None:
    first, home, _ = stores
    came = moving.move(first, home, lambda done, total: done < 6)
    assert (came.stopped, came.moved, home.counts().articles) == (True, 6, 6)
    came = moving.move(first, home, go_on)
    assert (came.stopped, came.there, came.moved, home.counts().articles) == (False, 6, 2, 7)
    assert moving.move(first, home, go_on).moved == 0
    with home.database.writing() as db:
        db.execute("UPDATE articles SET text = 'Не то.' WHERE id = ?", (IDS[4],))
    came = moving.move(first, home, go_on)
    assert (came.moved, came.wrong) == (3, [])  # all of its batch
    assert home.article(IDS[4]) == first.article(IDS[4])
    put(home, article("чужая"))
    with pytest.raises(LibraryError, match="уже есть статьи, которых здесь нет: «чужая»"):
        moving.move(first, home, go_on)
    assert "чужая" in home.ids()


def test_keys_go_there_and_back(stores: Stores) -> None:
    first, home, last = stores
    sees = Filters(sources=("Вестник",), tags=("медь",))
    secrets = [
        first.keys.add("сайт", "read", sees, date(2099, 1, 2)),
        first.keys.add("сборщик", "write"),
        first.keys.add("прежний", "admin"),
    ]
    first.keys.revoke(["прежний"])
    assert moving.move(first, home, lambda done, total: False).stopped
    assert home.keys.keys() == first.keys.keys()  # before any article
    for source, target in ((first, home), (first, home), (home, last)):
        assert moving.move(source, target, go_on).keys == 3
        assert target.keys.keys() == first.keys.keys()
        assert [target.keys.of(each) for each in secrets] == [first.keys.of(each) for each in secrets]


def test_a_revoked_key_stays_revoked(stores: Stores) -> None:
    """Whichever side has revoked it, and whoever else has its name by now."""
    first, home, _ = stores
    secrets = [first.keys.add(name, "read") for name in ("здесь", "там", "имя занято там")]
    moving.move(first, home, go_on)
    first.keys.revoke(["здесь"])
    home.keys.revoke(["там", "имя занято там"])
    secrets.append(home.keys.add("имя занято там", "read"))
    with pytest.raises(KeyringError, match="уже есть другой ключ «имя занято там»"):
        moving.move(first, home, go_on)
    first.keys.revoke(["имя занято там"])
    moving.move(first, home, go_on)
    held = [home.keys.of(each) for each in secrets]
    assert [each and bool(each.revoked) for each in held] == [True, True, None, False]
    listed = home.keys.keys()
    assert listed == sorted(listed, key=lambda each: (each.created, each.name))
    assert {each.name for each in listed} == {"здесь", "имя занято там", "там"} and len(listed) == 3
