"""What every SQLite file of the project does: the library's and that of the conversations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.chats.database import Database as Chats
from rag.database import SqliteFile
from rag.errors import LibraryError
from rag.library.database import Database as Library


@pytest.fixture(params=[Library, Chats], ids=["library", "chats"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteFile]:
    opened: Callable[[Path], SqliteFile] = request.param
    database = opened(tmp_path / "file.db")
    with database.writing() as db:
        db.execute("CREATE TABLE said (word TEXT PRIMARY KEY)")
    yield database
    database.close()


def words(file: SqliteFile) -> list[str]:
    with file.reading() as db:
        return [row[0] for row in db.execute("SELECT word FROM said ORDER BY word")]


def test_a_write_that_fails_leaves_nothing(file: SqliteFile) -> None:
    with pytest.raises(KeyboardInterrupt), file.writing() as db:
        db.execute("INSERT INTO said VALUES ('мост')")
        raise KeyboardInterrupt
    assert words(file) == []
    with pytest.raises(LibraryError), file.writing() as db:
        db.execute("INSERT INTO said VALUES ('канал')")
        db.execute("INSERT INTO said VALUES ('канал')")
    assert words(file) == []


def test_a_read_does_not_wait_for_a_write(file: SqliteFile) -> None:
    with file.writing() as db:
        db.execute("INSERT INTO said VALUES ('мост')")
        assert words(file) == []
    assert words(file) == ["мост"]


def test_threads_write_in_turns(file: SqliteFile) -> None:
    def write(number: int) -> None:
        with file.writing() as db:
            (held,) = db.execute("SELECT count(*) FROM said").fetchone()
            db.execute("INSERT INTO said VALUES (?)", (f"{held:02}",))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert words(file) == [f"{number:02}" for number in range(20)]


def test_a_closed_file_says_so(file: SqliteFile) -> None:
    with file.reading():
        file.close()  # a connection in use is closed when it is given back
    with pytest.raises(LibraryError, match="уже закрыта"), file.reading():
        pass
