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
