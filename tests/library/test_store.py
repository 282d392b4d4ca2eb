import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryError, NotFoundError
from rag.library.records import Change, Counts, Entry, FileRecord, Order, Signature
from rag.library.split import split
from rag.library.store import FILE, Store
from rag.matching.outlines import outlined
from rag.types import Article, ArticleSet, Filters
from tests.postgres.server import database, database_again, url_of

from . import earlier
from .articles import article, long_text


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """The contract of every home."""
    if request.param == "sqlite":
        with closing(Store(tmp_path)) as store:
            yield store
        return
    with database(url_of(request.getfixturevalue("postgres_server"))) as home:
        yield Store(home)


SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # about its files or its plans


def put(store: Store, *articles: Article, signature: str = "1") -> None:
    for each in articles:
        store.put(each, split(each), signature, "settings")


def test_what_is_put_comes_back(store: Store) -> None:
    whole = article(
        "a/б", long_text(1), source="Сноска", published="2026-02-23", url="https://e.com", tags=("x",)
    )
    put(store, whole)
    assert store.article("a/б") == whole
    assert store.passages_of(["a/б"]) == split(whole)
    assert store.infos(["a/б", "нет"]) == {"a/б": whole.info}
    assert store.signature("a/б") == Signature("1", "settings")
    assert store.counts() == Counts(1, len(split(whole)), len(whole.text))


def test_passages_come_in_the_order_asked_for(store: Store) -> None:
    whole = article(text=long_text(1))
    put(store, whole)
    passages = split(whole)
    asked = [passages[2].id, "нет такого", passages[0].id]
    assert store.passages(asked) == [passages[2], passages[0]]
    assert store.passages([]) == []


def test_outlines_are_those_of_the_passages(store: Store) -> None:
    put(store, article(text=long_text(1)), article("other"))
    passages = [*split(article("other")), *split(article(text=long_text(1)))]
    ids = [passage.id for passage in passages]
    there, expected = store.outlines([*ids, "нет такого"]), outlined(passages)
    assert list(there.ids) == ids
    for name in ("marks", "opens", "articles", "sizes", "lengths", "topic_sizes", "saliences"):
        assert getattr(there, name).tolist() == getattr(expected, name).tolist(), name
    for name in ("words", "topics"):
        found, wanted = (one.lemmas(np.unique(getattr(one, name)).tolist()) for one in (there, expected))
        assert sorted(found) == sorted(wanted)
    assert not store.outlines([]).ids


def test_outlines_go_with_their_passages(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, article(text=long_text(1)), article("other"))
    put(store, article(text=long_text(2, sentences=5)), signature="2")
    store.remove(["other"])
    old = [passage.id for passage in split(article(text=long_text(1)))]
    assert list(store.outlines(old).ids) == old, "a search may still be at them"
    assert not store.outlines([passage.id for passage in split(article("other"))]).ids
    monkeypatch.setattr("rag.library.store._RETIREMENT", -1.0)
    put(store, article("other"))
    assert not store.outlines(old).ids
    with store.database.reading() as db:
        assert tuple(db.execute("SELECT count(*) FROM outlines").fetchone()) == (store.passage_count(),)


@SQLITE
def test_words_keep_their_numbers(store: Store, tmp_path: Path) -> None:
    """Also after a transaction that gave out numbers was rolled back."""
    put(store, article("other"))
    ids = [passage.id for passage in split(article("other"))]
    before = store.outlines(ids)
    broken = Entry(article("broken", "Непутёвый щегол."), [None], Signature("1", "1"))  # type: ignore[list-item]
    with pytest.raises(AttributeError):
        store.put_many(
            [Entry(article("new"), split(article("new", "Зяблик поёт.")), Signature("1", "1")), broken]
        )
    put(store, article("mine", "Сойка молчит."))
    again = Store(tmp_path)
    for one in (store, again):
        there = one.outlines(ids)
        assert there.words.tolist() == before.words.tolist()
        (new,) = (passage.id for passage in split(article("mine", "Сойка молчит.")))
        words = one.outlines([new]).words
        assert set(one.lemmas(np.unique(words).tolist())) >= {"сойка", "молчать"}
    again.close()


