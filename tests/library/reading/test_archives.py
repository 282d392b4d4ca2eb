from io import BytesIO
from zipfile import ZipFile, ZipInfo

import pytest

from rag.errors import ArticleError, UnknownKindError
from rag.library.readers import checked, pieces
from rag.library.reading import packed
from rag.library.reading.pieces import source_of

from .making import articles, pdf_of, zip_of

TEXT = "Рудник открыли весной. Он даёт медь."


def outcomes(data: bytes) -> dict[str, str]:
    """The text, or what is wrong, of every piece."""
    found = {}
    for piece in pieces(source_of(data, "a.zip", "a")):
        try:
            found[piece.id] = checked(piece.article()).text
        except ArticleError as error:
            found[piece.id] = f"! {error}"
    return found


def test_every_format_inside() -> None:
    data = zip_of(
        {
            "новости/рудник.txt": TEXT.encode("cp1251"),
            "заметка.md": f"---\ntitle: Медь\n---\n{TEXT}".encode(),
            "dump.csv": f"id,text\n7,{TEXT}\n".encode(),
            "отчёт.PDF": pdf_of("Рудник открыли весной."),
            "вложенный.zip": zip_of({"внутри.txt": TEXT.encode()}),
        }
    )
    assert {each.id: each.info.title for each in articles(data, "a.zip")} == {
        "a/новости/рудник": "Рудник открыли весной",
        "a/заметка": "Медь",
        "a/dump/7": "Рудник открыли весной",
        "a/отчёт": "Рудник открыли весной",
        "a/вложенный/внутри": "Рудник открыли весной",
    }


def test_what_is_no_article_is_left_out_as_in_a_folder_and_an_unknown_kind_is_told() -> None:
    names = ("README.md", "LICENSE.txt", ".hidden.txt", "__MACOSX/._a.txt", ".git/a.txt", "Makefile")
    assert outcomes(zip_of(dict.fromkeys(names, TEXT.encode()))) == {}
    (piece,) = pieces(source_of(zip_of({"a.mp3": b"\0\1"}), "a.zip", "a"))
    with pytest.raises(UnknownKindError, match=r"a\.mp3: формат «\.mp3» не поддерживается"):
        piece.article()


def test_names_that_two_members_want() -> None:
    found = outcomes(zip_of({"a.txt": TEXT.encode(), "a.md": TEXT.encode()}))
    assert found == {"a/a": TEXT, "a/a.md": TEXT}


@pytest.mark.parametrize("encoding", ["cp866", "utf-8"])
def test_names_as_other_programs_write_them(encoding: str) -> None:
    """Windows writes CP866 and doesn't say so; others write UTF-8 and don't say so either."""
    data = zip_of({"XXXXXX.txt" if encoding == "cp866" else "XXXXXXXXXXXX.txt": TEXT.encode()})
    name = "рудник".encode(encoding)
    assert outcomes(data.replace(b"X" * len(name), name)) == {"a/рудник": TEXT}


@pytest.mark.parametrize(
    "name", ["../evil.txt", "x/../../evil.txt", "/etc/evil.txt", "C:\\evil.txt", "..\\..\\evil.txt"]
)
def test_names_that_lead_outside_are_refused(name: str) -> None:
    found = outcomes(zip_of({name: TEXT.encode(), "good.txt": TEXT.encode()}))
    assert found.pop("a/good") == TEXT
    (reason,) = found.values()
    assert "за пределы архива" in reason


def test_a_link_and_what_is_behind_a_password_are_told() -> None:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        link = ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert outcomes(file.getvalue()) == {"a/link": "! link.txt: это ссылка, а не файл"}
    data = bytearray(zip_of({"a.txt": TEXT.encode()}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert outcomes(bytes(data)) == {"a/a": "! a.txt: закрыт паролем; распакуйте архив"}


def test_a_member_that_can_not_be_read_is_told_with_its_name() -> None:
    found = outcomes(zip_of({"empty.txt": b"", "bad.csv": b"a,b\n", "good.txt": TEXT.encode()}))
    assert found.pop("a/good") == TEXT
    assert found["a/empty"] == "! empty.txt: файл пуст"
    assert found["a/bad"].startswith("! bad.csv: не найдена колонка с текстом")


def nested(depth: int) -> bytes:
    data = zip_of({"a.txt": TEXT.encode()})
    for _ in range(depth):
        data = zip_of({"in.zip": data})
    return data


def test_archives_in_archives_end_somewhere() -> None:
    assert outcomes(nested(1)) == {"a/in/a": TEXT}
    assert "распакуйте" in outcomes(nested(2))["a/in/in"]


@pytest.mark.parametrize(("bound", "value"), [("MOST_MEMBERS", 2), ("LARGEST_TOTAL", 50)])
def test_bounds_of_all_members(bound: str, value: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zip_of({f"{number}.txt": TEXT.encode() for number in range(3)})
    assert len(outcomes(data)) == 3
    monkeypatch.setattr(packed, bound, value)
    with pytest.raises(ArticleError, match="в архиве"):
        outcomes(data)


def test_a_member_that_lies_of_its_size_is_cut_there() -> None:
    """The size in the list is the one that bounds go by, so no more than that may be unpacked."""
    data = bytearray(zip_of({"a.txt": TEXT.encode() * 50}))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(ArticleError, match="повреждён"):
        outcomes(bytes(data))
