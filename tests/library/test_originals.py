"""Files kept beside the library: whole, each content once, and no longer than an article speaks of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import LibraryError, NotFoundError
from rag.library.library import Library
from rag.library.originals import FOLDER
from rag.library.run import Watch

from .articles import long_text, sent, write
from .reading.making import zip_of

BYTES = "Мост длиной 640 метров открыли в июле.".encode("cp1251")
DAM = "# Дамба\n\nДамбу насыпали за год.".encode()


@pytest.fixture
def library(data: Path) -> Iterator[Library]:
    with Library(data, [], keep_originals=True) as library:
        yield library


def kept(library: Library, article_id: str = "мост", version: int | None = None) -> tuple[str, bytes]:
    """The name and the bytes of an article's kept file."""
    found = library.version(article_id, version) if version else library.present(article_id)
    assert found.original
    return found.original.name, library.originals.path(found.original).read_bytes()


def files(library: Library) -> int:
    return len(list((library.folder / FOLDER).iterdir()))


def test_the_bytes_are_kept_as_they_were_read(library: Library, corpus: Path) -> None:
    write(corpus / "мост.txt", BYTES)
    library.index([corpus])
    assert kept(library) == ("мост.txt", BYTES)
    second = long_text(1).encode()
    library.upload([sent("../отчёт.txt", second), sent("ещё.txt", BYTES + b"!")], Watch())
    assert kept(library, "отчёт") == ("../отчёт.txt", second)
    assert kept(library, "ещё") == ("ещё.txt", BYTES + b"!")
    assert files(library) == 3


def test_members_of_an_archive_are_kept_one_by_one(library: Library, corpus: Path) -> None:
    packed = zip_of({"река/мост.txt": BYTES, "дамба.md": DAM, "ряды.csv": "текст\nШлюз.".encode()})
    nested = zip_of({"архив.zip": packed})
    library.upload([sent("порт.zip", packed), sent("два.zip", nested)], Watch())
    write(corpus / "папка.zip", packed)
    library.index([corpus])
    for above in ("порт", "два/архив", "папка"):
        assert kept(library, f"{above}/река/мост") == ("мост.txt", BYTES)
        assert kept(library, f"{above}/дамба") == ("дамба.md", DAM)
        rows = [each for each in library.store.ids() if each.startswith(f"{above}/ряды")]
        assert rows and all(library.present(each).original is None for each in rows)
    assert files(library) == 2


def test_each_version_has_its_file_and_an_edit_changes_nothing(library: Library, corpus: Path) -> None:
    for content in (BYTES, long_text(1).encode()):
        write(corpus / "мост.txt", content)
        library.index([corpus])
        library.edit("мост", {"title": "Мост"})
    assert kept(library)[1] == long_text(1).encode() and kept(library, version=1)[1] == BYTES
    library.remove(["мост"])
    library.restore(["мост"])
    assert kept(library)[1] == long_text(1).encode() and kept(library, version=1)[1] == BYTES
    library.forget_versions()
    assert kept(library)[1] == long_text(1).encode() and files(library) == 1
    library.remove(["мост"])
    library.forget_versions()
    assert files(library) == 0


def test_a_library_that_keeps_none_keeps_what_there_is(library: Library, corpus: Path) -> None:
    write(corpus / "мост.txt", BYTES)
    library.index([corpus])
    library.close()
    (library.folder / FOLDER / "0123.new").write_bytes(b"half of a file, from a crash")
    with Library(library.folder, []) as again:
        assert kept(again) == ("мост.txt", BYTES) and files(again) == 1
        again.index([corpus], rebuild=True)
        assert kept(again) == ("мост.txt", BYTES)
        write(corpus / "мост.txt", long_text(1).encode())
        again.index([corpus])
        assert again.present("мост").original is None
        assert kept(again, version=1) == ("мост.txt", BYTES)


def test_a_file_that_is_lost_or_can_not_be_kept_is_told(library: Library, corpus: Path) -> None:
    write(corpus / "мост.txt", BYTES)
    library.index([corpus])
    for path in (library.folder / FOLDER).iterdir():
        path.unlink()
    original = library.present("мост").original
    assert original
    with pytest.raises(NotFoundError, match="не сохранился"):
        library.originals.path(original)
    (library.folder / FOLDER).rmdir()
    (library.folder / FOLDER).write_text("a file in its place", encoding="utf-8")
    write(corpus / "мост.txt", long_text(1).encode())
    with pytest.raises(LibraryError, match="RAG_KEEP_ORIGINALS=0"):
        library.index([corpus])
    assert library.article("мост").text == BYTES.decode("cp1251")
