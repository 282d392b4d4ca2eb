"""Libraries of earlier programs: every article is kept, whatever stops a step to the next schema."""

from __future__ import annotations

import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.library.library import Library
from rag.library.schema import MIGRATIONS
from rag.library.split import split
from rag.library.store import FILE, Store
from rag.types import Filters
from tests.processes import run

from . import earlier
from .articles import article, long_text, write
from .indexes import FileIndex

SENT = [
    article("мост", "Мост длиной 640 метров открыли в июле.", "Мост", source="Вестник", tags=("Мосты",)),
    article("рудник", long_text(3), "Рудник", published="2026-02-23", author="А. Речная"),
    *(article(f"статья {number}", long_text(number, sentences=3)) for number in range(20)),
]
DESCRIPTION = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"


def described(file: Path) -> list[tuple[str, ...]]:
    """What a database is made of, however its SQL is set; columns in their order."""
    with closing(sqlite3.connect(file)) as db:
        found = db.execute(DESCRIPTION).fetchall()
        rows = [(*each[:3], " ".join((each[3] or "").split())) for each in found if each[0] != "table"]
        for table in (each[1] for each in found if each[0] == "table"):
            rows += [(table, *map(str, row[1:])) for row in db.execute(f"PRAGMA table_info({table})")]
    return sorted(rows)


def number(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(store: Store) -> None:
    assert store.ids() == sorted(each.id for each in SENT)
    for each in SENT:
        assert store.article(each.id) == each
        assert store.passages_of([each.id]) == split(each)
        assert [(edition.version, edition.until) for edition in store.versions(each.id)] == [(1, None)]
    assert store.last_seq() == len(SENT)


@pytest.mark.parametrize(
    "older",
    [
        "",
        earlier.BEFORE_OUTLINES,
        earlier.BEFORE_OUTLINES + earlier.BEFORE_AUTHORS,
        earlier.BEFORE_OUTLINES + earlier.BEFORE_AUTHORS + earlier.BEFORE_TAGS,
        "DROP TABLE copies; DROP TABLE retired",
    ],
    ids=["counted from here", "before outlines", "before authors", "before tags", "before copies"],
)
def test_all_ways_lead_to_the_same_tables(tmp_path: Path, older: str) -> None:
    (tmp_path / "new").mkdir()
    Store(tmp_path / "new").close()
    earlier.make(tmp_path / FILE, [article("a", source="Ёж", tags=("Медь",))], older)
    with closing(Store(tmp_path)) as store:
        assert store.article("a").info.source == "Ёж"
        assert store.matching(Filters(tags=("медь",))) == ["a"]
    wanted, made = described(tmp_path / "new" / FILE), described(tmp_path / FILE)
    added = {"author", "published_raw"}  # columns that stand at another place
    assert [row for row in made if not added & {*row}] == [row for row in wanted if not added & {*row}]


def test_what_was_sent_survives_a_rebuild(tmp_path: Path) -> None:
    earlier.make(tmp_path / FILE, SENT)
    write(tmp_path / "corpus/канал.txt", long_text(99))
    leg = FileIndex(tmp_path)
    with Library(tmp_path, [leg], repair=True) as library:
        report = library.index([tmp_path / "corpus"], rebuild=True)
        assert (report.added, report.articles) == (1, len(SENT) + 1)
        assert {each.id for each in SENT} < set(library.store.ids())
        assert library.differences() == []
        assert set(leg.held) == set(library.store.ids())


DYING = """
import os, signal, sys
from pathlib import Path
from rag.library import schema
from rag.library.store import Store
left, run = int(sys.argv[2]), schema._run
def dying(db, statements):
    global left
    for statement in statements:
        run(db, [statement])
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
schema._run = dying
Store(Path(sys.argv[1])).close()
"""


@pytest.mark.parametrize("statements", [0, 4, 9])
def test_every_article_is_kept_also_after_a_crash_in_the_middle(tmp_path: Path, statements: int) -> None:
    earlier.make(tmp_path / FILE, SENT)
    before = described(tmp_path / FILE)
    done = run([sys.executable, "-c", DYING, str(tmp_path), str(statements)], tmp_path)
    assert done.returncode == -signal.SIGKILL
    assert number(tmp_path / FILE) == 0
    assert described(tmp_path / FILE) == before
    for _ in range(2):
        with closing(Store(tmp_path)) as store:
            check(store)
            assert store.matching(Filters(tags=("мосты",))) == ["мост"]
            assert store.versions("мост")[0].since == earlier.INDEXED_AT
    assert number(tmp_path / FILE) == len(MIGRATIONS)


def test_a_step_that_fails_leaves_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM articles")
        db.execute("CREATE TABLE articles (id)")

    earlier.make(tmp_path / FILE, SENT)
    before = described(tmp_path / FILE)
    with monkeypatch.context() as changed, pytest.raises(LibraryError):
        changed.setattr("rag.library.database.MIGRATIONS", (*MIGRATIONS, failing))
        Store(tmp_path)
    assert described(tmp_path / FILE) == before
    with closing(Store(tmp_path)) as store:
        check(store)


def test_a_library_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("PRAGMA user_version = 99")
    for repair in (False, True):
        with pytest.raises(LibraryError, match="более новой версией программы"):
            Library(tmp_path, [], repair=repair)
    assert number(tmp_path / FILE) == 99
    assert not list(tmp_path.glob(f"{FILE}.*-*"))