def test_a_database_from_before_outlines_gets_them(tmp_path: Path) -> None:
    held = [article(text=long_text(1)), article("other")]
    earlier.make(tmp_path / FILE, held, earlier.BEFORE_OUTLINES)
    passages = split(held[0])
    with closing(Store(tmp_path)) as store:
        found = store.outlines([passage.id for passage in passages])
    assert found.lengths.tolist() == outlined(passages).lengths.tolist()


def test_putting_again_replaces(store: Store) -> None:
    put(store, article(text=long_text(1)), article("other"))
    old = split(article(text=long_text(1)))
    put(store, article(text=long_text(2, sentences=5)), signature="2")
    new = store.passages_of(["mine"])
    assert not {passage.id for passage in old} & {passage.id for passage in new}
    # An index that has not followed yet finds the old ones: they can be read, unless a new one was found too.
    assert store.passages([passage.id for passage in old]) == old
    assert store.passages([passage.id for passage in (*old, *new)]) == new
    assert store.article("mine").text == long_text(2, sentences=5)
    assert store.counts().passages == store.passage_count() == 2
    assert store.signatures() == {"mine": Signature("2", "settings"), "other": Signature("1", "settings")}


def test_removing(store: Store) -> None:
    put(store, article("a"), article("b"))
    assert store.remove(["a", "нет"]) == ["a"]
    assert store.ids() == ["b"]
    assert store.passage_count() == 1
    with pytest.raises(NotFoundError, match="«a» нет в библиотеке"):
        store.article("a")


def test_changes_are_numbered_and_the_last_one_of_an_article_is_kept(store: Store) -> None:
    put(store, article("a"), article("b"), article("a", title="Новый"))
    store.remove(["b"])
    assert store.changes_since(0) == [Change(3, "a"), Change(4, "b")]
    assert store.changes_since(3) == [Change(4, "b")]
    assert store.last_seq() == 4


def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    first = Store(tmp_path)
    put(first, article("a"))
    first.remove(["a"])
    first.close()
    second = Store(tmp_path)
    put(second, article("a"))
    assert second.last_seq() == 3
    second.close()


def test_a_failed_batch_leaves_nothing(store: Store) -> None:
    broken = article("b", "Текст \ud800")  # a lone surrogate can't be stored
    entries = [Entry(each, [], Signature("1", "1")) for each in (article("a"), broken)]
    with pytest.raises(UnicodeEncodeError):
        store.put_many(entries)
    assert (store.ids(), store.last_seq()) == ([], 0)
    put(store, article("a"))
    assert store.ids() == ["a"]


def test_filters(store: Store) -> None:
    put(
        store,
        article("old", source="Trend", published="2025-12-31", tags=("Медь",)),
        article("new", source="Ёж News", published="2026-02-23", tags=("Мёд", "медь")),
        article("undated", source="Trend"),
    )
    expected = [
        (Filters(), None),
        (Filters(since=date(2026, 1, 1)), ["new"]),
        (Filters(until=date(2025, 12, 31)), ["old"]),
        (Filters(since=date(2025, 12, 31), until=date(2026, 2, 23)), ["new", "old"]),
        (Filters(sources=("trend",)), ["old", "undated"]),
        (Filters(sources=("ЕЖ NEWS", "нет")), ["new"]),
        (Filters(articles=("new", "нет")), ["new"]),
        (Filters(articles=("new",), sources=("Trend",)), []),
        (Filters(tags=("медь",)), ["new", "old"]),
        (Filters(tags=(" МЁД ", "нет")), ["new"]),
        (Filters(tags=("мед", "медь")), ["new", "old"]),
        (Filters(tags=("ме",)), []),
        (Filters(tags=("медь",), sources=("Trend",)), ["old"]),
    ]
    for filters, ids in expected:
        assert store.matching(filters) == ids
    put(store, article("new", tags=("Никель",)))
    store.remove(["old"])
    assert store.matching(Filters(tags=("медь", "мёд"))) == []
    assert store.matching(Filters(tags=("никель",))) == ["new"]


