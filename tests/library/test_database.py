import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.library.database import Database


def refusal(path: Path) -> str:
    with pytest.raises(LibraryError) as caught, closing(Database(path)):
        pass
    return str(caught.value)


def test_a_missing_folder_is_to_be_made(tmp_path: Path) -> None:
    said = refusal(tmp_path / "absent" / "library.db")
    assert said == f"Нет папки {tmp_path / 'absent'}. Создайте её или укажите другую папку: RAG_DATA=…"


def test_a_folder_in_place_of_the_database_is_to_be_moved(tmp_path: Path) -> None:
    (tmp_path / "library.db").mkdir()
    said = refusal(tmp_path / "library.db")
    assert said.startswith(f"На месте базы {tmp_path / 'library.db'} стоит папка. Уберите её или")


def test_what_is_no_database_is_to_be_built_anew(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_text("Это не база, а записка. " * 100, encoding="utf-8")
    assert "snoska index --rebuild" in refusal(tmp_path / "library.db")


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
