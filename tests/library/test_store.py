"""The contract of every home of a library, and what only files can do to one."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryError, NotFoundError
from rag.library.database import Database
from rag.library.records import Change, Counts, Entry, FileRecord, Signature
from rag.library.split import split
from rag.library.store import FILE, Store
from rag.matching.outlines import outlined
from rag.types import Article, ArticleSet, Filters
from tests.postgres.server import database, database_again, url_of

from . import earlier
from .articles import article, long_text


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
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
        "a/б", long_text(1), source="Сноска", published="2026-02-23", url="https://e.com", tags=("x",),
        author="Анна Ким", published_raw="23 фев",
    )  # fmt: skip
    passages = split(whole)
    put(store, whole)
    assert store.article("a/б") == whole
    assert store.infos(["a/б", "нет"]) == {"a/б": whole.info}
    assert store.signature("a/б") == Signature("1", "settings")
    assert store.counts() == Counts(1, len(passages), len(whole.text))
    assert store.passages_of(["a/б"]) == passages
    assert store.passages([passages[2].id, "нет такого", passages[0].id]) == [passages[2], passages[0]]
    assert store.passages([]) == []
    put(store, article("a/б", tags=("y",)), article("blank", source=" "))
    assert store.matching(Filters(tags=("x",))) == [] and store.matching(Filters(tags=("Y",))) == ["a/б"]
    store.remove(["a/б"])
    assert store.tags() == store.sources() == []


def test_all_passages_come_article_by_article(store: Store) -> None:
    articles = [article(f"{number:02}", long_text(number)) for number in range(7)]
    put(store, *articles)
    batches = list(store.all_passages(batch=3))
    assert len(batches) == 3
    found = [passage for batch in batches for passage in batch]
    assert found == [passage for each in articles for passage in split(each)]


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


def test_putting_again_replaces(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, article(text=long_text(1)), article("other"))
    old = split(article(text=long_text(1)))
    old_ids = [passage.id for passage in old]
    put(store, article(text=long_text(2, sentences=5)), signature="2")
    new = store.passages_of(["mine"])
    assert not set(old_ids) & {passage.id for passage in new}
    # An index that has not followed yet finds the old ones: they can be read, unless a new one was found too.
    assert store.passages(old_ids) == old and list(store.outlines(old_ids).ids) == old_ids
    assert store.passages([*old_ids, *(passage.id for passage in new)]) == new
    assert store.article("mine").text == long_text(2, sentences=5)
    assert store.counts().passages == store.passage_count() == 2
    assert store.signatures() == {"mine": Signature("2", "settings"), "other": Signature("1", "settings")}
    monkeypatch.setattr("rag.library.store._RETIREMENT", -1.0)
    put(store, article("another"))  # after a while they are let go of
    assert store.passages(old_ids) == [] and not store.outlines(old_ids).ids
    store.remove(["mine"])
    assert store.passages([passage.id for passage in new]) == []
    with store.database.reading() as db:
        assert tuple(db.execute("SELECT count(*) FROM outlines").fetchone()) == (store.passage_count(),)


def test_changes_are_numbered_and_the_last_one_of_an_article_is_kept(store: Store) -> None:
    put(store, article("a"), article("b"), article("a", title="Новый"))
    assert store.remove(["b", "нет"]) == ["b"]
    assert store.changes_since(0) == [Change(3, "a"), Change(4, "b")]
    assert store.changes_since(3) == [Change(4, "b")]
    assert (store.last_seq(), store.ids(), store.passage_count()) == (4, ["a"], 1)
    with pytest.raises(NotFoundError, match="«b» нет в библиотеке"):
        store.article("b")
    put(store, article("b"))
    assert store.last_seq() == 5, "a number is never given twice"


def test_a_failed_batch_leaves_nothing(store: Store) -> None:
    broken = article("b", "Текст \ud800")  # a lone surrogate can't be stored
    entries = [Entry(each, [], Signature("1", "1")) for each in (article("a"), broken)]
    with pytest.raises(UnicodeEncodeError):
        store.put_many(entries)
    assert (store.ids(), store.last_seq()) == ([], 0)
    put(store, article("a"))
    assert store.ids() == ["a"]


def test_what_is_noted_of_a_file_holds_until_one_of_its_articles_changes(store: Store) -> None:
    record = FileRecord("/dump", "dump", Signature("content", "settings"))
    changes: list[tuple[Callable[[], object], bool]] = [
        (lambda: None, True),
        (lambda: store.put(article("c"), (), "content", "settings", "/other"), True),
        (lambda: store.put(article("c"), (), "content", "settings", "/dump"), False),
        (lambda: store.put(article("a"), (), "content", "settings", "/other"), False),
        (lambda: store.remove(["b"]), False),
    ]
    for change, holds in changes:
        for name in "ab":
            store.put(article(name), (), "content", "settings", "/dump")
        store.keep_files([record])
        assert store.files() == {"/dump": record}
        change()
        assert store.files() == ({"/dump": record} if holds else {})


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
    store.close()
    store.close()
    with pytest.raises(LibraryError, match="закрыта"):
        store.article("a")


# Words and their numbers


def failing_batch(store: Store, text: str) -> None:
    """A transaction that has given numbers to the words of `text`, and is rolled back."""
    broken = Entry(article("broken", "Непутёвый щегол."), [None], Signature("1", "1"))  # type: ignore[list-item]
    with pytest.raises(AttributeError):
        store.put_many([Entry(article("n"), split(article("n", text)), Signature("1", "1")), broken])


@SQLITE
def test_words_keep_their_numbers(store: Store, tmp_path: Path) -> None:
    put(store, article("other"))
    ids = [passage.id for passage in split(article("other"))]
    before = store.outlines(ids)
    failing_batch(store, "Зяблик поёт.")
    put(store, article("mine", "Сойка молчит."))
    with closing(Store(tmp_path)) as again:
        for one in (store, again):
            assert one.outlines(ids).words.tolist() == before.words.tolist()
            (new,) = (passage.id for passage in split(article("mine", "Сойка молчит.")))
            words = one.outlines([new]).words
            assert set(one.lemmas(np.unique(words).tolist())) >= {"сойка", "молчать"}


def test_two_servers_number_words_alike(postgres_url: str) -> None:
    with database(postgres_url) as one, database_again(postgres_url) as other:
        first, second = Store(one), Store(other)
        put(first, article("a", "Зяблик поёт."))
        put(second, article("b", "Сойка молчит, зяблик поёт."))
        failing_batch(second, "Дрозд.")
        put(first, article("c", "Щегол и дрозд."))
        put(second, article("d", "Щегол, дрозд и чиж."))
        for store in (first, second):
            ids = [passage.id for each in "abcd" for passage in store.passages_of([each])]
            there = store.outlines(ids)
            held = there.lemmas(np.unique(there.words).tolist())
            assert len(held) == len(set(held)), "no word has two numbers"
            assert {"зяблик", "сойка", "щегол", "дрозд", "чиж"} <= set(held)
            assert store.counts().articles == 4


# Files


def test_a_library_from_before_outlines_tags_and_authors_gets_them(tmp_path: Path) -> None:
    older = earlier.BEFORE_OUTLINES + earlier.BEFORE_AUTHORS + earlier.BEFORE_TAGS
    held = article("b", long_text(1), tags=("Медь", "Ёж"))
    earlier.make(tmp_path / FILE, [held], older)
    with closing(Store(tmp_path)) as store:
        assert store.article("b") == held and store.files() == {}
        found = store.outlines([passage.id for passage in split(held)])
        assert found.lengths.tolist() == outlined(split(held)).lengths.tolist()
        put(store, article("a", tags=("медь",), author="Анна Ким", published_raw="23 фев"))
        assert store.article("a").info.author == "Анна Ким"
        assert store.matching(Filters(tags=("МЕДЬ",))) == ["a", "b"]
        store.remove(["b"])
        assert store.matching(Filters(tags=("еж", "МЕДЬ"))) == ["a"]


def refusal(path: Path) -> str:
    with pytest.raises(LibraryError) as caught, closing(Database(path)):
        pass
    return str(caught.value)


def test_what_can_not_be_opened_is_told_with_what_to_do(tmp_path: Path) -> None:
    said = refusal(tmp_path / "absent" / "library.db")
    assert said == f"Нет папки {tmp_path / 'absent'}. Создайте её или укажите другую папку: RAG_DATA=…"
    (tmp_path / "library.db").mkdir()
    said = refusal(tmp_path / "library.db")
    assert said.startswith(f"На месте базы {tmp_path / 'library.db'} стоит папка. Уберите её или")
    (tmp_path / "note.db").write_text("Это не база, а записка. " * 100, encoding="utf-8")
    assert "snoska index --rebuild" in refusal(tmp_path / "note.db")


def test_another_process_that_reads_takes_nothing_with_it(tmp_path: Path) -> None:
    """Of a copy made while a server runs: were its locks gone, the copying would delete its journal."""
    read = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); "
        "print(db.execute('SELECT count(*) FROM meta').fetchone()[0]); db.close()"
    )
    with closing(Database(tmp_path / "library.db")) as database:
        with database.reading() as db, database.reading():  # of two threads: two connections
            held = db.execute("SELECT count(*) FROM meta").fetchone()[0]
        for written in range(2):
            done = subprocess.run(
                [sys.executable, "-c", read, str(database.path)], capture_output=True, text=True
            )
            assert int(done.stdout) == held + written, done.stderr
            with database.writing() as db:
                db.execute("INSERT INTO meta VALUES (?, '')", (f"written {written}",))
    with closing(Database(tmp_path / "library.db")) as again, again.reading() as db:
        assert db.execute("SELECT count(*) FROM meta").fetchone()[0] == held + 2


def test_damage_is_told_with_what_to_do(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        put(store, *(article(f"{number}", long_text(number)) for number in range(9)))
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with pytest.raises(LibraryError, match=r"повреждена.*snoska index --rebuild"):
        list(Store(tmp_path).all_passages())


@SQLITE
def test_a_full_disk(store: Store) -> None:
    put(store, article("a"))
    with store._reading() as db:  # what SQLite itself says when it can't grow
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LibraryError, match="нет места"):
        put(store, article("b", long_text(1, sentences=500)))
    assert store.ids() == ["a"]


@SQLITE
def test_threads_that_are_gone_leave_no_connections(store: Store, tmp_path: Path) -> None:
    for _ in range(30):
        thread = threading.Thread(target=store.counts)
        thread.start()
        thread.join()
    held = [each.resolve() for each in Path("/proc/self/fd").iterdir() if each.exists()]
    assert held.count((tmp_path / FILE).resolve()) <= 2


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