@SQLITE
@pytest.mark.parametrize(
    "condition",
    [
        "id IN (SELECT article_id FROM article_tags WHERE tag IN (SELECT value FROM json_each('[]')))",
        "source_key IN (SELECT value FROM json_each('[]'))",
        "published >= '2026-01-01'",
    ],
)
def test_filters_read_indexes(store: Store, condition: str) -> None:
    with store._reading() as db:
        plan = db.execute(f"EXPLAIN QUERY PLAN SELECT id FROM articles WHERE {condition}").fetchall()
    assert not any(row[3].startswith("SCAN article") for row in plan)
    assert any(row[3].startswith("SEARCH article") for row in plan)


def test_a_library_from_before_the_tags_gets_them(tmp_path: Path) -> None:
    held = [article("a", tags=("Медь", "медь", "Ёж")), article("b")]
    earlier.make(tmp_path / FILE, [article("b")], earlier.BEFORE_TAGS)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("UPDATE articles SET tags = ?", ('["Медь", "медь", "Ёж"]',))
        db.commit()
    with closing(Store(tmp_path)) as store:
        assert store.matching(Filters(tags=("МЕДЬ",))) == ["b"]
        assert store.matching(Filters(tags=("еж",))) == ["b"]
        put(store, *held)
        store.remove(["a"])
        assert store.matching(Filters(tags=("МЕДЬ",))) == []


def test_a_library_from_before_authors_and_dumps_gets_them(tmp_path: Path) -> None:
    earlier.make(tmp_path / FILE, [article("a", published="2026-02-23")], earlier.BEFORE_AUTHORS)
    with closing(Store(tmp_path)) as store:
        assert (store.article("a").info.author, store.article("a").info.published_raw) == (None, None)
        put(store, article("b", author="Анна Ким", published_raw="23 фев"))
        assert store.infos(["b"])["b"] == store.article("b").info
        assert (store.article("b").info.author, store.article("b").info.published_raw) == (
            "Анна Ким",
            "23 фев",
        )
        assert store.files() == {}


@pytest.mark.parametrize("change", ["put", "put elsewhere", "remove", "nothing", "another file"])
def test_what_is_noted_of_a_file_holds_until_one_of_its_articles_changes(store: Store, change: str) -> None:
    for name in "ab":
        store.put(article(name), (), "content", "settings", "/dump")
    record = FileRecord("/dump", "dump", Signature("content", "settings"))
    store.keep_files([record])
    assert store.files() == {"/dump": record}
    if change == "put":
        store.put(article("c"), (), "content", "settings", "/dump")
    elif change == "put elsewhere":
        store.put(article("a"), (), "content", "settings", "/other")
    elif change == "remove":
        store.remove(["b"])
    elif change == "another file":
        store.put(article("c"), (), "content", "settings", "/other")
    assert bool(store.files()) is (change in ("nothing", "another file"))


def test_the_newest_day_of_publication(store: Store) -> None:
    put(
        store,
        article("old", source="Trend", published="2025-12-31"),
        article("new", published="2026-02-23"),
        article("undated"),
    )
    day = date(2026, 3, 1)
    assert store.latest(day) == date(2026, 2, 23)
    assert store.latest(day, Filters(sources=("trend",))) == date(2025, 12, 31)
    assert store.latest(day, Filters(until=date(2026, 1, 1))) == date(2025, 12, 31)
    assert store.latest(date(2026, 1, 15), Filters(until=day)) == date(2025, 12, 31)
    assert store.latest(date(2020, 1, 1)) is None


def test_sources_are_listed_once(store: Store) -> None:
    put(store, article("a", source="Ёж"), article("b", source="ЁЖ "), article("c", source="Аист"))
    put(store, article("d"), article("e", source=" "))
    assert [name.strip().lower() for name in store.sources()] == ["аист", "ёж"]


def test_tags(store: Store) -> None:
    tagged = ("a", ("нефть", "ЕС")), ("b", ("Ес", "газ")), ("c", ())
    put(store, *(article(name, tags=tags) for name, tags in tagged))
    assert [tag.lower() for tag in store.tags()] == ["газ", "ес", "нефть"]
    store.remove(["a", "b"])
    assert store.tags() == []


