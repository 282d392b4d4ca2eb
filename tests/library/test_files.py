import os
from pathlib import Path
from typing import cast

import pytest

from rag.errors import ArticleError
from rag.library import files
from rag.library.files import LARGEST, Found, find_files, is_readable
from rag.library.readers import read


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Текст статьи.", encoding="utf-8")
    return folder


def found_in(*paths: Path) -> list[Found]:
    """Of paths, only files are found."""
    return cast("list[Found]", find_files(paths))


def ids(*paths: Path) -> list[str]:
    return [found.id for found in find_files(paths)]


FOLDER = ("a.md", "README.md", "readme.ru.md", "LICENSE.txt", ".hidden.md", ".git/b.md", "Thumbs.db",
          "data/library.db", "data/library.lock", "data/notes.md")  # fmt: skip


@pytest.mark.parametrize(
    ("names", "given", "found"),
    [
        (("б.md", "а.txt", "год/май/в.html", "год/г.HTM"), [""], ["а", "б", "год/г", "год/май/в"]),
        (("год/а.2026.md",), ["год/а.2026.md"], ["а.2026"]),
        (FOLDER, [""], ["a"]),
        (FOLDER, ["README.md"], ["README"]),
        (("май/a.md", "июнь/a.md"), ["май", "июнь"], ["a", "a.md"]),
        (("a.md",), ["", "a.md", ""], ["a"]),  # given twice
        (("a.md", "a.mp3", "b", "c.fb2.zip", "c.tar.gz"), [""], ["a", "a.mp3", "b", "c", "c.tar.gz"]),
    ],
)  # fmt: skip
def test_ids_of_files(tmp_path: Path, names: tuple[str, ...], given: list[str], found: list[str]) -> None:
    """Paths inside the folder; what is no article of a folder is left out."""
    tree(tmp_path, *names)
    assert ids(*(tmp_path / each for each in given)) == found


def test_files_that_want_one_id(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "a.md", "a.html", "a.txt.md")
    found = {each.path.name: each.id for each in found_in(tmp_path)}
    assert found == {"a.md": "a", "a.txt": "a.txt", "a.html": "a.html", "a.txt.md": "a.txt.md"}


def test_unknown_kinds_are_found_to_be_told(tmp_path: Path) -> None:
    tree(tmp_path, "a.md", "a.mp3", "b", "c.fb2.zip", "c.tar.gz")
    assert [is_readable(found) for found in find_files([tmp_path])] == [True, False, True, True, False]


def test_linked_folders_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    corpus = tree(tmp_path / "corpus", "a.md")
    (corpus / "link.md").symlink_to("a.md")
    tree(tmp_path / "other", "b.md")
    (corpus / "other").symlink_to(tmp_path / "other")
    (corpus / "circle").symlink_to(corpus)
    found = {each.id: each.path for each in found_in(corpus)}
    assert sorted(found) == ["a", "circle", "other/b"]
    with pytest.raises(ArticleError, match="по кругу"):
        Found(found["circle"], "a").source()


def test_what_can_not_be_read_says_why(tmp_path: Path) -> None:
    tree(tmp_path, "a.md")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "self.md").symlink_to("self.md")
    (tmp_path / "dead.md").symlink_to("nowhere.md")
    reasons = {
        tmp_path / "missing.md": "нет такого файла",
        tmp_path / "pipe.md": "не обычный файл",
        tmp_path / "self.md": "ссылки ведут по кругу",
        tmp_path / "dead.md": "нет такого файла",
        tmp_path / "a.md" / "b.md": "часть пути — не папка",
        tmp_path / ("д" * 300): "слишком длинное имя",
        Path("a\0b.md"): "нулевой байт",
    }
    assert {found.path for found in found_in(tmp_path)} >= {tmp_path / "self.md", tmp_path / "dead.md"}
    for path, reason in reasons.items():
        assert [found.path for found in found_in(path)] == [path]
        with pytest.raises(ArticleError, match=reason):
            Found(path, "a").source()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_rights(tmp_path: Path) -> None:
    tree(tmp_path, "closed/a.md", "b.md")
    (tmp_path / "closed").chmod(0)
    (tmp_path / "b.md").chmod(0)
    try:
        for found in found_in(tmp_path):
            with pytest.raises(ArticleError, match="нет прав"):
                found.source().read()
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    monkeypatch.setattr(files, "_opened", lambda path: pytest.fail("the file was read"))
    with pytest.raises(ArticleError, match=f"50 МБ — больше предела в {LARGEST // 1024**2} МБ"):
        read(huge, "huge")
