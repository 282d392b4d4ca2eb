"""What a library lists, filters and counts: one shelf of articles in every home, and tables of questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from rag.library.records import Order
from rag.library.split import split
from rag.library.store import Store
from rag.types import Filters
from tests.postgres.server import database, url_of

from .articles import TEXT, article

SHELF = (
    article("lake", title="«Озеро» и лёд на нём", source="Ель", published="2026-02-03", tags=("Лёд", "вода")),
    article("old", title="Ёлка без даты", source="ель", tags=("ВОДА",)),
    article("wood", title="лес", source="берёза", published="2025-12-31"),
    article("river", title="Реки разлились", published="2026-02-28", tags=("Мёд",)),
)
ALL = ["river", "lake", "wood", "old"]  # by date
FEBRUARY, YEAR = date(2026, 2, 1), date(2025, 12, 31)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Nobody changes it."""
    if request.param == "sqlite":
        with closing(Store(tmp_path_factory.mktemp("shelf"))) as store:
            yield filled(store)
        return
    with database(url_of(request.getfixturevalue("postgres_server"))) as home:
        yield filled(Store(home))


def filled(store: Store) -> Store:
    for each in SHELF:
        store.put(each, split(each), "1", "settings")
    return store


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), None),
        (Filters(since=date(2026, 2, 28)), ["river"]),
        (Filters(until=YEAR), ["wood"]),
        (Filters(since=YEAR, until=date(2026, 2, 3)), ["lake", "wood"]),
        (Filters(sources=("ЕЛЬ",)), ["lake", "old"]),
        (Filters(sources=("Береза", "нет")), ["wood"]),
        (Filters(articles=("lake", "нет")), ["lake"]),
        (Filters(articles=("lake",), sources=("берёза",)), []),
        (Filters(articles=(*map(str, range(100_000)), "old")), ["old"]),
        (Filters(tags=("вода",)), ["lake", "old"]),
        (Filters(tags=(" МЁД ", "нет")), ["river"]),
        (Filters(tags=("мед", "лед")), ["lake", "river"]),
        (Filters(tags=("ме",)), []),
        (Filters(tags=("вода",), since=FEBRUARY), ["lake"]),
    ],
    ids=range(14),
)
def test_filters(store: Store, filters: Filters, found: list[str] | None) -> None:
    assert store.matching(filters) == found


@pytest.mark.parametrize(
    ("words", "filters", "found"),
    [
        ("", Filters(), ALL),
        ("река", Filters(), ["river"]),
        ("рекой", Filters(), ["river"]),
        ("РЕК", Filters(), ["river"]),
        ("озеро и лёд", Filters(), ["lake"]),
        ("лед озера", Filters(), ["lake"]),
        ("озеро река", Filters(), []),
        ("old", Filters(), ["old"]),
        ("%", Filters(), ALL),  # no word at all
        ("", Filters(since=FEBRUARY), ["river", "lake"]),
        ("", Filters(sources=("ель",)), ["lake", "old"]),
        ("лёд", Filters(sources=("Ель",)), ["lake"]),
    ],
)
def test_the_list_is_looked_through(store: Store, words: str, filters: Filters, found: list[str]) -> None:
    assert [listed.info.id for listed in store.articles(0, 10, filters, words)] == found
    shares = store.shares(filters, words)
    assert shares.total == sum(shares.months.values()) == sum(shares.sources.values()) == len(found)


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("date", ALL),
        ("added", ["river", "wood", "old", "lake"]),
        ("title", ["old", "wood", "lake", "river"]),
        ("source", ["wood", "lake", "old", "river"]),
    ],
)
def test_the_list_is_ordered_and_paged(store: Store, order: Order, found: list[str]) -> None:
    listed = store.articles(order=order)
    assert [each.info.id for each in listed] == found
    assert [each for at in range(4) for each in store.articles(at, 1, order=order)] == listed
    assert {(each.characters, each.passages) for each in listed} == {(len(TEXT), 1)}


def test_shares_by_month_and_source(store: Store) -> None:
    shares = store.shares()
    assert list(shares.months.items()) == [("2025-12", 1), ("2026-02", 2), (None, 1)]
    assert sorted(shares.sources.values()) == [1, 1, 2]
    assert {name and name.lower() for name in shares.sources} == {"ель", "берёза", None}


def test_sources_and_tags_are_listed_once(store: Store) -> None:
    assert [name.lower() for name in store.sources()] == ["берёза", "ель"]
    assert [tag.lower() for tag in store.tags()] == ["вода", "лёд", "мёд"]


def test_what_a_filter_names_and_the_library_lacks(store: Store) -> None:
    given = Filters(date(2020, 1, 1), None, ("ЕЛЬ", "Лис"), ("lake", "b"), ("МЕД", "медь"))
    assert store.unknown(given) == Filters(sources=("Лис",), articles=("b",), tags=("медь",))
    assert not store.unknown(Filters())


@pytest.mark.parametrize(
    ("today", "filters", "newest"),
    [
        (date(2026, 3, 1), Filters(), date(2026, 2, 28)),
        (date(2026, 3, 1), Filters(sources=("ель",)), date(2026, 2, 3)),
        (date(2026, 3, 1), Filters(until=date(2026, 1, 1)), YEAR),
        (date(2026, 1, 15), Filters(until=date(2026, 3, 1)), YEAR),
        (date(2020, 1, 1), Filters(), None),
    ],
)
def test_the_newest_day_of_publication(
    store: Store, today: date, filters: Filters, newest: date | None
) -> None:
    assert store.latest(today, filters) == newest