def test_what_a_filter_names_and_the_library_lacks(store: Store) -> None:
    put(store, article("a", source="Ёж", tags=("Медь",)))
    given = Filters(date(2020, 1, 1), None, ("еж", "Лис"), ("a", "b"), ("МЕДЬ", "лёд"))
    assert store.unknown(given) == Filters(sources=("Лис",), articles=("b",), tags=("лёд",))
    assert not store.unknown(Filters())


def test_many_ids_in_one_filter(store: Store) -> None:
    put(store, article("a"))
    assert store.matching(Filters(articles=(*map(str, range(100_000)), "a"))) == ["a"]


def test_the_list_is_paged_and_newest_first(store: Store) -> None:
    put(store, article("a"), article("b", published="2025-01-01"), article("c", published="2026-01-01"))
    assert [listed.info.id for listed in store.articles()] == ["c", "b", "a"]
    assert [listed.info.id for listed in store.articles(offset=1, limit=1)] == ["b"]
    listed = store.articles()[0]
    assert (listed.characters, listed.passages) == (len(article().text), 1)


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("date", ["river", "lake", "wood", "old"]),
        ("added", ["river", "wood", "old", "lake"]),
        ("title", ["old", "wood", "lake", "river"]),
        ("source", ["wood", "lake", "old", "river"]),
    ],
)
def test_the_list_is_ordered(store: Store, order: Order, found: list[str]) -> None:
    given = (
        article("lake", title="«Озеро» и лёд", source="Ель", published="2026-02-03"),
        article("old", title="Ёлка без даты", source="ель"),
        article("wood", title="лес", source="берёза", published="2026-01-10"),
        article("river", title="Реки", published="2026-02-10"),
    )
    for each in given:
        put(store, each)
    listed = store.articles(order=order)
    assert [each.info.id for each in listed] == found
    assert [each for at in range(4) for each in store.articles(at, 1, order=order)] == listed


def test_all_passages_come_article_by_article(store: Store) -> None:
    articles = [article(f"{number:02}", long_text(number)) for number in range(7)]
    put(store, *articles)
    batches = list(store.all_passages(batch=3))
    assert len(batches) == 3
    assert [passage for batch in batches for passage in batch] == [
        p for each in articles for p in split(each)
    ]


