"""What happens between two openings of a library: damage, crashes, other settings, another program."""

import json
import shutil
from pathlib import Path

import pytest

from rag.errors import LibraryBusyError, LibraryError
from rag.library import arrivals
from rag.library.library import Library
from rag.library.run import Watch
from rag.library.store import FILE

from .articles import article, long_text, sent, tally, write
from .indexes import FileIndex


@pytest.fixture
def filled(data: Path, leg: FileIndex) -> FileIndex:
    """The index of a library of two articles."""
    with Library(data, [leg]) as library:
        library.add([article("a"), article("b", long_text(1))])
    leg.made = 0
    return leg


def without_journal(folder: Path) -> None:
    for name in (f"{FILE}-wal", f"{FILE}-shm"):
        (folder / name).unlink(missing_ok=True)


@pytest.mark.parametrize("is_openable", [True, False])
def test_a_damaged_database_is_set_aside_by_a_rebuild(data: Path, is_openable: bool) -> None:
    with Library(data, []) as library:
        library.add([article(f"{number}", long_text(number)) for number in range(9)])
    content = bytearray((data / FILE).read_bytes())
    for page in range(4 if is_openable else 0, len(content) // 4096, 2):
        content[page * 4096 : (page + 1) * 4096] = b"\xff" * 4096
    write(data / FILE, bytes(content))
    without_journal(data)
    if not is_openable:
        with pytest.raises(LibraryError, match="snoska index --rebuild"):
            Library(data, [])
    with Library(data, [FileIndex(data)], repair=True) as library:  # the folder was left free
        assert "Прежняя база отложена" in library.notes[0]
        assert library.add([article("a")]).added == 1
        assert library.differences() == []
    assert len(list(data.glob(f"{FILE}.*"))) == 1


def test_a_lost_journal_is_told(library: Library, data: Path, tmp_path: Path) -> None:
    """What stood in the journal alone is gone: never an empty library without a word."""
    library.add([article("a")])
    copy = tmp_path / "copy"
    shutil.copytree(data, copy)  # as a crash would leave it
    assert (copy / f"{FILE}-wal").stat().st_size
    without_journal(copy)
    with Library(copy, [FileIndex(copy)]) as opened:
        assert any("library.db-wal" in note and "snoska index" in note for note in opened.notes)
        assert opened.differences() == []


def test_articles_of_an_older_version_are_split_anew(
    data: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(corpus / "а.txt", long_text(2))
    with Library(data, [FileIndex(data)]) as library:
        library.index([corpus])
        library.upload([sent("новая.txt", long_text(1))], Watch())
    monkeypatch.setattr(arrivals, "SETTINGS", "newer")
    with Library(data, [FileIndex(data)], building="behind") as opened:
        assert opened.notes == [
            "Разобрано прежней версией программы: 2 статьи. Прочитайте их заново: snoska index"
        ]
        assert tally(opened.index([corpus])) == (0, 2, 0, 0)
        assert tally(opened.upload([sent("новая.txt", long_text(1))], Watch())) == (0, 0, 1, 0)
        assert opened.differences() == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("lost", "нет 1"),
        ("extra", "лишние 1"),
        ("twice", "дважды 1"),
        ("UPDATE passages SET text = replace(text, 'руд', 'Руд') WHERE article_id = 'b'", "статей «b»"),
        ("UPDATE articles SET passage_count = 9 WHERE id = 'b'", "статей «b»"),
    ],
)
def test_a_deep_look_finds_every_difference(data: Path, leg: FileIndex, damage: str, told: str) -> None:
    with Library(data, [leg]) as library:
        library.add([article("a", long_text(1)), article("b")])
        assert library.differences() == []
        if damage == "lost":
            leg.held["a"].pop()
        elif damage == "extra":
            leg.held["c"] = ["0123456789abcdef"]
        elif damage == "twice":
            leg.held["b"] *= 2
        else:
            with library.store._writing() as db:
                db.execute(damage)
        (found,) = library.differences()
        assert told in found


def test_an_index_that_missed_changes_catches_up(data: Path, filled: FileIndex) -> None:
    with Library(data, [filled]) as library:
        assert (filled.made, library.notes) == (0, []), "one that is up to date is left alone"
    with Library(data, []) as library:
        library.add([article("c"), article("a", "Новый текст.")])
        library.remove(["b"])
    with Library(data, [filled]) as library:
        assert (filled.made, sorted(filled.held)) == (0, ["a", "c"])
        assert library.differences() == []
        filled.broken = True
        with pytest.raises(LibraryError, match="Индекс plain не записан"):
            library.add([article("d")])
        filled.broken = False
        library.add([article("e")])
        assert sorted(filled.held) == ["a", "c", "d", "e"]
        assert library.differences() == []


STATE = "plain.state.json"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("index", None),
        ("index", '{"a": ['),
        ("index", '{"a": []}'),
        (STATE, None),
        (STATE, "[]"),
        (STATE, '{"settings": "1", "seq": 1000, "folder": "plain/1"}'),
    ],
)
def test_a_damaged_index_is_rebuilt(data: Path, filled: FileIndex, file: str, content: str | None) -> None:
    path = filled.file if file == "index" else data / file
    assert json.loads(path.read_text())
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    with Library(data, [filled]) as library:
        assert filled.made == 1
        (note,) = library.notes
        assert note.startswith("Индекс plain построен заново: ")
        assert library.differences() == []


def test_an_index_of_other_settings_is_rebuilt_and_others_are_not(data: Path, filled: FileIndex) -> None:
    changed, other = FileIndex(data, settings="2"), FileIndex(data, name="other")
    with Library(data, [changed, other]) as library:
        assert "изменились настройки" in library.notes[0]
        assert "его не было на диске" in library.notes[1]
        assert library.differences() == []
    changed.settings = changed.recipe = "3"
    changed.made = other.made = 0
    with Library(data, [changed, other]):
        assert (changed.made, other.made) == (1, 0)


def test_a_second_library_on_the_folder_is_refused(library: Library, data: Path) -> None:
    with pytest.raises(LibraryBusyError, match=r"\(тест\)"):
        Library(data, [])
