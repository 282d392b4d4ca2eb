from io import BytesIO
from pathlib import Path

import pytest

from rag.errors import ArticleError
from rag.library.readers import checked, pieces
from rag.library.reading import places as places_module
from rag.library.reading.places import Given, Page, places

TEXT = "Рудник открыли весной. Он даёт медь."


def test_what_is_typed() -> None:
    path, page, given = places(
        ["a/b.md", "HTTPS://example.org/a", "-"], standard_input=BytesIO(TEXT.encode())
    )
    assert path == Path("a/b.md")
    assert isinstance(page, Page) and (page.id, page.origin) == ("example.org/a", "https://example.org/a")
    assert isinstance(given, Given)


@pytest.mark.parametrize(
    ("name", "data", "id", "suffix"),
    [
        ("заметка.md", TEXT, "заметка", ".md"),
        ("dump.CSV", "text\n" + TEXT, "dump", ".csv"),
        ("dump", f"title;text\nМедь;{TEXT}", "dump", ".csv"),
        ("v1.2", TEXT, "v1.2", ".txt"),
        ("../../etc/passwd", TEXT, "passwd", ".txt"),
        ("C:\\Users\\я\\статья.txt", TEXT, "статья", ".txt"),
        ("/a/b/", TEXT, "b", ".txt"),
        ("a\nb\0c.txt", TEXT, "abc", ".txt"),
        (".txt", TEXT, "txt", ".txt"),
        ("..", TEXT, "stdin-", ".txt"),
        ("", f"# Медь\n\n{TEXT}", "stdin-", ".md"),
    ],
)
def test_names_are_only_data(name: str, data: str, id: str, suffix: str) -> None:
    given = Given(name, data.encode())
    source = given.source()
    assert source.id.startswith(id) and source.suffix == suffix
    assert given.origin is None and "/" not in given.id and "\\" not in given.id
    (piece,) = pieces(source)
    assert "Рудник" in checked(piece.article()).text


def test_input_without_a_name_is_called_after_its_content() -> None:
    first, again, other = Given("", b"a"), Given("", b"a"), Given("", b"b")
    assert first.id == again.id != other.id


def test_input_that_is_empty_or_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ArticleError, match="пусто"):
        places(["-"], standard_input=BytesIO(b" \n"))
    monkeypatch.setattr(places_module, "LARGEST_GIVEN", 10)
    with pytest.raises(ArticleError, match="больше предела"):
        places(["-"], standard_input=BytesIO(b"x" * 11))


@pytest.mark.parametrize("typed", ["https://", "http://user:word@example.org/", "https://[x"])
def test_wrong_addresses_are_told_at_once(typed: str) -> None:
    with pytest.raises(ArticleError, match="адрес"):
        places([typed])