def test_threads_read_while_one_writes(store: Store) -> None:
    put(store, article("a"))
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(50):
                assert store.article("a").id == "a"
                assert store.passages_of(["a"]) == split(article("a"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        put(store, article(f"n{number}"))
    for thread in threads:
        thread.join()
    assert not failures
    assert store.counts().articles == 21


def test_a_closed_store_says_so(store: Store) -> None:
    put(store, article("a"))
    store.close()
    store.close()
    with pytest.raises(LibraryError, match="закрыта"):
        store.article("a")


def test_garbage_instead_of_a_database(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all " * 500)
    with pytest.raises(LibraryError, match=r"повреждена.*snoska index --rebuild"):
        Store(tmp_path)


def test_a_torn_database(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store, *(article(f"{number}", long_text(number)) for number in range(30)))
    store.close()
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(LibraryError, match=r"повреждена.*snoska index --rebuild"):
        list(Store(tmp_path).all_passages())


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="RAG_DATA"):
        Store(tmp_path / "missing")


@SQLITE
def test_a_full_disk(store: Store) -> None:
    put(store, article("a"))
    with store._reading() as db:  # what SQLite itself says when it can't grow
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LibraryError, match="нет места"):
        put(store, article("b", long_text(1, sentences=2000)))
    assert store.ids() == ["a"]


@SQLITE
def test_threads_that_are_gone_leave_no_connections(store: Store, tmp_path: Path) -> None:
    for _ in range(30):
        thread = threading.Thread(target=store.counts)
        thread.start()
        thread.join()
    held = [each.resolve() for each in Path("/proc/self/fd").iterdir() if each.exists()]
    assert held.count((tmp_path / FILE).resolve()) <= 2


def test_what_a_filter_allows_follows_the_library(store: Store) -> None:
    put(store, article("a", source="Вестник"))
    filters = Filters(sources=("вестник",))
    for expected in (["a"], ["a", "b"], ["b"]):
        if "b" in expected:
            put(store, article("b", source="Вестник"))
        if "a" not in expected:
            store.remove(["a"])
        for _ in range(2):
            found = store.allowed(filters)
            assert found is not None
            assert found.keys.tolist() == ArticleSet.of(expected).keys.tolist()
    assert store.allowed(Filters()) is None
    for number in range(40):
        assert len(store.allowed(Filters(articles=("b", str(number)))) or ()) == 1


def test_replaced_passages_are_let_go_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    old = [passage.id for passage in split(article(text=long_text(1)))]
    put(store, article(text=long_text(1)))
    put(store, article(text=long_text(2)), signature="2")
    assert store.passages(old)
    monkeypatch.setattr("rag.library.store._RETIREMENT", 0.0)
    put(store, article("other"))
    assert store.passages(old) == []
    put(store, article(text=long_text(3)), signature="3")
    store.remove(["mine"])
    assert store.passages([passage.id for passage in split(article(text=long_text(2)))]) == []


@pytest.mark.parametrize(
    ("words", "filters", "found"),
    [
        ("", Filters(), ["river", "lake", "old"]),
        ("река", Filters(), ["river"]),
        ("рекой", Filters(), ["river"]),
        ("РЕК", Filters(), ["river"]),
        ("озеро и лёд", Filters(), ["lake"]),
        ("лед озера", Filters(), ["lake"]),
        ("озеро река", Filters(), []),
        ("old", Filters(), ["old"]),
        ("%", Filters(), ["river", "lake", "old"]),  # no word at all
        ("", Filters(since=date(2026, 2, 1)), ["river", "lake"]),
        ("", Filters(sources=("газета",)), ["lake", "old"]),
        ("лёд", Filters(sources=("Газета",)), ["lake"]),
    ],
)
def test_the_list_is_looked_through(store: Store, words: str, filters: Filters, found: list[str]) -> None:
    put(
        store,
        article("lake", title="Озеро и лёд на нём", source="Газета", published="2026-02-03"),
        article("river", title="Реки разлились", published="2026-02-10"),
        article("old", title="Без даты", source="Газета"),
    )
    assert [listed.info.id for listed in store.articles(0, 10, filters, words)] == found
    shares = store.shares(filters, words)
    assert shares.total == sum(shares.months.values()) == sum(shares.sources.values()) == len(found)


def test_shares_by_month_and_source(store: Store) -> None:
    put(
        store,
        article("a", source="Газета", published="2026-02-03"),
        article("b", source="ГАЗЕТА", published="2026-02-28"),
        article("c", published="2025-12-31"),
        article("d"),
    )
    shares = store.shares()
    assert list(shares.months.items()) == [("2025-12", 1), ("2026-02", 2), (None, 1)]
    assert list(shares.sources.values()) == [2, 2]
    assert set(shares.sources) == {"ГАЗЕТА", None}


def test_two_servers_number_words_alike(postgres_url: str) -> None:
    """Also after a transaction of the other one was rolled back."""
    with database(postgres_url) as one, database_again(postgres_url) as other:
        first, second = Store(one), Store(other)
        put(first, article("a", "Зяблик поёт."))
        put(second, article("b", "Сойка молчит, зяблик поёт."))
        broken = Entry(article("broken", "Непутёвый щегол."), [None], Signature("1", "1"))  # type: ignore[list-item]
        with pytest.raises(AttributeError):
            second.put_many([Entry(article("n"), split(article("n", "Дрозд.")), Signature("1", "1")), broken])
        put(first, article("c", "Щегол и дрозд."))
        put(second, article("d", "Щегол, дрозд и чиж."))
        for store in (first, second):
            ids = [passage.id for each in "abcd" for passage in store.passages_of([each])]
            there = store.outlines(ids)
            held = there.lemmas(np.unique(there.words).tolist())
            assert len(held) == len(set(held)), "no word has two numbers"
            assert {"зяблик", "сойка", "щегол", "дрозд", "чиж"} <= set(held)
            assert store.counts().articles == 4
